//! `isinstance` and `issubclass`.

use taipan_object::{PyResult, Ref, Thread, Value};

use crate::instance_check::{is_instance, is_subclass};

pub(super) fn isinstance(thread: &Thread, _: Ref<'_>, object: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_instance(thread, object, class)?))
}

pub(super) fn issubclass(thread: &Thread, _: Ref<'_>, class: Ref<'_>, of: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_subclass(thread, class, of)?))
}
