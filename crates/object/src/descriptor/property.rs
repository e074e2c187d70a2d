//! `property`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::protocol;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Ref, Value};

object! {
    /// A property.
    pub struct PyProperty = PROPERTY PROPERTY_CORE "property" 64 {
        /// `fget`.
        prop_get 16: Slot,
        /// `fset`.
        prop_set 24: Slot,
        /// `fdel`.
        prop_del 32: Slot,
        /// `__doc__`.
        prop_doc 40: Slot,
        /// The name that it was given in its class.
        prop_name 48: Slot,
        /// Whether the documentation is that of `fget`.
        getter_doc 56: Ints,
    }
    slots { prop_get, prop_set, prop_del, prop_doc, prop_name }
    flags flags::BASETYPE, dict 0, weak 0,
    does { descr_get: get, descr_set: set }
}

fn get(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(property), Some(object)) = (this.get::<PyProperty>(), object) else {
        return Ok(this.to_value());
    };
    match property.prop_get.get() {
        Some(get) => protocol::call(thread, get.as_ref(), &[object.to_value()], None),
        None => Err(lacks(thread, property, object, "getter")),
    }
}

fn set(thread: &Thread, this: Ref<'_>, object: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(property) = this.get::<PyProperty>() else { return Ok(()) };
    let result = match value {
        Some(value) => match property.prop_set.get() {
            Some(set) => protocol::call(thread, set.as_ref(), &[object.to_value(), value], None)?,
            None => return Err(lacks(thread, property, object, "setter")),
        },
        None => match property.prop_del.get() {
            Some(delete) => protocol::call(thread, delete.as_ref(), &[object.to_value()], None)?,
            None => return Err(lacks(thread, property, object, "deleter")),
        },
    };
    drop(result);
    Ok(())
}

#[cold]
fn lacks(thread: &Thread, property: &PyProperty, object: Ref<'_>, what: &str) -> crate::Raised {
    let name = match property.name(thread) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let qualified = object.ty().qualified_name();
    let ty = match qualified.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        Some(name) => name.to_text_lossy(),
        None => object.ty().name().to_owned(),
    };
    match name.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        Some(name) => {
            let name = name.to_text_lossy();
            crate::raise!(thread, ATTRIBUTE_ERROR, "property '{name}' of '{ty}' object has no {what}")
        }
        None => crate::raise!(thread, ATTRIBUTE_ERROR, "property of '{ty}' object has no {what}"),
    }
}

impl PyProperty {
    /// A property without functions, of the type or of a class derived from it.
    pub fn empty_in(thread: &Thread, class: &crate::types::PyTypeObject) -> PyResult<Owned<PyProperty>> {
        PyProperty::blank_in(thread, class)
    }

    /// The name that it was given, or that of its `fget`; none if it has neither.
    pub fn name(&self, thread: &Thread) -> PyResult<Option<Value>> {
        if let Some(name) = self.prop_name.get() {
            return Ok(Some(name));
        }
        let Some(get) = self.prop_get.get().filter(|get| !get.as_ref().is_none()) else { return Ok(None) };
        let name = crate::str::statics::names::__name__.get();
        match protocol::get_attribute(thread, get.as_ref(), name) {
            Ok(name) => Ok(Some(name)),
            Err(raised) => {
                let exception = thread.catch(raised);
                if exception.as_ref().ty().is_subtype(&crate::exception::ATTRIBUTE_ERROR) {
                    return Ok(None);
                }
                Err(thread.raise(exception))
            }
        }
    }

    /// A property of these functions.
    pub fn new(
        thread: &Thread,
        get: Option<Value>,
        set: Option<Value>,
        delete: Option<Value>,
    ) -> PyResult<Owned<PyProperty>> {
        let property = PyProperty::blank(thread)?;
        for (slot, value) in
            [(&property.prop_get, get), (&property.prop_set, set), (&property.prop_del, delete)]
        {
            if let Some(value) = value {
                slot.init(value);
            }
        }
        Ok(property)
    }
}
