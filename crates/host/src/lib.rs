//! The operating system as the interpreter sees it: traits by capability, and plain types. Nothing here touches
//! the system; `taipan-host-native` does, and an embedder may give an interpreter a host of its own.
//!
//! Start with [`Host`]. [`install`] gives an interpreter its host, [`of`] finds it, [`waiting`] calls it without the
//! GIL. Every operation has a default
//! that fails with `ENOSYS`, so a host grants what it implements and nothing else; an interpreter without a host
//! has [`Nothing`]. Invariant: an error is an `errno` of the platform; texts that come from the system are bytes.
#![forbid(unsafe_code)]

mod calls;
mod clock;
mod control;
mod error;
mod files;
mod interprocess;
mod jobs;
mod journal;
mod mappings;
pub mod numbers;
pub mod path;
mod places;
pub mod raise;
mod resources;
mod signals;
mod sockets;
mod system;
mod threads;
mod transfers;
mod waiters;
mod waiting;

pub use calls::{Call, Calls};
pub use clock::{Clock, LocalTime, Moment, ZoneNames};
pub use control::{AccountKey, Accounts, Control, GroupAccount, PartLock, UserAccount};
pub use error::{HostError, HostResult};
pub use files::{DirectoryEntry, FileKind, FileStatus, Files, OpenMode};
pub use interprocess::{Interprocess, Patience};
pub use jobs::{ChildReport, Jobs, Spawn, SpawnAction};
pub use journal::Journal;
pub use mappings::{MappingRequest, Mappings};
pub use places::{AccessQuestion, Place, Places};
pub use resources::{ResourceLimit, Resources, Usage};
pub use signals::{SignalAction, Signals};
pub use sockets::{Address, Ancillary, Hints, Message, ResolveError, ResolveResult, Resolved, Sockets};
pub use system::{
    Constants, Entropy, Environment, Identity, Platform, Processes, SystemName, Terminal, TerminalMode,
    Times, UserId,
};
pub use transfers::{FileRef, FileSystem, Transfers};

pub use threads::{MaskChange, Semaphore, SignalReport, Start, Threads};

pub use waiters::{Deadline, Waiters};
pub use waiting::{EpollControl, Launch, Launching, PollEntry, Streams, Waiting};

use taipan_object::{Interp, PyResult, Thread};

/// All that a host can do.
pub trait Host:
    Files
    + Clock
    + Environment
    + Entropy
    + Terminal
    + Processes
    + Platform
    + Waiting
    + Launching
    + Sockets
    + Control
    + Accounts
    + Resources
    + Mappings
    + Calls
    + Places
    + Transfers
    + Jobs
    + Interprocess
    + Journal
    + Signals
    + Threads
    + Send
    + Sync
{
}

/// A host that does nothing.
pub struct Nothing;

impl Files for Nothing {}
impl Clock for Nothing {}
impl Environment for Nothing {}
impl Entropy for Nothing {}
impl Terminal for Nothing {}
impl Processes for Nothing {}
impl Platform for Nothing {}
impl Waiting for Nothing {}
impl Launching for Nothing {}
impl Sockets for Nothing {}
impl Resources for Nothing {}
impl Mappings for Nothing {}
impl Calls for Nothing {}
impl Places for Nothing {}
impl Transfers for Nothing {}
impl Jobs for Nothing {}
impl Interprocess for Nothing {}
impl Journal for Nothing {}
impl Signals for Nothing {}
impl Threads for Nothing {}
impl Control for Nothing {}
impl Accounts for Nothing {}
impl Host for Nothing {}

static NOTHING: Nothing = Nothing;

/// Gives an interpreter its host; says whether it had none before.
pub fn install(interp: &Interp, host: Box<dyn Host>) -> bool {
    interp.services.set(Box::new(host)).is_ok()
}

/// The host of a thread's interpreter.
pub fn of(thread: &Thread) -> &dyn Host {
    let services = thread.interp().services.get();
    match services.and_then(|services| services.downcast_ref::<Box<dyn Host>>()) {
        Some(host) => host.as_ref(),
        None => &NOTHING,
    }
}

/// Calls the host for something that may take long: other threads of the interpreter run meanwhile.
pub fn released<R: Send>(thread: &Thread, call: impl FnOnce(&dyn Host) -> R + Send) -> R {
    let host = of(thread);
    thread.released(|| call(host))
}

/// The same for what a signal may interrupt: handlers are called, and the call is made again (PEP 475).
///
/// # Errors
/// What a handler raises.
pub fn waiting<R: Send>(
    thread: &Thread,
    mut call: impl FnMut(&dyn Host) -> HostResult<R> + Send,
) -> PyResult<HostResult<R>> {
    loop {
        match released(thread, &mut call) {
            Err(error) if error.errno == numbers::EINTR => raise::run_signals(thread)?,
            result => return Ok(result),
        }
    }
}
