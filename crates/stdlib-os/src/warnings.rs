//! Warnings, by the function that the module `_warnings` has for them.

use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};

/// Warns of something that was done at the place that calls.
///
/// # Errors
/// The warning itself, where warnings are errors.
pub(crate) fn warn(thread: &Thread, category: &'static PyTypeObject, message: &str) -> PyResult<()> {
    let module = (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "_warnings")?)?;
    let warn = protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, "warn")?)?;
    let message = PyStr::from_text(thread, message)?.into_value();
    let arguments = [message, as_ref(category).to_value(), Value::small(1)];
    protocol::call(thread, warn.as_ref(), &arguments, None).map(drop)
}

/// Warns of a bool that is given as a descriptor.
///
/// # Errors
/// As above.
pub(crate) fn warn_of_bool(thread: &Thread, value: Ref<'_>) -> PyResult<()> {
    match std::ptr::eq(value.ty(), &raw const taipan_object::bool::BOOL) {
        true => {
            let category = &taipan_object::exception::RUNTIME_WARNING;
            warn(thread, category, "bool is used as a file descriptor")
        }
        false => Ok(()),
    }
}
