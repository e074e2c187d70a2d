//! What only a `bytearray` has: methods that change it.

use taipan_object::bytearray::PyByteArray;
use taipan_object::protocol::container;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{bytes_of, peek, reserve, to_byte};
use crate::arguments::{check_count, clip, to_size};
use crate::iterate::length_hint;

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyByteArray> {
    let found = this.get::<PyByteArray>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'bytearray' object expected, not '{}'", this.ty().name()))
}

pub(super) fn append(thread: &Thread, this: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let byte = to_byte(thread, item)?;
    let array = receiver(thread, this)?;
    array.splice(thread, array.len(), array.len(), &[byte])?;
    Ok(Value::none())
}

pub(super) fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.splice(thread, 0, usize::MAX, &[])?;
    Ok(Value::none())
}

pub(super) fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(PyByteArray::new(thread, &bytes_of(thread, this)?)?.into_value())
}

/// The bytes of an iterable of integers.
fn collected(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<u8>> {
    let slots = iterable.ty().slots();
    if slots.iter.get().is_none() && slots.item.get().is_none() {
        let got = iterable.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can't extend bytearray with {got}"));
    }
    let mut bytes = Vec::new();
    let iterator = container::iter(thread, iterable)?;
    reserve(thread, &mut bytes, length_hint(thread, iterable)?.unwrap_or(0))?;
    while let Some(item) = container::next(thread, iterator.as_ref())? {
        if iterable.get::<PyStr>().is_some() {
            let got = iterable.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "expected iterable of integers; got: '{got}'"));
        }
        let byte = to_byte(thread, item.as_ref())?;
        reserve(thread, &mut bytes, 1)?;
        bytes.push(byte);
    }
    Ok(bytes)
}

pub(super) fn extend(thread: &Thread, this: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let array = receiver(thread, this)?;
    let end = array.len();
    match peek(thread, iterable)? {
        // where the end was before the object was asked for its bytes
        Some(bytes) => array.splice(thread, end, end, &bytes)?,
        None => array.splice(thread, usize::MAX, usize::MAX, &collected(thread, iterable)?)?,
    }
    Ok(Value::none())
}

pub(super) fn insert(thread: &Thread, this: Ref<'_>, index: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let index = to_size(thread, index)?;
    let byte = to_byte(thread, item)?;
    let array = receiver(thread, this)?;
    let (at, _) = clip(array.len(), Some(index), None);
    let at = at.min(array.len());
    array.splice(thread, at, at, &[byte])?;
    Ok(Value::none())
}

pub(super) fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pop", arguments.len(), 0, 1)?;
    let index = arguments.first().map_or(Ok(-1), |index| to_size(thread, index.as_ref()))?;
    let array = receiver(thread, this)?;
    if array.is_empty() {
        return Err(raise!(thread, INDEX_ERROR, "pop from empty bytearray"));
    }
    let at = if index < 0 { array.len().checked_add_signed(index) } else { usize::try_from(index).ok() };
    let Some((at, byte)) = at.and_then(|at| Some((at, array.get(at)?))) else {
        return Err(raise!(thread, INDEX_ERROR, "pop index out of range"));
    };
    array.splice(thread, at, at + 1, &[])?;
    Ok(Value::small(byte.into()))
}

pub(super) fn remove(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let wanted = to_byte(thread, value)?;
    let array = receiver(thread, this)?;
    let Some(at) = (0..array.len()).find(|&at| array.get(at) == Some(wanted)) else {
        return Err(raise!(thread, VALUE_ERROR, "value not found in bytearray"));
    };
    array.splice(thread, at, at + 1, &[])?;
    Ok(Value::none())
}

pub(super) fn reverse(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver(thread, this)?;
    let bytes = bytes_of(thread, this)?;
    for (at, &byte) in bytes.iter().rev().enumerate() {
        array.set(at, byte);
    }
    Ok(Value::none())
}

pub(super) fn resize(thread: &Thread, this: Ref<'_>, size: Ref<'_>) -> PyResult<Value> {
    let size = to_size(thread, size)?;
    let array = receiver(thread, this)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(raise!(thread, VALUE_ERROR, "Can only resize to positive sizes, got {size}"));
    };
    let len = array.len();
    let mut zeros = Vec::new();
    let more = size.saturating_sub(len);
    reserve(thread, &mut zeros, more)?;
    zeros.resize(more, 0);
    array.splice(thread, size.min(len), len, &zeros)?;
    Ok(Value::none())
}
