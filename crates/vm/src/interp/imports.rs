//! `import`: the operations, which ask `builtins.__import__`.

use super::Vm;
use crate::code::OpWord;
use taipan_object::dict::PyDict;
use taipan_object::exception::{IMPORT_ERROR, PyBaseException};
use taipan_object::protocol::module_missing::{Situation, situation};
use taipan_object::str::{PyStr, intern, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol};

#[inline(never)]
pub(super) fn import_name(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let (level, from) = (vm.take(w.a()), vm.take(w.a() + 1));
    let name = vm.name(w.wide_operand() as usize);
    // SAFETY: the frame's globals and built-ins are alive.
    let (globals, builtins) = unsafe { (&*vm.frame().globals, &*vm.frame().builtins) };
    let function = builtins.get_str(thread, &*intern::intern_text(thread, "__import__")?)?;
    let Some(function) = function else {
        let message = format_args!("__import__ not found");
        return Err(thread.raise_message(&IMPORT_ERROR, message));
    };
    let locals = vm.frame().namespace().unwrap_or_else(Value::none);
    let arguments = [as_ref(name).to_value(), as_ref(globals).to_value(), locals, from, level];
    let module = protocol::call(thread, function.as_ref(), &arguments, None)?;
    vm.put(w.a(), module);
    Ok(())
}

#[inline(never)]
pub(super) fn import_from(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let name = vm.name(w.c());
    let value = attribute_of(vm.thread, vm.borrow(w.b()), name)?;
    vm.put(w.a(), value);
    Ok(())
}

/// A name of a module: its attribute, else the module of that name within it.
fn attribute_of(thread: &Thread, module: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    if let Some(value) = super::attributes::optional(thread, module, name)? {
        return Ok(value);
    }
    let package = super::attributes::optional(thread, module, names::__name__.get())?;
    if let Some(package) = package.as_ref().and_then(|package| package.as_ref().get::<PyStr>()) {
        let full = format!("{}.{}", package.to_text_lossy(), name.to_text_lossy());
        let full = PyStr::from_text(thread, &full)?;
        let modules = thread.interp().modules.get_as::<PyDict>();
        if let Some(found) = modules.map(|modules| modules.get_str(thread, &full)).transpose()?.flatten() {
            return Ok(found);
        }
    }
    Err(cannot_import(thread, module, name, package)?)
}

#[cold]
fn cannot_import(thread: &Thread, module: Ref<'_>, name: &PyStr, package: Option<Value>) -> PyResult<Raised> {
    let spec = super::attributes::optional(thread, module, &*intern::intern_text(thread, "__spec__")?)?;
    let own = package.as_ref().filter(|name| name.as_ref().get::<PyStr>().is_some()).map(Value::as_ref);
    let known = situation(thread, spec.as_ref().map(Value::as_ref), own, name)?;
    let own = own.and_then(|name| name.get::<PyStr>()).map(PyStr::to_text_lossy);
    let own = own.unwrap_or_else(|| "<unknown module name>".to_owned());
    let name_text = name.to_text_lossy();
    let plain = format!("cannot import name '{name_text}' from '{own}'");
    let circular = "(most likely due to a circular import)";
    let mut place = None;
    let message = match known {
        Situation::ShadowsLibrary(origin) => format!(
            "{plain} (consider renaming '{origin}' since it has the same name as the standard library module \
             named '{own}' and prevents importing that standard library module)"
        ),
        Situation::MayShadow(origin) => format!(
            "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
        ),
        Situation::Initializing(origin) => {
            let origin = origin.map_or_else(String::new, |origin| format!(" ({origin})"));
            format!(
                "cannot import name '{name_text}' from partially initialized module '{own}' {circular}{origin}"
            )
        }
        Situation::UninitializedSubmodule | Situation::Plain(None) => {
            let file =
                super::attributes::optional(thread, module, &*intern::intern_text(thread, "__file__")?)?;
            let file = file.filter(|file| file.as_ref().get::<PyStr>().is_some());
            let text = file.as_ref().and_then(|file| file.as_ref().get::<PyStr>()).map(PyStr::to_text_lossy);
            place = file;
            format!("{plain} ({})", text.unwrap_or_else(|| "unknown location".to_owned()))
        }
        Situation::Plain(Some(origin)) => format!("{plain} ({origin})"),
    };
    let file = match place {
        Some(file) => Some(file),
        None => super::attributes::optional(thread, module, &*intern::intern_text(thread, "__file__")?)?,
    };
    let raised = thread.raise_message(&IMPORT_ERROR, format_args!("{message}"));
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
    {
        // ImportError: msg, name, path, name_from
        drop(this.set_field(1, package));
        drop(this.set_field(2, file));
        drop(this.set_field(3, Some(as_ref(name).to_value())));
    }
    Ok(raised)
}

/// `from module import *` into the frame's namespace.
#[inline(never)]
pub(super) fn import_star(vm: Vm<'_>, module: Ref<'_>) -> PyResult<()> {
    let thread = vm.thread;
    let space = super::names::namespace(vm)?;
    let all = super::attributes::optional(thread, module, &*intern::intern_text(thread, "__all__")?)?;
    let (listed, skip_private) = match all {
        Some(all) => (all, false),
        None => {
            let name = intern::intern_text(thread, "__dict__")?;
            let Some(dict) = super::attributes::optional(thread, module, &name)? else {
                let message = format_args!("from-import-* object has no __dict__ and no __all__");
                return Err(thread.raise_message(&IMPORT_ERROR, message));
            };
            let keys = intern::intern_text(thread, "keys")?;
            let keys = protocol::get_attribute(thread, dict.as_ref(), &keys)?;
            let keys = protocol::call(thread, keys.as_ref(), &[], None)?;
            let mut names = Vec::new();
            let iterator = protocol::iter(thread, keys.as_ref())?;
            while let Some(key) = protocol::next(thread, iterator.as_ref())? {
                names.push(key);
            }
            (PyTuple::from_values(thread, names)?.into_value(), true)
        }
    };
    let iterator = protocol::iter(thread, listed.as_ref())?;
    while let Some(name) = protocol::next(thread, iterator.as_ref())? {
        let Some(text) = name.as_ref().get::<PyStr>() else {
            return Err(not_text(thread, module, name.as_ref(), skip_private)?);
        };
        if skip_private && text.char_at(0) == Some(u32::from('_')) {
            continue;
        }
        let value = protocol::get_attribute(thread, module, text)?;
        protocol::set_subscript(thread, space.as_ref(), name.as_ref(), Some(value))?;
    }
    Ok(())
}

#[cold]
fn not_text(thread: &Thread, module: Ref<'_>, name: Ref<'_>, in_dict: bool) -> PyResult<Raised> {
    let package = super::attributes::optional(thread, module, names::__name__.get())?;
    let package = package.as_ref().and_then(|name| name.as_ref().get::<PyStr>());
    let package = package.map_or_else(String::new, PyStr::to_text_lossy);
    let (ty, what) = (name.ty().name(), if in_dict { "Key" } else { "Item" });
    let place = if in_dict { "__dict__" } else { "__all__" };
    Ok(taipan_object::raise!(thread, TYPE_ERROR, "{what} in {package}.{place} must be str, not {ty}"))
}
