//! The MRO of a class whose metaclass has a `mro()` of its own.

use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Thread, Value, as_ref, raise};

use crate::iterate::collect;
use crate::special::find_special;

/// Whether a metaclass has a `mro()` of its own.
pub(super) fn is_overridden(thread: &Thread, metaclass: &PyTypeObject) -> PyResult<bool> {
    if std::ptr::eq(metaclass, &raw const statics::TYPE) {
        return Ok(false);
    }
    let (own, of_type) =
        (metaclass.lookup(thread, names::mro.get())?, statics::TYPE.lookup(thread, names::mro.get())?);
    Ok(match (own, of_type) {
        (Some(own), Some(of_type)) => !own.as_ref().is(of_type.as_ref()),
        _ => false,
    })
}

/// What `mro()` of the metaclass gives, checked.
pub(super) fn by_metaclass(thread: &Thread, class: &PyTypeObject) -> PyResult<Owned<PyTuple>> {
    let Some(mro) = find_special(thread, as_ref(class), names::mro.get())? else {
        return class.linearise(thread);
    };
    let result = taipan_object::protocol::call(thread, mro.as_ref(), &[], None)?;
    let types: Vec<Value> = collect(thread, result.as_ref())?;
    if types.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "type MRO must not be empty"));
    }
    for ty in &types {
        let Some(base) = ty.as_ref().get::<PyTypeObject>() else {
            let got = ty.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "mro() returned a non-class ('{got}')"));
        };
        if !class.has_layout_of(base) {
            let got = base.short_name();
            return Err(raise!(thread, TYPE_ERROR, "mro() returned base with unsuitable layout ('{got}')"));
        }
    }
    PyTuple::from_values(thread, types)
}

/// The MRO that a class is to have now: what its metaclass says, or the linearisation of its bases.
pub(super) fn compute(thread: &Thread, class: &PyTypeObject) -> PyResult<Owned<PyTuple>> {
    if is_overridden(thread, as_ref(class).ty())? {
        by_metaclass(thread, class)
    } else {
        class.linearise(thread)
    }
}
