//! Positions in source text: byte offsets, ranges of them, and the table that turns an offset into a
//! line and a column. Everything above measures in bytes of the *decoded* source, which is UTF-8.
#![forbid(unsafe_code)]

mod line_index;

pub use line_index::{LineColumn, LineIndex, Place};

/// A half-open range of byte offsets into the decoded source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// The range of what stands nowhere in the source: its lines and columns are -1 in CPython's tree.
    /// No source is long enough to have it.
    pub const NOWHERE: Span = Span { start: u32::MAX, end: u32::MAX };

    /// The range `start..end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// The empty range at `offset`.
    #[inline]
    pub const fn empty(offset: u32) -> Self {
        Span { start: offset, end: offset }
    }

    /// The smallest range that covers `self` and `other`, which must not start before it.
    #[inline]
    pub const fn to(self, other: Span) -> Self {
        Span { start: self.start, end: other.end }
    }

    /// The number of bytes covered.
    #[inline]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the range covers nothing.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The range as indices for slicing the source.
    #[inline]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
