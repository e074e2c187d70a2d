//! Calling methods of streams by name, as they may be written in Python, and reading what comes back.

use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// `object.name(*arguments)`.
pub(crate) fn method(thread: &Thread, object: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    protocol::call_method(thread, object, &*intern_text(thread, name)?, arguments)
}

/// `object.name`.
pub(crate) fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Value> {
    protocol::get_attribute(thread, object, &*intern_text(thread, name)?)
}

/// `object.name = value`.
pub(crate) fn set_attribute(thread: &Thread, object: Ref<'_>, name: &str, value: Value) -> PyResult<()> {
    protocol::set_attribute(thread, object, &*intern_text(thread, name)?, Some(value))
}

/// `object.name`, or none if there is no such attribute.
pub(crate) fn find(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match attribute(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => {
            crate::errors::caught(thread, raised, &taipan_object::exception::ATTRIBUTE_ERROR).map(|()| None)
        }
    }
}

/// The truth of `object.name`.
pub(crate) fn flag(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<bool> {
    let value = attribute(thread, object, name)?;
    protocol::truth(thread, value.as_ref())
}

/// The truth of `object.name()`.
pub(crate) fn ask(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<bool> {
    let value = method(thread, object, name, &[])?;
    protocol::truth(thread, value.as_ref())
}

/// An argument that is a size: an integer, or `None` for all.
pub(crate) fn optional_size(thread: &Thread, value: Option<&Value>) -> PyResult<Option<usize>> {
    Ok(optional_int(thread, value)?.and_then(|size| usize::try_from(size).ok()))
}

/// An argument that is an integer or `None`.
pub(crate) fn optional_int(thread: &Thread, value: Option<&Value>) -> PyResult<Option<i64>> {
    let Some(value) = value.map(Value::as_ref).filter(|value| !value.is_none()) else { return Ok(None) };
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument should be integer or None, not '{name}'"));
    }
    Ok(Some(protocol::number::index_size(thread, value)? as i64))
}

/// An argument that is a size, with `-1` for all.
pub(crate) fn size_or_all(thread: &Thread, value: Option<&Value>) -> PyResult<Option<usize>> {
    match value {
        Some(value) => {
            Ok(usize::try_from(taipan_runtime_builtins::arguments::to_size(thread, value.as_ref())?).ok())
        }
        None => Ok(None),
    }
}

/// A position in a file.
pub(crate) fn offset(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let index = protocol::number::index(thread, value)?;
    index.as_ref().to_i64().ok_or_else(|| {
        let name = value.ty().name();
        raise!(thread, OVERFLOW_ERROR, "cannot fit '{name}' into an offset-sized integer")
    })
}

/// The argument of `seek` that says from where.
pub(crate) fn whence(thread: &Thread, value: Option<&Value>) -> PyResult<i32> {
    match value {
        Some(value) => taipan_runtime_builtins::arguments::to_int(thread, value.as_ref()),
        None => Ok(0),
    }
}
