//! Imports: `builtins.__import__`, and what natives import by.
//!
//! `machinery.rs` is what an interpreter knows of modules that are part of the program; `bootstrap.rs` starts importlib;
//! `relative.rs` resolves names with dots before them; `trim.rs` takes importlib's own frames out of tracebacks, `timing.rs` says how long imports take. Order
//! of calls: [`begin`] before anything is imported, [`start_later`] when `sys` and `builtins` are in `sys.modules`; the
//! first import starts importlib then. Until importlib is there, native modules are found by name.

mod bootstrap;
mod machinery;
mod relative;
mod timing;
mod trim;

pub(crate) use bootstrap::is_there;
pub(crate) use bootstrap::run;
pub use bootstrap::start_later;
pub use machinery::{Frozen, Library, begin, native, native_names};
pub(crate) use machinery::{frozen, machinery};

use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::dict::PyDict;
use taipan_object::exception::{MODULE_NOT_FOUND_ERROR, PyBaseException};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use crate::call;

/// `builtins.__import__`.
pub static IMPORT: MethodDef = MethodDef::new(
    c"__import__",
    Binding::Instance,
    Native::Keywords(import),
    "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
    c"What the import statement calls.",
);

const PARAMETERS: Parameters<5> = Parameters {
    function: "__import__",
    names: ["name", "globals", "locals", "fromlist", "level"],
    positional_only: 0,
    positional: 5,
    required: 1,
};

fn import(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [name, globals, _, from, level] = PARAMETERS.bind(thread, arguments, names)?;
    let level = level.map_or(Ok(0), |level| to_int(thread, level))?;
    let Some(name) = name.and_then(|name| name.get::<PyStr>()) else {
        return Err(raise!(thread, TYPE_ERROR, "module name must be a string"));
    };
    let globals = globals.filter(|globals| !globals.is_none());
    let from = from.filter(|from| !from.is_none());
    bootstrap::start_if_needed(thread)?;
    import_level(thread, name, globals, from, level).map_err(|raised| trim::importlib_frames(thread, raised))
}

/// The module of the library that a file is, if it stands in the library's folder.
pub fn library_file(thread: &Thread, path: &str) -> Option<Frozen> {
    machinery(thread)?.file(path)
}

/// Imports a module by its full name, and gives that module.
pub fn import_module(thread: &Thread, name: &PyStr) -> PyResult<Value> {
    bootstrap::start_if_needed(thread)?;
    find_and_load(thread, name).map_err(|raised| trim::importlib_frames(thread, raised))
}

fn import_level(
    thread: &Thread,
    name: &PyStr,
    globals: Option<Ref<'_>>,
    from: Option<Ref<'_>>,
    level: i32,
) -> PyResult<Value> {
    if level < 0 {
        return Err(raise!(thread, VALUE_ERROR, "level must be >= 0"));
    }
    if level == 0 && name.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "Empty module name"));
    }
    let resolved = match level {
        0 => None,
        _ => Some(relative::resolve(thread, globals, name, level)?),
    };
    let full = resolved.as_deref().unwrap_or(name);
    let module = find_and_load(thread, full)?;
    let has_from = from.map_or(Ok(false), |from| protocol::truth(thread, from))?;
    if !has_from {
        return first_of(thread, name, full, level, module);
    }
    let Some(from) = from else { return Ok(module) };
    if call::find(thread, module.as_ref(), "__path__")?.is_none() {
        return Ok(module);
    }
    let Some(importlib) = thread.interp().importlib.get() else { return Ok(module) };
    let arguments = [module, from.to_value(), import_function(thread)?];
    call::method(thread, importlib.as_ref(), "_handle_fromlist", &arguments)
}

/// What a statement without names binds: the first of the packages that it names.
fn first_of(thread: &Thread, name: &PyStr, full: &PyStr, level: i32, module: Value) -> PyResult<Value> {
    let text = name.to_text_lossy();
    if level > 0 && text.is_empty() {
        return Ok(module);
    }
    let Some(dot) = text.find('.') else { return Ok(module) };
    if level == 0 {
        let front = intern_text(thread, text.get(..dot).unwrap_or_default())?;
        return find_and_load(thread, &front);
    }
    let full = full.to_text_lossy();
    let kept = full.len().saturating_sub(text.len() - dot);
    let front = intern_text(thread, full.get(..kept).unwrap_or_default())?;
    match call::all_modules(thread)?.get_str(thread, &front)? {
        Some(found) => Ok(found),
        None => {
            let name = front.to_text_lossy();
            Err(raise!(thread, KEY_ERROR, "'{name}' not in sys.modules as expected"))
        }
    }
}

/// The function that importlib calls for what it imports.
fn import_function(thread: &Thread) -> PyResult<Value> {
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    let found = match builtins {
        Some(builtins) => builtins.get_str(thread, &*intern_text(thread, "__import__")?)?,
        None => None,
    };
    found.ok_or_else(|| raise!(thread, IMPORT_ERROR, "__import__ not found"))
}

/// The module of a full name: that of `sys.modules`, or what importlib finds.
fn find_and_load(thread: &Thread, name: &PyStr) -> PyResult<Value> {
    let known = call::all_modules(thread)?.get_str(thread, name)?;
    let importlib = thread.interp().importlib.get();
    if let Some(module) = known.filter(|module| !module.as_ref().is_none()) {
        if let Some(importlib) = importlib
            && is_initializing(thread, module.as_ref())?
        {
            let name = as_ref(name).to_value();
            drop(call::method(thread, importlib.as_ref(), "_lock_unlock_module", &[name])?);
        }
        timing::cached(thread, name)?;
        return Ok(module);
    }
    match importlib {
        Some(importlib) => timing::timed(thread, name, || {
            let arguments = [as_ref(name).to_value(), import_function(thread)?];
            call::method(thread, importlib.as_ref(), "_find_and_load", &arguments)
        }),
        None => native(thread, &name.to_text_lossy())?.ok_or_else(|| not_found(thread, name)),
    }
}

/// Whether somebody else is still running a module's code.
fn is_initializing(thread: &Thread, module: Ref<'_>) -> PyResult<bool> {
    let Some(spec) = call::find(thread, module, "__spec__")? else { return Ok(false) };
    if spec.as_ref().is_none() {
        return Ok(false);
    }
    match call::find(thread, spec.as_ref(), "_initializing")? {
        Some(flag) => protocol::truth(thread, flag.as_ref()),
        None => Ok(false),
    }
}

#[cold]
fn not_found(thread: &Thread, name: &PyStr) -> Raised {
    let text = name.to_text_lossy();
    let raised = thread.raise_message(&MODULE_NOT_FOUND_ERROR, format_args!("No module named '{text}'"));
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
    {
        drop(this.set_field(1, Some(as_ref(name).to_value())));
    }
    raised
}
