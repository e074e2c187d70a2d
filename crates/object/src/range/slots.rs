//! Subscripts of ranges. All numbers are ints of any size.

use super::PyRange;
use crate::error::PyResult;
use crate::protocol::{self, BinaryOp};
use crate::raise;
use crate::sequence::key;
use crate::sequence::receiver;
use crate::slice::PySlice;
use crate::thread::Thread;
use crate::types::slots::CompareOp;
use crate::value::{Owned, Ref, Value};

pub(super) fn op(thread: &Thread, a: &Value, b: &Value, op: BinaryOp) -> PyResult<Value> {
    protocol::binary(thread, a.as_ref(), b.as_ref(), op)
}

pub(super) fn less(thread: &Thread, a: &Value, b: &Value) -> PyResult<bool> {
    protocol::holds(thread, a.as_ref(), b.as_ref(), CompareOp::Lt)
}

pub(super) fn is_negative(thread: &Thread, value: &Value) -> PyResult<bool> {
    less(thread, value, &Value::small(0))
}

impl PyRange {
    /// The range from `start` to before `stop`, all ints and the step not zero.
    pub fn from_bounds(thread: &Thread, start: Value, stop: Value, step: Value) -> PyResult<Owned<PyRange>> {
        let down = is_negative(thread, &step)?;
        let (low, high) = if down { (&stop, &start) } else { (&start, &stop) };
        let length = if less(thread, low, high)? {
            let size = if down {
                protocol::unary(thread, step.as_ref(), protocol::UnaryOp::Negative)?
            } else {
                step.clone()
            };
            let last = op(
                thread,
                &op(thread, high, low, BinaryOp::Subtract)?,
                &Value::small(1),
                BinaryOp::Subtract,
            )?;
            let steps = op(thread, &last, &size, BinaryOp::FloorDivide)?;
            op(thread, &steps, &Value::small(1), BinaryOp::Add)?
        } else {
            Value::small(0)
        };
        PyRange::new(thread, start, stop, step, length)
    }

    /// The number at an index, be it within the range or not.
    fn number_at(&self, thread: &Thread, at: &Value) -> PyResult<Value> {
        let [start, _, step, _] = self.parts();
        op(thread, &start, &op(thread, at, &step, BinaryOp::Multiply)?, BinaryOp::Add)
    }
}

/// `range[key]`.
pub(super) fn subscript(thread: &Thread, range: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let range = receiver::<PyRange>(thread, range)?;
    if let Some(slice) = key.get::<PySlice>() {
        return sliced(thread, range, slice);
    }
    if !key::is_index(key) {
        let found = key.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "range indices must be integers or slices, not {found}"));
    }
    let mut at = protocol::index(thread, key)?;
    let [.., length] = range.parts();
    if is_negative(thread, &at)? {
        at = op(thread, &at, &length, BinaryOp::Add)?;
    }
    if is_negative(thread, &at)? || !less(thread, &at, &length)? {
        return Err(raise!(thread, INDEX_ERROR, "range object index out of range"));
    }
    range.number_at(thread, &at)
}

fn sliced(thread: &Thread, range: &PyRange, slice: &PySlice) -> PyResult<Value> {
    let [_, _, range_step, length] = range.parts();
    let step = key::bound(thread, slice.step().as_ref())?.unwrap_or(Value::small(1));
    if !protocol::truth(thread, step.as_ref())? {
        return Err(key::zero_step(thread));
    }
    let down = is_negative(thread, &step)?;
    let (lowest, highest) = if down {
        (Value::small(-1), op(thread, &length, &Value::small(1), BinaryOp::Subtract)?)
    } else {
        (Value::small(0), length.clone())
    };
    let clip = |bound: Option<Value>, otherwise: &Value| -> PyResult<Value> {
        let Some(mut bound) = bound else { return Ok(otherwise.clone()) };
        if is_negative(thread, &bound)? {
            bound = op(thread, &bound, &length, BinaryOp::Add)?;
            return Ok(if less(thread, &bound, &lowest)? { lowest.clone() } else { bound });
        }
        Ok(if less(thread, &highest, &bound)? { highest.clone() } else { bound })
    };
    let (first, last) = if down { (&highest, &lowest) } else { (&lowest, &highest) };
    let start = clip(key::bound(thread, slice.start().as_ref())?, first)?;
    let stop = clip(key::bound(thread, slice.stop().as_ref())?, last)?;
    let step = op(thread, &step, &range_step, BinaryOp::Multiply)?;
    let (start, stop) = (range.number_at(thread, &start)?, range.number_at(thread, &stop)?);
    Ok(PyRange::from_bounds(thread, start, stop, step)?.into_value())
}
