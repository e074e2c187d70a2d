//! `repr` of containers. Invariant: items are printed one by one, so a container that changes meanwhile is read as
//! it then is.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::list::PyList;
use taipan_object::range::PyRange;
use taipan_object::set::PySet;
use taipan_object::slice::PySlice;
use taipan_object::str::StrBuilder;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{PyResult, Ref, Thread, Value};

use super::guard::Printing;
use super::{ascii, repr};

/// Writes items with commas between them; says how many they were.
fn push_items(
    thread: &Thread,
    builder: &mut StrBuilder,
    mut next: impl FnMut() -> Option<Value>,
) -> PyResult<usize> {
    let mut count = 0;
    while let Some(item) = next() {
        if count > 0 {
            builder.push_str(thread, ", ")?;
        }
        let text = repr(thread, item.as_ref())?;
        builder.push(thread, &text)?;
        count += 1;
    }
    Ok(count)
}

pub(super) fn list_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(list) = value.get::<PyList>() else { return Ok(Value::not_implemented()) };
    let Some(_printing) = Printing::enter(thread, value) else { return ascii(thread, "[...]") };
    let mut builder = StrBuilder::new();
    builder.push_str(thread, "[")?;
    let mut places = 0..;
    push_items(thread, &mut builder, || list.get(places.next()?))?;
    builder.push_str(thread, "]")?;
    Ok(builder.finish(thread)?.into_value())
}

pub(super) fn tuple_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(tuple) = value.get::<PyTuple>() else { return Ok(Value::not_implemented()) };
    let Some(_printing) = Printing::enter(thread, value) else { return ascii(thread, "(...)") };
    let mut builder = StrBuilder::new();
    builder.push_str(thread, "(")?;
    let mut places = 0..;
    let count = push_items(thread, &mut builder, || tuple.get(places.next()?))?;
    builder.push_str(thread, if count == 1 { ",)" } else { ")" })?;
    Ok(builder.finish(thread)?.into_value())
}

pub(super) fn dict_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(dict) = value.get::<PyDict>() else { return Ok(Value::not_implemented()) };
    let Some(_printing) = Printing::enter(thread, value) else { return ascii(thread, "{...}") };
    let mut builder = StrBuilder::new();
    builder.push_str(thread, "{")?;
    let mut cursor = DictCursor::start();
    let mut is_first = true;
    while let Some((key, item)) = cursor.next(dict) {
        if !std::mem::take(&mut is_first) {
            builder.push_str(thread, ", ")?;
        }
        let key = repr(thread, key.as_ref())?;
        builder.push(thread, &key)?;
        builder.push_str(thread, ": ")?;
        let item = repr(thread, item.as_ref())?;
        builder.push(thread, &item)?;
    }
    builder.push_str(thread, "}")?;
    Ok(builder.finish(thread)?.into_value())
}

pub(super) fn set_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(set) = value.get::<PySet>() else { return Ok(Value::not_implemented()) };
    let name = value.ty().short_name();
    let Some(_printing) = Printing::enter(thread, value) else {
        return text(thread, &format!("{name}(...)"));
    };
    if set.is_empty() {
        return text(thread, &format!("{name}()"));
    }
    let is_literal = std::ptr::eq(value.ty(), &raw const statics::SET);
    let (open, close) = if is_literal { ("{".to_owned(), "}") } else { (format!("{name}({{"), "})") };
    // the keys as they are now: `repr` of one may change the set
    let mut keys = Vec::new();
    let mut position = 0;
    while let Some(key) = set.next(&mut position) {
        if keys.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
        keys.push(key);
    }
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &open)?;
    let mut keys = keys.into_iter();
    push_items(thread, &mut builder, || keys.next())?;
    builder.push_str(thread, close)?;
    Ok(builder.finish(thread)?.into_value())
}

/// `name(part, part)`.
fn call_like(thread: &Thread, name: &str, parts: &[Value]) -> PyResult<Value> {
    let mut builder = StrBuilder::new();
    builder.push_str(thread, name)?;
    let mut parts = parts.iter().cloned();
    push_items(thread, &mut builder, || parts.next())?;
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

pub(super) fn slice_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PySlice>() {
        Some(slice) => call_like(thread, "slice(", &[slice.start(), slice.stop(), slice.step()]),
        None => Ok(Value::not_implemented()),
    }
}

pub(super) fn range_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(range) = value.get::<PyRange>() else { return Ok(Value::not_implemented()) };
    let [start, stop, step, _] = range.parts();
    if step.as_ref().to_i64() == Some(1) {
        return call_like(thread, "range(", &[start, stop]);
    }
    call_like(thread, "range(", &[start, stop, step])
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(taipan_object::str::PyStr::from_text(thread, text)?.into_value())
}
