//! Division, which rounds towards minus infinity, and powers.

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::modular::Reduced;
use dashu_int::ops::BitTest;

use super::{IntRef, MASK, SHIFT, arith, convert, from_digits, library, long};
use crate::error::{PyResult, Raised};
use crate::raise;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};

/// A power with more bits than this is refused before it is computed.
const MOST_BITS: u128 = 1 << 40;

fn by_zero(thread: &Thread, message: &str) -> Raised {
    raise!(thread, ZERO_DIVISION_ERROR, "{message}")
}

/// Quotient and remainder towards minus infinity.
fn divide(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread, message: &str) -> PyResult<(Value, Value)> {
    if b.digits.is_empty() {
        return Err(by_zero(thread, message));
    }
    if let (Some(x), Some(y)) = (a.word, b.word) {
        let (x, y) = (x.int_unchecked(), y.int_unchecked());
        let (quotient, rest) = (x / y, x % y);
        let adjust = i64::from(rest != 0 && (rest < 0) != (y < 0));
        return Ok((Value::int(thread, quotient - adjust)?, Value::int(thread, rest + adjust * y)?));
    }
    // a long division passes safepoints, where the divisor's object may go
    let is_long = b.digits.len() > LONG || a.digits.len() > arith::VERY_LONG;
    let own = if is_long { b.digits.to_vec() } else { Vec::new() };
    let b = if is_long { IntRef { digits: &own, ..b } } else { b };
    let (quotient, rest) = divide_digits(a.digits, b.digits, thread)?;
    let quotient = from_digits(thread, a.negative != b.negative, &quotient)?;
    let rest = from_digits(thread, a.negative, &rest)?;
    if rest.as_ref().is(Value::small(0).as_ref()) || a.negative == b.negative {
        return Ok((quotient, rest));
    }
    let (mut q, mut r) = ([0; 3], [0; 3]);
    let one = IntRef { negative: false, digits: &[1], word: None };
    match (IntRef::with_buffer(quotient.as_ref(), &mut q), IntRef::with_buffer(rest.as_ref(), &mut r)) {
        (Some(q), Some(r)) => Ok((arith::subtract(q, one, thread)?, arith::add(r, b, thread)?)),
        _ => Ok((quotient.clone(), rest.clone())),
    }
}

