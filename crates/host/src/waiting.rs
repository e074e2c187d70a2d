//! Waiting until descriptors are ready, and launching programs.

use crate::error::{HostResult, unsupported};

/// A descriptor to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PollEntry {
    /// The descriptor; a negative one is passed over.
    pub fd: i32,
    /// What to wait for: the platform's flags.
    pub events: i16,
    /// What came.
    pub returned: i16,
}

/// What to do with a descriptor of an epoll set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EpollControl {
    /// Add it.
    Add,
    /// Wait for something else.
    Modify,
    /// Take it out.
    Remove,
}

/// Waiting. Waits end with `EINTR` when a signal comes: who waits knows how long it still wants to.
pub trait Waiting {
    /// Waits at most so many milliseconds, without end if there are none; gives how many descriptors are ready.
    fn poll(&self, _entries: &mut [PollEntry], _milliseconds: Option<i32>) -> HostResult<usize> {
        unsupported()
    }

    /// A new epoll set.
    fn epoll(&self) -> HostResult<i32> {
        unsupported()
    }

    /// Changes an epoll set.
    fn epoll_control(&self, _epoll: i32, _what: EpollControl, _fd: i32, _events: u32) -> HostResult<()> {
        unsupported()
    }

    /// Waits for at most so many descriptors of an epoll set; gives them and what came.
    fn epoll_wait(
        &self,
        _epoll: i32,
        _most: usize,
        _milliseconds: Option<i32>,
    ) -> HostResult<Vec<(i32, u32)>> {
        unsupported()
    }

    /// Names and numbers of what can be waited for.
    fn waiting_constants(&self) -> crate::Constants {
        &[]
    }
}

/// Descriptors that become a program's standard streams, with the parent's ends of the pipes; -1 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Streams {
    /// What the program reads.
    pub input: i32,
    /// Where it writes.
    pub output: i32,
    /// Where it writes errors.
    pub errors: i32,
    /// The ends that the parent keeps, which the program closes.
    pub parents: [i32; 4],
    /// Where the child reports why the program could not be run.
    pub report: i32,
}

/// A program to be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Launch {
    /// The paths to try, in order.
    pub executables: Vec<Vec<u8>>,
    /// The arguments, the name first.
    pub arguments: Vec<Vec<u8>>,
    /// Entries of its environment; the parent's if there are none.
    pub environment: Option<Vec<Vec<u8>>>,
    /// The folder to run it in.
    pub folder: Option<Vec<u8>>,
    /// Its streams.
    pub streams: Streams,
    /// Whether other descriptors are closed, except `kept`.
    pub closes: bool,
    /// Descriptors that the program gets, in order.
    pub kept: Vec<i32>,
    /// Whether signals that Python ignores have their effect again.
    pub restores_signals: bool,
    /// Whether it gets a session of its own.
    pub new_session: bool,
    /// The process group to join, or 0 for one of its own.
    pub process_group: Option<i32>,
    /// The group whose rights it has.
    pub group: Option<u32>,
    /// More groups.
    pub groups: Option<Vec<u32>>,
    /// The user whose rights it has.
    pub user: Option<u32>,
    /// Permissions that new files do not get.
    pub umask: Option<u32>,
}

/// Launching programs.
pub trait Launching {
    /// Runs a program in a new process and gives its number. `before` is called in the child before the program begins
    /// there; false ends the child, which has reported why.
    fn launch(&self, _launch: &Launch, _before: Option<&mut dyn FnMut() -> bool>) -> HostResult<i32> {
        unsupported()
    }

    /// Waits for a process as `waitpid` does: gives its number, zero if none has changed, and its status.
    fn wait(&self, _process: i32, _options: i32) -> HostResult<(i32, i32)> {
        unsupported()
    }
}
