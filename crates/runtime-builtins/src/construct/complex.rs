//! `complex(real, imag)` and `complex(text)`.

use taipan_object::complex::PyComplex;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::protocol::number::deprecated_subclass;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names as static_names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::COMPLEX;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::float::number;
use super::number_text::{float_length, plain, shown, trim, without_underscores};
use crate::arguments::Parameters;
use crate::special::call_special;

const NEW: Parameters<2> = Parameters {
    function: "complex",
    names: ["real", "imag"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// `complex.__new__`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [real, imaginary] = NEW.bind(thread, arguments, names)?;
    let parts = match (real, imaginary) {
        (None, None) => [0.0, 0.0],
        (Some(value), None) => {
            if std::ptr::eq(class, &raw const COMPLEX) && value.get_exact::<PyComplex>().is_some() {
                return Ok(value.to_value());
            }
            match value.get::<PyStr>() {
                Some(text) => from_text(thread, text)?,
                None => of_number(thread, value)?,
            }
        }
        _ => {
            let (real, beside) = part(thread, real, "real")?;
            let (imaginary, below) = part(thread, imaginary, "imag")?;
            // a part that is not there is not the same as one of zero, whose sign counts
            [below.map_or(real, |below| real - below), beside.map_or(imaginary, |beside| imaginary + beside)]
        }
    };
    make(thread, class, parts)
}

fn make(thread: &Thread, class: &PyTypeObject, [real, imaginary]: [f64; 2]) -> PyResult<Value> {
    match std::ptr::eq(class, &raw const COMPLEX) {
        true => Ok(PyComplex::new(thread, real, imaginary)?.into_value()),
        false => Ok(PyComplex::derived(thread, class, real, imaginary)?.into_value()),
    }
}

/// What `__complex__` gives, or the parts of a complex number; none for anything else.
fn complex(thread: &Thread, value: Ref<'_>) -> PyResult<Option<[f64; 2]>> {
    if let Some(complex) = value.get_exact::<PyComplex>() {
        return Ok(Some(complex.parts()));
    }
    let is_plain = value.is_int() || value.to_f64().is_some();
    if is_plain && value.ty().heap_part().is_none() {
        return Ok(None);
    }
    match call_special(thread, value, static_names::__complex__.get(), [])? {
        Some(result) => match result.as_ref().get::<PyComplex>() {
            Some(complex) => {
                if result.as_ref().get_exact::<PyComplex>().is_none() {
                    let ty = result.as_ref().ty().name();
                    let what = format!("__complex__ returned non-complex (type {ty})");
                    thread.warn(&DEPRECATION_WARNING, &deprecated_subclass(&what, "complex"))?;
                }
                Ok(Some(complex.parts()))
            }
            None => {
                let ty = result.as_ref().ty().name();
                Err(raise!(thread, TYPE_ERROR, "__complex__ returned non-complex (type {ty})"))
            }
        },
        None => Ok(value.get::<PyComplex>().map(PyComplex::parts)),
    }
}

fn of_number(thread: &Thread, value: Ref<'_>) -> PyResult<[f64; 2]> {
    if let Some(parts) = complex(thread, value)? {
        return Ok(parts);
    }
    match number(thread, value)? {
        Some(real) => Ok([real, 0.0]),
        None => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "complex() argument must be a string or a number, not {ty}"))
        }
    }
}

/// `complex.from_number`.
pub(crate) fn from_number(thread: &Thread, class: &PyTypeObject, value: Ref<'_>) -> PyResult<Value> {
    if std::ptr::eq(class, &raw const COMPLEX) && value.get_exact::<PyComplex>().is_some() {
        return Ok(value.to_value());
    }
    let parts = match complex(thread, value)? {
        Some(parts) => Some(parts),
        None => number(thread, value)?.map(|real| [real, 0.0]),
    };
    match parts {
        Some(parts) => make(thread, class, parts),
        None => Err(raise!(thread, TYPE_ERROR, "must be real number, not {}", value.ty().name())),
    }
}

/// One of two arguments: its number, and its imaginary part if it is complex.
fn part(thread: &Thread, value: Option<Ref<'_>>, which: &str) -> PyResult<(f64, Option<f64>)> {
    let Some(value) = value else { return Ok((0.0, None)) };
    let parts = match which {
        "real" => complex(thread, value)?,
        // only a number itself, which is not said to be right any more
        _ => value.get::<PyComplex>().map(PyComplex::parts),
    };
    if let Some([real, imaginary]) = parts {
        let message =
            format!("complex() argument '{which}' must be a real number, not {}", value.ty().name());
        thread.warn(&DEPRECATION_WARNING, &message)?;
        return Ok((real, Some(imaginary)));
    }
    match number(thread, value)? {
        Some(real) => Ok((real, None)),
        None => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "complex() argument '{which}' must be a real number, not {ty}"))
        }
    }
}

fn from_text(thread: &Thread, text: &PyStr) -> PyResult<[f64; 2]> {
    let original = taipan_object::as_ref(text);
    let text = plain(text);
    let text = trim(&text);
    let inner = match text.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')').map(trim),
        None => Some(text),
    };
    let Ok(digits) = inner.map(|inner| without_underscores(inner).ok_or(())).transpose() else {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "could not convert string to complex: {}",
            shown(thread, original)?
        ));
    };
    let parts = digits.and_then(|text| read(&text));
    parts.ok_or_else(|| raise!(thread, VALUE_ERROR, "complex() arg is a malformed string"))
}

/// The number with which a text begins, and the rest.
fn float_prefix(text: &str) -> Option<(f64, &str)> {
    let (number, rest) = text.split_at_checked(float_length(text)?)?;
    Some((number.parse().ok()?, rest))
}

fn is_unit(text: &str) -> bool {
    matches!(text, "j" | "J")
}

/// `1`, `1j`, `j`, `-j`, `1+2j`, `1-j`
fn read(text: &str) -> Option<[f64; 2]> {
    let sign_only = |text: &str| match text.split_at_checked(1) {
        Some(("+", unit)) if is_unit(unit) => Some(1.0),
        Some(("-", unit)) if is_unit(unit) => Some(-1.0),
        _ => None,
    };
    let Some((first, rest)) = float_prefix(text) else {
        let unit = if is_unit(text) { Some(1.0) } else { sign_only(text) };
        return unit.map(|imaginary| [0.0, imaginary]);
    };
    if rest.is_empty() {
        return Some([first, 0.0]);
    }
    if is_unit(rest) {
        return Some([0.0, first]);
    }
    if !rest.starts_with(['+', '-']) {
        return None;
    }
    if let Some(imaginary) = sign_only(rest) {
        return Some([first, imaginary]);
    }
    let (second, rest) = float_prefix(rest)?;
    is_unit(rest).then_some([first, second])
}
