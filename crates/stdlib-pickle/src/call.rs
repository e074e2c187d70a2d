//! Attributes and methods by name, modules, notes: small things that both directions do.

use taipan_object::exception::{ATTRIBUTE_ERROR, PyBaseException};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::notes;

/// `object.name`.
pub(crate) fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Value> {
    protocol::get_attribute(thread, object, &*intern_text(thread, name)?)
}

/// `object.name`, or none if there is no such attribute.
pub(crate) fn find(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match attribute(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => caught(thread, raised, &[&ATTRIBUTE_ERROR]).map(|_| None),
    }
}

/// Takes an exception of one of some types out of the thread; hands on any other.
pub(crate) fn caught(thread: &Thread, raised: Raised, types: &[&'static PyTypeObject]) -> PyResult<Value> {
    let exception = thread.catch(raised);
    if types.iter().any(|ty| exception.as_ref().ty().is_subtype(ty)) {
        return Ok(exception);
    }
    Err(thread.raise(exception))
}

/// `object.name(*arguments)`.
pub(crate) fn method(thread: &Thread, object: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    protocol::call_method(thread, object, &*intern_text(thread, name)?, arguments)
}

/// A module, imported.
pub(crate) fn module(thread: &Thread, name: &str) -> PyResult<Value> {
    (thread.interp().hooks.import.get())(thread, &*intern_text(thread, name)?)
}

/// An attribute of a module, which is imported.
pub(crate) fn imported(thread: &Thread, from: &str, name: &str) -> PyResult<Value> {
    attribute(thread, module(thread, from)?.as_ref(), name)
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
