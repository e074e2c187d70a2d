//! The operating system: the one implementation of `taipan-host`'s traits, for Linux and macOS. No other library
//! crate calls the system. Start with [`NativeHost`]; one file a capability. Invariant: an operation that a signal
//! interrupted is begun again (PEP 475), except for sleeping, which is told apart by the time that is left.

mod call;
mod calls;
mod clock;
mod configurations;
mod constants;
mod control;
mod environment;
mod files;
mod folders;
mod interprocess;
mod jobs;
mod journal;
mod launching;
mod mappings;
mod own_data;
mod places;
mod processes;
mod resources;
mod semaphore;
mod signals;
mod sockets;
mod spawning;
mod terminal;
#[cfg(test)]
mod tests;
mod threads;
mod transfers;
mod waiting;

pub use own_data::populate as populate_own_data;
pub use processes::end;
pub use resources::main_stack;
pub use signals::SignalMask;

/// The system that the process runs on.
#[derive(Default)]
pub struct NativeHost;

impl taipan_host::Host for NativeHost {}
