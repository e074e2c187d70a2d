//! What Python calls of the buffered streams.

use taipan_host::numbers::{SEEK_CUR, SEEK_END, SEEK_SET};
use taipan_object::buffer::bytes_of;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{check_count, to_size};

use super::{Stream, state_of};
use crate::bytes_like::Target;
use crate::call;
use crate::errors::{self, unsupported};
use crate::file_io::count_value;

/// `self.raw.name()`.
pub(super) fn delegate(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let raw = Stream::of(thread, this)?.raw();
    call::method(thread, raw.as_ref(), name, &[])
}

/// `self.raw.name`.
pub(super) fn attribute(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let raw = Stream::of(thread, this)?.raw();
    call::attribute(thread, raw.as_ref(), name)
}

pub(super) fn closed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = Stream::of(thread, this)?;
    Ok(Value::bool(stream.is_closed(thread)?))
}

pub(super) fn raw(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let _ = thread;
    Ok(state_of(this).and_then(|state| state.raw.get()).unwrap_or_else(Value::none))
}

pub(super) fn finalizing(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(state_of(this).is_some_and(|state| state.finalizing.get())))
}

pub(super) fn set_finalizing(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let value = value.map_or(Ok(false), |value| taipan_object::protocol::truth(thread, value.as_ref()))?;
    if let Some(state) = state_of(this) {
        state.finalizing.set(value);
    }
    Ok(())
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = this.ty().name();
    let name = match call::attribute(thread, this, "name") {
        Ok(name) => Some(name),
        Err(raised) => {
            // a stream without a name, or one that was detached
            let error = thread.catch(raised);
            let known = [&taipan_object::exception::ATTRIBUTE_ERROR, &taipan_object::exception::VALUE_ERROR];
            if !known.iter().any(|known| error.as_ref().ty().is_subtype(known)) {
                return Err(thread.raise(error));
            }
            None
        }
    };
    let text = match name {
        Some(name) => {
            let _guard = thread.recurse(" while getting the repr of an object")?;
            let name = taipan_runtime_builtins::text::repr(thread, name.as_ref())?;
            format!("<{ty} name={}>", name.to_text_lossy())
        }
        None => format!("<{ty}>"),
    };
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

pub(super) fn detach(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = Stream::of(thread, this)?;
    drop(call::method(thread, this, "flush", &[])?);
    stream.state.detached.set(true);
    Ok(stream.state.raw.take().unwrap_or_else(Value::none))
}

pub(super) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = Stream::of(thread, this)?;
    if stream.is_closed(thread)? {
        return Ok(Value::none());
    }
    let flushed = call::method(thread, this, "flush", &[]);
    let first = flushed.map(drop).map_err(|raised| thread.catch(raised));
    let raw = stream.raw();
    let second = call::method(thread, raw.as_ref(), "close", &[]);
    stream.state.forget_ahead();
    stream.state.pending.set(Vec::new());
    match (first, second) {
        (Ok(()), second) => second,
        (Err(first), Ok(_)) => Err(thread.raise(first)),
        (Err(first), Err(second)) => Err(errors::chain(thread, first, second)),
    }
}

pub(super) fn flush(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = Stream::of(thread, this)?;
    if stream.is_closed(thread)? {
        return Err(raise!(thread, VALUE_ERROR, "flush of closed file"));
    }
    stream.flush(thread)?;
    Ok(Value::none())
}

pub(super) fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let size = call::optional_int(thread, arguments.first())?.unwrap_or(-1);
    let stream = Stream::of(thread, this)?;
    if size < -1 {
        return Err(raise!(thread, VALUE_ERROR, "read length must be non-negative or -1"));
    }
    stream.check_open(thread, "read of closed file")?;
    match usize::try_from(size) {
        Ok(size) => stream.read(thread, size),
        Err(_) => stream.read_all(thread),
    }
}

pub(super) fn read1(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read1", arguments.len(), 0, 1)?;
    let size = call::size_or_all(thread, arguments.first())?;
    let stream = Stream::of(thread, this)?;
    Ok(stream.read_once(thread, size)?.into_value())
}

pub(super) fn peek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "peek", arguments.len(), 0, 1)?;
    if let Some(size) = arguments.first() {
        to_size(thread, size.as_ref())?;
    }
    let stream = Stream::of(thread, this)?;
    stream.check_open(thread, "peek of closed file")?;
    stream.peek(thread)
}

