//! Attributes and methods by name, and small things that all modules do.

use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

/// `object.name`.
pub(crate) fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Value> {
    protocol::get_attribute(thread, object, &*intern_text(thread, name)?)
}

/// `object.name`, or none if there is no such attribute.
pub(crate) fn find(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match attribute(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => caught(thread, raised, &ATTRIBUTE_ERROR).map(|()| None),
    }
}

/// `object.name(*arguments)`.
pub(crate) fn method(thread: &Thread, object: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    let method = attribute(thread, object, name)?;
    protocol::call(thread, method.as_ref(), arguments, None)
}

/// Takes an exception of a type out of the thread; hands on any other.
pub(crate) fn caught(thread: &Thread, raised: Raised, ty: &'static PyTypeObject) -> PyResult<()> {
    let exception = thread.catch(raised);
    if exception.as_ref().ty().is_subtype(ty) {
        return Ok(());
    }
    Err(thread.raise(exception))
}

/// A string.
pub(crate) fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

/// `sys.modules`.
pub(crate) fn all_modules(thread: &Thread) -> PyResult<Owned<PyDict>> {
    let all = thread.interp().modules.get_as::<PyDict>();
    all.ok_or_else(|| raise!(thread, RUNTIME_ERROR, "unable to get sys.modules"))
}

/// A module of `sys.modules`.
pub(crate) fn imported(thread: &Thread, name: &str) -> PyResult<Option<Value>> {
    all_modules(thread)?.get_str(thread, &*intern_text(thread, name)?)
}

/// An entry of the dict of `sys`.
pub(crate) fn of_sys(thread: &Thread, name: &str) -> PyResult<Option<Value>> {
    let sys = thread.interp().sys.get_as::<PyDict>();
    match sys {
        Some(sys) => sys.get_str(thread, &*intern_text(thread, name)?),
        None => Ok(None),
    }
}

/// An entry of a module's dict.
pub(crate) fn entry(thread: &Thread, module: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match module.get::<PyModule>().and_then(PyModule::dict) {
        Some(dict) => dict.get_str(thread, &*intern_text(thread, name)?),
        None => Ok(None),
    }
}

/// Sets an entry of a module's dict.
pub(crate) fn set_entry(thread: &Thread, module: Ref<'_>, name: &str, value: Value) -> PyResult<()> {
    match module.get::<PyModule>() {
        Some(module) => taipan_runtime_builtins::modules::add(thread, module, name, value),
        None => Ok(()),
    }
}

/// An argument that must be a string: `function() argument N must be str, not T`.
pub(crate) fn str_argument<'a>(
    thread: &Thread,
    function: &str,
    which: &str,
    value: Ref<'a>,
) -> PyResult<&'a PyStr> {
    taipan_runtime_builtins::arguments::expect_str(thread, function, which, value)
}
