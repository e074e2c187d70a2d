//! Sums, differences and products on digits.

use std::cmp::Ordering;

use super::{IntRef, MASK, SHIFT, from_digits, library};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

/// Both factors longer than this go to the library.
const LONG: usize = 40;

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
    let mut carry = 0;
    let (both, rest) = long.split_at(short.len());
    sum.extend(both.iter().zip(short).map(|(&x, &y)| {
        carry += x + y;
        let digit = carry & MASK;
        carry >>= SHIFT;
        digit
    }));
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
    let (both, rest) = a.split_at(b.len().min(a.len()));
    let mut step = |x: u32, y: u32| {
        let step = x.wrapping_sub(y).wrapping_sub(borrow);
        borrow = step >> SHIFT & 1;
        step & MASK
    };
    difference.extend(both.iter().zip(b).map(|(&x, &y)| step(x, y)));
    difference.extend(rest.iter().map(|&x| step(x, 0)));
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
    if a.digits.len().min(b.digits.len()) > LONG {
        let product = library::from_digits(a.digits) * library::from_digits(b.digits);
        return library::to_value(thread, negative, &product);
    }
    from_digits(thread, negative, &multiply_digits(thread, a.digits, b.digits)?)
}

/// The product, digit by digit: a pass over the longer factor for each digit of the shorter one.
fn multiply_digits(thread: &Thread, a: &[u32], b: &[u32]) -> PyResult<Vec<u32>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut product = room(thread, a.len() + b.len())?;
    let (first, more) = match short.split_first() {
        Some((first, more)) => (u64::from(*first), more),
        None => (0, short),
    };
    let mut carry = 0_u64;
    product.extend(long.iter().map(|&x| {
        carry += u64::from(x) * first;
        let digit = carry as u32 & MASK;
        carry >>= SHIFT;
        digit
    }));
    product.push(carry as u32);
    for (i, &y) in more.iter().enumerate() {
        let y = u64::from(y);
        let mut carry = 0_u64;
        for (place, &x) in product.iter_mut().skip(i + 1).zip(long) {
            carry += u64::from(*place) + u64::from(x) * y;
            *place = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        product.push(carry as u32);
    }
    Ok(product)
}

pub(super) fn negate(a: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    from_digits(thread, !a.negative, a.digits)
}

pub(super) fn absolute(a: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    from_digits(thread, false, a.digits)
}
