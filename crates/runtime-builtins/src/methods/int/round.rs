//! `int.__round__`: to a power of ten, ties to even.

use taipan_object::protocol::number::{self, BinaryOp};
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::exact;
use crate::arguments::check_count;

pub(super) fn round(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "__round__", arguments.len(), 0, 1)?;
    let Some(digits) = arguments.first().filter(|digits| !digits.as_ref().is_none()) else {
        return exact(thread, this);
    };
    let digits = number::index(thread, digits.as_ref())?;
    if !is(thread, &digits, CompareOp::Lt, 0)? {
        return exact(thread, this);
    }
    let binary = |a: &Value, b: &Value, op| number::binary(thread, a.as_ref(), b.as_ref(), op);
    let places = number::unary(thread, digits.as_ref(), number::UnaryOp::Negative)?;
    let this = exact(thread, this)?;
    // beyond its own digits, a number is nearer to zero; a bit is less than a third of a digit
    let bits = Value::uint(thread, this.as_ref().int_bit_length().unwrap_or(0))?;
    if protocol::holds(thread, places.as_ref(), bits.as_ref(), CompareOp::Gt)? {
        return Ok(Value::small(0));
    }
    let unit =
        number::power(thread, Value::small(10).as_ref(), places.as_ref(), Value::none().as_ref(), false)?;
    let (quotient, rest) =
        (binary(&this, &unit, BinaryOp::FloorDivide)?, binary(&this, &unit, BinaryOp::Remainder)?);
    let below = binary(&this, &rest, BinaryOp::Subtract)?;
    let twice = binary(&rest, &rest, BinaryOp::Add)?;
    let over = binary(&twice, &unit, BinaryOp::Subtract)?;
    let is_odd = binary(&quotient, &Value::small(2), BinaryOp::Remainder)?.as_ref().to_i64() == Some(1);
    let goes_up = is(thread, &over, CompareOp::Gt, 0)? || (is_odd && is(thread, &over, CompareOp::Eq, 0)?);
    if goes_up { binary(&below, &unit, BinaryOp::Add) } else { Ok(below) }
}

fn is(thread: &Thread, a: &Value, op: CompareOp, b: i32) -> PyResult<bool> {
    protocol::holds(thread, a.as_ref(), Value::small(b).as_ref(), op)
}
