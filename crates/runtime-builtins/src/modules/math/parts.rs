//! Parts of floats and steps between them: `ceil`, `floor`, `trunc`, `frexp`, `ldexp`, `modf`, `nextafter`, `ulp`,
//! `isclose`.

use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{range_error, real};
use crate::arguments::Parameters;
use crate::construct::exact_index;
use crate::special::call_special;

/// What a special method gives, or the float's own function.
fn rounded(thread: &Thread, x: Ref<'_>, method: &PyStr, function: fn(f64) -> f64) -> PyResult<Value> {
    if !x.word().is_float()
        && let Some(result) = call_special(thread, x, method, [])?
    {
        return Ok(result);
    }
    Value::int_from_f64(thread, function(real(thread, x)?))
}

pub(super) fn ceil(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    rounded(thread, x, &*intern_text(thread, "__ceil__")?, f64::ceil)
}

pub(super) fn floor(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    rounded(thread, x, &*intern_text(thread, "__floor__")?, f64::floor)
}

pub(super) fn trunc(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    if x.word().is_float() {
        return Value::int_from_f64(thread, real(thread, x)?);
    }
    match call_special(thread, x, &*intern_text(thread, "__trunc__")?, [])? {
        Some(result) => Ok(result),
        None => {
            let ty = x.ty().name();
            Err(raise!(thread, TYPE_ERROR, "type {ty} doesn't define __trunc__ method"))
        }
    }
}

/// Mantissa from a half to before one, and exponent.
pub(super) fn split(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // a subnormal is made normal first
    let (scaled, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2_f64.powi(64), 64) } else { (x, 0) };
    let bits = scaled.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1022 - shift;
    (f64::from_bits(bits & !(0x7FF << 52) | 1022 << 52), exponent)
}

pub(super) fn frexp(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    let (mantissa, exponent) = split(real(thread, x)?);
    let parts = [Value::float(thread, mantissa)?, Value::small(exponent)];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

/// `x * 2^power`, rounded once.
pub(super) fn scale(x: f64, power: i64) -> f64 {
    let (mantissa, exponent) = split(x);
    let total = i64::from(exponent) + power;
    match total {
        _ if x == 0.0 || !x.is_finite() => x,
        1025.. => f64::INFINITY.copysign(x),
        -1021.. => mantissa * 2_f64.powi((total - 1) as i32) * 2.0,
        // the result is subnormal: the one rounding is in the last step
        -1080.. => mantissa * 2_f64.powi((total + 200) as i32) * 2_f64.powi(-200),
        _ => 0_f64.copysign(x),
    }
}

pub(super) fn ldexp(thread: &Thread, _: Ref<'_>, x: Ref<'_>, power: Ref<'_>) -> PyResult<Value> {
    let x = real(thread, x)?;
    if !power.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "Expected an int as second argument to ldexp."));
    }
    let power = power.to_i64().unwrap_or_else(|| {
        let negative = power.int_to_text(16).is_some_and(|text| text.starts_with('-'));
        if negative { -(1 << 40) } else { 1 << 40 }
    });
    let result = scale(x, power.clamp(-(1 << 40), 1 << 40));
    if result.is_infinite() && x.is_finite() {
        return Err(range_error(thread));
    }
    Value::float(thread, result)
}

pub(super) fn modf(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    let x = real(thread, x)?;
    let fraction = if x.is_infinite() { 0_f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
    let parts = [Value::float(thread, fraction)?, Value::float(thread, x.trunc())?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

pub(super) fn ulp(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    let x = real(thread, x)?.abs();
    if !x.is_finite() {
        return Value::float(thread, x);
    }
    let above = f64::from_bits(x.to_bits() + 1);
    let step = if above.is_finite() { above - x } else { x - f64::from_bits(x.to_bits() - 1) };
    Value::float(thread, step)
}

const NEXTAFTER: Parameters<3> = Parameters {
    function: "nextafter",
    names: ["x", "y", "steps"],
    positional_only: 2,
    positional: 2,
    required: 2,
};

/// The place of a float in the order of all.
fn rank(x: f64) -> i64 {
    let bits = (x.to_bits() & !(1 << 63)) as i64;
    if x.is_sign_negative() { -bits } else { bits }
}

pub(super) fn nextafter(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [x, y, steps] = NEXTAFTER.bind(thread, arguments, names)?;
    let (x, y) = (real(thread, x.unwrap_or(this))?, real(thread, y.unwrap_or(this))?);
    let steps = match steps.filter(|steps| !steps.is_none()) {
        None => 1_u64,
        Some(steps) => {
            let steps = exact_index(thread, steps)?;
            let negative = steps.as_ref().int_to_text(16).is_some_and(|text| text.starts_with('-'));
            if negative {
                return Err(raise!(thread, VALUE_ERROR, "steps must be a non-negative integer"));
            }
            steps.as_ref().to_i64().map_or(u64::MAX, i64::unsigned_abs)
        }
    };
    if x.is_nan() || y.is_nan() {
        return Value::float(thread, f64::NAN);
    }
    if steps == 0 || x == y && steps > 1 {
        return Value::float(thread, x);
    }
    let (from, to) = (rank(x), rank(y));
    let distance = i128::from(to) - i128::from(from);
    let at = match distance.unsigned_abs() <= u128::from(steps) {
        true => to,
        false if distance > 0 => from.wrapping_add_unsigned(steps),
        false => from.wrapping_sub_unsigned(steps),
    };
    let result = match at {
        _ if x == y => y,
        0 => 0_f64.copysign(x),
        _ => f64::from_bits(at.unsigned_abs()).copysign(at as f64),
    };
    Value::float(thread, result)
}

const ISCLOSE: Parameters<4> = Parameters {
    function: "isclose",
    names: ["a", "b", "rel_tol", "abs_tol"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

pub(super) fn isclose(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [a, b, relative, absolute] = ISCLOSE.bind(thread, arguments, names)?;
    let (a, b) = (real(thread, a.unwrap_or(this))?, real(thread, b.unwrap_or(this))?);
    let relative = relative.map_or(Ok(1e-9), |relative| real(thread, relative))?;
    let absolute = absolute.map_or(Ok(0.0), |absolute| real(thread, absolute))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(raise!(thread, VALUE_ERROR, "tolerances must be non-negative"));
    }
    if a == b || a.is_infinite() || b.is_infinite() {
        return Ok(Value::bool(a == b));
    }
    let difference = (b - a).abs();
    let close =
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute;
    Ok(Value::bool(close))
}
