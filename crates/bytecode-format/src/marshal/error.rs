//! Why bytes are no marshalled value. Offsets count bytes from the start of the input.

use std::fmt;
use taipan_artifact::ReadError;

/// Why bytes are no marshalled value, or none of a kind that is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MarshalError {
    /// The input ends within a value.
    UnexpectedEnd {
        /// Where more was needed.
        offset: usize,
    },
    /// A byte that is no type.
    UnknownType {
        /// Where it stands.
        offset: usize,
        /// The byte.
        found: u8,
    },
    /// A length that is negative, or promises more than the bytes left can hold.
    Length {
        /// Where it stands.
        offset: usize,
        /// The length.
        length: i64,
    },
    /// A reference to no object, or to one that is not made yet.
    Reference {
        /// Where it stands.
        offset: usize,
    },
    /// A null where an object has to stand.
    Null {
        /// Where it stands.
        offset: usize,
    },
    /// An integer that is not in its one form.
    Integer {
        /// Where it stands.
        offset: usize,
    },
    /// A float that is no number.
    Float {
        /// Where it stands.
        offset: usize,
    },
    /// Text that is not in its encoding.
    Text {
        /// Where its first bad byte stands.
        offset: usize,
    },
    /// Values within values beyond the limit.
    Depth {
        /// Where the limit was passed.
        offset: usize,
    },
    /// Copies of shared objects would take too much room.
    Budget {
        /// Where the reference stands.
        offset: usize,
    },
    /// A value that must not stand here: a list among constants, a number for a name.
    NotAllowed {
        /// Where it ends.
        offset: usize,
        /// What was found.
        found: &'static str,
    },
    /// Bytes follow the value.
    TrailingBytes {
        /// Where the first of them stands.
        offset: usize,
    },
    /// A code object whose artifact is refused; its offsets count from `offset`.
    Code {
        /// Where the artifact begins.
        offset: usize,
        /// Why.
        error: ReadError,
    },
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarshalError::UnexpectedEnd { offset } => write!(f, "the input ends early at offset {offset}"),
            MarshalError::UnknownType { offset, found } => {
                write!(f, "{found:#04x} is no type (offset {offset})")
            }
            MarshalError::Length { offset, length } => write!(f, "bad length {length} at offset {offset}"),
            MarshalError::Reference { offset } => write!(f, "invalid reference at offset {offset}"),
            MarshalError::Null { offset } => write!(f, "null at offset {offset}"),
            MarshalError::Integer { offset } => write!(f, "malformed integer at offset {offset}"),
            MarshalError::Float { offset } => write!(f, "malformed float at offset {offset}"),
            MarshalError::Text { offset } => write!(f, "malformed text at offset {offset}"),
            MarshalError::Depth { offset } => write!(f, "nested too deep at offset {offset}"),
            MarshalError::Budget { offset } => write!(f, "shared objects too large at offset {offset}"),
            MarshalError::NotAllowed { offset, found } => {
                write!(f, "{found} where none may stand (before offset {offset})")
            }
            MarshalError::TrailingBytes { offset } => write!(f, "unexpected bytes at offset {offset}"),
            MarshalError::Code { offset, error } => write!(f, "code object at offset {offset}: {error}"),
        }
    }
}

impl std::error::Error for MarshalError {}
