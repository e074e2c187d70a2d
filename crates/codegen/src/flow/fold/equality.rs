//! Python's `==` of constants, for the values of a set.

use super::number::Number;
use num_bigint::BigInt;
use taipan_bytecode_format::Const;

/// The values without those that equal an earlier one. There are few.
pub(super) fn distinct(values: Vec<Const>) -> Vec<Const> {
    let mut kept: Vec<Const> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.iter().any(|other| equal(other, &value)) {
            kept.push(value);
        }
    }
    kept
}

/// Whether two constants equal; nesting is that of tuples in the source.
fn equal(left: &Const, right: &Const) -> bool {
    let all = |left: &[Const], right: &[Const]| {
        left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
    };
    match (left, right) {
        (Const::Tuple(left), Const::Tuple(right)) => all(left, right),
        (Const::Slice(left), Const::Slice(right)) => all(left.as_slice(), right.as_slice()),
        _ => match (Number::of(left), Number::of(right)) {
            (Some(left), Some(right)) => numbers_equal(&left, &right),
            _ => left.same(right),
        },
    }
}

fn numbers_equal(left: &Number<'_>, right: &Number<'_>) -> bool {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => left == right,
        (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
            is_integer(*float, int)
        }
        (Number::Float(left), Number::Float(right)) => left == right,
        (Number::Complex(a, b), Number::Complex(c, d)) => a == c && b == d,
        (&Number::Complex(real, imaginary), other) | (other, &Number::Complex(real, imaginary)) => {
            imaginary == 0.0 && numbers_equal(&Number::Float(real), other)
        }
    }
}

/// Whether a float is this integer, exactly.
fn is_integer(float: f64, int: &BigInt) -> bool {
    if float != float.floor() || !float.is_finite() {
        return false;
    }
    let bits = float.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i64 - 1075;
    let mantissa = BigInt::from(bits & ((1 << 52) - 1) | 1 << 52);
    let size = match float {
        0.0 => BigInt::ZERO,
        _ if exponent >= 0 => mantissa << exponent.unsigned_abs(),
        _ => mantissa >> exponent.unsigned_abs(),
    };
    *int == if float < 0.0 { -size } else { size }
}
