//! Starts importlib.

use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Thread, Value, raise};

use super::{frozen, machinery, native};
use crate::call;

/// The name by which the interpreter knows importlib's first part.
const IMPORTLIB: &str = "_frozen_importlib";

/// Runs `importlib._bootstrap` of the library as `_frozen_importlib` and hands it `sys` and `_imp`. From then on native
/// modules and those of the library are imported by importlib.
///
/// # Errors
/// What importlib raises; `ImportError` if there is no library.
fn install_importlib(thread: &Thread) -> PyResult<()> {
    let Some(found) = frozen(thread, IMPORTLIB) else {
        return Err(raise!(thread, IMPORT_ERROR, "there is no library to take importlib from"));
    };
    let code = found.decode(thread)?;
    let name = intern_text(thread, IMPORTLIB)?;
    let module = PyModule::new(thread, &name)?;
    let all = call::all_modules(thread)?;
    drop(all.insert(thread, name.as_ref(), module.as_ref().to_value())?);
    // importlib asks modules of the library that it did not import for this name
    call::set_entry(thread, module.as_ref(), "__origname__", call::text(thread, found.name)?)?;
    run(thread, &module, code)?;
    let sys = needed(thread, "sys")?;
    let imp = needed(thread, "_imp")?;
    drop(call::method(thread, module.as_ref(), "_install", &[sys, imp])?);
    drop(thread.interp().importlib.replace(Some(module.into_value())));
    Ok(())
}

/// Lets importlib find modules in the files of `sys.path`.
///
/// # Errors
/// What importlib raises.
fn install_external(thread: &Thread) -> PyResult<()> {
    let Some(importlib) = thread.interp().importlib.get() else {
        return Err(raise!(thread, IMPORT_ERROR, "importlib is not installed"));
    };
    drop(call::method(thread, importlib.as_ref(), "_install_external_importers", &[])?);
    if machinery(thread).and_then(|machinery| machinery.folder()).is_some() {
        let finder = super::import_module(thread, &*intern_text(thread, "_library_finder")?)?;
        drop(call::method(thread, finder.as_ref(), "install", &[])?);
    }
    Ok(())
}

/// Lets the first import start importlib: programs that import nothing do without it.
pub fn start_later(thread: &Thread) {
    if let Some(machinery) = machinery(thread) {
        machinery.start_later.set(true);
    }
}

/// Starts importlib, if that was left for later.
///
/// # Errors
/// What importlib raises.
pub(crate) fn start_if_needed(thread: &Thread) -> PyResult<()> {
    if !machinery(thread).is_some_and(|machinery| machinery.start_later.replace(false)) {
        return Ok(());
    }
    install_importlib(thread)?;
    let names = super::native_names(thread);
    if ["_io", "posix", "marshal"].iter().all(|name| names.contains(name)) {
        install_external(thread)?;
    }
    Ok(())
}

/// Whether there is an importlib, or will be.
pub(crate) fn is_there(thread: &Thread) -> bool {
    thread.interp().importlib.get().is_some()
        || machinery(thread).is_some_and(|machinery| machinery.start_later.get())
}

fn needed(thread: &Thread, name: &str) -> PyResult<Value> {
    native(thread, name)?.ok_or_else(|| raise!(thread, IMPORT_ERROR, "there is no module {name}"))
}

/// Runs code in the dict of a module.
pub(crate) fn run(thread: &Thread, module: &PyModule, code: taipan_bytecode_format::CodeRef) -> PyResult<()> {
    let Some(globals) = module.dict() else { return Ok(()) };
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    let builtins: Owned<PyDict> = match builtins {
        Some(builtins) => builtins,
        None => PyDict::new(thread)?,
    };
    let key = intern_text(thread, "__builtins__")?;
    drop(globals.insert(thread, key.as_ref(), builtins.clone().into_value())?);
    let code = taipan_vm::code_object(thread, code)?;
    let space = globals.clone().into_value();
    drop(taipan_vm::interp::run_code(thread, &code, &globals, &builtins, space, None)?);
    Ok(())
}
