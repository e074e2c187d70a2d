//! Subscripts, `+` and `*` of tuples.

use super::{PyTuple, TupleBuilder};
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::{self, Key};
use crate::sequence::receiver;
use crate::sequence::repeat::product;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// `tuple[key]`.
pub(super) fn subscript(thread: &Thread, tuple: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let tuple = receiver::<PyTuple>(thread, tuple)?;
    match key::read_for(thread, key, "tuple")? {
        Key::Index(at) => key::place(at, tuple.len())
            .and_then(|at| tuple.get(at))
            .ok_or_else(|| raise!(thread, INDEX_ERROR, "tuple index out of range")),
        Key::Slice(bounds) => {
            let part = bounds.of(tuple.len());
            if let Some((start, end)) = part.run() {
                return Ok(tuple.slice(thread, start, end)?.into_value());
            }
            let mut taken = TupleBuilder::new(thread, part.count)?;
            part.places().filter_map(|at| tuple.get(at)).for_each(|item| taken.push(item));
            Ok(taken.finish().into_value())
        }
    }
}

/// `tuple + other`.
pub(super) fn concat(thread: &Thread, tuple: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyTuple>(thread, tuple)?;
    if this.is_empty() && other.get_exact::<PyTuple>().is_some() {
        return Ok(other.to_value());
    }
    let Some(that) = other.get::<PyTuple>() else {
        let name = other.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can only concatenate tuple (not \"{name}\") to tuple"));
    };
    if that.is_empty() && tuple.get_exact::<PyTuple>().is_some() {
        return Ok(tuple.to_value());
    }
    let Some(len) = this.len().checked_add(that.len()) else { return Err(thread.raise_memory_error()) };
    let mut sum = TupleBuilder::new(thread, len)?;
    this.iter().chain(that.iter()).for_each(|item| sum.push(item.to_value()));
    Ok(sum.finish().into_value())
}

/// `tuple * count`.
pub(super) fn repeat(thread: &Thread, tuple: Ref<'_>, count: isize) -> PyResult<Value> {
    let this = receiver::<PyTuple>(thread, tuple)?;
    if (this.is_empty() || count == 1) && tuple.get_exact::<PyTuple>().is_some() {
        return Ok(tuple.to_value());
    }
    let len = product(thread, this.len(), count)?;
    let mut repeated = TupleBuilder::new(thread, len)?;
    for _ in 0..len.checked_div(this.len()).unwrap_or(0) {
        this.iter().for_each(|item| repeated.push(item.to_value()));
    }
    Ok(repeated.finish().into_value())
}