/// Quotient and remainder of magnitudes.
fn divide_digits(a: &[u32], b: &[u32], thread: &Thread) -> PyResult<(Vec<u32>, Vec<u32>)> {
    if arith::compare_digits(a, b).is_lt() {
        let mut rest = arith::room(thread, a.len())?;
        rest.extend_from_slice(a);
        return Ok((Vec::new(), rest));
    }
    if let [divisor] = *b {
        let mut quotient = arith::room(thread, a.len())?;
        quotient.resize(a.len(), 0);
        let mut rest = 0_u64;
        for (to, &digit) in quotient.iter_mut().zip(a).rev() {
            rest = rest << SHIFT | u64::from(digit);
            *to = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        return Ok((quotient, vec![rest as u32]));
    }
    if b.len().min(a.len() - b.len()) <= LONG && a.len() <= arith::VERY_LONG {
        return divide_by_digits(a, b, thread);
    }
    let (quotient, rest) = long::divide(thread, library::from_digits(a), &library::from_digits(b))?;
    Ok((library::digits_of(thread, &quotient)?, library::digits_of(thread, &rest)?))
}

/// Quotients and divisors that are both longer than this go to the library.
const LONG: usize = 40;

/// Digits moved to the left by fewer bits than a digit has.
fn moved_left(digits: &[u32], by: u32, thread: &Thread) -> PyResult<Vec<u32>> {
    let mut moved = arith::room(thread, digits.len() + 1)?;
    let mut carry = 0;
    moved.extend(digits.iter().map(|&digit| {
        let wide = u64::from(digit) << by | carry;
        carry = wide >> SHIFT;
        wide as u32 & MASK
    }));
    moved.push(carry as u32);
    Ok(moved)
}

/// Takes `factor` times the digits of `b` away from `part`, which is one digit longer; whether it went below zero.
fn take_away(part: &mut [u32], b: &[u32], factor: u64) -> bool {
    let Some((top, low)) = part.split_last_mut() else { return false };
    let mut carry = 0_i64;
    for (place, &digit) in low.iter_mut().zip(b) {
        carry += i64::from(*place) - (factor * u64::from(digit)) as i64;
        *place = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    carry += i64::from(*top);
    *top = carry as u32 & MASK;
    carry < 0
}

/// Adds the digits of `b` to `part`, which is one digit longer; what is carried out of it is lost.
fn add_back(part: &mut [u32], b: &[u32]) {
    let mut carry = 0;
    for (place, &digit) in part.iter_mut().zip(b.iter().chain(&[0])) {
        carry += *place + digit;
        *place = carry & MASK;
        carry >>= SHIFT;
    }
}

/// Long division (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D): `a` is not smaller than `b`, which
/// has two digits at least.
fn divide_by_digits(a: &[u32], b: &[u32], thread: &Thread) -> PyResult<(Vec<u32>, Vec<u32>)> {
    let by = b.last().map_or(0, |top| SHIFT - (u32::BITS - top.leading_zeros()));
    let (mut rest, mut divisor) = (moved_left(a, by, thread)?, moved_left(b, by, thread)?);
    divisor.truncate(b.len());
    let [.., second, first] = *divisor.as_slice() else { return Ok((Vec::new(), rest)) };
    let (first, second) = (u64::from(first), u64::from(second));
    let count = a.len() + 1 - b.len();
    let mut quotient = arith::room(thread, count)?;
    quotient.resize(count, 0);
    for (at, digit) in quotient.iter_mut().enumerate().rev() {
        let Some(part) = rest.get_mut(at..=at + b.len()) else { continue };
        let [.., low, middle, high] = *part else { continue };
        let top = u64::from(high) << SHIFT | u64::from(middle);
        let (mut guess, mut left) = (top / first, top % first);
        while guess >> SHIFT != 0 || guess * second > (left << SHIFT | u64::from(low)) {
            guess -= 1;
            left += first;
            if left >> SHIFT != 0 {
                break;
            }
        }
        if take_away(part, &divisor, guess) {
            guess -= 1;
            add_back(part, &divisor);
        }
        *digit = guess as u32;
    }
    rest.truncate(b.len());
    let mut carry = 0;
    for digit in rest.iter_mut().rev() {
        let wide = carry << SHIFT | u64::from(*digit);
        carry = wide & ((1 << by) - 1);
        *digit = (wide >> by) as u32;
    }
    Ok((quotient, rest))
}

const DIVISION: &str = "division by zero";

pub(super) fn floor_divide(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    Ok(divide(a, b, thread, DIVISION)?.0)
}

pub(super) fn remainder(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    Ok(divide(a, b, thread, DIVISION)?.1)
}

pub(super) fn divmod(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    let (quotient, rest) = divide(a, b, thread, DIVISION)?;
    Ok(PyTuple::pack(thread, [quotient, rest])?.into_value())
}

/// `a / b`, correctly rounded.
pub(super) fn true_divide(a: IntRef<'_>, b: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    if b.digits.is_empty() {
        return Err(by_zero(thread, DIVISION));
    }
    if a.bit_length() <= 53 && b.bit_length() <= 53 {
        let (x, y) = (convert::exact_f64(a.digits), convert::exact_f64(b.digits));
        let quotient = if a.negative != b.negative { -(x / y) } else { x / y };
        return Value::float(thread, quotient);
    }
    // a quotient of at least 55 bits, whose lowest bit says whether something was lost
    let shift = b.bit_length() as i64 - a.bit_length() as i64 + 66;
    let (mut x, mut y) = (library::from_digits(a.digits), library::from_digits(b.digits));
    if shift.unsigned_abs() > 1 << 40 {
        return if shift < 0 { Err(too_large(thread)) } else { Value::float(thread, 0.0) };
    }
    if shift >= 0 {
        x <<= shift as usize
    } else {
        y <<= shift.unsigned_abs() as usize
    }
    let (quotient, rest) = long::divide(thread, x, &y)?;
    let sticky = rest != UBig::ZERO;
    match convert::rounded(&library::digits_of(thread, &quotient)?, sticky, -shift) {
        Some(magnitude) => {
            Value::float(thread, if a.negative != b.negative { -magnitude } else { magnitude })
        }
        None => Err(too_large(thread)),
    }
}

fn too_large(thread: &Thread) -> Raised {
    raise!(thread, OVERFLOW_ERROR, "integer division result too large for a float")
}

/// `pow(a, b, m)`, `m` being `None` for two operands.
pub(super) fn power_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, m: Ref<'_>) -> PyResult<Value> {
    let (mut x, mut y, mut z) = ([0; 3], [0; 3], [0; 3]);
    let (Some(base), Some(exponent)) = (IntRef::with_buffer(a, &mut x), IntRef::with_buffer(b, &mut y))
    else {
        return Ok(Value::not_implemented());
    };
    if m.is_none() {
        return power(base, exponent, thread);
    }
    match IntRef::with_buffer(m, &mut z) {
        Some(modulus) => power_modulo(base, exponent, modulus, thread),
        None => Ok(Value::not_implemented()),
    }
}

