//! The module `_weakref`: `reference.rs` completes the type of references, `proxy.rs` has the proxies.

mod proxy;
mod reference;

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::types::PyTypeObject;
use taipan_object::weakref::{self, CALLABLE_PROXY, PROXY, PyWeakReference, REFERENCE};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance One c"getweakrefcount" "($module, object, /)" count, c"How many weak references an object has.";
    Instance Two c"_remove_dead_weakref" "($module, dct, key, /)" remove_dead, c"Deletes an entry if its value is a dead reference.";
    Instance One c"getweakrefs" "($module, object, /)" all, c"The weak references that an object has.";
    Instance Positional c"proxy" "($module, object, callback=None, /)" proxy, c"A stand-in that does not keep its object alive.";
}

/// `_weakref`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: Some("References that do not keep their objects alive."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [(&str, &'static PyTypeObject); 4] = [
        ("ref", &REFERENCE),
        ("ReferenceType", &REFERENCE),
        ("ProxyType", &PROXY),
        ("CallableProxyType", &CALLABLE_PROXY),
    ];
    types.into_iter().try_for_each(|(name, ty)| add(thread, module, name, as_ref(ty).to_value()))
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    reference::install(thread)?;
    proxy::install(thread)
}

fn count(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    let count = object.head().map_or(0, |head| weakref::count(thread, head));
    Value::int(thread, count as i64)
}

fn all(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    let all = object.head().map(|head| weakref::all(thread, head)).unwrap_or_default();
    Ok(PyList::from_values(thread, all)?.into_value())
}

fn remove_dead(thread: &Thread, _: Ref<'_>, dict: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let Some(dict) = dict.get::<PyDict>() else {
        let ty = dict.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "_remove_dead_weakref() argument 1 must be dict, not {ty}"));
    };
    let Some(found) = dict.get(thread, key)? else { return Ok(Value::none()) };
    let Some(reference) = PyWeakReference::of(found.as_ref()) else {
        return Err(raise!(thread, TYPE_ERROR, "not a weakref"));
    };
    if reference.target().is_none() {
        let old = dict.remove(thread, key)?;
        drop(old);
    }
    Ok(Value::none())
}

fn proxy(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "proxy", arguments.len(), 1, 2)?;
    let Some(object) = arguments.first() else { return Ok(Value::none()) };
    let callback = arguments.get(1).filter(|callback| !callback.as_ref().is_none()).cloned();
    PyWeakReference::proxy(thread, object.as_ref(), callback)
}
