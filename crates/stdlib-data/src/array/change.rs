//! Methods that change an array.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::exception::EOF_ERROR;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_size, wrong_type};

use super::Array;
use super::codes::swapped;

pub(super) fn append(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    receiver::<Array>(thread, this)?.push(thread, value)?;
    Ok(Value::none())
}

pub(super) fn byteswap(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let size = array.item_size();
    for at in 0..array.len() {
        if let Some(bytes) = array.bytes_at(at) {
            array.block.write(at * size, swapped(bytes, size).get(..size).unwrap_or_default());
        }
    }
    Ok(Value::none())
}

pub(super) fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Array>(thread, this)?.splice(thread, 0, usize::MAX, &[])?;
    Ok(Value::none())
}

/// Puts the items of another array or of an iterable behind all.
pub(super) fn extend_by(thread: &Thread, array: &Native<Array>, items: Ref<'_>) -> PyResult<()> {
    if let Some(other) = items.get::<Native<Array>>() {
        if other.code.get() != array.code.get() {
            return Err(raise!(thread, TYPE_ERROR, "can only extend with array of same kind"));
        }
        let bytes = other.all(thread)?;
        let len = array.len();
        return array.splice(thread, len, len, &bytes);
    }
    let iterator = protocol::iter(thread, items)?;
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        array.push(thread, item.as_ref())?;
    }
    Ok(())
}

pub(super) fn extend(thread: &Thread, this: Ref<'_>, items: Ref<'_>) -> PyResult<Value> {
    extend_by(thread, receiver::<Array>(thread, this)?, items)?;
    Ok(Value::none())
}

/// Puts items that are given as bytes behind all.
pub(super) fn push_bytes(thread: &Thread, array: &Native<Array>, bytes: Ref<'_>) -> PyResult<()> {
    let bytes = buffer::bytes_of(thread, bytes)?;
    if !bytes.len().is_multiple_of(array.item_size()) {
        return Err(raise!(thread, VALUE_ERROR, "bytes length not a multiple of item size"));
    }
    let len = array.len();
    array.splice(thread, len, len, &bytes)
}

pub(super) fn from_bytes(thread: &Thread, this: Ref<'_>, bytes: Ref<'_>) -> PyResult<Value> {
    push_bytes(thread, receiver::<Array>(thread, this)?, bytes)?;
    Ok(Value::none())
}

pub(super) fn from_list(thread: &Thread, this: Ref<'_>, list: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let Some(list) = list.get::<PyList>() else {
        return Err(raise!(thread, TYPE_ERROR, "arg must be list"));
    };
    let (len, size) = (list.len(), array.item_size());
    let mut bytes = Vec::new();
    for at in 0..len {
        let item = list.get(at).filter(|_| list.len() == len);
        let Some(item) = item else {
            return Err(raise!(thread, RUNTIME_ERROR, "list changed size during iteration"));
        };
        let item = array.code.get().pack(thread, item.as_ref())?;
        bytes.extend_from_slice(item.get(..size).unwrap_or_default());
    }
    let own = array.len();
    array.splice(thread, own, own, &bytes)?;
    Ok(Value::none())
}

/// Puts the characters of a text behind all.
pub(super) fn push_text(thread: &Thread, array: &Native<Array>, text: &PyStr) -> PyResult<()> {
    let points = (0..text.len()).filter_map(|at| text.char_at(at));
    let bytes: Vec<u8> = points.flat_map(u32::to_ne_bytes).collect();
    let len = array.len();
    array.splice(thread, len, len, &bytes)
}

pub(super) fn from_unicode(thread: &Thread, this: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let Some(text) = text.get::<PyStr>() else {
        return Err(wrong_type(thread, "fromunicode", "argument", "str", text));
    };
    if !array.code.get().is_text() {
        let message = "fromunicode() may only be called on unicode type arrays ('u' or 'w')";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    push_text(thread, array, text)?;
    Ok(Value::none())
}

pub(super) fn from_file(thread: &Thread, this: Ref<'_>, file: Ref<'_>, count: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let count = to_size(thread, count)?;
    let Ok(count) = usize::try_from(count) else {
        return Err(raise!(thread, VALUE_ERROR, "negative count"));
    };
    let wanted = count.checked_mul(array.item_size()).and_then(|bytes| i64::try_from(bytes).ok());
    let Some(wanted) = wanted else { return Err(thread.raise_memory_error()) };
    let read = intern_text(thread, "read")?;
    let bytes = protocol::call_method(thread, file, &read, &[Value::int(thread, wanted)?])?;
    let Some(len) = bytes.as_ref().get::<PyBytes>().map(|bytes| bytes.as_slice().len()) else {
        return Err(raise!(thread, TYPE_ERROR, "read() didn't return bytes"));
    };
    push_bytes(thread, array, bytes.as_ref())?;
    if len as i64 == wanted {
        return Ok(Value::none());
    }
    Err(thread.raise_message(&EOF_ERROR, format_args!("read() didn't return enough bytes")))
}

pub(super) fn insert(thread: &Thread, this: Ref<'_>, at: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let at = to_size(thread, at)?;
    let bytes = array.code.get().pack(thread, value)?;
    let len = array.len();
    let at = match usize::try_from(at) {
        Ok(at) => at.min(len),
        Err(_) => len.saturating_sub(at.unsigned_abs()),
    };
    array.splice(thread, at, at, bytes.get(..array.item_size()).unwrap_or_default())?;
    Ok(Value::none())
}

pub(super) fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pop", arguments.len(), 0, 1)?;
    let array = receiver::<Array>(thread, this)?;
    let at = arguments.first().map_or(Ok(-1), |at| to_size(thread, at.as_ref()))?;
    let len = array.len();
    if len == 0 {
        return Err(raise!(thread, INDEX_ERROR, "pop from empty array"));
    }
    let place = if at < 0 { at.checked_add_unsigned(len) } else { Some(at) };
    let place = place.and_then(|at| usize::try_from(at).ok()).filter(|&at| at < len);
    let Some(place) = place else { return Err(raise!(thread, INDEX_ERROR, "pop index out of range")) };
    let value = array.get(thread, place)?.unwrap_or_else(Value::none);
    array.splice(thread, place, place + 1, &[])?;
    Ok(value)
}

pub(super) fn remove(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let mut at = 0;
    while let Some(item) = array.get(thread, at)? {
        if protocol::same_or_equal(thread, item.as_ref(), value)? {
            array.splice(thread, at, at + 1, &[])?;
            return Ok(Value::none());
        }
        at += 1;
    }
    Err(raise!(thread, VALUE_ERROR, "array.remove(x): x not in array"))
}

pub(super) fn reverse(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let all = array.all(thread)?;
    let items = all.chunks(array.item_size()).rev();
    array.block.write(0, &items.flatten().copied().collect::<Vec<u8>>());
    Ok(Value::none())
}
