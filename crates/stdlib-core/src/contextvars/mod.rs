//! The module `_contextvars`: `variable.rs` has variables and tokens, `context.rs` contexts. The context that is current
//! stands in the thread state; it is made when it is first needed. Invariant: keys of a context are exactly
//! `ContextVar`s, whose hash and comparison run no Python code.

mod context;
mod variable;

pub use context::{copy_current, within};
pub(crate) use variable::new_variable;

use taipan_object::module::PyModule;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Thread, as_ref};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance None c"copy_context" "($module, /)" |thread, _| copy_current(thread), c"A copy of the current context.";
}

/// `_contextvars`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_contextvars",
    doc: Some("Variables whose values belong to a context."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [(&str, &'static PyTypeObject); 3] =
        [("Context", &context::CONTEXT), ("ContextVar", &variable::VARIABLE), ("Token", &variable::TOKEN)];
    types.into_iter().try_for_each(|(name, ty)| add(thread, module, name, as_ref(ty).to_value()))
}

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&context::CONTEXT, &variable::VARIABLE, &variable::TOKEN, &variable::MISSING]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &context::CONTEXT, &context::METHODS)?;
    install::methods(thread, &variable::VARIABLE, &variable::METHODS)?;
    install::attributes(thread, &variable::VARIABLE, &variable::ATTRIBUTES)?;
    install::methods(thread, &variable::TOKEN, &variable::TOKEN_METHODS)?;
    install::attributes(thread, &variable::TOKEN, &variable::TOKEN_ATTRIBUTES)?;
    install::methods(thread, &variable::VARIABLE, &variable::CLASS_METHODS)?;
    install::methods(thread, &variable::TOKEN, &variable::CLASS_METHODS)?;
    variable::add_missing(thread)
}
