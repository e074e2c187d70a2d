//! What every object can do: `object`. `new.rs` makes instances, `attributes.rs` has `__class__`, `__dict__` and
//! `__weakref__`, `methods.rs` the methods, `reduce.rs` those of pickling.

mod attributes;
mod methods;
mod new;
mod reduce;
#[cfg(test)]
mod tests;

pub(crate) use attributes::{DICT_ATTRIBUTE, NATIVE_DICT_ATTRIBUTE, WEAKREF_ATTRIBUTE, set_dict};
pub(crate) use methods::merge_class_names;
pub use reduce::import;

use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::protocol;
use taipan_object::protocol::attribute::generic_get;
use taipan_object::str::PyStr;
use taipan_object::types::slots::GetAttr;
use taipan_object::types::statics;
use taipan_object::{PyResult, Ref, Thread, Value};

/// Fills the slots of `object`.
pub(crate) fn install_slots() {
    let slots = statics::OBJECT.slots();
    slots.new.set(Some(new::new));
    slots.init.set(Some(new::init));
}

/// Fills the dict of `object`.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &statics::OBJECT, &reduce::METHODS)?;
    crate::install::methods(thread, &statics::OBJECT, &methods::METHODS)?;
    crate::install::attributes(thread, &statics::OBJECT, &attributes::ATTRIBUTES)
}

/// `getattr(object, name, none)`: an `AttributeError` means that there is no such attribute.
pub fn find_attribute(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    let get = object.ty().slots().getattr.get();
    // no error is made where nobody would see it
    let found = match get.is_none_or(|get| std::ptr::fn_addr_eq(get, generic_get as GetAttr)) {
        true => protocol::attribute::find(thread, object, name),
        false => protocol::get_attribute(thread, object, name).map(Some),
    };
    match found {
        Ok(found) => Ok(found),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}