fn into(thread: &Thread, this: Ref<'_>, to: Ref<'_>, function: &str, once: bool) -> PyResult<Value> {
    let target = Target::new(thread, function, to)?;
    let stream = Stream::of(thread, this)?;
    stream.check_open(thread, "readinto of closed file")?;
    let count = stream.read_into(thread, &target, once)?;
    count_value(thread, count)
}

pub(super) fn readinto(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    into(thread, this, to, "readinto() argument", false)
}

pub(super) fn readinto1(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    into(thread, this, to, "readinto1() argument", true)
}

pub(super) fn readline(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readline", arguments.len(), 0, 1)?;
    let limit = call::optional_size(thread, arguments.first())?;
    let stream = Stream::of(thread, this)?;
    stream.check_open(thread, "readline of closed file")?;
    stream.read_line(thread, limit)
}

pub(super) fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let is_plain = std::ptr::eq(this.ty(), &*super::READER) || std::ptr::eq(this.ty(), &*super::RANDOM);
    let line = match is_plain {
        true => readline(thread, this, &[])?,
        false => call::method(thread, this, "readline", &[])?,
    };
    match line.as_ref().get::<taipan_object::bytes::PyBytes>() {
        Some(bytes) => Ok((!bytes.as_slice().is_empty()).then_some(line)),
        None => {
            let name = line.as_ref().ty().name();
            Err(raise!(thread, OS_ERROR, "readline() should have returned a bytes object, not '{name}'"))
        }
    }
}

pub(super) fn write(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, data)?;
    let stream = Stream::of(thread, this)?;
    if stream.is_closed(thread)? {
        return Err(raise!(thread, VALUE_ERROR, "write to closed file"));
    }
    Value::int(thread, stream.write(thread, &bytes)? as i64)
}

pub(super) fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let stream = Stream::of(thread, this)?;
    let raw = stream.raw_tell(thread)?;
    let at = raw - stream.unread() as i64 + stream.state.pending_len() as i64;
    Value::int(thread, at.max(0))
}

pub(super) fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let whence = call::whence(thread, arguments.get(1))?;
    let stream = Stream::of(thread, this)?;
    // the kernel's two more ways find data and holes
    if !(0..=4).contains(&whence) {
        return Err(raise!(thread, VALUE_ERROR, "whence value {whence} unsupported"));
    }
    stream.check_open(thread, "seek of closed file")?;
    stream.check_seekable(thread)?;
    let mut target = call::offset(thread, arguments.first().map_or(this, Value::as_ref))?;
    let _busy = stream.enter(thread)?;
    if whence != SEEK_END && stream.state.readable.get() && stream.unread() > 0 {
        let raw = stream.raw_tell(thread)?;
        if let Some(at) = stream.seek_within(raw, target, whence) {
            return Value::int(thread, at);
        }
    }
    stream.flush_pending(thread)?;
    if whence == SEEK_CUR {
        target = target.saturating_sub(stream.unread() as i64);
    }
    let at = stream.raw_seek(thread, target, whence)?;
    stream.state.forget_ahead();
    Value::int(thread, at)
}

impl Stream<'_> {
    /// Moves within what was read ahead, if the target is there; gives the new position.
    fn seek_within(&self, raw: i64, target: i64, whence: i32) -> Option<i64> {
        let held = self.state.read_at.get() + self.unread();
        let current = raw - self.unread() as i64;
        let by = match whence {
            SEEK_SET => target.checked_sub(current)?,
            SEEK_CUR => target,
            _ => return None,
        };
        let at = usize::try_from(i64::try_from(self.state.read_at.get()).ok()?.checked_add(by)?).ok()?;
        if at > held {
            return None;
        }
        self.state.read_at.set(at);
        Some(current + by)
    }
}

pub(super) fn truncate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "truncate", arguments.len(), 0, 1)?;
    let stream = Stream::of(thread, this)?;
    if stream.is_closed(thread)? {
        return Err(raise!(thread, VALUE_ERROR, "truncate of closed file"));
    }
    if !stream.state.writable.get() {
        return Err(unsupported(thread, "truncate"));
    }
    let _busy = stream.enter(thread)?;
    stream.flush_pending(thread)?;
    if stream.state.readable.get() {
        stream.rewind(thread)?;
    }
    let raw = stream.raw();
    let size = arguments.first().cloned().unwrap_or_else(Value::none);
    call::method(thread, raw.as_ref(), "truncate", &[size])
}
