//! `__import__` of the modules that are part of the interpreter.

use crate::sys;
use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::dict::PyDict;
use taipan_object::exception::{MODULE_NOT_FOUND_ERROR, PyBaseException};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::modules::{self, ModuleDef};

pub(crate) static IMPORT: MethodDef = MethodDef::new(
    c"__import__",
    Binding::Instance,
    Native::Positional(import),
    "($module, /, name, globals=None, locals=None,\n           fromlist=(), level=0)",
    c"What the import statement calls.",
);

/// The native modules.
fn all() -> impl Iterator<Item = &'static ModuleDef> {
    modules::ALL.into_iter().chain(taipan_stdlib_io::MODULES).chain(taipan_stdlib_os::MODULES)
}

/// The definition of a module.
fn definition(name: &str) -> Option<&'static ModuleDef> {
    all().find(|found| found.name == name)
}

/// `sys.builtin_module_names`.
pub(crate) fn names(thread: &Thread) -> PyResult<Value> {
    let mut all: Vec<&str> = all().map(|module| module.name).collect();
    all.push("sys");
    all.sort_unstable();
    let names = all.into_iter().map(|name| Ok(PyStr::from_text(thread, name)?.into_value()));
    Ok(PyTuple::from_values(thread, names.collect::<PyResult<Vec<Value>>>()?)?.into_value())
}

/// A native module, made when it is first asked for.
pub(crate) fn native(thread: &Thread, name: &str) -> PyResult<Value> {
    let all = thread.interp().modules.get().and_then(|all| all.downcast::<PyDict>().ok());
    let Some(all) = all else { return Err(raise!(thread, RUNTIME_ERROR, "unable to get sys.modules")) };
    let key = intern_text(thread, name)?;
    if let Some(found) = all.get_str(thread, &key)? {
        return Ok(found);
    }
    let Some(definition) = definition(name) else { return Err(not_found(thread, &key)) };
    let module = modules::create(thread, definition)?.into_value();
    sys::set(thread, &all, name, module.clone())?;
    Ok(module)
}

#[cold]
fn not_found(thread: &Thread, name: &Owned<PyStr>) -> taipan_object::Raised {
    let text = name.to_text_lossy();
    let raised = thread.raise_message(&MODULE_NOT_FOUND_ERROR, format_args!("No module named '{text}'"));
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
    {
        drop(this.set_field(1, Some(name.as_ref().to_value())));
    }
    raised
}

fn import(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let Some(name) = arguments.first().and_then(|name| name.as_ref().get::<PyStr>()) else {
        return Err(raise!(thread, TYPE_ERROR, "__import__() argument 1 must be str"));
    };
    native(thread, &name.to_text_lossy())
}
