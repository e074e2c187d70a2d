//! `bool`, `slice`, `range`, and the types of `None`, `...` and `NotImplemented`.

use taipan_object::protocol;
use taipan_object::range::{PyRange, RANGE};
use taipan_object::slice::PySlice;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::{BOOL, SLICE};
use taipan_object::{PyResult, Thread, Value, raise};

use super::exact_index;
use crate::arguments::{check_count, no_keywords};

type Names<'a> = Option<&'a PyTuple>;

/// `bool.__new__`.
pub(super) fn new_bool(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &BOOL, arguments, names)?;
    check_count(thread, "bool", arguments.len(), 0, 1)?;
    let truth = arguments.first().map_or(Ok(false), |value| protocol::truth(thread, value.as_ref()))?;
    Ok(Value::bool(truth))
}

/// `slice.__new__`.
pub(super) fn new_slice(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &SLICE, arguments, names)?;
    check_count(thread, "slice", arguments.len(), 1, 3)?;
    let part = |at: usize| arguments.get(at).cloned().unwrap_or_else(Value::none);
    let [start, stop, step] = match arguments {
        [stop] => [Value::none(), stop.clone(), Value::none()],
        _ => [part(0), part(1), part(2)],
    };
    Ok(PySlice::new(thread, start, stop, step)?.into_value())
}

/// `range.__new__`.
pub(super) fn new_range(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &RANGE, arguments, names)?;
    check_count(thread, "range", arguments.len(), 1, 3)?;
    let int = |value: &Value| exact_index(thread, value.as_ref());
    let (start, stop, step) = match arguments {
        [start, stop] => (int(start)?, int(stop)?, Value::small(1)),
        [start, stop, step] => (int(start)?, int(stop)?, int(step)?),
        [stop, ..] => (Value::small(0), int(stop)?, Value::small(1)),
        [] => (Value::small(0), Value::small(0), Value::small(1)),
    };
    if step.word().as_int() == Some(0) {
        return Err(raise!(thread, VALUE_ERROR, "range() arg 3 must not be zero"));
    }
    if let (Some(first), Some(last), Some(1)) =
        (start.word().as_int(), stop.word().as_int(), step.word().as_int())
    {
        let length = Value::int(thread, (last - first).max(0))?;
        return Ok(PyRange::new(thread, start, stop, step, length)?.into_value());
    }
    Ok(PyRange::from_bounds(thread, start, stop, step)?.into_value())
}

fn no_arguments(thread: &Thread, name: &str, arguments: &[Value]) -> PyResult<()> {
    if arguments.is_empty() {
        return Ok(());
    }
    Err(raise!(thread, TYPE_ERROR, "{name} takes no arguments"))
}

/// `NoneType.__new__`.
pub(super) fn new_none(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    _: Names<'_>,
) -> PyResult<Value> {
    no_arguments(thread, "NoneType", arguments)?;
    Ok(Value::none())
}

/// `EllipsisType.__new__`.
pub(super) fn new_ellipsis(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    _: Names<'_>,
) -> PyResult<Value> {
    no_arguments(thread, "EllipsisType", arguments)?;
    Ok(Value::ellipsis())
}

/// `NotImplementedType.__new__`.
pub(super) fn new_not_implemented(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    _: Names<'_>,
) -> PyResult<Value> {
    no_arguments(thread, "NotImplementedType", arguments)?;
    Ok(Value::not_implemented())
}
