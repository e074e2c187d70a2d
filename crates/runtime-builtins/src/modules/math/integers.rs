//! Functions of integers of any size: `comb`, `factorial`, `gcd`, `isqrt`, `lcm`, `perm`.

use taipan_object::protocol::{self, BinaryOp, UnaryOp, binary, unary};
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::arguments::check_count;
use crate::construct::exact_index;

fn op(thread: &Thread, a: &Value, b: &Value, op: BinaryOp) -> PyResult<Value> {
    binary(thread, a.as_ref(), b.as_ref(), op)
}

fn less(thread: &Thread, a: &Value, b: &Value) -> PyResult<bool> {
    protocol::holds(thread, a.as_ref(), b.as_ref(), CompareOp::Lt)
}

fn is_negative(thread: &Thread, value: &Value) -> PyResult<bool> {
    less(thread, value, &Value::small(0))
}

fn magnitude(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let int = exact_index(thread, value)?;
    unary(thread, int.as_ref(), UnaryOp::Absolute)
}

fn is_zero(value: &Value) -> bool {
    value.word().as_int() == Some(0)
}

/// Euclid's algorithm, in machine words as soon as both numbers are.
fn gcd_of(thread: &Thread, mut a: Value, mut b: Value) -> PyResult<Value> {
    loop {
        if let (Some(mut x), Some(mut y)) = (a.word().as_int(), b.word().as_int()) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return Value::int(thread, x.abs());
        }
        if is_zero(&b) {
            return Ok(a);
        }
        thread.safepoint()?;
        let rest = op(thread, &a, &b, BinaryOp::Remainder)?;
        (a, b) = (b, rest);
    }
}

pub(super) fn gcd(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let mut result = Value::small(0);
    for argument in arguments {
        let next = magnitude(thread, argument.as_ref())?;
        result = gcd_of(thread, result, next)?;
    }
    Ok(result)
}

pub(super) fn lcm(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let mut result = Value::small(1);
    for argument in arguments {
        let next = magnitude(thread, argument.as_ref())?;
        if is_zero(&result) || is_zero(&next) {
            result = Value::small(0);
            continue;
        }
        let common = gcd_of(thread, result.clone(), next.clone())?;
        let part = op(thread, &next, &common, BinaryOp::FloorDivide)?;
        result = op(thread, &result, &part, BinaryOp::Multiply)?;
    }
    Ok(result)
}

/// Newton's method, from above.
pub(super) fn isqrt(thread: &Thread, _: Ref<'_>, n: Ref<'_>) -> PyResult<Value> {
    let n = exact_index(thread, n)?;
    if is_negative(thread, &n)? {
        return Err(raise!(thread, VALUE_ERROR, "isqrt() argument must be nonnegative"));
    }
    if let Some(small) = n.word().as_int() {
        return Value::int(thread, small.isqrt());
    }
    let bits = n.as_ref().int_bit_length().unwrap_or(0);
    let one = Value::small(1);
    let mut root = op(thread, &one, &Value::uint(thread, bits.div_ceil(2))?, BinaryOp::Lshift)?;
    loop {
        let quotient = op(thread, &n, &root, BinaryOp::FloorDivide)?;
        let sum = op(thread, &root, &quotient, BinaryOp::Add)?;
        let next = op(thread, &sum, &one, BinaryOp::Rshift)?;
        if !less(thread, &next, &root)? {
            return Ok(root);
        }
        root = next;
    }
}

/// The product of the integers from `low` to before `high`, by halves so that factors are of like size.
fn product(thread: &Thread, low: i64, high: i64) -> PyResult<Value> {
    thread.safepoint()?;
    if high - low <= 8 {
        let mut result = Value::small(1);
        for factor in low..high {
            result = op(thread, &result, &Value::int(thread, factor)?, BinaryOp::Multiply)?;
        }
        return Ok(result);
    }
    let middle = low + (high - low) / 2;
    let (left, right) = (product(thread, low, middle)?, product(thread, middle, high)?);
    op(thread, &left, &right, BinaryOp::Multiply)
}

pub(super) fn factorial(thread: &Thread, _: Ref<'_>, n: Ref<'_>) -> PyResult<Value> {
    let n = exact_index(thread, n)?;
    if is_negative(thread, &n)? {
        return Err(raise!(thread, VALUE_ERROR, "factorial() not defined for negative values"));
    }
    match n.as_ref().to_i64() {
        Some(n) if n < i64::MAX => product(thread, 2, n + 1),
        _ => Err(raise!(thread, OVERFLOW_ERROR, "factorial() argument should not exceed {}", i64::MAX)),
    }
}

/// n (n-1) … for so many factors.
fn falling(thread: &Thread, n: &Value, count: i64) -> PyResult<Value> {
    if let Some(small) = n.as_ref().to_i64()
        && small < i64::MAX
    {
        return product(thread, small - count + 1, small + 1);
    }
    let mut result = Value::small(1);
    for back in 0..count {
        thread.safepoint()?;
        let factor = op(thread, n, &Value::int(thread, back)?, BinaryOp::Subtract)?;
        result = op(thread, &result, &factor, BinaryOp::Multiply)?;
    }
    Ok(result)
}

/// Two arguments that are not negative.
fn both(thread: &Thread, n: Ref<'_>, k: Ref<'_>) -> PyResult<[Value; 2]> {
    let (n, k) = (exact_index(thread, n)?, exact_index(thread, k)?);
    for (name, value) in [("n", &n), ("k", &k)] {
        if is_negative(thread, value)? {
            return Err(raise!(thread, VALUE_ERROR, "{name} must be a non-negative integer"));
        }
    }
    Ok([n, k])
}

pub(super) fn perm(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "perm", arguments.len(), 1, 2)?;
    let n = arguments.first().map_or(this, Value::as_ref);
    let Some(k) = arguments.get(1).filter(|k| !k.as_ref().is_none()) else {
        return factorial(thread, this, n);
    };
    let [n, k] = both(thread, n, k.as_ref())?;
    if less(thread, &n, &k)? {
        return Ok(Value::small(0));
    }
    match k.as_ref().to_i64() {
        Some(k) => falling(thread, &n, k),
        None => Err(raise!(thread, OVERFLOW_ERROR, "k must not exceed {}", i64::MAX)),
    }
}

pub(super) fn comb(thread: &Thread, _: Ref<'_>, n: Ref<'_>, k: Ref<'_>) -> PyResult<Value> {
    let [n, k] = both(thread, n, k)?;
    if less(thread, &n, &k)? {
        return Ok(Value::small(0));
    }
    let rest = op(thread, &n, &k, BinaryOp::Subtract)?;
    let least = if less(thread, &rest, &k)? { rest } else { k };
    match least.as_ref().to_i64() {
        Some(least) => {
            let above = falling(thread, &n, least)?;
            op(thread, &above, &product(thread, 2, least + 1)?, BinaryOp::FloorDivide)
        }
        None => Err(raise!(thread, OVERFLOW_ERROR, "min(n - k, k) must not exceed {}", i64::MAX)),
    }
}
