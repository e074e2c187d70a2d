//! `C[…]`: what `__class_getitem__` gives.

use taipan_object::str::statics::names;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

/// The slot of `type`, which is no method of it.
pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let Some(class) = this.get::<PyTypeObject>() else { return Ok(Value::not_implemented()) };
    if std::ptr::eq(class, &raw const statics::TYPE) {
        return crate::generics::alias::of(thread, this.to_value(), key.to_value());
    }
    let name = names::__class_getitem__.get();
    match crate::objects::find_attribute(thread, as_ref(class), name)? {
        Some(method) if !method.as_ref().is_none() => {
            protocol::call(thread, method.as_ref(), &[key.to_value()], None)
        }
        _ => {
            let name = class.name();
            Err(raise!(thread, TYPE_ERROR, "type '{name}' is not subscriptable"))
        }
    }
}
