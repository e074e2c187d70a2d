//! `isinstance` and `issubclass`: tuples, unions, `__instancecheck__` and `__subclasscheck__`, and what `type` does in
//! them, which believes `__class__` and `__bases__` of what is no type.

use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::generics::union::PyUnion;
use crate::objects::find_attribute;
use crate::special::find_special;

/// `isinstance(object, class)`
pub fn is_instance(thread: &Thread, object: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if let Some(exact) = class.get::<PyTypeObject>()
        && std::ptr::eq(object.ty(), exact)
    {
        return Ok(true);
    }
    if std::ptr::eq(class.ty(), &raw const statics::TYPE) {
        return real_instance(thread, object, class);
    }
    let parts = match PyUnion::args_of(class) {
        Some(args) => Some(args),
        None => class.get::<PyTuple>().map(taipan_object::Owned::new_ref),
    };
    if let Some(parts) = parts {
        let _guard = thread.recurse(" in __instancecheck__")?;
        for part in parts.iter() {
            if is_instance(thread, object, none_to_type(part))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match find_special(thread, class, names::__instancecheck__.get())? {
        Some(check) => {
            let _guard = thread.recurse(" in __instancecheck__")?;
            let result = protocol::call(thread, check.as_ref(), &[object.to_value()], None)?;
            protocol::truth(thread, result.as_ref())
        }
        None => real_instance(thread, object, class),
    }
}

/// `issubclass(derived, class)`
pub fn is_subclass(thread: &Thread, derived: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if std::ptr::eq(class.ty(), &raw const statics::TYPE) {
        return Ok(derived.is(class) || real_subclass(thread, derived, class)?);
    }
    let parts = match PyUnion::args_of(class) {
        Some(args) => Some(args),
        None => class.get::<PyTuple>().map(taipan_object::Owned::new_ref),
    };
    if let Some(parts) = parts {
        let _guard = thread.recurse(" in __subclasscheck__")?;
        for part in parts.iter() {
            if is_subclass(thread, derived, none_to_type(part))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match find_special(thread, class, names::__subclasscheck__.get())? {
        Some(check) => {
            let _guard = thread.recurse(" in __subclasscheck__")?;
            let result = protocol::call(thread, check.as_ref(), &[derived.to_value()], None)?;
            protocol::truth(thread, result.as_ref())
        }
        None => real_subclass(thread, derived, class),
    }
}

/// `None` in a union stands for its type.
fn none_to_type(part: Ref<'_>) -> Ref<'_> {
    if part.is_none() { taipan_object::as_ref(&statics::NONE_TYPE) } else { part }
}

/// What `type.__instancecheck__` says.
pub fn real_instance(thread: &Thread, object: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if let Some(class) = class.get::<PyTypeObject>() {
        if object.ty().is_subtype(class) {
            return Ok(true);
        }
        let claimed = find_attribute(thread, object, names::__class__.get())?;
        let claimed = claimed.as_ref().and_then(|claimed| claimed.as_ref().get::<PyTypeObject>());
        return Ok(
            claimed.is_some_and(|claimed| !std::ptr::eq(claimed, object.ty()) && claimed.is_subtype(class))
        );
    }
    let message = "isinstance() arg 2 must be a type, a tuple of types, or a union";
    check_class(thread, class, message)?;
    match find_attribute(thread, object, names::__class__.get())? {
        Some(claimed) => by_bases(thread, claimed.as_ref(), class),
        None => Ok(false),
    }
}

/// What `type.__subclasscheck__` says.
pub fn real_subclass(thread: &Thread, derived: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if let (Some(derived), Some(class)) = (derived.get::<PyTypeObject>(), class.get::<PyTypeObject>()) {
        return Ok(derived.is_subtype(class));
    }
    check_class(thread, derived, "issubclass() arg 1 must be a class")?;
    check_class(thread, class, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    by_bases(thread, derived, class)
}

/// `__bases__` of what may be no type, if it is a tuple.
fn bases_of(thread: &Thread, class: Ref<'_>) -> PyResult<Option<Value>> {
    let bases = find_attribute(thread, class, names::__bases__.get())?;
    Ok(bases.filter(|bases| bases.as_ref().get::<PyTuple>().is_some()))
}

fn check_class(thread: &Thread, class: Ref<'_>, message: &str) -> PyResult<()> {
    match bases_of(thread, class)? {
        Some(_) => Ok(()),
        None => Err(raise!(thread, TYPE_ERROR, "{message}")),
    }
}

fn by_bases(thread: &Thread, derived: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    if derived.is(class) {
        return Ok(true);
    }
    let _guard = thread.recurse(" in __issubclass__")?;
    let Some(bases) = bases_of(thread, derived)? else { return Ok(false) };
    for base in bases.as_ref().get::<PyTuple>().into_iter().flat_map(PyTuple::iter) {
        if by_bases(thread, base, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}
