//! Floats.

use super::complex;
use taipan_bytecode_format::Const;

/// A binary operator on floats.
pub(super) fn binary(operator: &str, left: f64, right: f64) -> Option<Const> {
    Some(Const::Float(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "**" => return power(left, right),
        "/" | "//" | "%" if right == 0.0 => return None,
        "/" => left / right,
        "//" => floor_divide(left, right),
        "%" => remainder(left, right),
        _ => return None,
    }))
}

/// The remainder with the sign of the divisor, of a zero too.
fn remainder(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder == 0.0 {
        0f64.copysign(right)
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder + right
    } else {
        remainder
    }
}

fn floor_divide(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder != 0.0 && (right < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0f64.copysign(left / right);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn is_odd(value: f64) -> bool {
    value.abs() % 2.0 == 1.0
}

/// A power; a negative base with a fraction for exponent gives a complex number.
pub(super) fn power(base: f64, exponent: f64) -> Option<Const> {
    if let Some(special) = special_power(base, exponent) {
        return special.map(Const::Float);
    }
    if base < 0.0 && exponent != exponent.floor() {
        return complex::power((base, 0.0), (exponent, 0.0))
            .map(|(real, imaginary)| Const::Complex(real, imaginary));
    }
    let negate = base < 0.0 && is_odd(exponent);
    let size = if base.abs() == 1.0 { 1.0 } else { base.abs().powf(exponent) };
    size.is_finite().then_some(Const::Float(if negate { -size } else { size }))
}

/// Powers of or by what is not a finite number other than 0; `Some(None)` where there is none.
fn special_power(base: f64, exponent: f64) -> Option<Option<f64>> {
    let value = if exponent == 0.0 {
        1.0
    } else if base.is_nan() {
        base
    } else if exponent.is_nan() {
        if base == 1.0 { 1.0 } else { exponent }
    } else if exponent.is_infinite() {
        match base.abs() {
            1.0 => 1.0,
            size if (exponent > 0.0) == (size > 1.0) => exponent.abs(),
            _ => 0.0,
        }
    } else if base.is_infinite() {
        match (exponent > 0.0, is_odd(exponent)) {
            (true, true) => base,
            (true, false) => base.abs(),
            (false, true) => 0f64.copysign(base),
            (false, false) => 0.0,
        }
    } else if base == 0.0 {
        if exponent < 0.0 {
            return Some(None);
        }
        if is_odd(exponent) { base } else { 0.0 }
    } else {
        return None;
    };
    Some(Some(value))
}
