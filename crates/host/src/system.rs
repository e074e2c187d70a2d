//! The process and what is around it: environment, entropy, terminal, other processes, names of the platform.

use crate::error::{HostResult, unsupported};

/// Names and numbers, one group of the platform's constants.
pub type Constants = &'static [(&'static str, i64)];

/// The environment of the process.
pub trait Environment {
    /// The arguments that the process was started with.
    fn arguments(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// The variables.
    fn variables(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }

    /// Sets a variable.
    fn set_variable(&self, _name: &[u8], _value: &[u8]) -> HostResult<()> {
        unsupported()
    }

    /// Removes a variable.
    fn remove_variable(&self, _name: &[u8]) -> HostResult<()> {
        unsupported()
    }
}

/// Randomness.
pub trait Entropy {
    /// Fills the buffer with bytes that nobody can guess.
    fn fill(&self, _buffer: &mut [u8]) -> HostResult<()> {
        unsupported()
    }
}

/// Terminals.
pub trait Terminal {
    /// Whether the descriptor is a terminal.
    fn is_terminal(&self, _fd: i32) -> bool {
        false
    }

    /// Columns and lines of the terminal.
    fn terminal_size(&self, _fd: i32) -> HostResult<(u16, u16)> {
        unsupported()
    }

    /// Sets lines and columns of the terminal.
    fn set_terminal_size(&self, _fd: i32, _lines: u16, _columns: u16) -> HostResult<()> {
        unsupported()
    }

    /// How a terminal treats what goes through it.
    fn terminal_mode(&self, _fd: i32) -> HostResult<TerminalMode> {
        unsupported()
    }

    /// Sets how a terminal treats what goes through it, and when that begins to count.
    fn set_terminal_mode(&self, _fd: i32, _when: i32, _mode: &TerminalMode) -> HostResult<()> {
        unsupported()
    }

    /// Sends zeros for a time.
    fn send_break(&self, _fd: i32, _duration: i32) -> HostResult<()> {
        unsupported()
    }

    /// Waits until all output is through.
    fn drain(&self, _fd: i32) -> HostResult<()> {
        unsupported()
    }

    /// Forgets what waits in a queue.
    fn flush_queue(&self, _fd: i32, _queue: i32) -> HostResult<()> {
        unsupported()
    }

    /// Holds input or output, or lets it go on.
    fn flow(&self, _fd: i32, _action: i32) -> HostResult<()> {
        unsupported()
    }

    /// Names and numbers of what terminals know.
    fn terminal_constants(&self) -> Constants {
        &[]
    }
}

/// How a terminal treats what goes through it: the numbers of C's `struct termios`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TerminalMode {
    /// Flags of input, output, control and local modes.
    pub flags: [u32; 4],
    /// The speeds of input and output, by their numbers.
    pub speeds: [u32; 2],
    /// The special characters.
    pub characters: Vec<u8>,
}

/// Which user or group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserId {
    /// The user who started the process.
    User,
    /// The user whose rights it has.
    EffectiveUser,
    /// The group of the user who started it.
    Group,
    /// The group whose rights it has.
    EffectiveGroup,
}

/// Which process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// This one.
    Own,
    /// The one that started it.
    Parent,
    /// Its group.
    Group,
}

/// What the process and its children computed, in seconds.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Times {
    /// In the process.
    pub user: f64,
    /// In the system, for the process.
    pub system: f64,
    /// In children that have ended.
    pub children_user: f64,
    /// In the system, for those.
    pub children_system: f64,
    /// Since some moment in the past.
    pub elapsed: f64,
}

/// The process, and others.
pub trait Processes {
    /// The number of a process.
    fn process(&self, _which: Identity) -> HostResult<i32> {
        unsupported()
    }

    /// The number of a user or group.
    fn user(&self, _which: UserId) -> HostResult<u32> {
        unsupported()
    }

    /// Ends the process at once.
    fn exit(&self, _status: i32) -> HostResult<()> {
        unsupported()
    }

    /// Ends the process with a core dump.
    fn abort(&self) -> HostResult<()> {
        unsupported()
    }

    /// Sends a signal.
    fn send_signal(&self, _process: i32, _signal: i32) -> HostResult<()> {
        unsupported()
    }

    /// How long the process computed.
    fn times(&self) -> HostResult<Times> {
        unsupported()
    }

    /// The average load over one, five and fifteen minutes.
    fn load(&self) -> HostResult<[f64; 3]> {
        unsupported()
    }
}

/// What the system calls itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SystemName {
    /// The system.
    pub system: Vec<u8>,
    /// The machine in the network.
    pub node: Vec<u8>,
    /// The release.
    pub release: Vec<u8>,
    /// The version of the release.
    pub version: Vec<u8>,
    /// The kind of machine.
    pub machine: Vec<u8>,
}

/// Names and numbers of the platform.
pub trait Platform {
    /// What the platform says of an error.
    fn error_text(&self, errno: i32) -> String {
        format!("Unknown error {errno}")
    }

    /// Names and numbers of errors.
    fn error_numbers(&self) -> Constants {
        &[]
    }

    /// Names and numbers of flags for files and processes.
    fn constants(&self) -> Constants {
        &[]
    }

    /// Names and numbers of clocks.
    fn clocks(&self) -> Constants {
        &[]
    }

    /// Names and numbers of what [`configuration`](Platform::configuration) can be asked for.
    fn configurations(&self) -> Constants {
        &[]
    }

    /// A limit or fact of the running system.
    fn configuration(&self, _number: i32) -> HostResult<i64> {
        unsupported()
    }

    /// What the system calls itself.
    fn system_name(&self) -> HostResult<SystemName> {
        unsupported()
    }

    /// How many processors there are.
    fn processors(&self) -> Option<usize> {
        None
    }

    /// Those that the process may run on.
    fn usable_processors(&self) -> HostResult<Vec<usize>> {
        unsupported()
    }
}
