//! `a | b`, `a |= b` and `dict.fromkeys`.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::set::PySet;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::update_from;
use crate::arguments::check_count;
use crate::iterate::for_each;

/// The `or` slot: a new dict, in which the right operand's values win.
pub(crate) fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let (Some(left), Some(_)) = (a.get::<PyDict>(), b.get::<PyDict>()) else {
        return Ok(Value::not_implemented());
    };
    let union = left.copy(thread)?;
    update_from(thread, &union, b)?;
    Ok(union.into_value())
}

/// The `inplace_or` slot: `update`.
pub(crate) fn inplace_or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(dict) = a.get::<PyDict>() else { return Ok(Value::not_implemented()) };
    update_from(thread, dict, b)?;
    Ok(a.to_value())
}

pub(super) fn fromkeys(thread: &Thread, class: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "fromkeys", arguments.len(), 1, 2)?;
    let none = Value::none();
    let iterable = arguments.first().unwrap_or(&none).as_ref();
    let value = arguments.get(1).unwrap_or(&none);
    let made = protocol::call(thread, class, &[], None)?;
    let Some(dict) = made.as_ref().get_exact::<PyDict>() else {
        // a class may have its own way to set items
        for_each(thread, iterable, |key| {
            protocol::set_subscript(thread, made.as_ref(), key.as_ref(), Some(value.clone())).map(|()| true)
        })?;
        return Ok(made);
    };
    if let Some(keys) = iterable.get_exact::<PyDict>() {
        let mut cursor = DictCursor::start();
        while let Some((key, hash)) = cursor.next_key(keys) {
            drop(dict.insert_with_hash(thread, key.as_ref(), hash, value.clone())?);
        }
    } else if let Some(keys) = iterable.get::<PySet>() {
        let mut position = 0;
        while let Some((key, hash)) = keys.next_with_hash(&mut position) {
            drop(dict.insert_with_hash(thread, key.as_ref(), hash, value.clone())?);
        }
    } else {
        for_each(thread, iterable, |key| {
            drop(dict.insert(thread, key.as_ref(), value.clone())?);
            Ok(true)
        })?;
    }
    Ok(made)
}
