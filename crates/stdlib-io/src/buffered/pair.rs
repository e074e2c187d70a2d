//! `BufferedRWPair`: a reader and a writer that are one stream.

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{check_count, to_size};

use crate::base::BUFFERED_IO_BASE;
use crate::call;
use crate::errors::{self, unsupported};
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};

/// The state of a pair.
#[derive(Default)]
pub struct Pair {
    reader: Slot,
    writer: Slot,
}

native_type! {
    /// `_io.BufferedRWPair`.
    pub static PAIR: Pair = "_io.BufferedRWPair", flags flags::BASETYPE, dict true, weak true,
    base BUFFERED_IO_BASE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Pair::default())?.into_value()),
        init: init,
    }
}

native_state!(Pair in PAIR: reader, writer);

method_table! { METHODS:
    Instance Positional c"read" "" |thread, this, arguments| reading(thread, this, "read", arguments), c"Read from the reader.";
    Instance Positional c"peek" "" |thread, this, arguments| reading(thread, this, "peek", arguments), c"Look ahead in the reader.";
    Instance Positional c"read1" "" |thread, this, arguments| reading(thread, this, "read1", arguments), c"Read by at most one call.";
    Instance Positional c"readinto" "" |thread, this, arguments| reading(thread, this, "readinto", arguments), c"Read into a buffer.";
    Instance Positional c"readinto1" "" |thread, this, arguments| reading(thread, this, "readinto1", arguments), c"Read into a buffer by at most one call.";
    Instance Positional c"write" "" |thread, this, arguments| writing(thread, this, "write", arguments), c"Write to the writer.";
    Instance None c"flush" "($self, /)" |thread, this| writing(thread, this, "flush", &[]), c"Flush the writer.";
    Instance None c"readable" "($self, /)" |thread, this| reading(thread, this, "readable", &[]), c"Whether the reader can be read.";
    Instance None c"writable" "($self, /)" |thread, this| writing(thread, this, "writable", &[]), c"Whether the writer can be written.";
    Instance None c"close" "($self, /)" close, c"Close both.";
    Instance None c"isatty" "($self, /)" isatty, c"Whether one of them is a terminal.";
}

attribute_table! { ATTRIBUTES:
    "closed" closed, None, "Whether the writer is closed.";
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "BufferedRWPair() takes no keyword arguments"));
    }
    check_count(thread, "BufferedRWPair", arguments.len(), 2, 3)?;
    let [reader, writer, rest @ ..] = arguments else { return Ok(()) };
    let size = match rest.first() {
        Some(size) => to_size(thread, size.as_ref())?,
        None => crate::DEFAULT_BUFFER_SIZE as isize,
    };
    if !call::ask(thread, reader.as_ref(), "readable")? {
        return Err(unsupported(thread, "File or stream is not readable."));
    }
    if !call::ask(thread, writer.as_ref(), "writable")? {
        return Err(unsupported(thread, "File or stream is not writable."));
    }
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(raise!(thread, VALUE_ERROR, "buffer size must be strictly positive"));
    };
    let reader = super::reader(thread, reader.as_ref(), size)?;
    let writer = super::writer(thread, writer.as_ref(), size)?;
    let pair = receiver::<Pair>(thread, this)?;
    drop(pair.reader.replace(Some(reader)));
    drop(pair.writer.replace(Some(writer)));
    Ok(())
}

fn part(thread: &Thread, slot: &Slot) -> PyResult<Value> {
    slot.get().ok_or_else(|| errors::uninitialized(thread))
}

fn reading(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    let reader = part(thread, &receiver::<Pair>(thread, this)?.reader)?;
    call::method(thread, reader.as_ref(), name, arguments)
}

fn writing(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    let writer = part(thread, &receiver::<Pair>(thread, this)?.writer)?;
    call::method(thread, writer.as_ref(), name, arguments)
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let first = writing(thread, this, "close", &[]).map(drop).map_err(|raised| thread.catch(raised));
    let second = reading(thread, this, "close", &[]);
    match (first, second) {
        (Ok(()), second) => second,
        (Err(first), Ok(_)) => Err(thread.raise(first)),
        (Err(first), Err(second)) => Err(errors::chain(thread, first, second)),
    }
}

fn isatty(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let writes = writing(thread, this, "isatty", &[])?;
    if taipan_object::protocol::truth(thread, writes.as_ref())? {
        return Ok(writes);
    }
    reading(thread, this, "isatty", &[])
}

fn closed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let writer = receiver::<Pair>(thread, this)?.writer.get();
    match writer {
        Some(writer) => call::attribute(thread, writer.as_ref(), "closed"),
        None => Err(raise!(thread, RUNTIME_ERROR, "the BufferedRWPair object is being garbage-collected")),
    }
}
