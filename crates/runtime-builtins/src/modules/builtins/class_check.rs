//! `isinstance` and `issubclass`: classes, tuples of them, and what a metaclass says by `__instancecheck__` and
//! `__subclasscheck__`.

use taipan_object::protocol;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::type_lookup;

pub(super) fn isinstance(thread: &Thread, _: Ref<'_>, object: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_instance(thread, object, class)?))
}

pub(super) fn issubclass(thread: &Thread, _: Ref<'_>, class: Ref<'_>, of: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_subclass(thread, class, of)?))
}

fn is_instance(thread: &Thread, object: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if let Some(class) = class.get::<PyTypeObject>()
        && std::ptr::eq(object.ty(), class)
    {
        return Ok(true);
    }
    if let Some(classes) = class.get::<PyTuple>() {
        let _guard = thread.recurse(" in __instancecheck__")?;
        for class in classes.iter() {
            if is_instance(thread, object, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !std::ptr::eq(class.ty(), &raw const statics::TYPE) {
        let argument = [object.to_value()];
        if let Some(result) = type_lookup::call(thread, class, names::__instancecheck__.get(), &argument)? {
            return protocol::truth(thread, result.as_ref());
        }
    }
    match class.get::<PyTypeObject>() {
        Some(class) => Ok(object.ty().is_subtype(class)),
        None => {
            Err(raise!(thread, TYPE_ERROR, "isinstance() arg 2 must be a type, a tuple of types, or a union"))
        }
    }
}

fn is_subclass(thread: &Thread, class: Ref<'_>, of: Ref<'_>) -> PyResult<bool> {
    if let Some(classes) = of.get::<PyTuple>() {
        let _guard = thread.recurse(" in __subclasscheck__")?;
        for of in classes.iter() {
            if is_subclass(thread, class, of)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !std::ptr::eq(of.ty(), &raw const statics::TYPE) {
        let argument = [class.to_value()];
        if let Some(result) = type_lookup::call(thread, of, names::__subclasscheck__.get(), &argument)? {
            return protocol::truth(thread, result.as_ref());
        }
    }
    let Some(class) = class.get::<PyTypeObject>() else {
        return Err(raise!(thread, TYPE_ERROR, "issubclass() arg 1 must be a class"));
    };
    match of.get::<PyTypeObject>() {
        Some(of) => Ok(class.is_subtype(of)),
        None => Err(raise!(
            thread,
            TYPE_ERROR,
            "issubclass() arg 2 must be a class, a tuple of classes, or a union"
        )),
    }
}
