//! Annotations of classes: made on demand by the function `__annotate__`, and kept in the namespace. The compiler
//! writes the function to `__annotate_func__`, so that a class may have a method called `__annotate__`.

use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::attributes::{changeable, class_of, own, set_own};

fn annotated<'a>(thread: &Thread, this: Ref<'a>, name: &str) -> PyResult<&'a PyTypeObject> {
    let class = class_of(thread, this)?;
    if !class.has_flag(flags::HEAPTYPE) {
        let ty = class.name();
        return Err(raise!(thread, ATTRIBUTE_ERROR, "type object '{ty}' has no attribute '{name}'"));
    }
    Ok(class)
}

/// What the namespace has under one of two names, bound.
fn find(thread: &Thread, this: Ref<'_>, all: [&'static PyStr; 2]) -> PyResult<Option<Value>> {
    let class = class_of(thread, this)?;
    for name in all {
        let Some(found) = own(thread, class, name)? else { continue };
        return match found.as_ref().ty().slots().descr_get.get() {
            Some(get) => get(thread, found.as_ref(), None, Some(this)).map(Some),
            None => Ok(Some(found)),
        };
    }
    Ok(None)
}

pub(super) fn get_annotate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = annotated(thread, this, "__annotate__")?;
    if let Some(found) = find(thread, this, [names::__annotate__.get(), names::__annotate_func__.get()])? {
        return Ok(found);
    }
    set_own(thread, class, names::__annotate_func__.get(), Some(Value::none()))?;
    Ok(Value::none())
}

pub(super) fn set_annotate(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let class = class_of(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "cannot delete __annotate__ attribute"));
    };
    if class.has_flag(flags::IMMUTABLETYPE) {
        return changeable(thread, this, "__annotate__", Some(value)).map(drop);
    }
    let is_none = value.as_ref().is_none();
    if !is_none && value.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ must be callable or None"));
    }
    set_own(thread, class, names::__annotate_func__.get(), Some(value))?;
    if !is_none {
        set_own(thread, class, names::__annotations_cache__.get(), None)?;
    }
    Ok(())
}

pub(super) fn get(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = annotated(thread, this, "__annotations__")?;
    let places = [names::__annotations__.get(), names::__annotations_cache__.get()];
    if let Some(found) = find(thread, this, places)? {
        return Ok(found);
    }
    let annotations = compute(thread, &get_annotate(thread, this)?)?;
    set_own(thread, class, names::__annotations_cache__.get(), Some(annotations.clone()))?;
    Ok(annotations)
}

/// What an `__annotate__` gives for values (format 1); a new dict if there is none.
pub(crate) fn compute(thread: &Thread, annotate: &Value) -> PyResult<Value> {
    if annotate.as_ref().ty().slots().call.get().is_none() {
        return Ok(PyDict::new(thread)?.into_value());
    }
    let annotations = protocol::call(thread, annotate.as_ref(), &[Value::small(1)], None)?;
    if annotations.as_ref().get::<PyDict>().is_none() {
        let ty = annotations.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ returned non-dict of type '{ty}'"));
    }
    Ok(annotations)
}

pub(super) fn set(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let class = class_of(thread, this)?;
    if class.has_flag(flags::IMMUTABLETYPE) {
        return changeable(thread, this, "__annotations__", value).map(drop);
    }
    let (name, cache) = (names::__annotations__.get(), names::__annotations_cache__.get());
    match value {
        Some(value) => {
            let place = if own(thread, class, name)?.is_some() { name } else { cache };
            set_own(thread, class, place, Some(value))?;
        }
        None => {
            if !set_own(thread, class, name, None)? && !set_own(thread, class, cache, None)? {
                return Err(thread.raise_value(&ATTRIBUTE_ERROR, as_ref(name).to_value()));
            }
        }
    }
    set_own(thread, class, names::__annotate_func__.get(), None)?;
    set_own(thread, class, names::__annotate__.get(), None).map(drop)
}