fn power(base: IntRef<'_>, exponent: IntRef<'_>, thread: &Thread) -> PyResult<Value> {
    if exponent.negative {
        if base.digits.is_empty() {
            return Err(raise!(thread, ZERO_DIVISION_ERROR, "zero to a negative power"));
        }
        let (base, exponent) = (convert::to_f64(base, thread)?, convert::to_f64(exponent, thread)?);
        return Value::float(thread, base.powf(exponent));
    }
    let odd = exponent.digits.first().is_some_and(|digit| digit & 1 != 0);
    let negative = base.negative && odd;
    match base.digits {
        _ if exponent.digits.is_empty() => return Ok(Value::small(1)),
        [] => return Ok(Value::small(0)),
        [1] => return Ok(Value::small(if negative { -1 } else { 1 })),
        _ => {}
    }
    let count = super::magnitude(exponent.digits).unwrap_or(u64::MAX);
    let bits = u128::from(base.bit_length() - 1) * u128::from(count);
    match usize::try_from(count) {
        Ok(count) if bits <= MOST_BITS => {
            arith::room(thread, (bits / u128::from(SHIFT)) as usize)?;
            let power = long::power(thread, &library::from_digits(base.digits), count)?;
            library::to_value(thread, negative, &power)
        }
        _ => Err(thread.raise_memory_error()),
    }
}

/// The most products of two words that a power in a ring is made of without safepoints.
const WORDS_AT_ONCE: usize = 1 << 22;

/// The power of an element of a ring: four bits of the exponent at a time, where it takes long.
fn power_in_ring<'a>(thread: &Thread, element: Reduced<'a>, exponent: &UBig) -> PyResult<Reduced<'a>> {
    let (bits, words) = (exponent.bit_len(), element.modulus().as_words().len());
    if bits.saturating_mul(words).saturating_mul(words) <= WORDS_AT_ONCE {
        return Ok(element.pow(exponent));
    }
    let mut powers = vec![element.pow(&UBig::ZERO)];
    for _ in 1..16 {
        thread.safepoint()?;
        let next = powers.last().map(|last| last * &element);
        powers.extend(next);
    }
    let mut result = element.pow(&UBig::ZERO);
    for at in (0..bits.div_ceil(4)).rev() {
        for _ in 0..4 {
            thread.safepoint()?;
            result = result.sqr();
        }
        thread.safepoint()?;
        let part = (0..4).fold(0, |part, bit| part | usize::from(exponent.bit(at * 4 + bit)) << bit);
        if let Some(power) = powers.get(part).filter(|_| part != 0) {
            result *= power;
        }
    }
    Ok(result)
}

fn power_modulo(
    base: IntRef<'_>,
    exponent: IntRef<'_>,
    modulus: IntRef<'_>,
    thread: &Thread,
) -> PyResult<Value> {
    if modulus.digits.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "pow() 3rd argument cannot be 0"));
    }
    // everything is a multiple of one, also the powers of what has no inverse
    if modulus.digits == [1] {
        return Ok(Value::small(0));
    }
    // a long power passes safepoints, where the modulus's object may go
    let whole = library::from_digits(modulus.digits);
    let ring = ConstDivisor::new(whole.clone());
    let mut element = ring.reduce(library::from_digits(base.digits));
    if base.negative {
        element = -element;
    }
    if exponent.negative {
        match element.inv() {
            Some(inverse) => element = inverse,
            None => {
                return Err(raise!(thread, VALUE_ERROR, "base is not invertible for the given modulus"));
            }
        }
    }
    let result = power_in_ring(thread, element, &library::from_digits(exponent.digits))?.residue();
    let result = if modulus.negative && result != UBig::ZERO { whole - result } else { result };
    library::to_value(thread, modulus.negative, &result)
}
