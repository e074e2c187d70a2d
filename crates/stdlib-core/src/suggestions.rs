//! The module `_suggestions`: which of some names was perhaps meant.

use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::modules::ModuleDef;

use crate::call;

method_table! { FUNCTIONS:
    Instance Two c"_generate_suggestions" "($module, candidates, item, /)" suggest, c"The candidate that is closest to a name, or None.";
}

/// `_suggestions`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_suggestions",
    doc: Some("Names that were perhaps meant."),
    functions: &FUNCTIONS,
    exec: None,
};

fn suggest(thread: &Thread, _: Ref<'_>, candidates: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let item = call::str_argument(thread, "_generate_suggestions", "argument 2", item)?;
    let Some(candidates) = candidates.get_exact::<PyList>() else {
        return Err(raise!(thread, TYPE_ERROR, "candidates must be a list"));
    };
    let mut names = Vec::new();
    for candidate in (0..candidates.len()).filter_map(|at| candidates.get(at)) {
        match candidate.as_ref().get::<PyStr>() {
            Some(name) => names.push(name.to_text_lossy()),
            None => return Err(raise!(thread, TYPE_ERROR, "all elements in 'candidates' must be strings")),
        }
    }
    match taipan_vm::suggest::closest(&item.to_text_lossy(), &names) {
        Some(name) => call::text(thread, name),
        None => Ok(Value::none()),
    }
}
