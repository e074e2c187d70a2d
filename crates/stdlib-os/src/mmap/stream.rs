//! What an `mmap.mmap` has of a file: a position, reading and writing there.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int, to_size};

use super::open;

/// A size that may be `None` or left out.
pub(super) fn optional_size(thread: &Thread, value: Option<&Value>) -> PyResult<Option<isize>> {
    let Some(value) = value.map(Value::as_ref).filter(|value| !value.is_none()) else { return Ok(None) };
    if value.ty().slots().index.get().is_none() {
        let got = value.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "argument should be integer or None, not '{got}'"));
    }
    to_size(thread, value).map(Some)
}

pub(super) fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let count = optional_size(thread, arguments.first())?;
    let (mmap, region) = open(thread, this)?;
    let start = mmap.position.get();
    let left = region.len().saturating_sub(start);
    // a negative number stands for all
    let count = count.and_then(|count| usize::try_from(count).ok()).map_or(left, |count| count.min(left));
    let bytes = region.copy(thread, start, start + count)?;
    mmap.position.set(start + count);
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

pub(super) fn read_byte(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (mmap, region) = open(thread, this)?;
    let at = mmap.position.get();
    match region.get(at) {
        Some(byte) => {
            mmap.position.set(at + 1);
            Ok(Value::small(byte.into()))
        }
        None => Err(raise!(thread, VALUE_ERROR, "read byte out of range")),
    }
}

pub(super) fn readline(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (mmap, region) = open(thread, this)?;
    let start = mmap.position.get();
    if start >= region.len() {
        return Ok(PyBytes::new(thread, b"")?.into_value());
    }
    let end = region.find(b"\n", start, usize::MAX, false).map_or(region.len(), |at| at + 1);
    let bytes = region.copy(thread, start, end)?;
    mmap.position.set(end);
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

pub(super) fn write(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, data)?;
    let (mmap, region) = open(thread, this)?;
    mmap.check_writable(thread)?;
    let start = mmap.position.get();
    if region.len().checked_sub(start).is_none_or(|room| room < bytes.len()) {
        return Err(raise!(thread, VALUE_ERROR, "data out of range"));
    }
    region.write(start, &bytes);
    mmap.position.set(start + bytes.len());
    Value::int(thread, bytes.len() as i64)
}

pub(super) fn write_byte(thread: &Thread, this: Ref<'_>, byte: Ref<'_>) -> PyResult<Value> {
    let byte = protocol::number::index(thread, byte)?;
    let byte = match byte.as_ref().to_i64().map(u8::try_from) {
        Some(Ok(byte)) => byte,
        Some(Err(_)) if byte.as_ref().to_i64().is_some_and(|byte| byte < 0) => {
            return Err(raise!(thread, OVERFLOW_ERROR, "unsigned byte integer is less than minimum"));
        }
        _ => return Err(raise!(thread, OVERFLOW_ERROR, "unsigned byte integer is greater than maximum")),
    };
    let (mmap, region) = open(thread, this)?;
    mmap.check_writable(thread)?;
    let at = mmap.position.get();
    if at >= region.len() {
        return Err(raise!(thread, VALUE_ERROR, "write byte out of range"));
    }
    region.write(at, &[byte]);
    mmap.position.set(at + 1);
    Ok(Value::none())
}

pub(super) fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (mmap, _) = open(thread, this)?;
    Value::int(thread, mmap.position.get() as i64)
}

pub(super) fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let distance = arguments.first().map_or(Ok(0), |distance| to_size(thread, distance.as_ref()))?;
    let whence = arguments.get(1).map_or(Ok(0), |whence| to_int(thread, whence.as_ref()))?;
    let (mmap, region) = open(thread, this)?;
    let from = match whence {
        0 => 0,
        1 => mmap.position.get(),
        2 => region.len(),
        _ => return Err(raise!(thread, VALUE_ERROR, "unknown seek type")),
    };
    match from.checked_add_signed(distance).filter(|&at| at <= region.len()) {
        Some(at) => {
            mmap.position.set(at);
            Value::int(thread, at as i64)
        }
        None => Err(raise!(thread, VALUE_ERROR, "seek out of range")),
    }
}
