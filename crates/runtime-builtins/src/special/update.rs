//! The slots of classes, computed from the names on their MRO. Invariant: nothing is taken from a base's slots but
//! through a name, except the slots of built-in types that have no name, and those of an only base, which say the same
//! of names that a class does not define.

use std::cell::Cell;

use taipan_object::descriptor::{PyMethodDescr, PyWrapperDescr};
use taipan_object::dict::PyDict;
use taipan_object::protocol;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::class::subclasses_of;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref};

use super::new::native_new;
use super::table::ROWS;

/// Whether a type has something in a slot that its base has not.
pub(super) fn is_own<F: Copy + PartialEq>(
    ty: &PyTypeObject,
    slot: impl Fn(&Slots) -> &Cell<Option<F>>,
) -> bool {
    let own = slot(ty.slots()).get();
    own.is_some() && own != ty.base_type().and_then(|base| slot(base.slots()).get())
}

/// Whether two types have the same in a slot.
pub(super) fn is_same<F: Copy + PartialEq>(
    one: &PyTypeObject,
    other: &PyTypeObject,
    slot: impl Fn(&Slots) -> &Cell<Option<F>>,
) -> bool {
    slot(one.slots()).get() == slot(other.slots()).get()
}

/// What is to stand in a slot of a class: the function of the built-in type whose methods stand under all the names,
/// or else `generic`.
pub(super) fn choose<F: Copy + PartialEq>(
    thread: &Thread,
    class: &PyTypeObject,
    all: &[&'static PyStr],
    slot: impl Fn(&Slots) -> &Cell<Option<F>>,
    generic: Option<F>,
) -> PyResult<Option<F>> {
    let (mut native, mut found_one) = (None, false);
    for name in all {
        let Some(found) = class.lookup(thread, name)? else { continue };
        found_one = true;
        match native_owner(found.as_ref(), name) {
            Some(owner) => {
                let Some(owner) =
                    owner.as_ref().get::<PyTypeObject>().filter(|owner| class.is_subtype(owner))
                else {
                    return Ok(generic);
                };
                // a type may have the method by another slot
                let Some(function) = slot(owner.slots()).get() else { continue };
                if native.is_some_and(|known| known != function) {
                    return Ok(generic);
                }
                native = Some(function);
            }
            None => return Ok(generic),
        }
    }
    Ok(if found_one { native } else { slot(native_base(class).slots()).get() })
}

/// The built-in type whose own method a value is.
fn native_owner(found: Ref<'_>, name: &PyStr) -> Option<Value> {
    if let Some(wrapper) = found.get_exact::<PyWrapperDescr>() {
        return name.equals_text(wrapper.definition().name).then(|| as_ref(wrapper.owner()).to_value());
    }
    if let Some(method) = found.get_exact::<PyMethodDescr>() {
        return name.equals_text(method.definition().name()).then(|| method.d_type().get()).flatten();
    }
    native_new(found)
}

/// The built-in type that a class derives its layout from.
fn native_base(class: &PyTypeObject) -> &PyTypeObject {
    let mut ty = class;
    while ty.has_flag(flags::HEAPTYPE)
        && let Some(base) = ty.base_type()
    {
        ty = base;
    }
    ty
}

/// Computes all slots of a class.
pub fn update_all(thread: &Thread, class: &PyTypeObject) -> PyResult<()> {
    let base = only_base(class);
    for row in ROWS {
        match &base {
            Some((base, dict)) if !row.is_in(thread, dict)? => (row.copy)(class, base),
            _ => (row.update)(thread, class)?,
        }
    }
    forbid_hash(thread, class)?;
    if cfg!(debug_assertions)
        && let Some((base, dict)) = base
    {
        check_copied(thread, class, &base, &dict)?;
    }
    class.sync_slots();
    Ok(())
}

/// Computes the slots that were taken from a base as well, and compares.
fn check_copied(thread: &Thread, class: &PyTypeObject, base: &PyTypeObject, dict: &PyDict) -> PyResult<()> {
    for row in ROWS {
        if !row.is_in(thread, dict)? {
            (row.update)(thread, class)?;
            forbid_hash(thread, class)?;
            let name = row.methods.first().and_then(|method| (method.name)().as_ascii()).unwrap_or("");
            assert!((row.is_same)(class, base), "{name} of {} is not that of its base", class.name());
        }
    }
    Ok(())
}

/// The class that another one takes all slots from but those that its own dict names: its only base, if the rest of
/// the MRO is that of the base, and its slots were computed here or are those of `object`: a built-in type may have one
/// that its names say nothing of. With it the dict.
fn only_base(class: &PyTypeObject) -> Option<(Owned<PyTypeObject>, Owned<PyDict>)> {
    let base = class.base_type()?;
    let (mro, of_base) = (class.mro()?, base.mro()?);
    let computed = base.has_flag(flags::HEAPTYPE) || std::ptr::eq(base, &raw const statics::OBJECT);
    let plain = class.bases()?.len() == 1 && mro.len() == of_base.len() + 1;
    if !computed || !plain || !mro.iter().skip(1).zip(of_base.iter()).all(|(a, b)| a.is(b)) {
        return None;
    }
    Some((Owned::new_ref(base), Owned::new_ref(class.dict()?)))
}

/// `__hash__ = None` is the slot that says that there is no hash.
fn forbid_hash(thread: &Thread, class: &PyTypeObject) -> PyResult<()> {
    let hash = class.lookup(thread, names::__hash__.get())?;
    if hash.is_some_and(|hash| hash.as_ref().is_none()) {
        class.slots().hash.set(Some(protocol::no_hash));
    }
    Ok(())
}

/// Keeps the slots of a class, and of those that derive from it, in line with an attribute that changed: the hook
/// `type_changed` of an interpreter.
pub fn type_changed(thread: &Thread, class: &PyTypeObject, name: &PyStr) -> PyResult<()> {
    let named = |row: &&super::Row| row.methods.iter().any(|method| std::ptr::eq((method.name)(), name));
    let mut rows = ROWS.iter().filter(named).peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    for row in rows {
        (row.update)(thread, class)?;
    }
    if std::ptr::eq(name, names::__hash__.get()) {
        forbid_hash(thread, class)?;
    }
    class.sync_slots();
    for subclass in subclasses_of(thread, class) {
        let has_its_own = match subclass.dict() {
            Some(dict) => dict.contains(thread, as_ref(name))?,
            None => false,
        };
        if !has_its_own {
            type_changed(thread, &subclass, name)?;
        }
    }
    Ok(())
}
