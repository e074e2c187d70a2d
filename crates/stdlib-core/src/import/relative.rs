//! Names with dots before them.

use taipan_object::dict::PyDict;
use taipan_object::exception::{DEPRECATION_WARNING, IMPORT_WARNING};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

use crate::call;

/// The full name of a module that is named relative to the package of the code that has these globals.
pub(super) fn resolve(
    thread: &Thread,
    globals: Option<Ref<'_>>,
    name: &PyStr,
    level: i32,
) -> PyResult<Owned<PyStr>> {
    let Some(globals) = globals else {
        return Err(raise!(thread, KEY_ERROR, "'__name__' not in globals"));
    };
    let Some(globals) = globals.get::<PyDict>() else {
        return Err(raise!(thread, TYPE_ERROR, "globals must be a dict"));
    };
    let package = package_of(thread, globals)?;
    let mut base = package.as_str();
    if base.is_empty() {
        return Err(no_parent(thread));
    }
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((outer, _)) => outer,
            None => {
                return Err(raise!(
                    thread,
                    IMPORT_ERROR,
                    "attempted relative import beyond top-level package"
                ));
            }
        };
    }
    let name = name.to_text_lossy();
    if name.is_empty() {
        return intern_text(thread, base);
    }
    intern_text(thread, &format!("{base}.{name}"))
}

#[cold]
fn no_parent(thread: &Thread) -> Raised {
    raise!(thread, IMPORT_ERROR, "attempted relative import with no known parent package")
}

fn global(thread: &Thread, globals: &PyDict, name: &str) -> PyResult<Option<Value>> {
    let found = globals.get_str(thread, &*intern_text(thread, name)?)?;
    Ok(found.filter(|value| !value.as_ref().is_none()))
}

/// The package that code with these globals is in.
fn package_of(thread: &Thread, globals: &PyDict) -> PyResult<String> {
    let package = global(thread, globals, "__package__")?;
    let spec = global(thread, globals, "__spec__")?;
    if let Some(package) = package {
        let Some(text) = package.as_ref().get::<PyStr>() else {
            return Err(raise!(thread, TYPE_ERROR, "package must be a string"));
        };
        if let Some(spec) = spec {
            let parent = call::attribute(thread, spec.as_ref(), "parent")?;
            if !protocol::holds(thread, package.as_ref(), parent.as_ref(), CompareOp::Eq)? {
                let message = "__package__ != __spec__.parent";
                crate::warn(thread, &DEPRECATION_WARNING, message)?;
            }
        }
        return Ok(text.to_text_lossy());
    }
    if let Some(spec) = spec {
        let parent = call::attribute(thread, spec.as_ref(), "parent")?;
        return match parent.as_ref().get::<PyStr>() {
            Some(parent) => Ok(parent.to_text_lossy()),
            None => Err(raise!(thread, TYPE_ERROR, "__spec__.parent must be a string")),
        };
    }
    let message = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
    crate::warn(thread, &IMPORT_WARNING, message)?;
    by_name(thread, globals)
}

/// The same for code that has only a name.
fn by_name(thread: &Thread, globals: &PyDict) -> PyResult<String> {
    let name = globals.get_str(thread, &*intern_text(thread, "__name__")?)?;
    let Some(name) = name else { return Err(raise!(thread, KEY_ERROR, "'__name__' not in globals")) };
    let Some(name) = name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy) else {
        return Err(raise!(thread, TYPE_ERROR, "__name__ must be a string"));
    };
    if globals.get_str(thread, &*intern_text(thread, "__path__")?)?.is_some() {
        return Ok(name);
    }
    match name.rsplit_once('.') {
        Some((package, _)) => Ok(package.to_owned()),
        None => Err(no_parent(thread)),
    }
}
