//! The module `_warnings`: `warn.rs` finds out who is warned, `filters.rs` what becomes of a warning, `show.rs` shows it.

mod filters;
mod show;
mod warn;

pub use warn::{warn, warn_at};

use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use crate::import::machinery;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Keywords c"warn" "($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())" warn::warn_function, c"Issues a warning about the code that calls.";
    Instance Keywords c"warn_explicit" "($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)" warn::warn_explicit, c"Issues a warning about a place that is named.";
    Instance None c"_filters_mutated_lock_held" "($module, /)" mutated, c"Says that the filters have changed.";
    Instance None c"_acquire_lock" "($module, /)" nothing, c"Takes the lock of the filters.";
    Instance None c"_release_lock" "($module, /)" nothing, c"Gives the lock of the filters back.";
}

/// `_warnings`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_warnings",
    doc: Some("What the module warnings is made of."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add(thread, module, "filters", filters::initial(thread)?)?;
    add(thread, module, "_onceregistry", PyDict::new(thread)?.into_value())?;
    add(thread, module, "_defaultaction", call::text(thread, "default")?)?;
    let context = crate::contextvars::new_variable(thread, "_warnings_context")?;
    add(thread, module, "_warnings_context", context)
}

/// One thread needs no lock.
fn nothing(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn mutated(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    if let Some(machinery) = machinery(thread) {
        machinery.filters_version.set(machinery.filters_version.get() + 1);
    }
    Ok(Value::none())
}
