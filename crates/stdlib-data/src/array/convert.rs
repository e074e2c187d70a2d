//! Methods that look at an array: searches, and other forms of its items.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_index};

use super::Array;

pub(super) fn buffer_info(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let address = array.block.address();
    let pair = [Value::int(thread, address as i64)?, Value::int(thread, array.len() as i64)?];
    Ok(PyTuple::pack(thread, pair)?.into_value())
}

pub(super) fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    Ok(Native::new(thread, Array::of(array.code.get(), array.all(thread)?))?.into_value())
}

pub(super) fn count(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let (mut at, mut count) = (0, 0);
    while let Some(item) = array.get(thread, at)? {
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), value)?);
        at += 1;
    }
    Value::int(thread, count)
}

pub(super) fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "index", arguments.len(), 1, 3)?;
    let array = receiver::<Array>(thread, this)?;
    let Some(value) = arguments.first() else { return Ok(Value::none()) };
    let bound =
        |at: usize, default| arguments.get(at).map_or(Ok(default), |bound| to_index(thread, bound.as_ref()));
    let (start, stop) = (bound(1, 0)?, bound(2, isize::MAX)?);
    let len = array.len();
    let place = |bound: isize| match usize::try_from(bound) {
        Ok(bound) => bound,
        Err(_) => len.saturating_sub(bound.unsigned_abs()),
    };
    let (mut at, stop) = (place(start), place(stop));
    while at < stop {
        let Some(item) = array.get(thread, at)? else { break };
        if protocol::same_or_equal(thread, item.as_ref(), value.as_ref())? {
            return Value::int(thread, at as i64);
        }
        at += 1;
    }
    Err(raise!(thread, VALUE_ERROR, "array.index(x): x not in array"))
}

/// Bytes that are written at once.
const PART: usize = 64 * 1024;

pub(super) fn to_file(thread: &Thread, this: Ref<'_>, file: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let write = intern_text(thread, "write")?;
    let method = protocol::get_attribute(thread, file, &write)?;
    let mut at = 0;
    while at < array.block.len() {
        let part = array.block.copy(thread, at, at + PART)?;
        let part = PyBytes::new(thread, &part)?.into_value();
        drop(protocol::call(thread, method.as_ref(), &[part], None)?);
        at += PART;
    }
    Ok(Value::none())
}

/// The items as a list.
pub(super) fn list_of(thread: &Thread, array: &Array) -> PyResult<Owned<PyList>> {
    let list = PyList::new(thread)?;
    let mut at = 0;
    while let Some(item) = array.get(thread, at)? {
        list.push(thread, item)?;
        at += 1;
    }
    Ok(list)
}

pub(super) fn to_list(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(list_of(thread, receiver::<Array>(thread, this)?)?.into_value())
}

pub(super) fn to_bytes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let all = receiver::<Array>(thread, this)?.all(thread)?;
    Ok(PyBytes::new(thread, &all)?.into_value())
}

/// The characters as a string.
pub(super) fn text_of(thread: &Thread, array: &Array) -> PyResult<Owned<PyStr>> {
    let all = array.all(thread)?;
    let points: Vec<u32> = all
        .chunks(4)
        .map(|item| item.first_chunk().map_or(0, |item: &[u8; 4]| u32::from_ne_bytes(*item)))
        .collect();
    if let Some(point) = points.iter().find(|&&point| point > 0x10_FFFF) {
        let message = format!("character U+{point:x} is not in range [U+0000; U+10ffff]");
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    PyStr::from_code_points(thread, &points)
}

pub(super) fn to_unicode(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    if !array.code.get().is_text() {
        let message = "tounicode() may only be called on unicode type arrays ('u' or 'w')";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    Ok(text_of(thread, array)?.into_value())
}

pub(super) fn size_of(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    Value::int(thread, (this.ty().basic_size() + array.block.len()) as i64)
}
