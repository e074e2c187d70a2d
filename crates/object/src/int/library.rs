//! The bridge to `dashu-int`: digits of 30 bits to limbs of 64 and back.

use dashu_int::UBig;

use super::{MASK, SHIFT, from_digits as int_from_digits};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

/// The natural number of digits.
pub(super) fn from_digits(digits: &[u32]) -> UBig {
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / 2 + 1);
    let (mut held, mut bits) = (0_u128, 0);
    for &digit in digits {
        held |= u128::from(digit) << bits;
        bits += SHIFT;
        if bits >= 64 {
            limbs.push(held as u64);
            held >>= 64;
            bits -= 64;
        }
    }
    limbs.push(held as u64);
    UBig::from_words(&limbs)
}

/// The digits of a natural number.
pub(super) fn digits_of(thread: &Thread, number: &UBig) -> PyResult<Vec<u32>> {
    let limbs = number.as_words();
    let mut digits = super::arith::room(thread, limbs.len().saturating_mul(64) / 30 + 2)?;
    let (mut held, mut bits) = (0_u128, 0);
    for &limb in limbs {
        held |= u128::from(limb) << bits;
        bits += 64;
        while bits >= SHIFT {
            digits.push(held as u32 & MASK);
            held >>= SHIFT;
            bits -= SHIFT;
        }
    }
    digits.push(held as u32 & MASK);
    Ok(digits)
}

/// The int of a sign and a natural number.
pub(super) fn to_value(thread: &Thread, negative: bool, number: &UBig) -> PyResult<Value> {
    int_from_digits(thread, negative, &digits_of(thread, number)?)
}
