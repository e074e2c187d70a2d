//! Extension modules, of which none can be loaded yet.

use taipan_object::exception::PyBaseException;
use taipan_object::list::PyList;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::to_int;

use crate::call;
use crate::import::machinery;

/// No file is an extension module.
pub(super) fn suffixes(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(PyList::new(thread)?.into_value())
}

pub(super) fn create_dynamic(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let Some(spec) = arguments.first() else {
        return Err(raise!(thread, TYPE_ERROR, "create_dynamic expected at least 1 argument, got 0"));
    };
    let name = call::attribute(thread, spec.as_ref(), "name")?;
    let path = call::attribute(thread, spec.as_ref(), "origin")?;
    let message = format_args!("extension modules are not supported by this interpreter");
    let raised = thread.raise_message(&taipan_object::exception::IMPORT_ERROR, message);
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
    {
        drop(this.set_field(1, Some(name)));
        drop(this.set_field(2, Some(path)));
    }
    Err(raised)
}

pub(super) fn exec_dynamic(_: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}

pub(super) fn override_check(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let value = to_int(thread, value)?;
    let old = machinery(thread).map_or(0, |machinery| machinery.extensions_override.replace(value));
    Ok(Value::small(old))
}
