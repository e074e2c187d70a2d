//! The slots of static types as methods in their dicts: `int.__add__`, `object.__init__`, `list.__new__`.

use taipan_object::descriptor::PyWrapperDescr;
use taipan_object::descriptor::wrapper::WrapperDef;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{PyResult, Thread, Value, as_ref, protocol};

use super::table::ROWS;
use super::wrap::new_function;

/// Puts the methods into the dicts of all static types, which have their slots by now.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    for ty in statics::all().chain(statics::more()) {
        forbid_construction(ty);
    }
    for ty in statics::all().chain(statics::more()) {
        install_in(thread, ty)?;
    }
    Ok(())
}

/// A static type derived from `object` alone makes instances only by a `new` of its own.
fn forbid_construction(ty: &PyTypeObject) {
    let inherited = match (ty.slots().new.get(), statics::OBJECT.slots().new.get()) {
        (Some(own), Some(of_object)) => std::ptr::fn_addr_eq(own, of_object),
        _ => false,
    };
    let from_object = ty.base_type().is_some_and(|base| std::ptr::eq(base, &raw const statics::OBJECT));
    if ty.has_flag(flags::DISALLOW_INSTANTIATION) || (inherited && from_object) {
        ty.slots().new.set(None);
        ty.sync_slots();
    }
}

fn install_in(thread: &Thread, ty: &'static PyTypeObject) -> PyResult<()> {
    for row in ROWS {
        if !(row.is_own)(ty) {
            continue;
        }
        for method in row.methods {
            match &method.definition {
                Some(definition) if !is_left_out(ty, definition) => {
                    wrap(thread, ty, (method.name)(), definition)?
                }
                _ => {}
            }
        }
    }
    for (owner, name) in REPEATED {
        if owner() == std::ptr::from_ref(ty) {
            repeat(thread, ty, name)?;
        }
    }
    let Some(dict) = ty.dict() else { return Ok(()) };
    if let Some(hash) = ty.slots().hash.get()
        && std::ptr::fn_addr_eq(hash, protocol::no_hash as Hash)
        && !dict.contains(thread, as_ref(names::__hash__.get()))?
    {
        drop(dict.insert(thread, as_ref(names::__hash__.get()), Value::none())?);
    }
    if ty.slots().new.get().is_some() && is_own_new(ty) {
        let new = new_function(thread, ty)?;
        drop(dict.insert(thread, as_ref(names::__new__.get()), new)?);
    }
    Ok(())
}

type Hash = fn(&Thread, taipan_object::Ref<'_>) -> PyResult<i64>;

fn is_own_new(ty: &PyTypeObject) -> bool {
    super::update::is_own(ty, |slots| &slots.new)
}

/// Puts one method into the dict of a type, unless there is one already.
fn wrap(
    thread: &Thread,
    ty: &'static PyTypeObject,
    name: &'static PyStr,
    definition: &'static WrapperDef,
) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    if dict.contains(thread, as_ref(name))? {
        return Ok(());
    }
    let wrapper = PyWrapperDescr::new(thread, ty, definition)?;
    drop(dict.insert(thread, as_ref(name), wrapper.into_value())?);
    Ok(())
}

/// A type of which the reference shows a method although its slot is that of its base.
type Repeated = (fn() -> *const PyTypeObject, &'static str);

/// Those methods.
static REPEATED: &[Repeated] = &[];

fn repeat(thread: &Thread, ty: &'static PyTypeObject, name: &str) -> PyResult<()> {
    let methods = ROWS.iter().flat_map(|row| row.methods);
    let named = methods.filter_map(|method| Some(((method.name)(), method.definition.as_ref()?)));
    match named.into_iter().find(|(_, definition)| definition.name == name) {
        Some((name, definition)) => wrap(thread, ty, name, definition),
        None => Ok(()),
    }
}

/// Slots of ours that CPython's types do not show as methods.
fn is_left_out(ty: &PyTypeObject, definition: &WrapperDef) -> bool {
    std::ptr::eq(ty, &raw const statics::TYPE) && definition.name == "__getitem__"
}
