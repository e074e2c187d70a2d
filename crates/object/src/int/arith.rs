//! Sums, differences and products on digits.

use std::cmp::Ordering;

use super::{IntRef, MASK, SHIFT, from_digits, library, long};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

/// Both factors longer than this go to the library.
const LONG: usize = 40;

/// A factor or a dividend longer than this goes there, too: digit by digit it would take noticeable time.
pub(super) const VERY_LONG: usize = 1 << 20;

/// The order of two magnitudes.
pub(super) fn compare_digits(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Room for digits, or a `MemoryError`.
pub(super) fn room(thread: &Thread, len: usize) -> PyResult<Vec<u32>> {
    let mut digits = Vec::new();
    match digits.try_reserve_exact(len) {
        Ok(()) => Ok(digits),
        Err(_) => Err(thread.raise_memory_error()),
    }
}

fn add_digits(thread: &Thread, a: &[u32], b: &[u32]) -> PyResult<Vec<u32>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut sum = room(thread, long.len() + 1)?;
    // two digits at a time; the last one of an odd number is among what is left
    let (both, rest) = long.split_at(short.len() & !1);
    let mut wide = 0_u64;
    for (&[x, x2], &[y, y2]) in both.as_chunks::<2>().0.iter().zip(short.as_chunks::<2>().0) {
        wide += joined(x, x2) + joined(y, y2);
        sum.extend_from_slice(&[wide as u32 & MASK, (wide >> SHIFT) as u32 & MASK]);
        wide >>= 2 * SHIFT;
    }
    let mut carry = wide as u32 + if short.len() % 2 == 1 { short.last().copied().unwrap_or(0) } else { 0 };
    sum.extend(rest.iter().map(|&x| {
        carry += x;
        let digit = carry & MASK;
        carry >>= SHIFT;
        digit
    }));
    sum.push(carry);
    Ok(sum)
}

/// `a - b` where `a` is not smaller.
fn subtract_digits(thread: &Thread, a: &[u32], b: &[u32]) -> PyResult<Vec<u32>> {
    let mut difference = room(thread, a.len())?;
    let mut borrow = 0;
    // two digits at a time; the last one of an odd number is among what is left
    let (pairs, last) = b.as_chunks::<2>();
    let (both, rest) = a.split_at((pairs.len() * 2).min(a.len()));
    for (&[x, x2], &[y, y2]) in both.as_chunks::<2>().0.iter().zip(pairs) {
        let wide = joined(x, x2).wrapping_sub(joined(y, y2)).wrapping_sub(borrow);
        borrow = wide >> PAIR & 1;
        difference.extend_from_slice(&[wide as u32 & MASK, (wide >> SHIFT) as u32 & MASK]);
    }
    let mut borrow = borrow as u32;
    let mut last = last.first().copied().unwrap_or(0);
    difference.extend(rest.iter().map(|&x| {
        let step = x.wrapping_sub(std::mem::take(&mut last)).wrapping_sub(borrow);
        borrow = step >> SHIFT & 1;
        step & MASK
    }));
    Ok(difference)
}

/// The sum of `a` and a number of the magnitude of `b` and the given sign.
fn add_signed(a: IntRef<'_>, b: IntRef<'_>, b_negative: bool, thread: &Thread) -> PyResult<Value> {
    if a.negative == b_negative {
        return from_digits(thread, a.negative, &add_digits(thread, a.digits, b.digits)?);
    }
    if compare_digits(a.digits, b.digits).is_ge() {
        from_digits(thread, a.negative, &subtract_digits(thread, a.digits, b.digits)?)
    } else {
        from_digits(thread, b_negative, &subtract_digits(thread, b.digits, a.digits)?)
    }
}

pub(super) fn add(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    match (a.word, b.word) {
        (Some(x), Some(y)) => Value::int(thread, x.int_unchecked() + y.int_unchecked()),
        _ => add_signed(a, b, b.negative, thread),
    }
}

