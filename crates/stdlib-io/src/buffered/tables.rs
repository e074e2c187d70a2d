//! The tables of the buffered streams.

use taipan_object::Value;
use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::types::PyTypeObject;

use super::methods::{self, attribute, delegate};
use super::{RANDOM, READER, Stream, WRITER, pair, state_of};
use crate::errors::cannot_pickle;
use taipan_object::declare::{attribute_table, method_table};

method_table! { COMMON:
    Instance None c"detach" "($self, /)" methods::detach, c"Flush, and separate the raw stream.";
    Instance None c"close" "($self, /)" methods::close, c"Flush and close the raw stream.";
    Instance None c"seekable" "($self, /)" |thread, this| delegate(thread, this, "seekable"), c"Whether the position can be moved.";
    Instance None c"fileno" "($self, /)" |thread, this| delegate(thread, this, "fileno"), c"The descriptor.";
    Instance None c"isatty" "($self, /)" |thread, this| delegate(thread, this, "isatty"), c"Whether it is a terminal.";
    Instance One c"_dealloc_warn" "($self, source, /)" |thread, this, _| {
        Stream::of(thread, this)?;
        Ok(Value::none())
    }, c"Note that the stream was not closed.";
    Instance Positional c"seek" "($self, target, whence=0, /)" methods::seek, c"Move the position.";
    Instance None c"tell" "($self, /)" methods::tell, c"The position.";
    Instance Positional c"truncate" "($self, pos=None, /)" methods::truncate, c"Make the file so long.";
    Instance None c"__getstate__" "($self, /)" |thread, this| Err(cannot_pickle(thread, this)), c"Refused.";
    Instance None c"__sizeof__" "($self, /)" |thread, this| {
        let held = state_of(this).map_or(0, |state| state.size.get());
        Value::int(thread, (this.ty().basic_size() + held) as i64)
    }, c"Bytes in memory.";
}

method_table! { READING:
    Instance None c"readable" "($self, /)" |thread, this| delegate(thread, this, "readable"), c"Whether it can be read.";
    Instance Positional c"read" "($self, size=-1, /)" methods::read, c"Read size bytes, or all.";
    Instance Positional c"peek" "($self, size=0, /)" methods::peek, c"Bytes that are read next, without moving the position.";
    Instance Positional c"read1" "($self, size=-1, /)" methods::read1, c"Read at most size bytes by at most one call.";
    Instance One c"readinto" "($self, buffer, /)" methods::readinto, c"Read into a buffer.";
    Instance One c"readinto1" "($self, buffer, /)" methods::readinto1, c"Read into a buffer by at most one call.";
    Instance Positional c"readline" "($self, size=-1, /)" methods::readline, c"Read a line.";
}

method_table! { READER_ONLY:
    Instance None c"flush" "($self, /)" |thread, this| delegate(thread, this, "flush"), c"Flush the raw stream.";
}

method_table! { WRITING:
    Instance None c"writable" "($self, /)" |thread, this| delegate(thread, this, "writable"), c"Whether it can be written.";
    Instance One c"write" "($self, buffer, /)" methods::write, c"Write bytes; give how many they are.";
    Instance None c"flush" "($self, /)" methods::flush, c"Write what is pending.";
}

attribute_table! { ATTRIBUTES:
    "raw" methods::raw, None, "The raw stream.";
    "_finalizing" methods::finalizing, Some(methods::set_finalizing), "Whether the end of the object closes it.";
    "closed" methods::closed, None, "Whether the raw stream is closed.";
    "name" |thread, this| attribute(thread, this, "name"), None, "The name of the raw stream.";
    "mode" |thread, this| attribute(thread, this, "mode"), None, "The mode of the raw stream.";
}

/// The types with their tables.
pub(crate) fn tables() -> Vec<(&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef])> {
    vec![
        (&READER, &COMMON, &ATTRIBUTES),
        (&READER, &READING, &[]),
        (&READER, &READER_ONLY, &[]),
        (&WRITER, &COMMON, &ATTRIBUTES),
        (&WRITER, &WRITING, &[]),
        (&RANDOM, &COMMON, &ATTRIBUTES),
        (&RANDOM, &READING, &[]),
        (&RANDOM, &WRITING, &[]),
        (&pair::PAIR, &pair::METHODS, &pair::ATTRIBUTES),
    ]
}
