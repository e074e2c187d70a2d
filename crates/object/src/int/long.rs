//! Numbers so long that one call of the library takes noticeable time: the work is split into calls of some twenty
//! milliseconds, with a safepoint before each. Invariant: what is reckoned with are copies, so nothing of an object is
//! borrowed while Python code runs at a safepoint; an interrupt leaves nothing behind.

use dashu_int::ops::DivRem;
use dashu_int::{IBig, UBig};

use crate::error::PyResult;
use crate::thread::Thread;

/// Words of the shorter factor of a product that the library makes in one call.
pub(super) const FACTOR: usize = 1 << 16;

/// Words of a divisor that the library divides by in one call.
const DIVISOR: usize = 1 << 14;

/// Bits of a word.
const BITS: usize = 64;

fn len(number: &UBig) -> usize {
    number.as_words().len()
}

/// The words of a number from one on to before another.
fn words(number: &UBig, from: usize, to: usize) -> UBig {
    let words = number.as_words();
    let to = to.min(words.len());
    UBig::from_words(words.get(from.min(to)..to).unwrap_or_default())
}

/// A number with so many words below.
fn above(number: UBig, count: usize) -> UBig {
    number << (count * BITS)
}

/// The product.
///
/// # Errors
/// What is raised at a safepoint.
pub(super) fn multiply(thread: &Thread, a: &UBig, b: &UBig) -> PyResult<UBig> {
    let (long, short) = if len(a) >= len(b) { (a, b) } else { (b, a) };
    if len(short) > FACTOR && len(long) <= 2 * len(short) {
        return multiply_in_thirds(thread, long, short);
    }
    if len(long) <= 4 * FACTOR {
        thread.safepoint()?;
        return Ok(if std::ptr::eq(a, b) { a.sqr() } else { a * b });
    }
    // parts of the longer one; the low words of what is summed up so far are final
    let step = len(short).max(FACTOR);
    let mut product = Vec::with_capacity(len(long) + len(short));
    let mut carry = UBig::ZERO;
    for at in (0..len(long)).step_by(step) {
        let sum = multiply(thread, &words(long, at, at + step), short)? + carry;
        let low = words(&sum, 0, step);
        product.extend_from_slice(low.as_words());
        product.resize(at + step, 0);
        carry = words(&sum, step, usize::MAX);
    }
    product.extend_from_slice(carry.as_words());
    Ok(UBig::from_words(&product))
}

/// What a number of three parts is at 0, 1, -1, 2 and infinity.
fn evaluated(number: &UBig, part: usize) -> [IBig; 5] {
    let [low, middle, high] = [0, 1, 2]
        .map(|at| IBig::from(words(number, at * part, if at == 2 { usize::MAX } else { (at + 1) * part })));
    let outer = &low + &high;
    let at_two = &low + (&middle << 1) + (&high << 2);
    [low, &outer + &middle, outer - middle, at_two, high]
}

/// Toom and Cook's product of two numbers of three parts: five products of parts.
fn multiply_in_thirds(thread: &Thread, a: &UBig, b: &UBig) -> PyResult<UBig> {
    let part = len(a).div_ceil(3);
    let left = evaluated(a, part);
    thread.safepoint()?;
    let right = if std::ptr::eq(a, b) { left.clone() } else { evaluated(b, part) };
    let mut values = [const { IBig::ZERO }; 5];
    for ((value, x), y) in values.iter_mut().zip(left).zip(right) {
        let ((x_sign, x), (y_sign, y)) = (x.into_parts(), y.into_parts());
        let product = if x == y { multiply(thread, &x, &x)? } else { multiply(thread, &x, &y)? };
        *value = IBig::from_parts(x_sign * y_sign, product);
    }
    thread.safepoint()?;
    let [r0, at_one, at_minus, at_two, r4] = values;
    let even = (&at_one + &at_minus) >> 1;
    let odd = (at_one - at_minus) >> 1;
    let r2 = even - &r0 - &r4;
    let half = (at_two - &r0 - (&r2 << 2) - (&r4 << 4)) >> 1;
    thread.safepoint()?;
    let r3 = (half - &odd) / 3;
    let r1 = odd - &r3;
    // by Horner, so that each shift is of what is above
    let bits = part * BITS;
    let mut sum = r4;
    for coefficient in [r3, r2, r1, r0] {
        thread.safepoint()?;
        sum = (sum << bits) + coefficient;
    }
    Ok(sum.into_parts().1)
}

