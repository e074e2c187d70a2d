//! How many bytes a reader has left, for tests that hold each allocation to a multiple of it.
//! Invariant: without the feature `probe`, which only tests ask for, nothing is kept and nothing costs.

#[cfg(feature = "probe")]
thread_local! {
    static LEFT: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}

/// Notes that a reader is about to read, with so many bytes left; or to copy a piece of its input that has
/// so many bytes.
#[inline]
pub fn note(left: usize) {
    #[cfg(feature = "probe")]
    LEFT.with(|cell| cell.set(left));
    let _ = left;
}

/// What was noted last in this thread.
#[cfg(feature = "probe")]
pub fn left() -> usize {
    LEFT.try_with(std::cell::Cell::get).unwrap_or(usize::MAX)
}
