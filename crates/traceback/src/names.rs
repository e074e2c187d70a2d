//! Questions to objects whose answers may be errors, which are forgotten.

use crate::text::of_str;
use taipan_object::dict::DictCursor;
use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::str::{PyStr, intern};
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

/// What came of an attribute.
pub(crate) enum Found {
    Value(Value),
    Missing,
    /// It raised this.
    Error(Value),
}

/// A result whose error is forgotten.
pub(crate) fn quiet<T>(thread: &Thread, result: PyResult<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(raised) => {
            drop(thread.catch(raised));
            None
        }
    }
}

/// An attribute of an object.
pub(crate) fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Value> {
    protocol::get_attribute(thread, object, &*intern::intern_text(thread, name)?)
}

/// An attribute of an object, and if it has none, why.
pub(crate) fn find(thread: &Thread, object: Ref<'_>, name: &str) -> Found {
    match attribute(thread, object, name) {
        Ok(value) => Found::Value(value),
        Err(raised) => {
            let error = thread.catch(raised);
            match error.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                true => Found::Missing,
                false => Found::Error(error),
            }
        }
    }
}

/// An attribute that is there and not `None`.
pub(crate) fn known(thread: &Thread, object: Ref<'_>, name: &str) -> Option<Value> {
    quiet(thread, attribute(thread, object, name)).filter(|value| !value.as_ref().is_none())
}

/// The text of a value that is a string.
pub(crate) fn string(value: Ref<'_>) -> Option<String> {
    value.get::<PyStr>().map(of_str)
}

/// `str(value)`, none if it raises.
pub(crate) fn str(thread: &Thread, value: Ref<'_>) -> Option<String> {
    let slots = value.ty().slots();
    let slot = slots.str.get().or(slots.repr.get())?;
    string(quiet(thread, slot(thread, value))?.as_ref())
}

/// `repr(value)`, none if it raises.
pub(crate) fn repr(thread: &Thread, value: Ref<'_>) -> Option<String> {
    let slot = value.ty().slots().repr.get()?;
    string(quiet(thread, slot(thread, value))?.as_ref())
}

/// What iteration over a value gives.
pub(crate) fn items(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<Value>> {
    let iterator = protocol::iter(thread, value)?;
    let mut items = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        items.push(item);
    }
    Ok(items)
}

/// The keys of a mapping that are strings.
pub(crate) fn keys(thread: &Thread, mapping: Ref<'_>) -> Vec<String> {
    let Some(dict) = mapping.get_exact::<PyDict>() else {
        let keys = quiet(thread, items(thread, mapping)).unwrap_or_default();
        return keys.iter().filter_map(|key| string(key.as_ref())).collect();
    };
    let mut cursor = DictCursor::start();
    let next = || cursor.next(dict).map(|(key, _)| string(key.as_ref()));
    std::iter::from_fn(next).flatten().collect()
}

/// What a dict has for a name.
pub(crate) fn entry(thread: &Thread, dict: Ref<'_>, name: &str) -> Option<Value> {
    let dict = dict.get::<PyDict>()?;
    let name = quiet(thread, intern::intern_text(thread, name))?;
    quiet(thread, dict.get_str(thread, &name))?
}
