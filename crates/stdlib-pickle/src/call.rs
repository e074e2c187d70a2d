//! Attributes and methods by name, modules, notes: small things that both directions do.

use taipan_object::exception::PyBaseException;
pub(crate) use taipan_object::protocol::call_method as method;
pub(crate) use taipan_object::protocol::get_attribute as attribute;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::GetAttr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::notes;
pub(crate) use taipan_runtime_builtins::objects::find_attribute as find;
use taipan_runtime_builtins::objects::import;

/// Whether reading attributes of an object does what `object` does.
pub(crate) fn is_generic(object: Ref<'_>) -> bool {
    let get = object.ty().slots().getattr.get();
    get.is_none_or(|get| std::ptr::fn_addr_eq(get, protocol::attribute::generic_get as GetAttr))
}

/// Takes an exception of one of some types out of the thread; hands on any other.
pub(crate) fn caught(thread: &Thread, raised: Raised, types: &[&'static PyTypeObject]) -> PyResult<Value> {
    let exception = thread.catch(raised);
    if types.iter().any(|ty| exception.as_ref().ty().is_subtype(ty)) {
        return Ok(exception);
    }
    Err(thread.raise(exception))
}

/// An attribute of a module, which is imported.
pub(crate) fn imported(thread: &Thread, from: &PyStr, name: &PyStr) -> PyResult<Value> {
    protocol::get_attribute(thread, import(thread, from)?.as_ref(), name)
}

/// A string.
pub(crate) fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

/// A tuple of a few values.
pub(crate) fn tuple<const N: usize>(thread: &Thread, items: [Value; N]) -> PyResult<Value> {
    Ok(PyTuple::pack(thread, items)?.into_value())
}

/// Raises an exception in place of another, which becomes its context.
#[cold]
pub(crate) fn chained(thread: &Thread, raised: Raised, context: Value) -> Raised {
    const CONTEXT: usize = 4;
    let exception = thread.catch(raised);
    if let Some(base) = exception.as_ref().get::<PyBaseException>()
        && let Some(slot) = base.slots().get(CONTEXT)
    {
        let displaced = slot.replace(Some(context));
        drop(displaced);
    }
    thread.raise(exception)
}

/// Adds a note to the exception of a failure.
pub(crate) fn noted<T>(
    thread: &Thread,
    result: PyResult<T>,
    note: impl FnOnce() -> PyResult<String>,
) -> PyResult<T> {
    result.map_err(|raised| {
        let exception = thread.catch(raised);
        let added = note().and_then(|note| text(thread, &note)).and_then(|note| {
            match exception.as_ref().get::<PyBaseException>() {
                Some(base) => notes::add_note(thread, base, note),
                None => Ok(()),
            }
        });
        if let Err(raised) = added {
            // the failure itself is what matters
            drop(thread.catch(raised));
        }
        thread.raise(exception)
    })
}

/// The name of an object's type with its module, as notes and messages have it.
pub(crate) fn kind(thread: &Thread, object: Ref<'_>) -> String {
    object.ty().full_name(thread)
}
