//! Small helpers: items of what may be any iterable, attributes by name.

use taipan_object::set::PySet;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::objects::find_attribute;

/// All items of an iterable.
pub(super) fn collect(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    let iterator = protocol::iter(thread, iterable)?;
    let mut items = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        items.push(item);
    }
    Ok(items)
}

/// An attribute; none if there is none.
pub(super) fn find(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    let name = intern_text(thread, name)?;
    find_attribute(thread, object, &name)
}

/// The names in an attribute of a class; none if it has no such attribute.
pub(super) fn names(thread: &Thread, object: Ref<'_>, attribute: &str) -> PyResult<Vec<Value>> {
    match find(thread, taipan_object::as_ref(object.ty()), attribute)? {
        Some(names) => collect(thread, names.as_ref()),
        None => Ok(Vec::new()),
    }
}

/// A set of some values.
pub(super) fn set_of(thread: &Thread, values: &[Value]) -> PyResult<Owned<PySet>> {
    let set = PySet::new(thread)?;
    for value in values {
        set.add(thread, value.as_ref())?;
    }
    Ok(set)
}

/// Takes a value out of a set; whether it was in it.
pub(super) fn discard(thread: &Thread, set: &PySet, value: Ref<'_>) -> PyResult<bool> {
    Ok(set.discard(thread, value)?.is_some())
}

/// A value as the name of an attribute.
pub(super) fn attribute_name<'a>(thread: &Thread, name: Ref<'a>) -> PyResult<&'a PyStr> {
    name.get::<PyStr>().ok_or_else(|| {
        let ty = name.ty().short_name();
        raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'")
    })
}

/// What a value prints, for a message.
pub(super) fn shown(thread: &Thread, value: Ref<'_>) -> PyResult<String> {
    Ok(taipan_runtime_builtins::text::repr(thread, value)?.to_text_lossy())
}
