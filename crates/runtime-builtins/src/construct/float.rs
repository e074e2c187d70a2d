//! `float(number)` and `float(text)`.

use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::float::PyFloat;
use taipan_object::int::int_to_f64;
use taipan_object::protocol::number::{deprecated_subclass, index};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::FLOAT;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::number_text::{float_length, text_of, trim, without_underscores};
use crate::arguments::{check_count, no_keywords};

/// `float.__new__`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &FLOAT, arguments, names)?;
    check_count(thread, "float", arguments.len(), 0, 1)?;
    let value = match arguments.first() {
        None => 0.0,
        Some(value) => float_of(thread, value.as_ref())?,
    };
    if !std::ptr::eq(class, &raw const FLOAT) {
        return PyFloat::derived(thread, class, value);
    }
    match arguments.first() {
        // a NaN stays the object that it is
        Some(same) if same.as_ref().get_exact::<PyFloat>().is_some() => Ok(same.clone()),
        _ => Value::float(thread, value),
    }
}

/// `float.from_number`.
pub(crate) fn from_number(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    match number(thread, value)? {
        Some(number) => Ok(number),
        None => Err(raise!(thread, TYPE_ERROR, "must be real number, not {}", value.ty().name())),
    }
}

/// The number that a float, or something with `__float__` or `__index__`, is; none for anything else.
pub(super) fn number(thread: &Thread, value: Ref<'_>) -> PyResult<Option<f64>> {
    if std::ptr::eq(value.ty(), &raw const FLOAT) {
        return Ok(value.to_f64());
    }
    if let Some(slot) = value.ty().slots().float.get() {
        let float = slot(thread, value)?;
        return match float.as_ref().to_f64() {
            Some(number) => {
                if !std::ptr::eq(float.as_ref().ty(), &raw const FLOAT) {
                    let (own, ty) = (value.ty().name(), float.as_ref().ty().name());
                    let what = format!("{own}.__float__ returned non-float (type {ty})");
                    thread.warn(&DEPRECATION_WARNING, &deprecated_subclass(&what, "float"))?;
                }
                Ok(Some(number))
            }
            None => {
                let (own, ty) = (value.ty().name(), float.as_ref().ty().name());
                Err(raise!(thread, TYPE_ERROR, "{own}.__float__ returned non-float (type {ty})"))
            }
        };
    }
    if value.ty().slots().index.get().is_some() {
        let int = index(thread, value)?;
        return int_to_f64(thread, int.as_ref()).map(Some);
    }
    Ok(value.to_f64())
}

fn float_of(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    if let Some(number) = number(thread, value)? {
        return Ok(number);
    }
    let Some(text) = text_of(thread, value)? else {
        let ty = value.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "float() argument must be a string or a real number, not '{ty}'"
        ));
    };
    let plain = without_underscores(trim(&text));
    let whole = plain.as_deref().filter(|text| float_length(text) == Some(text.len()));
    match whole.and_then(|text| text.parse::<f64>().ok()) {
        Some(float) => Ok(float),
        None => {
            let shown = crate::text::repr(thread, value)?.to_text_lossy();
            Err(raise!(thread, VALUE_ERROR, "could not convert string to float: {shown}"))
        }
    }
}
