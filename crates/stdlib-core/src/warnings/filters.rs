//! What becomes of a warning: the filters, and the registries of warnings that were given already.

use taipan_object::dict::PyDict;
use taipan_object::exception::{
    DEPRECATION_WARNING, IMPORT_WARNING, PENDING_DEPRECATION_WARNING, RESOURCE_WARNING,
};
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::warn::Warning;
use crate::call;
use crate::import::machinery;

/// The filters of a new interpreter.
pub(super) fn initial(thread: &Thread) -> PyResult<Value> {
    let filter = |action: &str, category: &'static PyTypeObject, module: Value| {
        let action = intern_text(thread, action)?.into_value();
        let items = [action, Value::none(), as_ref(category).to_value(), module, Value::small(0)];
        Ok(PyTuple::pack(thread, items)?.into_value())
    };
    let main = call::text(thread, "__main__")?;
    let all = [
        filter("default", &DEPRECATION_WARNING, main)?,
        filter("ignore", &DEPRECATION_WARNING, Value::none())?,
        filter("ignore", &PENDING_DEPRECATION_WARNING, Value::none())?,
        filter("ignore", &IMPORT_WARNING, Value::none())?,
        filter("ignore", &RESOURCE_WARNING, Value::none())?,
    ];
    Ok(PyList::from_values(thread, all)?.into_value())
}

/// An attribute of the module `warnings` if it was imported, else of `_warnings`.
fn setting(thread: &Thread, module: Ref<'_>, public: &str, own: &str) -> PyResult<Option<Value>> {
    if let Some(warnings) = call::imported(thread, "warnings")?
        && let Some(value) = call::find(thread, warnings.as_ref(), public)?
    {
        return Ok(Some(value));
    }
    call::entry(thread, module, own)
}

/// Whether a filter's pattern fits: `None`, a text that must be equal, or a regular expression.
fn fits(thread: &Thread, pattern: Ref<'_>, text: Ref<'_>) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if pattern.get_exact::<PyStr>().is_some() {
        return protocol::holds(thread, pattern, text, CompareOp::Eq);
    }
    let found = call::method(thread, pattern, "match", &[text.to_value()])?;
    protocol::truth(thread, found.as_ref())
}

/// What the filters say of a warning, and the filter that says so.
pub(super) fn action(thread: &Thread, module: Ref<'_>, warning: &Warning) -> PyResult<(Value, Value)> {
    let filters = setting(thread, module, "filters", "filters")?;
    let Some(filters) = filters.and_then(|filters| filters.downcast::<PyList>().ok()) else {
        return Err(raise!(thread, VALUE_ERROR, "_warnings.filters must be a list"));
    };
    let mut at = 0;
    // the filters may change while they are asked
    while let Some(filter) = filters.get(at) {
        at += 1;
        let Some(items) = filter.as_ref().get::<PyTuple>().filter(|items| items.len() == 5) else {
            let number = at - 1;
            return Err(raise!(thread, VALUE_ERROR, "_warnings.filters item {number} isn't a 5-tuple"));
        };
        let [Some(action), Some(message), Some(category), Some(place), Some(line)] =
            [0, 1, 2, 3, 4].map(|item| items.get(item))
        else {
            continue;
        };
        let own = warning.category()?;
        let is_of = |class: Ref<'_>| class.get::<PyTypeObject>().is_some_and(|class| own.is_subtype(class));
        let of_category = match category.as_ref().get::<PyTuple>() {
            Some(several) => several.iter().any(is_of),
            None => is_of(category.as_ref()),
        };
        let line_fits = match line.as_ref().to_i64() {
            Some(0) => true,
            Some(line) => Some(line) == warning.line.as_ref().to_i64(),
            None => false,
        };
        if of_category
            && line_fits
            && fits(thread, message.as_ref(), warning.text.as_ref())?
            && fits(thread, place.as_ref(), warning.module.as_ref())?
        {
            return Ok((action, filter));
        }
    }
    let default = setting(thread, module, "defaultaction", "_defaultaction")?;
    match default {
        Some(action) => Ok((action, Value::none())),
        None => Err(raise!(thread, ATTRIBUTE_ERROR, "_warnings.defaultaction not found")),
    }
}

/// Whether a registry has a key. One that was made for other filters is emptied first. With `adds`, the key is there
/// afterwards.
pub(super) fn already_warned(thread: &Thread, registry: &PyDict, key: Ref<'_>, adds: bool) -> PyResult<bool> {
    let version = machinery(thread).map_or(0, |machinery| machinery.filters_version.get());
    let name = intern_text(thread, "version")?;
    let known = registry.get_str(thread, &name)?.and_then(|known| known.as_ref().to_i64());
    if known != Some(version) {
        let old = registry.take();
        drop(old);
        drop(registry.insert(thread, name.as_ref(), Value::int(thread, version)?)?);
    } else if let Some(found) = registry.get(thread, key)?
        && protocol::truth(thread, found.as_ref())?
    {
        return Ok(true);
    }
    if adds {
        drop(registry.insert(thread, key, Value::bool(true))?);
    }
    Ok(false)
}

/// The registry of warnings that are given once.
pub(super) fn once_registry(thread: &Thread, module: Ref<'_>) -> PyResult<Option<Value>> {
    setting(thread, module, "onceregistry", "_onceregistry")
}
