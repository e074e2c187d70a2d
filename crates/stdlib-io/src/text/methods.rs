//! What else Python calls of a wrapper.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::to_size;

use super::{TextStream, Wrapper};
use crate::{call, errors};
use taipan_object::declare::receiver;

/// `self.buffer.name()`.
pub(super) fn delegate(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let buffer = TextStream::of(thread, this)?.buffer();
    call::method(thread, buffer.as_ref(), name, &[])
}

/// `self.buffer.name`.
pub(super) fn attribute(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let buffer = TextStream::of(thread, this)?.buffer();
    call::attribute(thread, buffer.as_ref(), name)
}

pub(super) fn detach(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = TextStream::of(thread, this)?;
    drop(call::method(thread, this, "flush", &[])?);
    stream.state.detached.set(true);
    Ok(stream.state.buffer.take().unwrap_or_else(Value::none))
}

pub(super) fn flush(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    TextStream::of(thread, this)?.flush(thread)?;
    Ok(Value::none())
}

pub(super) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = TextStream::of(thread, this)?;
    if call::flag(thread, this, "closed")? {
        return Ok(Value::none());
    }
    let buffer = stream.buffer();
    if stream.state.finalizing.get()
        && let Err(raised) = call::method(thread, buffer.as_ref(), "_dealloc_warn", &[this.to_value()])
    {
        drop(thread.catch(raised));
    }
    let flushed = call::method(thread, this, "flush", &[]);
    let first = flushed.map(drop).map_err(|raised| thread.catch(raised));
    let second = call::method(thread, buffer.as_ref(), "close", &[]);
    match (first, second) {
        (Ok(()), second) => second,
        (Err(first), Ok(_)) => Err(thread.raise(first)),
        (Err(first), Err(second)) => Err(errors::chain(thread, first, second)),
    }
}

/// An attribute that may be missing, or whose stream was detached.
fn optional(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match call::find(thread, this, name) {
        Err(raised) => errors::caught(thread, raised, &taipan_object::exception::VALUE_ERROR).map(|()| None),
        found => found,
    }
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<Wrapper>(thread, this)?;
    if state.encoding.peek().is_none() {
        return Err(errors::uninitialized(thread));
    }
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let mut text = format!("<{}", this.ty().name());
    for (attribute, label) in [("name", "name"), ("mode", "mode")] {
        if let Some(value) = optional(thread, this, attribute)? {
            let value = taipan_runtime_builtins::text::repr(thread, value.as_ref())?;
            text.push_str(&format!(" {label}={}", value.to_text_lossy()));
        }
    }
    let encoding = state.encoding.get().unwrap_or_else(Value::none);
    let encoding = taipan_runtime_builtins::text::repr(thread, encoding.as_ref())?;
    text.push_str(&format!(" encoding={}>", encoding.to_text_lossy()));
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

pub(super) fn encoding(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(receiver::<Wrapper>(thread, this)?.encoding.get().unwrap_or_else(Value::none))
}

pub(super) fn handler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<Wrapper>(thread, this)?;
    state.errors.get().ok_or_else(|| errors::uninitialized(thread))
}

pub(super) fn newlines(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = TextStream::of(thread, this)?;
    if stream.state.codec.get().is_some() {
        let is_noted = stream.state.reads.get() && stream.state.mode.get().universal;
        return if is_noted { stream.state.newlines.get().value(thread) } else { Ok(Value::none()) };
    }
    match stream.state.decoder.get() {
        Some(decoder) => Ok(call::find(thread, decoder.as_ref(), "newlines")?.unwrap_or_else(Value::none)),
        None => Ok(Value::none()),
    }
}

pub(super) fn chunk_size(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, TextStream::of(thread, this)?.state.chunk_size.get() as i64)
}

pub(super) fn set_chunk_size(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let stream = TextStream::of(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "cannot delete attribute"));
    };
    match usize::try_from(to_size(thread, value.as_ref())?) {
        Ok(size) if size > 0 => {
            stream.state.chunk_size.set(size);
            Ok(())
        }
        _ => Err(raise!(thread, VALUE_ERROR, "a strictly positive integer is required")),
    }
}

pub(super) fn flag(thread: &Thread, this: Ref<'_>, flag: fn(&Wrapper) -> bool) -> PyResult<Value> {
    Ok(Value::bool(flag(receiver::<Wrapper>(thread, this)?)))
}

pub(super) fn set_finalizing(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = value.map_or(Ok(false), |value| protocol::truth(thread, value.as_ref()))?;
    receiver::<Wrapper>(thread, this)?.finalizing.set(value);
    Ok(())
}

pub(super) fn buffer(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(TextStream::of(thread, this)?.buffer())
}
