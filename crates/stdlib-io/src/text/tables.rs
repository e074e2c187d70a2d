//! The tables of text streams.

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::types::PyTypeObject;

use super::methods::{self, attribute, delegate, flag};
use super::{TEXT_IO_WRAPPER, new, newline_decoder, position, read, write};
use crate::errors::cannot_pickle;
use taipan_object::declare::{attribute_table, method_table};

method_table! { METHODS:
    Instance None c"detach" "($self, /)" methods::detach, c"Flush, and separate the buffer.";
    Instance Keywords c"reconfigure" "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)" new::reconfigure, c"Change how the stream works.";
    Instance One c"write" "($self, text, /)" write::write, c"Write text; give the number of characters.";
    Instance Positional c"read" "($self, size=-1, /)" read::read, c"Read size characters, or all.";
    Instance Positional c"readline" "($self, size=-1, /)" read::readline, c"Read a line.";
    Instance None c"flush" "($self, /)" methods::flush, c"Write what is held back.";
    Instance None c"close" "($self, /)" methods::close, c"Flush and close the buffer.";
    Instance None c"fileno" "($self, /)" |thread, this| delegate(thread, this, "fileno"), c"The descriptor.";
    Instance None c"seekable" "($self, /)" |thread, this| delegate(thread, this, "seekable"), c"Whether the position can be moved.";
    Instance None c"readable" "($self, /)" |thread, this| delegate(thread, this, "readable"), c"Whether it can be read.";
    Instance None c"writable" "($self, /)" |thread, this| delegate(thread, this, "writable"), c"Whether it can be written.";
    Instance None c"isatty" "($self, /)" |thread, this| delegate(thread, this, "isatty"), c"Whether it is a terminal.";
    Instance Positional c"seek" "($self, cookie, whence=os.SEEK_SET, /)" position::seek, c"Go to a position that tell gave.";
    Instance None c"tell" "($self, /)" position::tell, c"The position, for seek.";
    Instance Positional c"truncate" "($self, pos=None, /)" position::truncate, c"Make the file so long.";
    Instance None c"__getstate__" "($self, /)" |thread, this| Err(cannot_pickle(thread, this)), c"Refused.";
}

attribute_table! { ATTRIBUTES:
    "encoding" methods::encoding, None, "The name of the encoding.";
    "errors" methods::handler, None, "The name of the handler of errors.";
    "newlines" methods::newlines, None, "The ends of lines that were met.";
    "buffer" methods::buffer, None, "The buffer.";
    "closed" |thread, this| attribute(thread, this, "closed"), None, "Whether the buffer is closed.";
    "name" |thread, this| attribute(thread, this, "name"), None, "The name of the buffer.";
    "line_buffering" |thread, this| flag(thread, this, |state| state.line_buffering.get()), None, "Whether an end of a line flushes.";
    "write_through" |thread, this| flag(thread, this, |state| state.write_through.get()), None, "Whether nothing is held back.";
    "_finalizing" |thread, this| flag(thread, this, |state| state.finalizing.get()), Some(methods::set_finalizing), "Whether the end of the object closes it.";
    "_CHUNK_SIZE" methods::chunk_size, Some(methods::set_chunk_size), "How many bytes are read at once.";
}

/// The types with their tables.
pub(crate) fn tables() -> [(&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef]); 2] {
    [
        (&TEXT_IO_WRAPPER, &METHODS, &ATTRIBUTES),
        (&newline_decoder::NEWLINE_DECODER, &newline_decoder::METHODS, &newline_decoder::ATTRIBUTES),
    ]
}
