//! Shifts and operations on bits. Negative numbers are in two's complement without end, so `~x` is `-x - 1`.

use super::{IntRef, MASK, SHIFT, arith, from_digits};
use crate::error::PyResult;
use crate::raise;
use crate::thread::Thread;
use crate::value::Value;

/// Whole digits and bits of a shift; none if it is too far to count.
fn distance(by: IntRef<'_>) -> Option<(usize, u32)> {
    let bits = super::magnitude(by.digits)?;
    let bits = usize::try_from(bits).ok()?;
    Some((bits / SHIFT as usize, (bits % SHIFT as usize) as u32))
}

pub(super) fn shift_left(a: IntRef<'_>, by: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    if by.negative {
        return Err(raise!(thread, VALUE_ERROR, "negative shift count"));
    }
    if a.digits.is_empty() {
        return Ok(Value::small(0));
    }
    let Some((whole, bits)) = distance(by) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "too many digits in integer"));
    };
    let Some(len) = whole.checked_add(a.digits.len() + 1).filter(|len| *len < isize::MAX as usize / 4) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "too many digits in integer"));
    };
    let mut digits = arith::room(thread, len)?;
    digits.resize(whole, 0);
    let mut carry = 0_u64;
    for &digit in a.digits {
        carry |= u64::from(digit) << bits;
        digits.push(carry as u32 & MASK);
        carry >>= SHIFT;
    }
    digits.push(carry as u32);
    from_digits(thread, a.negative, &digits)
}

pub(super) fn shift_right(a: IntRef<'_>, by: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    if by.negative {
        return Err(raise!(thread, VALUE_ERROR, "negative shift count"));
    }
    let floor = Value::small(if a.negative { -1 } else { 0 });
    let Some((whole, bits)) = distance(by) else { return Ok(floor) };
    let Some(kept) = a.digits.get(whole..).filter(|kept| !kept.is_empty()) else { return Ok(floor) };
    let mut digits = arith::room(thread, kept.len() + 1)?;
    for (i, &digit) in kept.iter().enumerate() {
        let above = kept.get(i + 1).copied().unwrap_or(0);
        digits.push((digit >> bits | (u64::from(above) << (SHIFT - bits)) as u32) & MASK);
    }
    let lost = a.digits.iter().take(whole).any(|&digit| digit != 0)
        || kept.first().is_some_and(|digit| digit & ((1 << bits) - 1) != 0);
    if a.negative && lost {
        // rounding is towards minus infinity
        digits.push(0);
        for digit in &mut digits {
            *digit = (*digit + 1) & MASK;
            if *digit != 0 {
                break;
            }
        }
    }
    from_digits(thread, a.negative, &digits)
}

/// The digits in two's complement, with one more for the sign.
fn complement(digits: &[u32], negative: bool, len: usize) -> impl Iterator<Item = u32> {
    let mut carry = 1;
    (0..len).map(move |i| {
        let digit = digits.get(i).copied().unwrap_or(0);
        if !negative {
            return digit;
        }
        let flipped = (digit ^ MASK) + carry;
        carry = flipped >> SHIFT;
        flipped & MASK
    })
}

fn bitwise(
    a: IntRef<'_>,
    b: IntRef<'_>,
    thread: &Thread,
    digit: fn(u32, u32) -> u32,
    sign: fn(bool, bool) -> bool,
) -> PyResult<Value> {
    let len = a.digits.len().max(b.digits.len()) + 1;
    let negative = sign(a.negative, b.negative);
    let mut digits = arith::room(thread, len)?;
    let (x, y) = (complement(a.digits, a.negative, len), complement(b.digits, b.negative, len));
    digits.extend(x.zip(y).map(|(x, y)| digit(x, y) & MASK));
    if negative {
        let mut carry = 1;
        for digit in &mut digits {
            let flipped = (*digit ^ MASK) + carry;
            carry = flipped >> SHIFT;
            *digit = flipped & MASK;
        }
    }
    from_digits(thread, negative, &digits)
}

pub(super) fn and(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    bitwise(a, b, thread, |x, y| x & y, |x, y| x & y)
}

pub(super) fn or(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    bitwise(a, b, thread, |x, y| x | y, |x, y| x | y)
}

pub(super) fn xor(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    bitwise(a, b, thread, |x, y| x ^ y, |x, y| x ^ y)
}

pub(super) fn invert(a: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    let one = IntRef { negative: false, digits: &[1], word: None };
    let flipped = IntRef { negative: !a.negative && !a.digits.is_empty(), word: None, ..a };
    arith::subtract(flipped, one, thread)
}

impl IntRef<'_> {
    /// Bits of the magnitude.
    pub(crate) fn bit_length(&self) -> u64 {
        match self.digits.split_last() {
            Some((&top, rest)) => rest.len() as u64 * u64::from(SHIFT) + u64::from(32 - top.leading_zeros()),
            None => 0,
        }
    }
}
