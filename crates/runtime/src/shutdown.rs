//! The end of an interpreter: modules go, and with them what they keep alive, so that finalizers run and files are
//! written out. The order is the reference's: all modules are let go, then what cycles keep is collected, then the
//! modules that something still refers to are emptied, the one that was imported last first. Where the process ends and
//! nobody would notice, nothing of this is done.

use crate::{streams, sys};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::gc;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::weakref::PyWeakReference;
use taipan_object::{Owned, PyResult, Ref, Thread, Value};

/// What `sys` has of the last exception, and the prompts.
const FORGOTTEN: [&str; 6] = ["ps1", "ps2", "last_exc", "last_type", "last_value", "last_traceback"];

/// Lets the modules go. What finalizers raise is reported and stops nothing.
///
/// # Errors
/// There was no memory for it.
pub(crate) fn shut_down(thread: &Thread) -> PyResult<()> {
    let interp = thread.interp();
    interp.finalizing.set(true);
    if interp.ends_process.get() && gc::ends_silently(thread, &streams::layers(thread)) {
        return forget(thread);
    }
    gc::collect(thread, 2);
    let modules = interp.modules.get_as::<PyDict>();
    let Some(modules) = modules else { return Ok(()) };
    forget(thread)?;
    let (mut left, mut dicts) = (Vec::new(), Vec::new());
    for (name, module) in items(&modules) {
        if let Some(found) = module.as_ref().get::<PyModule>().filter(|_| !stays(name.as_ref())) {
            dicts.extend(found.dict().map(Owned::into_value));
            left.push(PyWeakReference::new(thread, module.as_ref(), None)?);
        }
        drop(modules.insert(thread, name.as_ref(), Value::none())?);
    }
    gc::order_from(thread, &dicts);
    drop((dicts, modules.take()));
    gc::collect(thread, 2);
    for reference in left.into_iter().rev() {
        if let Some(dict) = reference.target().and_then(|module| module.as_ref().get::<PyModule>()?.dict()) {
            empty(thread, &dict)?;
        }
    }
    gc::shut_down(thread);
    Ok(())
}

fn forget(thread: &Thread) -> PyResult<()> {
    let system = thread.interp().sys.get_as::<PyDict>();
    let Some(system) = system else { return Ok(()) };
    for name in FORGOTTEN {
        if sys::get(thread, name)?.is_some() {
            sys::set(thread, &system, name, Value::none())?;
        }
    }
    for name in ["stdin", "stdout", "stderr"] {
        let first = sys::get(thread, &format!("__{name}__"))?.unwrap_or_else(Value::none);
        sys::set(thread, &system, name, first)?;
    }
    Ok(())
}

/// What finalizers need to the last.
fn stays(name: Ref<'_>) -> bool {
    name.get::<PyStr>()
        .is_some_and(|name| ["sys", "builtins"].iter().any(|stays| name.to_text_lossy() == *stays))
}

/// The entries as they are now: what is called meanwhile may change the dict.
fn items(dict: &PyDict) -> Vec<(Value, Value)> {
    let mut cursor = DictCursor::start();
    std::iter::from_fn(|| cursor.next(dict)).collect()
}

/// Lets go of a module's values: those of one underscore first, the built-in names never.
fn empty(thread: &Thread, dict: &PyDict) -> PyResult<()> {
    let text = |name: &Value| name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy);
    let private = |name: &str| name.starts_with('_') && !name.starts_with("__");
    for first in [true, false] {
        for (name, value) in items(dict) {
            drop(value);
            let Some(text) = text(&name) else { continue };
            if text != "__builtins__" && (!first || private(&text)) {
                drop(dict.insert(thread, name.as_ref(), Value::none())?);
            }
        }
    }
    Ok(())
}
