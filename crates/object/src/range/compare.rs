//! Comparison, hash and membership of ranges: two are equal if they give the same numbers.

use super::PyRange;
use super::slots::{is_negative, less, op};
use crate::error::PyResult;
use crate::hash::TupleHasher;
use crate::protocol::{self, BinaryOp};
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::types::slots::CompareOp;
use crate::types::statics;
use crate::value::{Ref, Value};

/// What makes a range: the length, the start if there is a number, the step if there are two.
fn essence(thread: &Thread, range: &PyRange) -> PyResult<[Value; 3]> {
    let [start, _, step, length] = range.parts();
    if !protocol::truth(thread, length.as_ref())? {
        return Ok([length, Value::none(), Value::none()]);
    }
    let one = length.as_ref().to_i64() == Some(1);
    Ok([length, start, if one { Value::none() } else { step }])
}

/// `==` and `!=`.
pub(super) fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<PyRange>(), b.get::<PyRange>()) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    let mut equal = true;
    for (p, q) in essence(thread, x)?.iter().zip(&essence(thread, y)?) {
        equal = equal && protocol::same_or_equal(thread, p.as_ref(), q.as_ref())?;
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// The hash of the tuple of what makes the range.
pub(super) fn hash(thread: &Thread, range: Ref<'_>) -> PyResult<i64> {
    let mut hasher = TupleHasher::new();
    for part in essence(thread, receiver::<PyRange>(thread, range)?)? {
        hasher.add(protocol::hash(thread, part.as_ref())?);
    }
    Ok(hasher.finish(3))
}

/// `in`: ints by arithmetic, all else number by number.
pub(super) fn contains(thread: &Thread, range: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let this = receiver::<PyRange>(thread, range)?;
    let ty = wanted.ty();
    if !std::ptr::eq(ty, &raw const statics::INT) && !std::ptr::eq(ty, &raw const statics::BOOL) {
        let iterator = protocol::iter(thread, range)?;
        while let Some(number) = protocol::next(thread, iterator.as_ref())? {
            if protocol::same_or_equal(thread, number.as_ref(), wanted)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let ([start, stop, step, _], wanted) = (this.parts(), wanted.to_value());
    let within = if is_negative(thread, &step)? {
        !less(thread, &start, &wanted)? && less(thread, &stop, &wanted)?
    } else {
        !less(thread, &wanted, &start)? && less(thread, &wanted, &stop)?
    };
    if !within {
        return Ok(false);
    }
    let rest = op(thread, &op(thread, &wanted, &start, BinaryOp::Subtract)?, &step, BinaryOp::Remainder)?;
    Ok(!protocol::truth(thread, rest.as_ref())?)
}
