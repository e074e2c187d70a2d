//! Powers, logarithms, trigonometric and hyperbolic functions, and other functions of one or two numbers.

use taipan_object::libm;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

use super::{domain_error, range_error, real, shown};
use crate::arguments::check_count;

/// What a function of one number gives. NaN out of a number is an error, which `wrong` tells; so is infinity out of a
/// finite number: of the range if the function can overflow, else of the domain.
fn of_one(
    thread: &Thread,
    x: Ref<'_>,
    function: fn(f64) -> f64,
    overflows: bool,
    wrong: fn(&Thread, f64) -> Raised,
) -> PyResult<Value> {
    let x = real(thread, x)?;
    let result = function(x);
    if result.is_nan() && !x.is_nan() {
        return Err(wrong(thread, x));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if overflows { range_error(thread) } else { wrong(thread, x) });
    }
    Value::float(thread, result)
}

fn domain(thread: &Thread, _: f64) -> Raised {
    domain_error(thread)
}

fn finite(thread: &Thread, x: f64) -> Raised {
    raise!(thread, VALUE_ERROR, "expected a finite input, got {}", shown(x))
}

fn up_to_one(thread: &Thread, x: f64) -> Raised {
    raise!(thread, VALUE_ERROR, "expected a number in range from -1 up to 1, got {}", shown(x))
}

fn positive(thread: &Thread, x: f64) -> Raised {
    raise!(thread, VALUE_ERROR, "expected a positive input, got {}", shown(x))
}

macro_rules! of_one {
    ($($name:ident: $function:expr, $overflows:literal, $wrong:expr;)*) => {
        $(pub(super) fn $name(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
            of_one(thread, x, $function, $overflows, $wrong)
        })*
    };
}

of_one! {
    acos: libm::acos, false, up_to_one;
    acosh: libm::acosh, false, |thread, x| {
        raise!(thread, VALUE_ERROR, "expected argument value not less than 1, got {}", shown(x))
    };
    asin: libm::asin, false, up_to_one;
    asinh: libm::asinh, false, domain;
    atan: libm::atan, false, domain;
    atanh: libm::atanh, false, |thread, x| {
        raise!(thread, VALUE_ERROR, "expected a number between -1 and 1, got {}", shown(x))
    };
    cbrt: libm::cbrt, false, domain;
    cos: libm::cos, false, finite;
    cosh: libm::cosh, true, domain;
    erf: libm::erf, false, domain;
    erfc: libm::erfc, false, domain;
    exp: libm::exp, true, domain;
    exp2: libm::exp2, true, domain;
    expm1: libm::expm1, true, domain;
    fabs: f64::abs, false, domain;
    log1p: log1p_of, false, |thread, x| {
        raise!(thread, VALUE_ERROR, "expected argument value > -1, got {}", shown(x))
    };
    sin: libm::sin, false, finite;
    sinh: libm::sinh, true, domain;
    sqrt: f64::sqrt, false, |thread, x| {
        raise!(thread, VALUE_ERROR, "expected a nonnegative input, got {}", shown(x))
    };
    tan: libm::tan, false, finite;
    tanh: libm::tanh, false, domain;
}

/// Zero keeps its sign.
fn log1p_of(x: f64) -> f64 {
    if x == 0.0 { x } else { libm::log1p(x) }
}

pub(super) fn degrees(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, real(thread, x)? * (180.0 / std::f64::consts::PI))
}

pub(super) fn radians(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, real(thread, x)? * (std::f64::consts::PI / 180.0))
}

/// What a function of two numbers gives, as for one.
fn of_two(thread: &Thread, x: Ref<'_>, y: Ref<'_>, function: fn(f64, f64) -> f64) -> PyResult<Value> {
    let (x, y) = (real(thread, x)?, real(thread, y)?);
    let result = function(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error(thread));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range_error(thread));
    }
    Value::float(thread, result)
}

