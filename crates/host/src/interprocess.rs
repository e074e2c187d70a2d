//! What processes share by name: semaphores and memory.

use std::time::Duration;

use crate::error::{HostResult, unsupported};

/// How long to wait for a semaphore.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// Not at all.
    None,
    /// So long.
    For(Duration),
    /// Without end.
    Endless,
}

/// Semaphores and memory that have names. A semaphore is known by a handle, which stays the same in a process that was
/// split off; a handle that the host did not give fails with `EINVAL`.
pub trait Interprocess {
    /// Opens a semaphore, or makes one with a count. It is closed once for each time that it was opened or shared.
    fn open_semaphore(&self, _name: &[u8], _new: Option<u32>) -> HostResult<usize> {
        unsupported()
    }

    /// Counts one more who uses a semaphore.
    fn share_semaphore(&self, _handle: usize) -> HostResult<()> {
        unsupported()
    }

    /// Counts one less.
    fn close_semaphore(&self, _handle: usize) -> HostResult<()> {
        unsupported()
    }

    /// Takes one from the count; false if it is zero for too long.
    fn take_semaphore(&self, _handle: usize, _patience: Patience) -> HostResult<bool> {
        unsupported()
    }

    /// Adds one to the count.
    fn give_semaphore(&self, _handle: usize) -> HostResult<()> {
        unsupported()
    }

    /// The count.
    fn semaphore_value(&self, _handle: usize) -> HostResult<i32> {
        unsupported()
    }

    /// Removes the name of a semaphore.
    fn unlink_semaphore(&self, _name: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Opens memory that has a name: a descriptor.
    fn open_shared_memory(&self, _name: &[u8], _flags: i32, _permissions: u32) -> HostResult<i32> {
        unsupported()
    }

    /// Removes the name of such memory.
    fn unlink_shared_memory(&self, _name: &[u8]) -> HostResult<()> {
        unsupported()
    }
}
