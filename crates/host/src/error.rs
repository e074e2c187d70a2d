//! Errors of the operating system, as data.

use crate::numbers;

/// An operation failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostError {
    /// The platform's number of what went wrong.
    pub errno: i32,
}

/// What an operation of a host gives.
pub type HostResult<T> = Result<T, HostError>;

impl HostError {
    /// An error with this number.
    pub const fn new(errno: i32) -> HostError {
        HostError { errno }
    }

    /// The host does not do this.
    pub const fn unsupported() -> HostError {
        HostError { errno: numbers::ENOSYS }
    }

    /// Whether the operation would have to wait.
    pub const fn would_block(self) -> bool {
        self.errno == numbers::EAGAIN
    }
}

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "errno {}", self.errno)
    }
}

impl std::error::Error for HostError {}

/// What the defaults of the traits give.
pub(crate) fn unsupported<T>() -> HostResult<T> {
    Err(HostError::unsupported())
}
