//! Constants as numbers.

use super::int;
use num_bigint::BigInt;
use std::borrow::Cow;
use taipan_bytecode_format::Const;

/// A number; a bool is an integer.
pub(super) enum Number<'c> {
    Int(Cow<'c, BigInt>),
    Float(f64),
    Complex(f64, f64),
}

impl<'c> Number<'c> {
    /// The number that a constant is.
    pub fn of(constant: &'c Const) -> Option<Number<'c>> {
        Some(match constant {
            Const::Bool(value) => Number::Int(Cow::Owned(u8::from(*value).into())),
            Const::Int(value) => Number::Int(Cow::Borrowed(value)),
            Const::Float(value) => Number::Float(*value),
            Const::Complex(real, imaginary) => Number::Complex(*real, *imaginary),
            _ => return None,
        })
    }

    /// As a constant; a bool becomes an integer.
    pub fn into_const(self) -> Const {
        match self {
            Number::Int(value) => Const::Int(value.into_owned()),
            Number::Float(value) => Const::Float(value),
            Number::Complex(real, imaginary) => Const::Complex(real, imaginary),
        }
    }

    /// As a float; none if it is too large, or complex.
    pub fn to_float(&self) -> Option<f64> {
        match self {
            Number::Int(value) => int::to_float(value),
            Number::Float(value) => Some(*value),
            Number::Complex(..) => None,
        }
    }

    /// As a complex number; none if it is too large.
    pub fn to_complex(&self) -> Option<(f64, f64)> {
        match self {
            Number::Complex(real, imaginary) => Some((*real, *imaginary)),
            _ => Some((self.to_float()?, 0.0)),
        }
    }
}
