//! `__bases__`.

use taipan_object::tuple::PyTuple;
use taipan_object::types::class::subclasses_of;
use taipan_object::types::{PyTypeObject, rebase};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};

use super::attributes::{changeable, class_of};
use super::order;
use crate::special::update_all;

pub(super) fn get(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bases = class_of(thread, this)?.bases();
    Ok(bases.map_or_else(Value::none, |bases| as_ref(bases).to_value()))
}

pub(super) fn set(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__bases__", value)?;
    let name = class.name();
    let Some(tuple) = value.as_ref().get::<PyTuple>() else {
        let ty = value.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can only assign tuple to {name}.__bases__, not {ty}"));
    };
    if tuple.is_empty() {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "can only assign non-empty tuple to {name}.__bases__, not ()"
        ));
    }
    let mut bases = Vec::new();
    for base in tuple.iter() {
        let Some(base) = base.get::<PyTypeObject>() else {
            let ty = base.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "{name}.__bases__ must be tuple of classes, not '{ty}'"));
        };
        if base.derives_from(class) {
            return Err(raise!(thread, TYPE_ERROR, "a __bases__ item causes an inheritance cycle"));
        }
        bases.push(Owned::new_ref(base));
    }
    rebase::set_bases(thread, class, &bases, order::compute)?;
    update_tree(thread, class)
}

/// The slots of a class and of those that derive from it.
fn update_tree(thread: &Thread, class: &PyTypeObject) -> PyResult<()> {
    update_all(thread, class)?;
    subclasses_of(thread, class).iter().try_for_each(|subclass| update_tree(thread, subclass))
}
