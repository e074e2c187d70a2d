//! Subscripts and `*` of strings.

use super::PyStr;
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::{self, Key};
use crate::sequence::receiver;
use crate::sequence::repeat::times;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// `text[key]`.
pub(super) fn subscript(thread: &Thread, text: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let text = receiver::<PyStr>(thread, text)?;
    let Some(key) = key::read(thread, key)? else {
        let found = key.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "string indices must be integers, not '{found}'"));
    };
    match key {
        Key::Index(at) => {
            let place = key::place(at, text.len());
            match place.map_or(Ok(None), |at| text.item(thread, at))? {
                Some(character) => Ok(character.into_value()),
                None => Err(raise!(thread, INDEX_ERROR, "string index out of range")),
            }
        }
        Key::Slice(bounds) => {
            let part = bounds.of(text.len());
            let taken = match part.run() {
                Some((start, end)) => text.slice(thread, start, end)?,
                None => text.slice_by(thread, part.start, part.step, part.count)?,
            };
            Ok(taken.into_value())
        }
    }
}

/// `text * count`.
pub(super) fn repeat(thread: &Thread, text: Ref<'_>, count: isize) -> PyResult<Value> {
    let text = receiver::<PyStr>(thread, text)?;
    let total = text.len().checked_mul(times(count));
    if total.is_none_or(|total| isize::try_from(total).is_err()) {
        return Err(raise!(thread, OVERFLOW_ERROR, "repeated string is too long"));
    }
    Ok(text.repeat(thread, times(count))?.into_value())
}
