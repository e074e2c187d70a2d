//! `+` and `*` of lists. Invariant: what is added in place is collected before the list grows, except for what
//! an iterator gives, which is appended piece by piece as in the reference.

use super::PyList;
use crate::error::PyResult;
use crate::items::Block;
use crate::protocol;
use crate::raise;
use crate::sequence::receiver;
use crate::sequence::repeat::product;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};

/// `list + other`.
pub(super) fn concat(thread: &Thread, list: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let list = receiver::<PyList>(thread, list)?;
    let Some(other) = other.get::<PyList>() else {
        let name = other.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can only concatenate list (not \"{name}\") to list"));
    };
    let Some(len) = list.len().checked_add(other.len()) else { return Err(thread.raise_memory_error()) };
    let mut sum = Block::with_capacity(thread, len)?;
    append_times(&mut sum, list, 1);
    append_times(&mut sum, other, 1);
    Ok(PyList::from_block(thread, sum)?.into_value())
}

/// `list * count`.
pub(super) fn repeat(thread: &Thread, list: Ref<'_>, count: isize) -> PyResult<Value> {
    let list = receiver::<PyList>(thread, list)?;
    let len = product(thread, list.len(), count)?;
    let mut repeated = Block::with_capacity(thread, len)?;
    append_times(&mut repeated, list, len.checked_div(list.len()).unwrap_or(0));
    Ok(PyList::from_block(thread, repeated)?.into_value())
}

/// Appends the items of a list, so many times, to a block with room for them.
fn append_times(block: &mut Block, list: &PyList, times: usize) {
    for _ in 0..times {
        for item in (0..list.len()).filter_map(|at| list.get(at)) {
            // the caller made room, and nothing has run since
            drop(block.push(item).err());
        }
    }
}

/// `list += other`: any iterable.
pub(super) fn inplace_concat(thread: &Thread, list: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyList>(thread, list)?;
    if other.is(list) {
        let new = this.copy(thread, 0, this.len())?;
        drop(this.splice(thread, usize::MAX, usize::MAX, new)?);
        return Ok(list.to_value());
    }
    if other.get_exact::<PyList>().is_some() || other.get_exact::<PyTuple>().is_some() {
        let new = super::slots::collect(thread, other, None)?;
        drop(this.splice(thread, usize::MAX, usize::MAX, new)?);
        return Ok(list.to_value());
    }
    protocol::length_hint::extend_list(thread, this, other)?;
    Ok(list.to_value())
}

/// `list *= count`.
pub(super) fn inplace_repeat(thread: &Thread, list: Ref<'_>, count: isize) -> PyResult<Value> {
    let this = receiver::<PyList>(thread, list)?;
    let len = this.len();
    let total = product(thread, len, count)?;
    if total == 0 {
        drop(this.take());
        return Ok(list.to_value());
    }
    this.reserve(thread, total - len)?;
    for at in 0..total - len {
        // each item is the one that stands a round before it
        let Some(item) = this.get(at) else { break };
        this.push(thread, item)?;
    }
    Ok(list.to_value())
}
