//! Unary operators.

use super::super::facts::{Kind, UNARY_INVERT, UNARY_NEGATIVE, UNARY_NOT};
use super::number::Number;
use taipan_bytecode_format::Const;

/// The operator of an instruction applied to a constant; any but the three others is the unary plus.
pub(super) fn apply(op: Kind, operand: &Const) -> Option<Const> {
    match op {
        UNARY_NOT => Some(Const::Bool(!is_true(operand))),
        // of a bool it is deprecated, which the warning at run time says
        UNARY_INVERT if matches!(operand, Const::Bool(_)) => None,
        UNARY_INVERT => match Number::of(operand)? {
            Number::Int(value) => Some(Const::Int(-value.into_owned() - 1)),
            _ => None,
        },
        UNARY_NEGATIVE => Some(match Number::of(operand)? {
            Number::Int(value) => Const::Int(-value.into_owned()),
            Number::Float(value) => Const::Float(-value),
            Number::Complex(real, imaginary) => Const::Complex(-real, -imaginary),
        }),
        _ => Number::of(operand).map(Number::into_const),
    }
}

/// The truth value of a constant.
pub(super) fn is_true(constant: &Const) -> bool {
    match constant {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Int(value) => value.sign() != num_bigint::Sign::NoSign,
        Const::Float(value) => *value != 0.0,
        Const::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        Const::Str(value) => !value.is_empty(),
        Const::Bytes(value) => !value.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Ellipsis | Const::Slice(_) | Const::Code(_) => true,
    }
}
