//! Python's `==` of constants, for the values of a set.

use super::number::Number;
use indexmap::IndexSet;
use num_bigint::BigInt;
use rustc_hash::FxBuildHasher;
use std::hash::{Hash, Hasher};
use taipan_bytecode_format::Const;

/// The values without those that equal an earlier one.
pub(super) fn distinct(values: Vec<Const>) -> Vec<Const> {
    let values = values.into_iter().map(ByValue);
    values.collect::<IndexSet<_, FxBuildHasher>>().into_iter().map(|value| value.0).collect()
}

struct ByValue(Const);

impl PartialEq for ByValue {
    fn eq(&self, other: &ByValue) -> bool {
        equal(&self.0, &other.0)
    }
}

impl Eq for ByValue {}

impl Hash for ByValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

/// Numbers that equal have the same float nearest to them, whatever their type.
fn hash<H: Hasher>(value: &Const, state: &mut H) {
    match value {
        Const::Str(text) => text.hash(state),
        Const::Bytes(bytes) => bytes.hash(state),
        Const::Tuple(values) => values.iter().for_each(|value| hash(value, state)),
        Const::Slice(parts) => parts.iter().for_each(|value| hash(value, state)),
        _ => {
            let float = Number::of(value).and_then(|number| number.to_complex());
            float.map_or(0, |(real, _)| (real + 0.0).to_bits()).hash(state);
        }
    }
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
