//! Other programs and their ends, terminals for them, users and groups, processors, timers.

use crate::clock::Moment;
use crate::error::{HostError, HostResult, unsupported};
use crate::resources::Usage;
use crate::transfers::FileRef;

/// What a process that was waited for came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChildReport {
    /// Its number.
    pub process: i32,
    /// Its user.
    pub user: u32,
    /// The signal that tells of children.
    pub signal: i32,
    /// The exit code, or the signal that ended it.
    pub status: i32,
    /// What happened: the platform's numbers.
    pub code: i32,
}

/// What happens to descriptors before a program begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpawnAction {
    /// Opens a file as a descriptor: path, flags, permissions.
    Open(i32, Vec<u8>, i32, u32),
    /// Closes one.
    Close(i32),
    /// Makes the second a copy of the first.
    Duplicate(i32, i32),
    /// Closes all from one on.
    CloseFrom(i32),
}

/// A program to be run by the system's own call for that.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spawn {
    /// Its path, or its name if it is to be looked for.
    pub path: Vec<u8>,
    /// Whether it is to be looked for.
    pub searches: bool,
    /// The arguments, the name first.
    pub arguments: Vec<Vec<u8>>,
    /// Entries of its environment; the parent's if there are none.
    pub environment: Option<Vec<Vec<u8>>>,
    /// What happens to descriptors.
    pub actions: Vec<SpawnAction>,
    /// The process group to join, or 0 for one of its own.
    pub group: Option<i32>,
    /// Whether effective users become the real ones.
    pub resets_ids: bool,
    /// Whether it gets a session of its own.
    pub new_session: bool,
    /// Signals that it does not take.
    pub mask: Option<Vec<i32>>,
    /// Signals that have their effect again.
    pub defaults: Option<Vec<i32>>,
    /// Policy, if given, and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

/// Programs, users, processors, timers.
pub trait Jobs {
    /// Puts a program in place of this one; comes back only to say why that failed.
    fn execute(
        &self,
        _program: FileRef<'_>,
        _arguments: &[Vec<u8>],
        _environment: Option<&[Vec<u8>]>,
    ) -> HostError {
        HostError::unsupported()
    }

    /// Runs a program in a new process and gives its number.
    fn spawn_program(&self, _spawn: &Spawn) -> HostResult<i32> {
        unsupported()
    }

    /// Runs a command of the shell and gives its status.
    fn run_command(&self, _command: &[u8]) -> HostResult<i32> {
        unsupported()
    }

    /// Waits for a process as `wait4` does: its number, its status, what it used.
    fn wait_usage(&self, _process: i32, _options: i32) -> HostResult<(i32, i32, Usage)> {
        unsupported()
    }

    /// Waits for a process as `waitid` does; none if none has changed.
    fn wait_report(&self, _kind: i32, _id: i64, _options: i32) -> HostResult<Option<ChildReport>> {
        unsupported()
    }

    /// A pseudo-terminal: the program's end, the terminal's end.
    fn pseudo_terminal(&self) -> HostResult<(i32, i32)> {
        unsupported()
    }

    /// Splits the process, the child with a pseudo-terminal; 0 in the child, with the program's end in the parent.
    fn fork_terminal(&self) -> HostResult<(i32, i32)> {
        unsupported()
    }

    /// The name of a terminal.
    fn terminal_name(&self, _fd: i32) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// The name of the terminal's end of a pseudo-terminal.
    fn pseudo_terminal_name(&self, _fd: i32) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// Who logged in at the terminal.
    fn login_name(&self) -> HostResult<Vec<u8>> {
        unsupported()
    }

    /// A text that the system is configured with; none if it has none.
    fn text_configuration(&self, _number: i32) -> HostResult<Option<Vec<u8>>> {
        unsupported()
    }

    /// Names and numbers of texts.
    fn text_configurations(&self) -> crate::Constants {
        &[]
    }

    /// Names and numbers of what files can be asked for.
    fn file_configurations(&self) -> crate::Constants {
        &[]
    }

    /// The real, effective and saved user.
    fn users(&self) -> HostResult<[u32; 3]> {
        unsupported()
    }

    /// The real, effective and saved group.
    fn group_ids(&self) -> HostResult<[u32; 3]> {
        unsupported()
    }

    /// More groups of the process.
    fn groups(&self) -> HostResult<Vec<u32>> {
        unsupported()
    }

    /// Sets them.
    fn set_groups(&self, _groups: &[u32]) -> HostResult<()> {
        unsupported()
    }

    /// All groups of a user, one given.
    fn groups_of(&self, _user: &[u8], _group: u32) -> HostResult<Vec<u32>> {
        unsupported()
    }

    /// Makes the groups of a user those of the process.
    fn take_groups_of(&self, _user: &[u8], _group: u32) -> HostResult<()> {
        unsupported()
    }

    /// The processors that a process may run on.
    fn processors_of(&self, _process: i32) -> HostResult<Vec<usize>> {
        unsupported()
    }

    /// Sets them.
    fn set_processors_of(&self, _process: i32, _processors: &[usize]) -> HostResult<()> {
        unsupported()
    }

    /// When a timer rings next, and how often after that.
    fn timer_of(&self, _fd: i32) -> HostResult<(Moment, Moment)> {
        unsupported()
    }

    /// Sets them; gives those before.
    fn set_timer_of(
        &self,
        _fd: i32,
        _flags: i32,
        _first: Moment,
        _interval: Moment,
    ) -> HostResult<(Moment, Moment)> {
        unsupported()
    }
}
