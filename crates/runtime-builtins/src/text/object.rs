//! `repr` of objects in general, of types, and of what can be called.

use taipan_object::builtin::PyCFunction;
use taipan_object::cell::PyCell;
use taipan_object::descriptor::{PyClassMethodDescr, PyGetSetDescr, PyMethodDescr, PyWrapperDescr};
use taipan_object::function::PyFunction;
use taipan_object::method::PyMethod;
use taipan_object::module::PyModule;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};

use super::name::qualified_name;
use super::{ascii, repr};

/// What `id` gives.
fn address(value: Ref<'_>) -> u64 {
    value.word().bits()
}

fn text_of(value: Option<Value>) -> Option<String> {
    value.and_then(|value| value.as_ref().get::<PyStr>().map(PyStr::to_text_lossy))
}

/// `object.__repr__`.
pub(super) fn default_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let name = qualified_name(thread, value.ty())?;
    ascii(thread, &format!("<{name} object at {:#x}>", address(value)))
}

pub(super) fn type_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyTypeObject>() {
        Some(ty) => ascii(thread, &format!("<class '{}'>", qualified_name(thread, ty)?)),
        None => default_repr(thread, value),
    }
}

pub(super) fn cell_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let held = value.get::<PyCell>().and_then(|cell| cell.slot().get());
    let holds = match &held {
        Some(held) => format!("{} object at {:#x}", held.as_ref().ty().name(), address(held.as_ref())),
        None => "empty".to_owned(),
    };
    ascii(thread, &format!("<cell at {:#x}: {holds}>", address(value)))
}

pub(super) fn function_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let name = value.get::<PyFunction>().and_then(|function| text_of(function.func_qualname().get()));
    ascii(thread, &format!("<function {} at {:#x}>", name.as_deref().unwrap_or("?"), address(value)))
}

pub(super) fn builtin_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(function) = value.get::<PyCFunction>() else { return default_repr(thread, value) };
    let (name, this) = (function.definition().name(), function.this());
    let this = this.as_ref();
    if this.is_none() || this.get::<PyModule>().is_some() {
        return ascii(thread, &format!("<built-in function {name}>"));
    }
    let owner = this.ty().name();
    ascii(thread, &format!("<built-in method {name} of {owner} object at {:#x}>", address(this)))
}

pub(super) fn method_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(method) = value.get::<PyMethod>() else { return default_repr(thread, value) };
    let function = method.function();
    let mut name = None;
    for attribute in [names::__qualname__.get(), names::__name__.get()] {
        if name.is_none() {
            name = text_of(find_attribute(thread, function.as_ref(), attribute)?);
        }
    }
    let this = repr(thread, method.this().as_ref())?.to_text_lossy();
    ascii(thread, &format!("<bound method {} of {this}>", name.as_deref().unwrap_or("?")))
}

/// An attribute, none if there is no such one.
fn find_attribute(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    match object.get::<PyFunction>() {
        Some(function) if name.equals_text("__qualname__") => Ok(function.func_qualname().get()),
        _ => protocol::attribute::find(thread, object, name),
    }
}

/// `<kind 'name' of 'owner' objects>`
fn descriptor(thread: &Thread, kind: &str, name: &str, owner: Option<Value>) -> PyResult<Value> {
    let owner = owner.as_ref().and_then(|owner| owner.as_ref().get::<PyTypeObject>());
    let owner = owner.map_or("?", PyTypeObject::name);
    ascii(thread, &format!("<{kind} '{name}' of '{owner}' objects>"))
}

pub(super) fn method_descriptor_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyMethodDescr>() {
        Some(this) => descriptor(thread, "method", this.definition().name(), this.d_type().get()),
        None => default_repr(thread, value),
    }
}

pub(super) fn class_method_descriptor_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyClassMethodDescr>() {
        Some(this) => descriptor(thread, "method", this.definition().name(), this.d_type().get()),
        None => default_repr(thread, value),
    }
}

pub(super) fn getset_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyGetSetDescr>() {
        Some(this) => descriptor(thread, "attribute", this.definition().name, this.d_type().get()),
        None => default_repr(thread, value),
    }
}

pub(super) fn wrapper_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyWrapperDescr>() {
        Some(this) => descriptor(thread, "slot wrapper", this.definition().name, this.d_type().get()),
        None => default_repr(thread, value),
    }
}

pub(super) fn member_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    use taipan_object::descriptor::PyMemberDescr;
    match value.get::<PyMemberDescr>() {
        Some(this) => {
            let name = text_of(this.d_name().get());
            descriptor(thread, "member", name.as_deref().unwrap_or("?"), this.d_type().get())
        }
        None => default_repr(thread, value),
    }
}

/// `repr` of a module: importlib's, which looks at its spec, else that of a module without one.
pub(super) fn module_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    // the first import starts importlib
    let importlib = match thread.interp().importlib.get() {
        Some(importlib) => Some(importlib),
        None => {
            let name = taipan_object::str::intern::intern_text(thread, "_frozen_importlib")?;
            match crate::objects::import(thread, &name) {
                Ok(importlib) => Some(importlib),
                Err(raised) => {
                    drop(thread.catch(raised));
                    None
                }
            }
        }
    };
    if let Some(importlib) = importlib {
        let name = taipan_object::str::intern::intern_text(thread, "_module_repr")?;
        let function = protocol::get_attribute(thread, importlib.as_ref(), &name)?;
        return protocol::call(thread, function.as_ref(), &[value.to_value()], None);
    }
    let dict = value.get::<PyModule>().and_then(PyModule::dict);
    let name = match dict {
        Some(dict) => dict.get(thread, as_ref(names::__name__.get()))?,
        None => None,
    };
    match name {
        Some(name) => {
            let name = repr(thread, name.as_ref())?.to_text_lossy();
            ascii(thread, &format!("<module {name}>"))
        }
        None => ascii(thread, "<module '?'>"),
    }
}
