//! Native threads: starting them, waiting for each other, and splitting the process.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{HostResult, unsupported};

/// What a native thread is to do; it is told how many bytes of native stack it has from there.
pub type Start = Box<dyn FnOnce(usize) + Send>;

/// A count that threads wait for.
pub trait Semaphore: Send + Sync {
    /// Adds one to the count, which one waiting thread may take.
    fn post(&self);

    /// Waits until the count is not zero and takes one; false if that took too long.
    ///
    /// # Errors
    /// `EINTR` if a signal came.
    fn wait(&self, timeout: Option<Duration>) -> HostResult<bool>;
}

/// How a thread's signal mask is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MaskChange {
    /// These are held back too.
    Block,
    /// These no longer.
    Unblock,
    /// These and no others.
    Set,
}

/// Native threads.
pub trait Threads {
    /// Starts a thread with a stack of that many bytes, or as many as the host likes; gives its number. What it is to
    /// do has been dropped when this fails.
    fn spawn(&self, _stack: Option<usize>, _start: Start) -> HostResult<u64> {
        unsupported()
    }

    /// The number of the calling thread, as `spawn` gives it.
    fn thread_ident(&self) -> HostResult<u64> {
        unsupported()
    }

    /// The number that the system has for the calling thread.
    fn native_thread_id(&self) -> HostResult<u64> {
        unsupported()
    }

    /// Tells the system the name of the calling thread.
    fn set_thread_name(&self, _name: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// The name that the system has for the calling thread.
    fn thread_name(&self) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// A semaphore whose count is zero.
    fn semaphore(&self) -> HostResult<Arc<dyn Semaphore>> {
        unsupported()
    }

    /// Splits the process; 0 in the child, which has the calling thread only.
    fn fork(&self) -> HostResult<i32> {
        unsupported()
    }

    /// Sends a signal to a thread.
    fn signal_thread(&self, _thread: u64, _signal: i32) -> HostResult<()> {
        unsupported()
    }

    /// Changes which signals the calling thread does not take now; gives those before.
    fn change_signal_mask(&self, _change: MaskChange, _signals: &[i32]) -> HostResult<Vec<i32>> {
        unsupported()
    }

    /// The signals that came and are held back.
    fn pending_signals(&self) -> HostResult<Vec<i32>> {
        unsupported()
    }

    /// Waits for one of these signals, which are held back; none if it took too long.
    fn wait_for_signals(
        &self,
        _signals: &[i32],
        _timeout: Option<Duration>,
    ) -> HostResult<Option<SignalReport>> {
        unsupported()
    }
}

/// What is known of a signal that was waited for (`siginfo_t`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SignalReport {
    /// Its number.
    pub signal: i32,
    /// Why it was sent.
    pub code: i32,
    /// An error number.
    pub errno: i32,
    /// The process that sent it.
    pub process: i32,
    /// Its user.
    pub user: u32,
    /// The exit status of a child.
    pub status: i32,
    /// The event of a descriptor.
    pub band: i64,
}
