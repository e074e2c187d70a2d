//! The module `sys`.

mod facts;
mod functions;
mod jit;
mod limits;
mod monitoring;
mod settings;
mod unraisable;

pub(crate) use monitoring::types;

pub use facts::{Facts, Flags, fill_facts};

use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, as_ref};
use taipan_runtime_builtins::modules::{self, ModuleDef};

/// `sys`.
pub static MODULE: ModuleDef = ModuleDef {
    name: "sys",
    doc: Some("Objects and functions of the interpreter itself."),
    functions: &functions::FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let name = intern_text(thread, MODULE.name)?;
    modules::add_functions(thread, module, &name, as_ref(module), &settings::FUNCTIONS)?;
    modules::add_functions(thread, module, &name, as_ref(module), &unraisable::FUNCTIONS)?;
    set(thread, &dict, "_jit", modules::create(thread, &jit::MODULE)?.into_value())?;
    set(thread, &dict, "monitoring", monitoring::create(thread)?)?;
    thread.interp().hooks.unraisable.set(unraisable::report);
    for name in ["excepthook", "displayhook", "unraisablehook", "breakpointhook"] {
        let name_text = intern_text(thread, name)?;
        if let Some(hook) = dict.get_str(thread, &name_text)? {
            set(thread, &dict, &format!("__{name}__"), hook)?;
        }
    }
    limits::fill(thread, &dict)
}

/// Sets an entry of the module's dict.
pub(crate) fn set(thread: &Thread, dict: &PyDict, name: &str, value: Value) -> PyResult<()> {
    let name = intern_text(thread, name)?;
    let old = dict.insert(thread, name.as_ref(), value)?;
    drop(old);
    Ok(())
}

/// An entry of the module's dict.
pub(crate) fn get(thread: &Thread, name: &str) -> PyResult<Option<Value>> {
    let sys = thread.interp().sys.get();
    let name = intern_text(thread, name)?;
    match sys.as_ref().and_then(|sys| sys.as_ref().get::<PyDict>()) {
        Some(dict) => dict.get_str(thread, &name),
        None => Ok(None),
    }
}
