//! Products and quotients of durations. Quotients are rounded to the nearest microsecond, to the even one of two.

use taipan_object::datetime::PyTimeDelta;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::FLOAT;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::method;
use crate::delta::{big, made, micros, too_large};

/// An int in 128 bits; none if it doesn't fit.
pub(crate) fn wide(value: Ref<'_>) -> Option<i128> {
    if let Some(small) = value.to_i64() {
        return Some(small.into());
    }
    i128::from_str_radix(&value.int_to_text(16)?, 16).ok()
}

fn delta(value: Ref<'_>) -> Option<i128> {
    value.get::<PyTimeDelta>().map(micros)
}

/// A float that is no int.
fn float(value: Ref<'_>) -> Option<f64> {
    value.to_f64().filter(|_| !value.is_int())
}

fn division_by_zero(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, ZERO_DIVISION_ERROR, "division by zero")
}

/// `a / b`, rounded; `b` is not zero.
fn divide_nearest(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    let (twice, size) = (rest.unsigned_abs() * 2, b.unsigned_abs());
    let up = twice > size || twice == size && quotient & 1 == 1;
    match (up, b > 0) {
        (false, _) => quotient,
        (true, true) => quotient + 1,
        // the rest counts away from the quotient
        (true, false) => quotient - 1,
    }
}

/// A float as a mantissa and a power of two.
fn ratio(thread: &Thread, number: f64) -> PyResult<(i128, i32)> {
    if number.is_nan() {
        return Err(raise!(thread, VALUE_ERROR, "cannot convert NaN to integer ratio"));
    }
    if number.is_infinite() {
        return Err(raise!(thread, OVERFLOW_ERROR, "cannot convert Infinity to integer ratio"));
    }
    if number == 0.0 {
        return Ok((0, 0));
    }
    let bits = number.to_bits();
    let biased = (bits >> 52 & 0x7FF) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i128;
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let even = mantissa.trailing_zeros() as i32;
    let mantissa = mantissa >> even;
    Ok((if number < 0.0 { -mantissa } else { mantissa }, exponent + even))
}

/// What a class derived from `float` says its ratio is.
fn own_ratio(thread: &Thread, number: Ref<'_>) -> PyResult<Option<(i128, i128)>> {
    if std::ptr::eq(number.ty(), &raw const FLOAT) {
        return Ok(None);
    }
    let ratio = method(thread, number, "as_integer_ratio", &[])?;
    let Some(pair) = ratio.as_ref().get::<PyTuple>() else {
        let ty = ratio.as_ref().ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "unexpected return type from as_integer_ratio(): expected tuple, not '{ty}'"
        ));
    };
    let (Some(a), Some(b), 2) = (pair.borrow(0), pair.borrow(1), pair.len()) else {
        return Err(raise!(thread, VALUE_ERROR, "as_integer_ratio() must return a 2-tuple"));
    };
    if !a.is_int() || !b.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "non-integer arguments in division"));
    }
    let wide = |int| wide(int).ok_or_else(|| too_large(thread));
    Ok(Some((wide(a)?, wide(b)?)))
}

/// A duration times a ratio.
fn quotient(thread: &Thread, total: i128, numerator: i128, denominator: i128) -> PyResult<Value> {
    if denominator == 0 {
        return Err(division_by_zero(thread));
    }
    let product = total.checked_mul(numerator).ok_or_else(|| too_large(thread))?;
    made(thread, divide_nearest(product, denominator))
}

fn shifted(number: i128, by: i32) -> Option<i128> {
    if number == 0 {
        return Some(0);
    }
    let room = number.unsigned_abs().leading_zeros() as i32 - 1;
    (by < room).then(|| number << by)
}

/// A duration times `mantissa * 2 ** exponent`.
fn scaled(thread: &Thread, total: i128, mantissa: i128, exponent: i32) -> PyResult<i128> {
    // 67 and 53 bits
    let product = total * mantissa;
    if exponent >= 0 {
        return shifted(product, exponent).ok_or_else(|| too_large(thread));
    }
    Ok(if exponent < -125 { 0 } else { divide_nearest(product, 1 << -exponent) })
}