/// Quotient and remainder; the divisor is not zero.
///
/// # Errors
/// What is raised at a safepoint.
pub(super) fn divide(thread: &Thread, a: UBig, b: &UBig) -> PyResult<(UBig, UBig)> {
    let (dividend, divisor) = (len(&a), len(b));
    if a < *b {
        return Ok((UBig::ZERO, a));
    }
    if divisor <= DIVISOR && dividend <= 4 * DIVISOR {
        thread.safepoint()?;
        return Ok(a.div_rem(b));
    }
    let quotient = dividend - divisor + 1;
    if quotient + 1 < divisor / 2 {
        return divide_roughly(thread, &a, b, divisor - quotient - 1);
    }
    // so many words that halving them again and again ends with what the library divides by
    let mut size = divisor;
    let mut halvings = 0;
    while size > DIVISOR {
        size = size.div_ceil(2);
        halvings += 1;
    }
    let size = size << halvings;
    let shift = size * BITS - bits(b);
    let (a, b) = (a << shift, b << shift);
    // where the divisor is short, one call of the library divides more than one part
    let step = if halvings == 0 { DIVISOR.max(size) } else { size };
    let mut rest = UBig::ZERO;
    let mut parts = Vec::new();
    for at in (0..len(&a).div_ceil(step)).rev() {
        let all = above(rest, step) + words(&a, at * step, (at + 1) * step);
        let quotient;
        (quotient, rest) = divide_two_by_one(thread, all, &b, size)?;
        parts.push(quotient);
    }
    let mut quotient = Vec::with_capacity(parts.len() * step);
    for (at, part) in parts.into_iter().rev().enumerate() {
        quotient.resize(at * step, 0);
        quotient.extend_from_slice(part.as_words());
    }
    Ok((UBig::from_words(&quotient), rest >> shift))
}

fn bits(number: &UBig) -> usize {
    dashu_int::ops::BitTest::bit_len(number)
}

/// The quotient is short: it is reckoned without the lowest words of both, and then made right.
fn divide_roughly(thread: &Thread, a: &UBig, b: &UBig, dropped: usize) -> PyResult<(UBig, UBig)> {
    let high = words(a, dropped, usize::MAX);
    let (mut quotient, _) = divide(thread, high, &words(b, dropped, usize::MAX))?;
    let product = multiply(thread, &quotient, b)?;
    let mut rest = IBig::from(a.clone()) - IBig::from(product);
    while rest < IBig::ZERO {
        rest += b;
        quotient -= 1_u8;
    }
    Ok((quotient, rest.into_parts().1))
}

/// Burnikel and Ziegler's division of a number below `b` times 2 to the bits of `size` words; `b` has all of its bits.
fn divide_two_by_one(thread: &Thread, a: UBig, b: &UBig, size: usize) -> PyResult<(UBig, UBig)> {
    if size <= DIVISOR || size % 2 == 1 {
        thread.safepoint()?;
        return Ok(a.div_rem(b));
    }
    let half = size / 2;
    let (high, rest) = divide_three_by_two(thread, &words(&a, half, usize::MAX), b, half)?;
    let (low, rest) = divide_three_by_two(thread, &(above(rest, half) + words(&a, 0, half)), b, half)?;
    Ok((above(high, half) + low, rest))
}

/// The same of a number of three halves, the divisor having two.
fn divide_three_by_two(thread: &Thread, a: &UBig, b: &UBig, half: usize) -> PyResult<(UBig, UBig)> {
    let (low, high) = (words(b, 0, half), words(b, half, usize::MAX));
    let top = words(a, half, usize::MAX);
    let (mut quotient, rest) = if words(a, 2 * half, usize::MAX) < high {
        divide_two_by_one(thread, top, &high, half)?
    } else {
        (UBig::ones(half * BITS), top + &high - above(high, half))
    };
    let product = multiply(thread, &quotient, &low)?;
    let mut rest = IBig::from(above(rest, half) + words(a, 0, half)) - IBig::from(product);
    while rest < IBig::ZERO {
        rest += b;
        quotient -= 1_u8;
    }
    Ok((quotient, rest.into_parts().1))
}

/// A power; how many bits it has was looked at.
///
/// # Errors
/// What is raised at a safepoint.
pub(super) fn power(thread: &Thread, base: &UBig, exponent: usize) -> PyResult<UBig> {
    if bits(base).saturating_mul(exponent) <= FACTOR * BITS {
        return Ok(base.pow(exponent));
    }
    // powers of two are shifts
    let twos = base.trailing_zeros().unwrap_or(0);
    if twos > 0 {
        return Ok(power(thread, &(base >> twos), exponent)? << (twos * exponent));
    }
    let mut result = base.clone();
    for at in (0..exponent.ilog2()).rev() {
        result = multiply(thread, &result, &result)?;
        if exponent >> at & 1 == 1 {
            result = multiply(thread, &result, base)?;
        }
    }
    Ok(result)
}
