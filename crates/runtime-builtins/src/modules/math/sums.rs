//! Sums and products of many numbers, and lengths of vectors: `fsum`, `prod`, `sumprod`, `hypot`, `dist`. What each
//! addition or multiplication rounds away is kept and added in the end.

use taipan_object::libm;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::FLOAT;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::parts::{scale, split};
use super::real;
use crate::arguments::Parameters;
use crate::iterate::{collect, for_each};

/// A sum and what it rounds away.
fn add_exactly(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// A product and what it rounds away.
fn multiply_exactly(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, libm::fma(a, b, -product))
}

/// The length of a vector of magnitudes.
fn length(vector: &[f64]) -> f64 {
    let greatest = vector.iter().copied().fold(0.0, |most: f64, x| if x > most { x } else { most });
    if vector.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if vector.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if greatest == 0.0 || vector.len() <= 1 {
        return greatest;
    }
    let (_, exponent) = split(greatest);
    if exponent < -1023 {
        // the scale below would overflow
        let larger: Vec<f64> = vector.iter().map(|x| x / f64::MIN_POSITIVE).collect();
        return f64::MIN_POSITIVE * length(&larger);
    }
    let factor = scale(1.0, -i64::from(exponent));
    let (mut sum, mut lost_by_products, mut lost_by_sums) = (1.0, 0.0, 0.0);
    let mut add = |a: f64, b: f64| {
        let (product, lost) = multiply_exactly(a, b);
        let before = sum;
        sum += product;
        lost_by_products += lost;
        lost_by_sums += (before - sum) + product;
        sum - 1.0 + (lost_by_products + lost_by_sums)
    };
    let mut squares = 0.0;
    for x in vector {
        let x = x * factor;
        squares = add(x, x);
    }
    let root = squares.sqrt();
    // one step of Newton's method with the exact difference
    let difference = add(-root, root);
    (root + difference / (2.0 * root)) / factor
}

pub(super) fn hypot(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let mut vector = Vec::with_capacity(arguments.len());
    for x in arguments {
        vector.push(real(thread, x.as_ref())?.abs());
    }
    Value::float(thread, length(&vector))
}

pub(super) fn dist(thread: &Thread, _: Ref<'_>, p: Ref<'_>, q: Ref<'_>) -> PyResult<Value> {
    let (p, q) = (collect(thread, p)?, collect(thread, q)?);
    if p.len() != q.len() {
        return Err(raise!(thread, VALUE_ERROR, "both points must have the same number of dimensions"));
    }
    let mut vector = Vec::with_capacity(p.len());
    for (a, b) in p.iter().zip(&q) {
        vector.push((real(thread, a.as_ref())? - real(thread, b.as_ref())?).abs());
    }
    Value::float(thread, length(&vector))
}

/// Shewchuk's sum: parts that do not overlap, the least first.
pub(super) fn fsum(thread: &Thread, _: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let mut parts: Vec<f64> = Vec::new();
    let (mut special, mut infinities) = (0.0, 0.0);
    for_each(thread, iterable, |item| {
        let value = real(thread, item.as_ref())?;
        let mut x = value;
        let mut kept = 0;
        for at in 0..parts.len() {
            let Some(part) = parts.get(at).copied() else { break };
            let (large, small) = if x.abs() < part.abs() { (part, x) } else { (x, part) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0
                && let Some(place) = parts.get_mut(kept)
            {
                *place = lost;
                kept += 1;
            }
            x = sum;
        }
        parts.truncate(kept);
        if x != 0.0 {
            if x.is_finite() {
                parts.push(x);
            } else if value.is_finite() {
                return Err(raise!(thread, OVERFLOW_ERROR, "intermediate overflow in fsum"));
            } else {
                if value.is_infinite() {
                    infinities += value;
                }
                special += value;
                parts.clear();
            }
        }
        Ok(true)
    })?;
    if special != 0.0 {
        if f64::is_nan(infinities) {
            return Err(raise!(thread, VALUE_ERROR, "-inf + inf in fsum"));
        }
        return Value::float(thread, special);
    }
    Value::float(thread, round_parts(&parts))
}

/// The float nearest to a sum of parts that do not overlap, ties to even.
fn round_parts(parts: &[f64]) -> f64 {
    let mut rest = parts.iter().rev().copied();
    let Some(mut high) = rest.next() else { return 0.0 };
    let mut low = 0.0;
    for part in rest.by_ref() {
        let before = high;
        high = before + part;
        low = part - (high - before);
        if low != 0.0 {
            break;
        }
    }
    // a tie is broken by what is below
    if let Some(next) = rest.next()
        && (low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0)
    {
        let twice = low * 2.0;
        let sum = high + twice;
        if twice == sum - high {
            high = sum;
        }
    }
    high
}

const PROD: Parameters<2> = Parameters {
    function: "prod",
    names: ["iterable", "start"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

pub(super) fn prod(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [iterable, start] = PROD.bind(thread, arguments, names)?;
    let mut result = start.map_or(Value::small(1), Ref::to_value);
    for_each(thread, iterable.unwrap_or(this), |item| {
        let product = binary(thread, result.as_ref(), item.as_ref(), BinaryOp::Multiply)?;
        result = product;
        Ok(true)
    })?;
    Ok(result)
}

/// The float that an exact float is, or a small int beside one.
fn as_float(value: &Value) -> Option<f64> {
    match std::ptr::eq(value.as_ref().ty(), &raw const FLOAT) {
        true => value.as_ref().to_f64(),
        false => value.word().as_int().filter(|int| int.unsigned_abs() < 1 << 53).map(|int| int as f64),
    }
}

pub(super) fn sumprod(thread: &Thread, _: Ref<'_>, p: Ref<'_>, q: Ref<'_>) -> PyResult<Value> {
    let (p, q) = (collect(thread, p)?, collect(thread, q)?);
    if p.len() != q.len() {
        return Err(raise!(thread, VALUE_ERROR, "Inputs are not the same length"));
    }
    let mut total = Value::small(0);
    let mut pairs = p.iter().zip(&q).peekable();
    while let Some((a, b)) = pairs.next() {
        let is_float = |value: &Value| std::ptr::eq(value.as_ref().ty(), &raw const FLOAT);
        if (is_float(a) || is_float(b)) && as_float(a).is_some() && as_float(b).is_some() {
            let (mut high, mut middle, mut low) = (0.0, 0.0, 0.0);
            let mut next = Some((a, b));
            while let Some((Some(x), Some(y))) = next.map(|(a, b)| (as_float(a), as_float(b))) {
                let (product, lost) = multiply_exactly(x, y);
                let (sum, below) = add_exactly(high, product);
                let (first, second) = add_exactly(middle, lost);
                let (third, fourth) = add_exactly(first, below);
                (high, middle, low) = (sum, third, low + second + fourth);
                next = pairs.next_if(|(a, b)| as_float(a).is_some() && as_float(b).is_some());
            }
            let (last, below) = add_exactly(middle, high);
            let sum = if last.is_finite() { low + below + last } else { high };
            let sum = Value::float(thread, sum)?;
            total = binary(thread, total.as_ref(), sum.as_ref(), BinaryOp::Add)?;
            continue;
        }
        let product = binary(thread, a.as_ref(), b.as_ref(), BinaryOp::Multiply)?;
        total = binary(thread, total.as_ref(), product.as_ref(), BinaryOp::Add)?;
    }
    Ok(total)
}
