//! `sys._jit`: whether there is a compiler to machine code, which there is not yet.

use taipan_object::declare::method_table;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::ModuleDef;

/// `sys._jit`.
pub(super) static MODULE: ModuleDef =
    ModuleDef { name: "sys._jit", doc: None, functions: &FUNCTIONS, exec: None };

method_table! { FUNCTIONS:
    Instance None c"is_available" "($module, /)" no, c"Whether there is a compiler to machine code.";
    Instance None c"is_enabled" "($module, /)" no, c"Whether it is switched on.";
    Instance None c"is_active" "($module, /)" no, c"Whether the caller's frame runs what it made.";
}

fn no(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(false))
}
