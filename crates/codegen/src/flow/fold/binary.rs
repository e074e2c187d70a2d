//! Binary operators and subscripts.

use super::number::Number;
use super::{complex, float, int, sequence};
use num_bigint::BigInt;
use taipan_bytecode_format::{BINARY_OPERATORS, Const};

/// The operator of this number applied to two constants.
pub(super) fn apply(operator: u32, left: &Const, right: &Const) -> Option<Const> {
    let operator = *BINARY_OPERATORS.get(operator as usize)?;
    match operator {
        "[]" => return sequence::subscript(left, right),
        "&" | "|" | "^" => return bitwise(operator, left, right),
        "%" if matches!(left, Const::Str(_) | Const::Bytes(_)) => return None,
        _ => {}
    }
    match (Number::of(left), Number::of(right)) {
        (Some(left), Some(right)) => arithmetic(operator, &left, &right),
        _ if operator == "+" => sequence::concatenate(left, right),
        _ if operator == "*" => sequence::repeat(left, right).or_else(|| sequence::repeat(right, left)),
        _ => None,
    }
}

fn bitwise(operator: &str, left: &Const, right: &Const) -> Option<Const> {
    fn on<T: std::ops::BitAnd<Output = T> + std::ops::BitOr<Output = T> + std::ops::BitXor<Output = T>>(
        operator: &str,
        left: T,
        right: T,
    ) -> T {
        match operator {
            "&" => left & right,
            "|" => left | right,
            _ => left ^ right,
        }
    }
    if let (Const::Bool(left), Const::Bool(right)) = (left, right) {
        return Some(Const::Bool(on(operator, *left, *right)));
    }
    match (Number::of(left)?, Number::of(right)?) {
        (Number::Int(left), Number::Int(right)) => {
            Some(Const::Int(on::<BigInt>(operator, left.into_owned(), right.into_owned())))
        }
        _ => None,
    }
}

fn arithmetic(operator: &str, left: &Number<'_>, right: &Number<'_>) -> Option<Const> {
    if let (Number::Int(left), Number::Int(right)) = (left, right) {
        return int::binary(operator, left, right);
    }
    match (left, right) {
        (Number::Complex(..), _) | (_, Number::Complex(..)) => {
            complex::binary(operator, left, right).map(|(real, imaginary)| Const::Complex(real, imaginary))
        }
        _ => float::binary(operator, left.to_float()?, right.to_float()?),
    }
}
