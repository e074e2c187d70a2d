//! `__class__`, and the attributes `__dict__` and `__weakref__` that classes get.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::module::MODULE;
use taipan_object::types::{PyTypeObject, rebase, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

/// Attributes of `object`.
pub(super) static ATTRIBUTES: [GetSetDef; 1] =
    [GetSetDef { name: "__class__", get: class, set: Some(set_class), doc: "The class." }];

/// `__dict__` of a class whose instances have one.
pub(crate) static DICT_ATTRIBUTE: GetSetDef =
    GetSetDef { name: "__dict__", get: dict, set: Some(set_dict_of_instance), doc: "The attributes." };

/// `__dict__` of built-in types whose objects have one, which cannot be deleted.
pub(crate) static NATIVE_DICT_ATTRIBUTE: GetSetDef = GetSetDef {
    name: "__dict__",
    get: dict,
    set: Some(|thread, this, value| match value {
        Some(_) => set_dict(thread, this, value),
        None => Err(raise!(thread, TYPE_ERROR, "cannot delete __dict__")),
    }),
    doc: "The attributes.",
};

/// `__weakref__` of a class whose instances can be referred to weakly.
pub(crate) static WEAKREF_ATTRIBUTE: GetSetDef =
    GetSetDef { name: "__weakref__", get: weakref, set: None, doc: "The first weak reference." };

fn class(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(as_ref(this.ty()).to_value())
}

fn set_class(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "can't delete __class__ attribute"));
    };
    let Some(class) = value.as_ref().get::<PyTypeObject>() else {
        let ty = value.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__class__ must be set to a class, not '{ty}' object"));
    };
    rebase::set_class(thread, this, class)
}

/// `object.__dict__`
pub(crate) fn dict(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match rebase::dict_of(thread, this)? {
        Some(dict) => Ok(dict),
        None => Err(raise!(thread, ATTRIBUTE_ERROR, "This object has no __dict__")),
    }
}

/// The same where the class comes from Python: what classes and modules have for a `__dict__` is not to be set by the
/// attribute of another base.
fn set_dict_of_instance(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let native = [&statics::TYPE, &MODULE].into_iter().find(|ty| this.ty().is_subtype(ty));
    if let Some(native) = native {
        let name = native.short_name();
        let message = format!("attribute '__dict__' of '{name}' objects is not writable");
        return Err(raise!(thread, ATTRIBUTE_ERROR, "{message}"));
    }
    set_dict(thread, this, value)
}

/// `object.__dict__ = dict`
pub(crate) fn set_dict(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return rebase::set_dict(thread, this, None) };
    match value.downcast::<PyDict>() {
        Ok(dict) => rebase::set_dict(thread, this, Some(dict)),
        Err(other) => {
            let ty = other.as_ref().ty().name();
            Err(raise!(thread, TYPE_ERROR, "__dict__ must be set to a dictionary, not a '{ty}'"))
        }
    }
}

fn weakref(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(rebase::first_weakref(thread, this))
}
