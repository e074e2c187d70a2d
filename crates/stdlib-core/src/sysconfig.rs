//! The module `_sysconfig`: what `sysconfig` asks the interpreter itself.

use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::ModuleDef;

method_table! { FUNCTIONS:
    Instance None c"config_vars" "($module, /)" config_vars, c"Variables of the configuration.";
}

/// `_sysconfig`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_sysconfig",
    doc: Some("What the interpreter knows of its configuration."),
    functions: &FUNCTIONS,
    exec: None,
};

/// There is a lock, and debug builds of this program are none of Python's.
const VARIABLES: [&str; 2] = ["Py_GIL_DISABLED", "Py_DEBUG"];

fn config_vars(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    for name in VARIABLES {
        drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), Value::small(0))?);
    }
    Ok(dict.into_value())
}
