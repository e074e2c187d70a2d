//! The slots of static types as methods in their dicts: `int.__add__`, `object.__init__`, `list.__new__`.

use taipan_object::descriptor::PyWrapperDescr;
use taipan_object::descriptor::wrapper::WrapperDef;
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::types::{PyTypeObject, contents, flags, statics};
use taipan_object::{PyResult, Thread, Value, as_ref, exception, protocol};

use super::new::new_function;
use super::table::ROWS;

/// Lets the methods be put into the dicts of all static types, which have their slots by now.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    for ty in statics::all().chain(statics::more()) {
        forbid_construction(ty);
    }
    super::coexist::install(thread)?;
    contents::complete_with(complete);
    Ok(())
}

/// A static type makes instances only by a `new` of its own, or one of a base other than `object`.
fn forbid_construction(ty: &PyTypeObject) {
    let Some(base) = ty.base_type() else { return };
    let inherited = match (ty.slots().new.get(), statics::OBJECT.slots().new.get()) {
        (Some(own), Some(of_object)) => std::ptr::fn_addr_eq(own, of_object),
        _ => false,
    };
    let from_object = std::ptr::eq(base, &raw const statics::OBJECT);
    if ty.has_flag(flags::DISALLOW_INSTANTIATION) || (inherited && from_object) {
        ty.slots().new.set(None);
    } else if inherited {
        ty.slots().new.set(base.slots().new.get());
    }
    ty.sync_slots();
}

/// The order is CPython's: `__new__`, the slots, then what was noted, and that there is no hash.
fn complete(thread: &Thread, ty: &'static PyTypeObject, noted: &PyDict, dict: &PyDict) -> PyResult<()> {
    if ty.slots().new.get().is_some() && is_own_new(ty) {
        let new = new_function(thread, ty)?;
        drop(dict.insert(thread, as_ref(names::__new__.get()), new)?);
    }
    let hash = ty.slots().hash.get();
    let unhashable = hash.is_some_and(|hash| std::ptr::fn_addr_eq(hash, protocol::no_hash as Hash));
    let own = || ROWS.iter().filter(|row| (row.is_own)(ty));
    let count = own().map(|row| row.methods.len()).sum::<usize>();
    dict.reserve(thread, noted.len() + count + 2)?;
    for row in own() {
        for method in row.methods {
            let Some(definition) = &method.definition else { continue };
            let name = (method.name)();
            let stays_out = (unhashable && std::ptr::eq(name, names::__hash__.get()))
                || is_left_out(ty, definition)
                || noted.contains(thread, as_ref(name))?
                || dict.contains(thread, as_ref(name))?;
            if !stays_out {
                let wrapper = PyWrapperDescr::new(thread, ty, definition)?;
                drop(dict.insert(thread, as_ref(name), wrapper.into_value())?);
            }
        }
    }
    dict.update(thread, noted, true)?;
    if unhashable {
        drop(dict.get_or_insert(thread, as_ref(names::__hash__.get()), Value::none())?);
    }
    let doc = match crate::docs::of(ty.name()) {
        Some(doc) => PyStr::from_text(thread, doc)?.into_value(),
        None => Value::none(),
    };
    drop(dict.get_or_insert(thread, as_ref(names::__doc__.get()), doc)?);
    Ok(())
}

type Hash = fn(&Thread, taipan_object::Ref<'_>) -> PyResult<i64>;

/// Exceptions that add nothing have a `__new__` all the same, but for one.
fn is_own_new(ty: &PyTypeObject) -> bool {
    let simple = ty.has_flag(flags::BASE_EXC_SUBCLASS)
        && ty.basic_size() == exception::BASE_EXCEPTION.basic_size()
        && !std::ptr::eq(ty, &raw const exception::KEY_ERROR);
    simple || super::update::is_own(ty, |slots| &slots.new)
}

/// Slots of ours that CPython's types do not show as methods.
fn is_left_out(ty: &PyTypeObject, definition: &WrapperDef) -> bool {
    let name = definition.name;
    (std::ptr::eq(ty, &raw const statics::TYPE) && name == "__getitem__")
        || (std::ptr::eq(ty, &raw const statics::BOOL) && name == "__bool__")
}
