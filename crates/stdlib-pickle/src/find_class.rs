//! Finding what a pickle names: `Unpickler.find_class`, and the codes of extensions.

use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::text as show;

use crate::call::{attribute, caught, chained, imported, tuple};
use crate::unpickler::own;

/// `Unpickler.find_class`
pub(crate) fn find_class(thread: &Thread, this: Ref<'_>, module: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let state = own(thread, this)?;
    let (mut module, mut name) = (module.to_value(), name.to_value());
    if state.version.get() < 3 && state.fix_imports.get() {
        (module, name) = renamed(thread, module, name)?;
    }
    let Some(path) = module.as_ref().get::<PyStr>() else {
        let ty = module.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "module name must be a string, not {ty}"));
    };
    if path.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "Empty module name"));
    }
    let found = (thread.interp().hooks.import.get())(thread, path)?;
    let Some(text) = name.as_ref().get::<PyStr>() else {
        let ty = name.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'"));
    };
    if state.version.get() < 4 || text.find_char('.'.into(), 0).is_none() {
        return attribute(thread, found.as_ref(), text);
    }
    let text = text.to_text_lossy();
    let mut object = found;
    for part in text.split('.') {
        object =
            attribute(thread, object.as_ref(), &*intern_text(thread, part)?).map_err(
                |raised| match caught(thread, raised, &[&ATTRIBUTE_ERROR]) {
                    Ok(error) => chained(thread, unresolved(thread, &module, &text), error),
                    Err(raised) => raised,
                },
            )?;
    }
    Ok(object)
}

fn unresolved(thread: &Thread, module: &Value, path: &str) -> taipan_object::Raised {
    let shown = || -> PyResult<(String, String)> {
        let path = crate::call::text(thread, path)?;
        let path = show::repr(thread, path.as_ref())?.to_text_lossy();
        Ok((path, show::repr(thread, module.as_ref())?.to_text_lossy()))
    };
    match shown() {
        Ok((path, module)) => raise!(thread, ATTRIBUTE_ERROR, "Can't resolve path {path} on module {module}"),
        Err(raised) => raised,
    }
}

/// The names of Python 3 for those of Python 2.
fn renamed(thread: &Thread, module: Value, name: Value) -> PyResult<(Value, Value)> {
    let names = imported(thread, names::_compat_pickle.get(), names::NAME_MAPPING.get())?;
    let key = tuple(thread, [module.clone(), name.clone()])?;
    if let Some(names) = names.as_ref().get::<PyDict>()
        && let Some(pair) = names.get(thread, key.as_ref())?
        && let Some(pair) = pair.as_ref().get::<PyTuple>()
        && let (Some(module), Some(name)) = (pair.get(0), pair.get(1))
    {
        return Ok((module, name));
    }
    let modules = imported(thread, names::_compat_pickle.get(), names::IMPORT_MAPPING.get())?;
    if let Some(modules) = modules.as_ref().get::<PyDict>()
        && let Some(new) = modules.get(thread, module.as_ref())?
    {
        return Ok((new, name));
    }
    Ok((module, name))
}

/// What an extension registered under a code.
pub(crate) fn extension(
    thread: &Thread,
    code: i64,
    find: impl FnOnce(&Value, &Value) -> PyResult<Value>,
) -> PyResult<Value> {
    if code <= 0 {
        return Err(crate::errors::unpickling(thread, "EXT specifies code <= 0"));
    }
    let code_value = Value::int(thread, code)?;
    let cache = imported(thread, names::copyreg.get(), names::_extension_cache.get())?;
    let cache = cache.as_ref().get::<PyDict>();
    if let Some(cache) = cache
        && let Some(known) = cache.get(thread, code_value.as_ref())?
    {
        return Ok(known);
    }
    let registry = imported(thread, names::copyreg.get(), names::_inverted_registry.get())?;
    let registry = registry.as_ref().get::<PyDict>();
    let pair = registry.map_or(Ok(None), |registry| registry.get(thread, code_value.as_ref()))?;
    let Some(pair) = pair else {
        return Err(raise!(thread, VALUE_ERROR, "unregistered extension code {code}"));
    };
    let items = pair.as_ref().get::<PyTuple>().filter(|pair| pair.len() == 2);
    let is_str = |value: &Value| value.as_ref().get::<PyStr>().is_some();
    let found = match (items.and_then(|items| items.get(0)), items.and_then(|items| items.get(1))) {
        (Some(module), Some(name)) if is_str(&module) && is_str(&name) => find(&module, &name)?,
        _ => {
            return Err(raise!(thread, VALUE_ERROR, "_inverted_registry[{code}] isn't a 2-tuple of strings"));
        }
    };
    if let Some(cache) = cache {
        drop(cache.insert(thread, code_value.as_ref(), found.clone())?);
    }
    Ok(found)
}
