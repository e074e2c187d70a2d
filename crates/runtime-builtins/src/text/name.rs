//! Names of types as messages and `repr` show them.

use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Thread, Value, as_ref};

/// `__module__` of a type; none where it is not a string.
pub fn module_of(thread: &Thread, ty: &PyTypeObject) -> PyResult<Option<String>> {
    if !ty.has_flag(flags::HEAPTYPE) {
        let module = ty.name().rsplit_once('.').map_or("builtins", |(module, _)| module);
        return Ok(Some(module.to_owned()));
    }
    let found = match ty.dict() {
        Some(dict) => dict.get(thread, as_ref(names::__module__.get()))?,
        None => None,
    };
    Ok(found.and_then(|module: Value| module.as_ref().get::<PyStr>().map(PyStr::to_text_lossy)))
}

/// The name of a type with its module before it, unless that is `builtins`.
pub fn qualified_name(thread: &Thread, ty: &PyTypeObject) -> PyResult<String> {
    let qualified = ty.qualified_name();
    let name = match qualified.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        Some(name) => name.to_text_lossy(),
        None => ty.short_name().to_owned(),
    };
    Ok(match module_of(thread, ty)? {
        Some(module) if module != "builtins" => format!("{module}.{name}"),
        _ => name,
    })
}
