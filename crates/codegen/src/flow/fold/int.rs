//! Integers. Products, powers and shifts are folded only if they surely stay below 128 bits.

use super::float;
use num_bigint::{BigInt, Sign};
use taipan_bytecode_format::Const;

/// Most bits of a product, a power or a shifted value.
const MAX_BITS: u64 = 128;

/// A binary operator on integers.
pub(super) fn binary(operator: &str, left: &BigInt, right: &BigInt) -> Option<Const> {
    Some(Const::Int(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" if left.bits() + right.bits() > MAX_BITS && !is_zero(left) && !is_zero(right) => return None,
        "*" => left * right,
        "/" => return true_divide(left, right).map(Const::Float),
        "//" => divide(left, right)?.0,
        "%" => divide(left, right)?.1,
        "**" if right.sign() == Sign::Minus => return float::power(to_float(left)?, to_float(right)?),
        "**" => power(left, right)?,
        "<<" => shift_left(left, right)?,
        ">>" => shift_right(left, right)?,
        _ => return None,
    }))
}

fn is_zero(value: &BigInt) -> bool {
    value.sign() == Sign::NoSign
}

/// Quotient and remainder, rounded down.
fn divide(left: &BigInt, right: &BigInt) -> Option<(BigInt, BigInt)> {
    if is_zero(right) {
        return None;
    }
    let (quotient, remainder) = (left / right, left % right);
    if !is_zero(&remainder) && remainder.sign() != right.sign() {
        return Some((quotient - 1, remainder + right));
    }
    Some((quotient, remainder))
}

fn power(base: &BigInt, exponent: &BigInt) -> Option<BigInt> {
    if is_zero(exponent) {
        return Some(1.into());
    }
    if is_zero(base) {
        return Some(0.into());
    }
    let exponent = u64::try_from(exponent).ok()?;
    if base.bits() > MAX_BITS / exponent {
        return None;
    }
    Some(base.pow(u32::try_from(exponent).ok()?))
}

fn shift_left(value: &BigInt, count: &BigInt) -> Option<BigInt> {
    if count.sign() == Sign::Minus {
        return None;
    }
    if is_zero(value) || is_zero(count) {
        return Some(value.clone());
    }
    let count = u64::try_from(count).ok()?;
    if count > MAX_BITS || value.bits() > MAX_BITS - count {
        return None;
    }
    Some(value << count)
}

fn shift_right(value: &BigInt, count: &BigInt) -> Option<BigInt> {
    if count.sign() == Sign::Minus {
        return None;
    }
    match u64::try_from(count) {
        Ok(count) if count <= value.bits() => Some(value >> count),
        _ => Some(if value.sign() == Sign::Minus { (-1).into() } else { 0.into() }),
    }
}

/// The float nearest to an integer; none if that is beyond all.
pub(super) fn to_float(value: &BigInt) -> Option<f64> {
    match i64::try_from(value) {
        Ok(value) => Some(value as f64),
        Err(_) => true_divide(value, &1.into()),
    }
}

/// The float nearest to a quotient; none if there is no quotient or it is beyond all.
fn true_divide(left: &BigInt, right: &BigInt) -> Option<f64> {
    if is_zero(right) {
        return None;
    }
    let negative = (left.sign() == Sign::Minus) != (right.sign() == Sign::Minus);
    let value = magnitude_of_quotient(left, right)?;
    Some(if negative { -value } else { value })
}

const MANTISSA: i64 = f64::MANTISSA_DIGITS as i64;
const MIN_EXPONENT: i64 = f64::MIN_EXP as i64;
const MAX_EXPONENT: i64 = f64::MAX_EXP as i64;

fn magnitude_of_quotient(left: &BigInt, right: &BigInt) -> Option<f64> {
    let (left, right) = (left.magnitude(), right.magnitude());
    let (left_bits, right_bits) = (i64::try_from(left.bits()).ok()?, i64::try_from(right.bits()).ok()?);
    if left_bits <= MANTISSA && right_bits <= MANTISSA {
        return Some(u64::try_from(left).ok()? as f64 / u64::try_from(right).ok()? as f64);
    }
    let difference = left_bits - right_bits;
    if left_bits == 0 || difference < MIN_EXPONENT - MANTISSA - 1 {
        return Some(0.0);
    }
    if difference > MAX_EXPONENT {
        return None;
    }
    // two bits more than the result keeps, and one that says whether anything is below
    let shift = difference.max(MIN_EXPONENT) - MANTISSA - 2;
    let (left, right) = if shift > 0 {
        (left.clone(), right << shift.unsigned_abs())
    } else {
        (left << shift.unsigned_abs(), right.clone())
    };
    let quotient = u64::try_from(&left / &right).ok()?;
    let sticky = u64::from(&right * quotient != left);
    let bits = i64::from(u64::BITS - quotient.leading_zeros());
    let extra = bits.max(MIN_EXPONENT - shift) - MANTISSA;
    let half = 1u64 << (extra - 1);
    let mut low = quotient | sticky;
    if low & half != 0 && low & (3 * half - 1) != 0 {
        low += half;
    }
    scale(low & !(2 * half - 1), shift)
}

/// `mantissa * 2**exponent`, which is exact; none if it is too large.
fn scale(mantissa: u64, exponent: i64) -> Option<f64> {
    let first = exponent / 2;
    let power = |exponent: i64| 2f64.powi(i32::try_from(exponent).unwrap_or(i32::MAX));
    let value = mantissa as f64 * power(first) * power(exponent - first);
    value.is_finite().then_some(value)
}
