//! The module `builtins` of an interpreter: what it has of itself, and what needs a compiler or frames.

use crate::{evaluate, imports};
use taipan_object::builtin::PyCFunction;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Thread, Value, raise};
use taipan_runtime_builtins::modules;

/// Makes the module.
pub(crate) fn create(thread: &Thread) -> PyResult<Owned<PyModule>> {
    let Some(definition) = modules::find("builtins") else {
        return Err(raise!(thread, SYSTEM_ERROR, "no module builtins"));
    };
    let module = modules::create(thread, definition)?;
    let name = intern_text(thread, "builtins")?.into_value();
    let functions = evaluate::FUNCTIONS.iter().chain([&taipan_stdlib_core::import::IMPORT]);
    for function in functions {
        let this: Option<Value> = Some(module.as_ref().to_value());
        let value = PyCFunction::new(thread, function, this, Some(name.clone()))?;
        modules::add(thread, &module, function.name(), value.into_value())?;
    }
    let open = imports::native(thread, "_io")?;
    let open = taipan_object::protocol::get_attribute(thread, open.as_ref(), &*intern_text(thread, "open")?)?;
    modules::add(thread, &module, "open", open)?;
    Ok(module)
}
