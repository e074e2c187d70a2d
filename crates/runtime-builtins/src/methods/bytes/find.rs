//! Looking for parts: `find` and its kin, `count`, prefixes and suffixes.

use memchr::memmem;
use std::borrow::Cow;

use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytearray::PyByteArray;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{bytes_of, peek, to_byte};
use crate::arguments::{check_count, clip, to_bound};

/// The first place of `wanted` at or behind `from`.
pub(super) fn find_first(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    memmem::find(bytes.get(from..)?, wanted).map(|at| at + from)
}

/// The last place of `wanted`.
pub(super) fn find_last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memmem::rfind(bytes, wanted)
}

/// Keeps a bytearray from changing its size while arguments are asked what they are.
pub(crate) fn hold(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Buffer>> {
    match this.get::<PyByteArray>() {
        Some(_) => Buffer::get(thread, this, Request::SIMPLE).map(Some),
        None => Ok(None),
    }
}

/// The bounds that an argument list may end with.
fn bounds(thread: &Thread, arguments: &[Value]) -> PyResult<[Option<isize>; 2]> {
    let bound = |at: usize| to_bound(thread, arguments.get(at).map(Value::as_ref));
    Ok([bound(1)?, bound(2)?])
}

/// What is looked for: bytes, or the byte that an integer stands for.
fn wanted<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    if let Some(bytes) = peek(thread, value)? {
        return Ok(bytes);
    }
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let got = value.ty().name();
        let message = "argument should be integer or bytes-like object, not";
        return Err(raise!(thread, TYPE_ERROR, "{message} '{got}'"));
    }
    Ok(Cow::Owned(vec![to_byte(thread, value)?]))
}

/// Gives `look` the part between the bounds and what is looked for, then where the part begins; nothing is
/// found where the bounds are crossed.
fn look<T>(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    name: &str,
    look: impl FnOnce(&[u8], &[u8], usize) -> Option<T>,
) -> PyResult<Option<T>> {
    check_count(thread, name, arguments.len(), 1, 3)?;
    let [start, end] = bounds(thread, arguments)?;
    let _held = hold(thread, this)?;
    let wanted = wanted(thread, arguments.first().map_or(this, Value::as_ref))?;
    let bytes = bytes_of(thread, this)?;
    let (start, end) = clip(bytes.len(), start, end);
    Ok(bytes.get(start..end).and_then(|part| look(part, &wanted, start)))
}

fn place(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    name: &str,
    last: bool,
) -> PyResult<Option<i64>> {
    look(thread, this, arguments, name, |part, wanted, start| {
        let found = if last { find_last(part, wanted) } else { find_first(part, wanted, 0) };
        found.map(|at| (at + start) as i64)
    })
}

pub(super) fn find(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, place(thread, this, arguments, "find", false)?.unwrap_or(-1))
}

pub(super) fn rfind(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, place(thread, this, arguments, "rfind", true)?.unwrap_or(-1))
}

fn found(thread: &Thread, place: Option<i64>) -> PyResult<Value> {
    match place {
        Some(at) => Value::int(thread, at),
        None => Err(raise!(thread, VALUE_ERROR, "subsection not found")),
    }
}

pub(super) fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    found(thread, place(thread, this, arguments, "index", false)?)
}

pub(super) fn rindex(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    found(thread, place(thread, this, arguments, "rindex", true)?)
}

pub(super) fn count(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let count = look(thread, this, arguments, "count", |part, wanted, _| {
        if wanted.is_empty() {
            return Some(part.len() as i64 + 1);
        }
        let (mut count, mut from) = (0, 0);
        while let Some(at) = find_first(part, wanted, from) {
            count += 1;
            from = at + wanted.len();
        }
        Some(count)
    })?;
    Value::int(thread, count.unwrap_or(0))
}

fn tail_match(thread: &Thread, this: Ref<'_>, arguments: &[Value], at_start: bool) -> PyResult<Value> {
    let name = if at_start { "startswith" } else { "endswith" };
    check_count(thread, name, arguments.len(), 1, 3)?;
    let [start, end] = bounds(thread, arguments)?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let bytes = bytes_of(thread, this)?;
    let (start, end) = clip(bytes.len(), start, end);
    let fits = |part: &[u8]| {
        let span = bytes.get(start..end);
        span.is_some_and(|span| if at_start { span.starts_with(part) } else { span.ends_with(part) })
    };
    if let Some(parts) = wanted.get::<PyTuple>() {
        for part in parts.iter() {
            if fits(&bytes_of(thread, part)?) {
                return Ok(Value::bool(true));
            }
        }
        return Ok(Value::bool(false));
    }
    let Some(part) = peek(thread, wanted)? else {
        let got = wanted.ty().name();
        let message = "first arg must be bytes or a tuple of bytes, not";
        return Err(raise!(thread, TYPE_ERROR, "{name} {message} {got}"));
    };
    Ok(Value::bool(fits(&part)))
}

pub(super) fn startswith(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    tail_match(thread, this, arguments, true)
}

pub(super) fn endswith(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    tail_match(thread, this, arguments, false)
}
