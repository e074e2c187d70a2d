//! Subscripts of bytes.

use super::PyBytes;
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::{self, Key};
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// `bytes[key]`.
pub(super) fn subscript(thread: &Thread, bytes: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyBytes>(thread, bytes)?.as_slice();
    match key::read_for(thread, key, "byte")? {
        Key::Index(at) => match key::place(at, this.len()).and_then(|at| this.get(at)) {
            Some(byte) => Ok(Value::small(i32::from(*byte))),
            None => Err(raise!(thread, INDEX_ERROR, "index out of range")),
        },
        Key::Slice(bounds) => {
            let part = bounds.of(this.len());
            let Some((start, end)) = part.run() else {
                let taken =
                    gathered(thread, part.places().filter_map(|at| this.get(at).copied()), part.count)?;
                return Ok(PyBytes::new(thread, &taken)?.into_value());
            };
            if end - start == this.len() && bytes.get_exact::<PyBytes>().is_some() {
                return Ok(bytes.to_value());
            }
            Ok(PyBytes::new(thread, this.get(start..end).unwrap_or_default())?.into_value())
        }
    }
}

/// So many bytes, one after the other.
pub(crate) fn gathered(thread: &Thread, bytes: impl Iterator<Item = u8>, count: usize) -> PyResult<Vec<u8>> {
    let mut taken = Vec::new();
    taken.try_reserve_exact(count).map_err(|_| thread.raise_memory_error())?;
    taken.extend(bytes.take(count));
    Ok(taken)
}
