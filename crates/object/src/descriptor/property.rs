//! `property`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Value};

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
    does {}
}

impl PyProperty {
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
