//! Subscripts, `+` and `*` of bytes.

use std::borrow::Cow;

use super::PyBytes;
use crate::buffer;
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::{self, Key};
use crate::sequence::receiver;
use crate::sequence::repeat::times;
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

/// The bytes of what has bytes; none of anything else.
pub(crate) fn bytes_of<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Option<Cow<'a, [u8]>>> {
    if let Some(bytes) = value.get::<PyBytes>() {
        return Ok(Some(Cow::Borrowed(bytes.as_slice())));
    }
    buffer::is_bytes_like(value).then(|| buffer::bytes_of(thread, value)).transpose()
}

/// The same of what is added to an object of the type of a name.
pub(crate) fn added<'a>(thread: &Thread, value: Ref<'a>, to: &str) -> PyResult<Cow<'a, [u8]>> {
    bytes_of(thread, value)?.ok_or_else(|| {
        let name = value.ty().name();
        raise!(thread, TYPE_ERROR, "can't concat {name} to {to}")
    })
}

/// `bytes + other`.
pub(super) fn concat(thread: &Thread, bytes: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<PyBytes>(thread, bytes)?.as_slice();
    let that = added(thread, other, bytes.ty().short_name())?;
    if this.is_empty() && other.get_exact::<PyBytes>().is_some() {
        return Ok(other.to_value());
    }
    if that.is_empty() && bytes.get_exact::<PyBytes>().is_some() {
        return Ok(bytes.to_value());
    }
    Ok(PyBytes::concat(thread, this, &that)?.into_value())
}

/// `bytes * count`.
pub(super) fn repeat(thread: &Thread, bytes: Ref<'_>, count: isize) -> PyResult<Value> {
    let this = receiver::<PyBytes>(thread, bytes)?.as_slice();
    let total = this.len().checked_mul(times(count)).filter(|total| isize::try_from(*total).is_ok());
    let Some(total) = total else {
        return Err(raise!(thread, OVERFLOW_ERROR, "repeated bytes are too long"));
    };
    if total == this.len() && bytes.get_exact::<PyBytes>().is_some() {
        return Ok(bytes.to_value());
    }
    let repeated = gathered(thread, this.iter().copied().cycle(), total)?;
    Ok(PyBytes::new(thread, &repeated)?.into_value())
}
