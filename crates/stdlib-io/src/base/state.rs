//! `_IOBase`: being open or closed, what a stream can do, positions.

use taipan_object::native::Native;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use crate::call;
use crate::errors::{self, unsupported};
use crate::file_io::FileIo;
use taipan_object::declare::{attribute_table, method_table};

/// The attribute that says of a stream without a state of its own that it is closed.
const CLOSED: &str = "__IOBase_closed";

method_table! { METHODS:
    Instance Positional c"seek" "($self, offset, whence=os.SEEK_SET, /)" |thread, _, _| Err(unsupported(thread, "seek")),
        c"Move to an offset, counted from the beginning, the position or the end; give the new position.";
    Instance None c"tell" "($self, /)" tell, c"The position.";
    Instance Positional c"truncate" "($self, size=None, /)" |thread, _, _| Err(unsupported(thread, "truncate")),
        c"Make the file so long, or as long as the position says.";
    Instance None c"flush" "($self, /)" flush, c"Write what is held back.";
    Instance None c"close" "($self, /)" close, c"Flush and close; nothing is done the second time.";
    Instance None c"seekable" "($self, /)" |_, _| Ok(Value::bool(false)), c"Whether the position can be moved.";
    Instance None c"readable" "($self, /)" |_, _| Ok(Value::bool(false)), c"Whether it can be read.";
    Instance None c"writable" "($self, /)" |_, _| Ok(Value::bool(false)), c"Whether it can be written.";
    Instance Positional c"_checkClosed" "($self, /)" |thread, this, _| check_closed(thread, this).map(|()| Value::none()), c"Raise if closed.";
    Instance Positional c"_checkSeekable" "($self, /)" check_seekable, c"Raise if not seekable.";
    Instance Positional c"_checkReadable" "($self, /)" check_readable, c"Raise if not readable.";
    Instance Positional c"_checkWritable" "($self, /)" check_writable, c"Raise if not writable.";
    Instance None c"fileno" "($self, /)" |thread, _| Err(unsupported(thread, "fileno")), c"The descriptor, if there is one.";
    Instance None c"isatty" "($self, /)" isatty, c"Whether it is a terminal.";
    Instance None c"__enter__" "($self, /)" enter, c"The stream itself.";
    Instance Positional c"__exit__" "" exit, c"Close.";
    Instance None c"__del__" "($self, /)" delete, c"Close, if it is open still.";
}

attribute_table! { ATTRIBUTES:
    "closed" |thread, this| Ok(Value::bool(is_closed(thread, this)?)), None, "Whether the stream is closed.";
    "__dict__" dict, None, "The attributes of the stream.";
}

fn dict(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match this.head().filter(|head| taipan_object::instance::dict_slot(head).is_some()) {
        Some(head) => Ok(taipan_object::instance::dict(thread, head)?.into_value()),
        None => Ok(taipan_object::dict::PyDict::new(thread)?.into_value()),
    }
}

fn is_closed(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    if let Some(file) = this.get_exact::<Native<FileIo>>() {
        return Ok(file.fd.get() < 0);
    }
    Ok(call::find(thread, this, CLOSED)?.is_some())
}

/// Raises if the stream says that it is closed.
pub(crate) fn check_closed(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    match call::find(thread, this, "closed")? {
        Some(closed) if protocol::truth(thread, closed.as_ref())? => Err(errors::closed(thread)),
        _ => Ok(()),
    }
}

fn check(thread: &Thread, this: Ref<'_>, question: &str, message: &str) -> PyResult<Value> {
    let answer = call::method(thread, this, question, &[])?;
    if answer.as_ref().is(Value::bool(true).as_ref()) {
        return Ok(answer);
    }
    Err(unsupported(thread, message))
}

fn check_seekable(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    check(thread, this, "seekable", "File or stream is not seekable.")
}

fn check_readable(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    check(thread, this, "readable", "File or stream is not readable.")
}

fn check_writable(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    check(thread, this, "writable", "File or stream is not writable.")
}

fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    call::method(thread, this, "seek", &[Value::small(0), Value::small(1)])
}

fn flush(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if is_closed(thread, this)? {
        return Err(errors::closed(thread));
    }
    Ok(Value::none())
}

/// `_IOBase.close`.
pub(crate) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if is_closed(thread, this)? {
        return Ok(Value::none());
    }
    let flushed = call::method(thread, this, "flush", &[]);
    let failed = flushed.map(drop).map_err(|raised| thread.catch(raised));
    let marked = match this.head().filter(|head| taipan_object::instance::dict_slot(head).is_some()) {
        Some(_) => call::set_attribute(thread, this, CLOSED, Value::bool(true)),
        None => Ok(()),
    };
    match (failed, marked) {
        (Ok(()), marked) => marked.map(|()| Value::none()),
        (Err(first), Ok(())) => Err(thread.raise(first)),
        (Err(first), Err(second)) => Err(errors::chain(thread, first, second)),
    }
}

fn isatty(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    check_closed(thread, this)?;
    Ok(Value::bool(false))
}

fn enter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    check_closed(thread, this)?;
    Ok(this.to_value())
}

fn exit(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    call::method(thread, this, "close", &[])
}

fn delete(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    finalize(thread, this)?;
    Ok(Value::none())
}

/// The end of a stream: it is closed, if it is not closed yet. What is being raised meanwhile stays.
pub(super) fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    if let Some(done) = crate::file_io::finalize_exact(thread, this) {
        return done;
    }
    let before = thread.take_exception();
    let closed = match call::find(thread, this, "closed") {
        Ok(Some(closed)) => protocol::truth(thread, closed.as_ref()),
        Ok(None) => Ok(true),
        Err(raised) => Err(raised),
    };
    let result = match closed {
        Ok(true) => Ok(()),
        Ok(false) => {
            mark_finalizing(thread, this);
            call::method(thread, this, "close", &[]).map(drop)
        }
        // what cannot say whether it is closed is of no use any more
        Err(raised) => {
            drop(thread.catch(raised));
            Ok(())
        }
    };
    if let Err(raised) = result {
        thread.unraisable(raised, Some("while finalizing file"), Some(this));
    }
    if let Some(before) = before {
        // whoever raised it hands it on
        let _known = thread.raise(before);
    }
    Ok(())
}

/// Tells the parts of a stream that it is not closed by anyone, so that they may warn.
fn mark_finalizing(thread: &Thread, this: Ref<'_>) {
    let is_native = this.get::<Native<FileIo>>().is_some();
    if !is_native && let Err(raised) = call::set_attribute(thread, this, "_finalizing", Value::bool(true)) {
        drop(thread.catch(raised));
    }
}
