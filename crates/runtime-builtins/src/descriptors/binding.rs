//! `staticmethod` and `classmethod` as Python sees them: a function that binds to nothing, or to the class, and takes
//! over the function's names and documentation.

use taipan_object::descriptor::class_method::CLASS_METHOD;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::descriptor::static_method::STATIC_METHOD;
use taipan_object::descriptor::{GetSetDef, PyClassMethod, PyStaticMethod};
use taipan_object::slot::Slot;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, rebase};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::property::is_abstract_function;
use crate::arguments::check_count;
use crate::install::fields;
use crate::objects::{NATIVE_DICT_ATTRIBUTE, find_attribute};

static ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef {
        name: "__isabstractmethod__",
        get: is_abstract,
        set: None,
        doc: "Whether the function is abstract.",
    },
    GetSetDef {
        name: "__annotations__",
        get: |thread, this| of_function(thread, this, names::__annotations__.get()),
        set: Some(|thread, this, value| set_own(thread, this, names::__annotations__.get(), value)),
        doc: "The annotations of the function.",
    },
    GetSetDef {
        name: "__annotate__",
        get: |thread, this| of_function(thread, this, names::__annotate__.get()),
        set: Some(|thread, this, value| set_own(thread, this, names::__annotate__.get(), value)),
        doc: "What gives the annotations of the function.",
    },
];

pub(super) fn install_slots() {
    let slots = STATIC_METHOD.slots();
    slots.new.set(Some(|thread, class, _, _| Ok(PyStaticMethod::empty_in(thread, class)?.into_value())));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    let slots = CLASS_METHOD.slots();
    slots.new.set(Some(|thread, class, _, _| Ok(PyClassMethod::empty_in(thread, class)?.into_value())));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 2] = [&STATIC_METHOD, &CLASS_METHOD];
    for ty in types {
        let both =
            [("__func__", 16, MemberKind::Object, true), ("__wrapped__", 16, MemberKind::Object, true)];
        fields(thread, ty, &both)?;
        crate::install::attributes(thread, ty, &ATTRIBUTES)?;
        crate::install::attributes(thread, ty, std::slice::from_ref(&NATIVE_DICT_ATTRIBUTE))?;
    }
    Ok(())
}

/// Where the function stands, and what the type is called.
fn held<'a>(this: Ref<'a>) -> Option<(&'a Slot, &'static str)> {
    if let Some(method) = this.get::<PyStaticMethod>() {
        return Some((method.callable(), "staticmethod"));
    }
    this.get::<PyClassMethod>().map(|method| (method.callable(), "classmethod"))
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], keywords: Option<&PyTuple>) -> PyResult<()> {
    let Some((slot, name)) = held(this) else { return Ok(()) };
    if keywords.is_some_and(|keywords| !keywords.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "{name}() takes no keyword arguments"));
    }
    check_count(thread, name, arguments.len(), 1, 1)?;
    let Some(function) = arguments.first() else { return Ok(()) };
    drop(slot.replace(Some(function.clone())));
    let copied =
        [names::__module__.get(), names::__name__.get(), names::__qualname__.get(), names::__doc__.get()];
    for attribute in copied {
        if let Some(value) = find_attribute(thread, function.as_ref(), attribute)? {
            protocol::set_attribute(thread, this, attribute, Some(value))?;
        }
    }
    Ok(())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((slot, name)) = held(this) else { return Ok(Value::none()) };
    let function = slot.get().unwrap_or_else(Value::none);
    let function = crate::text::repr(thread, function.as_ref())?.to_text_lossy();
    Ok(PyStr::from_text(thread, &format!("<{name}({function})>"))?.into_value())
}

fn function_of(this: Ref<'_>) -> Value {
    held(this).and_then(|(slot, _)| slot.get()).unwrap_or_else(Value::none)
}

fn is_abstract(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_abstract_function(thread, function_of(this).as_ref())?))
}

/// What the dict has under the name, else what the function has, which is kept.
fn of_function(thread: &Thread, this: Ref<'_>, name: &'static PyStr) -> PyResult<Value> {
    let dict = rebase::dict_of(thread, this)?;
    let dict = dict.as_ref().and_then(|dict| dict.as_ref().get::<taipan_object::dict::PyDict>());
    if let Some(dict) = dict
        && let Some(known) = dict.get(thread, as_ref(name))?
    {
        return Ok(known);
    }
    let value = protocol::get_attribute(thread, function_of(this).as_ref(), name)?;
    if let Some(dict) = dict {
        drop(dict.insert(thread, as_ref(name), value.clone())?);
    }
    Ok(value)
}

fn set_own(thread: &Thread, this: Ref<'_>, name: &'static PyStr, value: Option<Value>) -> PyResult<()> {
    let dict = rebase::dict_of(thread, this)?;
    let Some(dict) = dict.as_ref().and_then(|dict| dict.as_ref().get::<taipan_object::dict::PyDict>()) else {
        return Ok(());
    };
    match value {
        Some(value) => drop(dict.insert(thread, as_ref(name), value)?),
        None => {
            if dict.remove(thread, as_ref(name))?.is_none() {
                let (ty, name) = (this.ty().name(), name.to_text_lossy());
                return Err(raise!(thread, ATTRIBUTE_ERROR, "'{ty}' object has no attribute '{name}'"));
            }
        }
    }
    Ok(())
}
