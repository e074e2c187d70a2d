//! What stands between the brackets of `x[…]`: an index or a slice, read once. Invariant: reading may run Python
//! code, so the length of the container is asked for afterwards, and a part is good until the next call.

use crate::error::PyResult;
use crate::protocol;
use crate::raise;
use crate::slice::{self, PySlice};
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// A key that was read.
pub(crate) enum Key {
    /// An index as it was given: below zero it counts from the end.
    Index(isize),
    /// A slice.
    Slice(Bounds),
}

/// The bounds of a slice, each clipped to 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    start: Option<i64>,
    stop: Option<i64>,
    step: i64,
}

/// The places of a sequence that a slice selects.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) step: isize,
    pub(crate) count: usize,
}

/// Reads a key; none if it is neither an index nor a slice.
pub(crate) fn read(thread: &Thread, key: Ref<'_>) -> PyResult<Option<Key>> {
    if let Some(slice) = key.get::<PySlice>() {
        return Ok(Some(Key::Slice(Bounds::read(thread, slice)?)));
    }
    if !is_index(key) {
        return Ok(None);
    }
    protocol::number::index_size(thread, key).map(|at| Some(Key::Index(at)))
}

/// The same for a sequence whose messages name it so.
pub(crate) fn read_for(thread: &Thread, key: Ref<'_>, name: &str) -> PyResult<Key> {
    read(thread, key)?.ok_or_else(|| {
        let found = key.ty().name();
        raise!(thread, TYPE_ERROR, "{name} indices must be integers or slices, not {found}")
    })
}

/// Whether a value is an int or stands for one.
pub(crate) fn is_index(value: Ref<'_>) -> bool {
    value.is_int() || value.ty().slots().index.get().is_some()
}

/// The place of an index in a sequence of so many items; none if it is outside.
pub(crate) fn place(at: isize, len: usize) -> Option<usize> {
    let at = if at < 0 { at.checked_add_unsigned(len)? } else { at };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// A bound of a slice as an int; none for `None`.
pub(crate) fn bound(thread: &Thread, value: Ref<'_>) -> PyResult<Option<Value>> {
    if value.is_none() {
        return Ok(None);
    }
    if !is_index(value) {
        let message = "slice indices must be integers or None or have an __index__ method";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    protocol::index(thread, value).map(Some)
}

#[inline]
fn clipped(thread: &Thread, value: Value) -> PyResult<Option<i64>> {
    if let Some(int) = value.word().as_int() {
        return Ok(Some(int));
    }
    if value.as_ref().is_none() {
        return Ok(None);
    }
    clipped_slowly(thread, value)
}

fn clipped_slowly(thread: &Thread, value: Value) -> PyResult<Option<i64>> {
    let Some(int) = bound(thread, value.as_ref())? else { return Ok(None) };
    if let Some(int) = int.as_ref().to_i64() {
        return Ok(Some(int));
    }
    let zero = Value::small(0);
    let below = protocol::holds(thread, int.as_ref(), zero.as_ref(), crate::types::slots::CompareOp::Lt)?;
    Ok(Some(if below { -i64::MAX } else { i64::MAX }))
}

/// The error of a step that is zero.
#[cold]
pub(crate) fn zero_step(thread: &Thread) -> crate::Raised {
    raise!(thread, VALUE_ERROR, "slice step cannot be zero")
}

impl Bounds {
    /// Reads the parts of a slice.
    pub(crate) fn read(thread: &Thread, slice: &PySlice) -> PyResult<Bounds> {
        let step = clipped(thread, slice.step())?.unwrap_or(1).max(-i64::MAX);
        if step == 0 {
            return Err(zero_step(thread));
        }
        Ok(Bounds { start: clipped(thread, slice.start())?, stop: clipped(thread, slice.stop())?, step })
    }

    /// What the slice selects of a sequence of so many items.
    pub(crate) fn of(&self, len: usize) -> Part {
        let (start, step, count) = slice::adjust(len, self.start, self.stop, self.step);
        Part { start: usize::try_from(start).unwrap_or(0), step: step as isize, count }
    }
}

impl Part {
    /// The places in the order of the slice.
    pub(crate) fn places(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |i| self.start.wrapping_add_signed((i as isize).wrapping_mul(self.step)))
    }

    /// The start and end of a part without gaps, in order.
    pub(crate) fn run(self) -> Option<(usize, usize)> {
        (self.step == 1).then(|| (self.start, self.start.saturating_add(self.count)))
    }

    /// Whether the part has a place.
    pub(crate) fn has(self, at: usize) -> bool {
        let distance = if self.step < 0 { self.start.checked_sub(at) } else { at.checked_sub(self.start) };
        let step = self.step.unsigned_abs().max(1);
        distance.is_some_and(|distance| distance.is_multiple_of(step) && distance / step < self.count)
    }
}
