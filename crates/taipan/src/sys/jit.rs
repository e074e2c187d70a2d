//! `sys._jit`: whether there is a compiler to machine code, which there is not yet.

use taipan_object::builtin::PyCFunction;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value};

method_table! { FUNCTIONS:
    Instance None c"is_available" "($module, /)" no, c"Whether there is a compiler to machine code.";
    Instance None c"is_enabled" "($module, /)" no, c"Whether it is switched on.";
    Instance None c"is_active" "($module, /)" no, c"Whether the caller's frame runs what it made.";
}

fn no(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(false))
}

/// Makes the module.
pub(super) fn create(thread: &Thread) -> PyResult<Value> {
    let name = intern_text(thread, "sys._jit")?;
    let module = PyModule::new(thread, &name)?;
    if let Some(dict) = module.dict() {
        for method in &FUNCTIONS {
            let this = Some(module.as_ref().to_value());
            let function = PyCFunction::new(thread, method, this, Some(name.as_ref().to_value()))?;
            super::set(thread, &dict, method.name(), function.into_value())?;
        }
    }
    Ok(module.into_value())
}
