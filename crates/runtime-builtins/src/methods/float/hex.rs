//! `float.hex`.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value};

use super::receiver;

pub(super) fn hex(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = receiver(thread, this)?;
    Ok(PyStr::from_text(thread, &hex_text(value))?.into_value())
}

fn hex_text(value: f64) -> String {
    if !value.is_finite() {
        return crate::text::float::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i64);
    let (first, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    format!("{sign}0x{first}.{fraction:013x}p{exponent:+}")
}
