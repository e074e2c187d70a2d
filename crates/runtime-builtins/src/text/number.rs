//! `repr` of numbers: `int` with its limit of digits, `bool`, `float`, `complex`.

use taipan_object::complex::PyComplex;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::ascii;
use super::float::{self, FloatLayout, Style, float_text};

/// The least limit of digits that there may be, but for none: shorter conversions are fast.
pub const LEAST_MAX_STR_DIGITS: usize = 640;

/// Digits that a decimal conversion may have, the guard of `sys.set_int_max_str_digits` against quadratic time.
pub(crate) fn max_str_digits(thread: &Thread) -> usize {
    match thread.interp().int_max_str_digits.get() {
        0 => usize::MAX,
        limit => limit,
    }
}

/// The decimal text of an int; `ValueError` beyond the limit.
pub fn int_text(thread: &Thread, int: Ref<'_>) -> PyResult<String> {
    let limit = max_str_digits(thread);
    // so many bits are more digits than the limit, whatever they are
    let is_long = int.int_bit_length().is_some_and(|bits| bits as usize / 10 * 3 > limit);
    if !is_long && let Some(text) = int.int_to_decimal(thread)? {
        if text.trim_start_matches('-').len() <= limit {
            return Ok(text);
        }
    } else if !is_long {
        return Err(raise!(thread, TYPE_ERROR, "an integer is required"));
    }
    Err(raise!(
        thread,
        VALUE_ERROR,
        "Exceeds the limit ({limit} digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

pub(super) fn int_repr(thread: &Thread, int: Ref<'_>) -> PyResult<Value> {
    match int.word().as_int() {
        Some(small) => Ok(taipan_object::str::PyStr::from_int(thread, small)?.into_value()),
        None => ascii(thread, &int_text(thread, int)?),
    }
}

pub(super) fn bool_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    ascii(thread, if value.is(Value::bool(true).as_ref()) { "True" } else { "False" })
}

pub(super) fn float_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    ascii(thread, &float::repr(value.to_f64().unwrap_or(f64::NAN)))
}

pub(super) fn complex_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let [real, imaginary] = value.get::<PyComplex>().map_or([f64::NAN; 2], PyComplex::parts);
    let layout = FloatLayout { style: Style::Shortest, precision: 0, alternate: false, point_zero: false };
    let part = float_text(imaginary, layout);
    if real == 0.0 && real.is_sign_positive() {
        return ascii(thread, &format!("{part}j"));
    }
    let sign = if part.starts_with('-') { "" } else { "+" };
    ascii(thread, &format!("({}{sign}{part}j)", float_text(real, layout)))
}