/// `*`
pub(crate) fn multiply(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let (total, factor) = match (delta(a), delta(b)) {
        (Some(total), None) => (total, b),
        (None, Some(total)) => (total, a),
        _ => return Ok(Value::not_implemented()),
    };
    if factor.is_int() {
        if total == 0 {
            return made(thread, 0);
        }
        let product = wide(factor).and_then(|factor| factor.checked_mul(total));
        return made(thread, product.ok_or_else(|| too_large(thread))?);
    }
    let Some(number) = float(factor) else { return Ok(Value::not_implemented()) };
    if let Some((numerator, denominator)) = own_ratio(thread, factor)? {
        return quotient(thread, total, numerator, denominator);
    }
    let (mantissa, exponent) = ratio(thread, number)?;
    made(thread, scaled(thread, total, mantissa, exponent)?)
}

/// `/`
pub(crate) fn true_divide(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(total) = delta(a) else { return Ok(Value::not_implemented()) };
    if let Some(other) = delta(b) {
        let (total, other) = (big(thread, total)?, big(thread, other)?);
        return protocol::binary(thread, total.as_ref(), other.as_ref(), protocol::BinaryOp::TrueDivide);
    }
    if b.is_int() {
        return match wide(b) {
            Some(0) => Err(division_by_zero(thread)),
            Some(divisor) => made(thread, divide_nearest(total, divisor)),
            // more than twice what a duration can be
            None => made(thread, 0),
        };
    }
    let Some(divisor) = float(b) else { return Ok(Value::not_implemented()) };
    if let Some((numerator, denominator)) = own_ratio(thread, b)? {
        return quotient(thread, total, denominator, numerator);
    }
    let (mantissa, exponent) = ratio(thread, divisor)?;
    if mantissa == 0 {
        return Err(division_by_zero(thread));
    }
    if exponent < 0 {
        let numerator = shifted(total, -exponent).ok_or_else(|| too_large(thread))?;
        return made(thread, divide_nearest(numerator, mantissa));
    }
    made(thread, shifted(mantissa, exponent).map_or(0, |divisor| divide_nearest(total, divisor)))
}

/// `//` of ints, rounded down.
fn floor(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// `//`
pub(crate) fn floor_divide(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(total) = delta(a) else { return Ok(Value::not_implemented()) };
    if let Some(other) = delta(b) {
        return if other == 0 { Err(division_by_zero(thread)) } else { big(thread, floor(total, other)) };
    }
    if !b.is_int() {
        return Ok(Value::not_implemented());
    }
    match wide(b) {
        Some(0) => Err(division_by_zero(thread)),
        Some(divisor) => made(thread, floor(total, divisor)),
        None => {
            let negative = b.int_to_text(16).is_some_and(|text| text.starts_with('-'));
            made(thread, if total != 0 && (total < 0) != negative { -1 } else { 0 })
        }
    }
}

/// `%`
pub(crate) fn remainder(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    match (delta(a), delta(b)) {
        (Some(_), Some(0)) => Err(division_by_zero(thread)),
        (Some(total), Some(other)) => made(thread, total - floor(total, other) * other),
        _ => Ok(Value::not_implemented()),
    }
}

/// `divmod`
pub(crate) fn divmod(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    match (delta(a), delta(b)) {
        (Some(_), Some(0)) => Err(division_by_zero(thread)),
        (Some(total), Some(other)) => {
            let quotient = floor(total, other);
            let rest = made(thread, total - quotient * other)?;
            Ok(PyTuple::pack(thread, [big(thread, quotient)?, rest])?.into_value())
        }
        _ => Ok(Value::not_implemented()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_to_the_even_one() {
        for (a, b, nearest) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (5, -2, -2), (7, -2, -4), (-7, -2, 4), (8, 3, 3)]
        {
            assert_eq!(divide_nearest(a, b), nearest, "{a} / {b}");
        }
    }
}
