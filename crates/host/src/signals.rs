//! Signals: what becomes of them, and which ones came.

use crate::error::{HostResult, unsupported};

/// What becomes of a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignalAction {
    /// What the system does without being told.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted, and the thread that handles signals is told at its next safepoint.
    Note,
}

/// Signals.
pub trait Signals {
    /// Sets what becomes of a signal.
    fn set_signal(&self, _signal: i32, _action: SignalAction) -> HostResult<()> {
        unsupported()
    }

    /// What becomes of a signal; none if that is something else.
    fn signal_action(&self, _signal: i32) -> HostResult<Option<SignalAction>> {
        unsupported()
    }

    /// Whether a signal was noted that nobody took yet.
    fn has_signals(&self) -> bool {
        false
    }

    /// Notes a signal as if it had come.
    fn note_signal(&self, _signal: i32) {}

    /// Takes the signals that were noted.
    fn take_signals(&self) -> Vec<i32> {
        Vec::new()
    }

    /// Sets the descriptor that the number of each noted signal is written to, -1 for none; gives the one before.
    fn set_wakeup(&self, _fd: i32) -> HostResult<i32> {
        unsupported()
    }

    /// Sets a timer to a number of seconds and an interval; gives what was left of both.
    fn set_timer(&self, _timer: i32, _seconds: f64, _interval: f64) -> HostResult<(f64, f64)> {
        unsupported()
    }

    /// What is left of a timer, and its interval.
    fn timer(&self, _timer: i32) -> HostResult<(f64, f64)> {
        unsupported()
    }

    /// Waits for a signal.
    fn wait_for_signal(&self) -> HostResult<()> {
        unsupported()
    }

    /// What the system calls a signal.
    fn signal_text(&self, _signal: i32) -> Option<String> {
        None
    }
}