pub(super) fn atan2(thread: &Thread, _: Ref<'_>, y: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    of_two(thread, y, x, libm::atan2)
}

pub(super) fn copysign(thread: &Thread, _: Ref<'_>, x: Ref<'_>, y: Ref<'_>) -> PyResult<Value> {
    of_two(thread, x, y, f64::copysign)
}

pub(super) fn fmod(thread: &Thread, _: Ref<'_>, x: Ref<'_>, y: Ref<'_>) -> PyResult<Value> {
    of_two(thread, x, y, libm::fmod)
}

pub(super) fn remainder(thread: &Thread, _: Ref<'_>, x: Ref<'_>, y: Ref<'_>) -> PyResult<Value> {
    of_two(thread, x, y, libm::remainder)
}

pub(super) fn pow(thread: &Thread, _: Ref<'_>, x: Ref<'_>, y: Ref<'_>) -> PyResult<Value> {
    let (x, y) = (real(thread, x)?, real(thread, y)?);
    let result = libm::pow(x, y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || result.is_infinite() && x == 0.0 {
            return Err(domain_error(thread));
        }
        if result.is_infinite() {
            return Err(range_error(thread));
        }
    }
    Value::float(thread, result)
}

pub(super) fn fma(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "fma", arguments.len(), 3, 3)?;
    let part = |at: usize| real(thread, arguments.get(at).map_or(this, Value::as_ref));
    let [x, y, z] = [part(0)?, part(1)?, part(2)?];
    let result = libm::fma(x, y, z);
    if result.is_nan() && ![x, y, z].into_iter().any(f64::is_nan) {
        return Err(raise!(thread, VALUE_ERROR, "invalid operation in fma"));
    }
    if result.is_infinite() && [x, y, z].into_iter().all(f64::is_finite) {
        return Err(raise!(thread, OVERFLOW_ERROR, "overflow in fma"));
    }
    Value::float(thread, result)
}

/// The logarithm of a number, be it an int that is too large for a float.
fn logarithm(thread: &Thread, x: Ref<'_>, function: fn(f64) -> f64) -> PyResult<f64> {
    if !x.is_int() {
        let x = real(thread, x)?;
        if x <= 0.0 {
            return Err(positive(thread, x));
        }
        return Ok(function(x));
    }
    let bits = x.int_bit_length().unwrap_or(0);
    let negative = x
        .to_i64()
        .map_or_else(|| x.int_to_text(16).is_some_and(|text| text.starts_with('-')), |small| small < 0);
    if negative || bits == 0 {
        return Err(raise!(thread, VALUE_ERROR, "expected a positive input"));
    }
    if bits <= 1024 {
        match real(thread, x) {
            Ok(x) => return Ok(function(x)),
            // rounded, it is one bit longer
            Err(raised) => drop(thread.catch(raised)),
        }
    }
    // mantissa and exponent
    let shift = Value::uint(thread, bits - 1000)?;
    let head = binary(thread, x, shift.as_ref(), BinaryOp::Rshift)?;
    let mantissa = real(thread, head.as_ref())? * 2_f64.powi(-1000);
    Ok(function(mantissa) + function(2.0) * bits as f64)
}

pub(super) fn log(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "log", arguments.len(), 1, 2)?;
    let of = logarithm(thread, arguments.first().map_or(this, Value::as_ref), libm::log)?;
    let Some(base) = arguments.get(1) else { return Value::float(thread, of) };
    let base = logarithm(thread, base.as_ref(), libm::log)?;
    let (of, base) = (Value::float(thread, of)?, Value::float(thread, base)?);
    binary(thread, of.as_ref(), base.as_ref(), BinaryOp::TrueDivide)
}

pub(super) fn log2(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, logarithm(thread, x, libm::log2)?)
}

pub(super) fn log10(thread: &Thread, _: Ref<'_>, x: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, logarithm(thread, x, libm::log10)?)
}
