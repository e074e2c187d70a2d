//! Why a code object or constant cannot be written.

use super::{MAX_CODE_DEPTH, MAX_CONST_DEPTH};
use std::fmt;

/// What no file can hold, though it may exist as data. Whatever is written is also read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteError {
    /// More items or bytes than the format can count.
    TooLarge,
    /// Code objects within code objects beyond [`MAX_CODE_DEPTH`].
    CodeDepth,
    /// Constants within constants beyond [`MAX_CONST_DEPTH`].
    ConstDepth,
    /// Names and kinds of locals of different number.
    LocalCount,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::TooLarge => f.write_str("too large for the format"),
            WriteError::CodeDepth => write!(f, "code objects nest deeper than {MAX_CODE_DEPTH}"),
            WriteError::ConstDepth => write!(f, "constants nest deeper than {MAX_CONST_DEPTH}"),
            WriteError::LocalCount => f.write_str("names and kinds of locals of different number"),
        }
    }
}

impl std::error::Error for WriteError {}
