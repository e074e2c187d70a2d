//! Why a module does not have what is asked of it: it stands in the way of another module, or is being imported still.

use super::attribute::find;
use crate::dict::PyDict;
use crate::error::PyResult;
use crate::set::PySet;
use crate::str::PyStr;
use crate::str::intern::intern_text;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// What is known of a module that lacks a name.
pub enum Situation {
    /// It has the name of a module of the standard library, and is found before that; the file.
    ShadowsLibrary(String),
    /// It may have the name of another library, and is being imported; the file.
    MayShadow(String),
    /// It is being imported; the file, if there is one.
    Initializing(Option<String>),
    /// The name is that of a submodule that is being imported.
    UninitializedSubmodule,
    /// Nothing of all that; the file, if there is one.
    Plain(Option<String>),
}

fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    find(thread, object, &*intern_text(thread, name)?)
}

fn is_true(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<bool> {
    match attribute(thread, object, name)? {
        Some(value) => super::truth(thread, value.as_ref()),
        None => Ok(false),
    }
}

/// The file that a specification names.
fn origin_of(thread: &Thread, spec: Ref<'_>) -> PyResult<Option<String>> {
    if !is_true(thread, spec, "has_location")? {
        return Ok(None);
    }
    let origin = attribute(thread, spec, "origin")?;
    Ok(origin.as_ref().and_then(|origin| origin.as_ref().get::<PyStr>()).map(PyStr::to_text_lossy))
}

/// Whether a file stands where the program's own modules are found.
fn may_shadow(thread: &Thread, origin: &str) -> bool {
    let Some(first) = thread.interp().first_path.get() else { return false };
    let name = origin.strip_suffix("/__init__.py").unwrap_or(origin);
    match name.rsplit_once('/') {
        Some((folder, _)) if first.is_empty() => {
            (thread.interp().hooks.current_folder.get())(thread).is_some_and(|current| current == folder)
        }
        Some((folder, _)) => folder == first,
        None => false,
    }
}

/// What is known of a module that lacks a name, from its specification.
pub fn situation(
    thread: &Thread,
    spec: Option<Ref<'_>>,
    module: Option<Ref<'_>>,
    name: &PyStr,
) -> PyResult<Situation> {
    let Some(spec) = spec.filter(|spec| !spec.is_none()) else { return Ok(Situation::Plain(None)) };
    let origin = origin_of(thread, spec)?;
    let shadows = origin.as_deref().filter(|origin| may_shadow(thread, origin)).map(str::to_owned);
    if let (Some(origin), Some(module)) = (&shadows, module) {
        let sys = thread.interp().sys.get_as::<PyDict>();
        let known = intern_text(thread, "stdlib_module_names")?;
        let known = sys.map(|sys| sys.get_str(thread, &known)).transpose()?.flatten();
        if let Some(known) = known.as_ref().and_then(|known| known.as_ref().get::<PySet>())
            && known.contains(thread, module)?
        {
            return Ok(Situation::ShadowsLibrary(origin.clone()));
        }
    }
    if is_true(thread, spec, "_initializing")? {
        return Ok(match shadows {
            Some(origin) => Situation::MayShadow(origin),
            None => Situation::Initializing(origin),
        });
    }
    if let Some(submodules) = attribute(thread, spec, "_uninitialized_submodules")?
        && super::contains(thread, submodules.as_ref(), crate::value::as_ref(name))?
    {
        return Ok(Situation::UninitializedSubmodule);
    }
    Ok(Situation::Plain(origin))
}
