//! Subscripts of tuples.

use super::{PyTuple, TupleBuilder};
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::{self, Key};
use crate::sequence::receiver;
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
