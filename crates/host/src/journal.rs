//! The system's log.

use crate::Constants;
use crate::error::{HostResult, unsupported};

/// The log that programs of the system write to.
pub trait Journal {
    /// Opens the log: what messages begin with, options, what part of the system they come from.
    fn open_log(&self, _ident: Option<&[u8]>, _options: i32, _facility: i32) -> HostResult<()> {
        unsupported()
    }

    /// Writes a message.
    fn log(&self, _priority: i32, _message: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Closes the log.
    fn close_log(&self) -> HostResult<()> {
        unsupported()
    }

    /// Sets which priorities are written; gives what was set before.
    fn set_log_mask(&self, _mask: i32) -> HostResult<i32> {
        unsupported()
    }

    /// Names and numbers of priorities, facilities and options.
    fn log_constants(&self) -> Constants {
        &[]
    }
}
