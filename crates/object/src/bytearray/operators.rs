//! `+` and `*` of bytearrays. Invariant: bytes are copied out before the array changes, so that it can be
//! added to itself.

use super::PyByteArray;
use crate::bytes::slots::added;
use crate::error::PyResult;
use crate::sequence::receiver;
use crate::sequence::repeat::product;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// `array + other`.
pub(super) fn concat(thread: &Thread, array: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyByteArray>(thread, array)?;
    let other = added(thread, other, array.ty().short_name())?;
    let sum = PyByteArray::new(thread, &this.copy(thread, 0, this.len())?)?;
    sum.splice(thread, usize::MAX, usize::MAX, &other)?;
    Ok(sum.into_value())
}

/// `array += other`.
pub(super) fn inplace_concat(thread: &Thread, array: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyByteArray>(thread, array)?;
    let other = added(thread, other, array.ty().short_name())?;
    this.splice(thread, usize::MAX, usize::MAX, &other)?;
    Ok(array.to_value())
}

fn repeated(thread: &Thread, array: &PyByteArray, count: isize) -> PyResult<Vec<u8>> {
    let total = product(thread, array.len(), count)?;
    let unit = array.copy(thread, 0, array.len())?;
    let mut all = Vec::new();
    if all.try_reserve_exact(total).is_err() {
        return Err(thread.raise_memory_error());
    }
    match unit.as_slice() {
        [single] => all.resize(total, *single),
        _ => (0..total.checked_div(unit.len()).unwrap_or(0)).for_each(|_| all.extend_from_slice(&unit)),
    }
    Ok(all)
}

/// `array * count`.
pub(super) fn repeat(thread: &Thread, array: Ref<'_>, count: isize) -> PyResult<Value> {
    let this = receiver::<PyByteArray>(thread, array)?;
    Ok(PyByteArray::new(thread, &repeated(thread, this, count)?)?.into_value())
}

/// `array *= count`.
pub(super) fn inplace_repeat(thread: &Thread, array: Ref<'_>, count: isize) -> PyResult<Value> {
    let this = receiver::<PyByteArray>(thread, array)?;
    this.splice(thread, 0, usize::MAX, &repeated(thread, this, count)?)?;
    Ok(array.to_value())
}
