//! `*` of sequences: how often, and whether the result has a size.

use crate::error::PyResult;
use crate::thread::Thread;

/// A count as it is meant: below zero is none.
pub(crate) fn times(count: isize) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// The number of items of the product; `MemoryError` if it is more than there can be.
pub(crate) fn product(thread: &Thread, len: usize, count: isize) -> PyResult<usize> {
    let total = len.checked_mul(times(count)).filter(|total| isize::try_from(*total).is_ok());
    total.ok_or_else(|| thread.raise_memory_error())
}
