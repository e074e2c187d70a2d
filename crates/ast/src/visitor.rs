//! The stack under the generated visitor.

/// Stack that has to be left for one node, its visitor method included.
const RED_ZONE: usize = 128 * 1024;
/// Stack that is added where less is left.
const GROWTH: usize = 4 * 1024 * 1024;

/// Runs `walk` with enough stack for one more level.
#[inline]
pub(crate) fn deeper<R>(walk: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, GROWTH, walk)
}