pub(super) fn subtract(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    match (a.word, b.word) {
        (Some(x), Some(y)) => Value::int(thread, x.int_unchecked() - y.int_unchecked()),
        _ => add_signed(a, b, !b.negative, thread),
    }
}

pub(super) fn multiply(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    if let (Some(x), Some(y)) = (a.word, b.word)
        && let Some(product) = x.int_unchecked().checked_mul(y.int_unchecked())
    {
        return Value::int(thread, product);
    }
    let negative = a.negative != b.negative;
    let (least, most) = (a.digits.len().min(b.digits.len()), a.digits.len().max(b.digits.len()));
    if least > LONG || (least > 1 && most > VERY_LONG) {
        let (x, y) = (library::from_digits(a.digits), library::from_digits(b.digits));
        let product = if a.digits == b.digits {
            long::multiply(thread, &x, &x)
        } else {
            long::multiply(thread, &x, &y)
        };
        return library::to_value(thread, negative, &product?);
    }
    from_digits(thread, negative, &multiply_digits(thread, a.digits, b.digits)?)
}

/// Two digits as one number.
#[inline(always)]
fn joined(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << SHIFT
}

/// Sixty bits, which two digits have.
const PAIR: u32 = 2 * SHIFT;

/// The product of numbers of two digits at most, in two parts: the two lower digits, and what is above them. That they
/// do not wait for what is carried makes the passes below fast.
#[inline(always)]
fn product_of(x: u64, y: u64) -> (u64, u64) {
    let product = u128::from(x) * u128::from(y);
    (product as u64 & ((1 << PAIR) - 1), (product >> PAIR) as u64)
}

/// Adds `digits` times `factor`, which is a number of two digits at most, to the number at the beginning of `sum`, or, the
/// first time, to zero. The digits of `sum` above it, of which there are two at least, are zero.
fn add_multiple<const FIRST: bool>(sum: &mut [u32], digits: &[u32], factor: u64) {
    let mut carry = 0_u64;
    let (pairs, last) = digits.as_chunks::<2>();
    let (places, above) = sum.split_at_mut(pairs.len() * 2);
    for (place, &[low, high]) in places.as_chunks_mut::<2>().0.iter_mut().zip(pairs) {
        let (inside, beyond) = product_of(joined(low, high), factor);
        let all = inside + carry + if FIRST { 0 } else { joined(place[0], place[1]) };
        *place = [all as u32 & MASK, (all >> SHIFT) as u32 & MASK];
        carry = beyond + (all >> PAIR);
    }
    let mut at = pairs.len() * 2;
    if let ([digit], Some(place)) = (last, above.first_mut()) {
        let all = u128::from(*digit) * u128::from(factor) + u128::from(carry);
        let all = all + if FIRST { 0 } else { u128::from(*place) };
        *place = all as u32 & MASK;
        carry = (all >> SHIFT) as u64;
        at += 1;
    }
    for (place, digit) in sum.iter_mut().skip(at).zip([carry as u32 & MASK, (carry >> SHIFT) as u32]) {
        *place = digit;
    }
}

/// The product: a pass over the longer factor for each two digits of the shorter one.
fn multiply_digits(thread: &Thread, a: &[u32], b: &[u32]) -> PyResult<Vec<u32>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut product = room(thread, a.len() + b.len())?;
    product.resize(a.len() + b.len(), 0);
    let (pairs, last) = short.as_chunks::<2>();
    for (at, &[low, high]) in pairs.iter().enumerate() {
        let place = product.get_mut(at * 2..).unwrap_or_default();
        match at {
            0 => add_multiple::<true>(place, long, joined(low, high)),
            _ => add_multiple::<false>(place, long, joined(low, high)),
        }
    }
    if let [digit] = *last {
        let place = product.get_mut(pairs.len() * 2..).unwrap_or_default();
        add_multiple::<false>(place, long, digit.into());
    }
    Ok(product)
}

pub(super) fn negate(a: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    from_digits(thread, !a.negative, a.digits)
}

pub(super) fn absolute(a: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    from_digits(thread, false, a.digits)
}
