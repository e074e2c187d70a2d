//! What the programs share that run Python: the command line, the environment, where the library seems to stand, the
//! status to exit with. The program `taipan-vm` is in this crate, for it needs nothing beyond; `taipan` adds the compiler.
//!
//! The interpreter runs in the first thread if its stack is as large as it usually is, else in a thread of its own.
//! Invariant: a program exits with what Python's program says, 1 for an uncaught exception or code that is refused, 2 for a
//! wrong command line or a file that cannot be opened, 70 if the program itself has an error.
#![forbid(unsafe_code)]

mod library;
mod options;
mod run;
mod terminal;

use std::io::Write;
use std::process::ExitCode;
use taipan_runtime::Compiler;

#[global_allocator]
static ALLOCATOR: taipan_object::heap::modest::Modest<mimalloc::MiMalloc> =
    taipan_object::heap::modest::Modest(mimalloc::MiMalloc);

/// Bytes of the native stack of the thread that runs Python.
const STACK: usize = 16 << 20;
/// As much of the first thread's is enough.
const ENOUGH: usize = 7 << 20;
/// As much of it is kept for what runs when the rest is used up.
const RESERVE: usize = 512 << 10;

/// What distinguishes one program from another.
pub struct Identity {
    /// Its name, which stands before its complaints.
    pub name: &'static str,
    /// What it compiles with, if it does.
    pub compiler: Option<&'static dyn Compiler>,
}

/// Does what the command line asks for.
pub fn main(identity: &'static Identity) -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let _ = writeln!(std::io::stderr(), "{}: internal error: {info}", identity.name);
        std::process::exit(70);
    }));
    let command = match options::parse(identity) {
        Ok(command) => command,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}\n{}", options::usage(identity));
            let _ = writeln!(std::io::stderr(), "Try `{} -h' for more information.", identity.name);
            return ExitCode::from(2);
        }
    };
    // the types stand there, most of which a start touches: a fifth of its page faults
    taipan_host_native::populate_own_data();
    if let Some(stack) = own_stack() {
        taipan_host_native::end(run::run(identity, command, stack).into());
    }
    // signals are for the thread that runs Python: what it sends to itself has come when the call returns
    let mask = taipan_host_native::SignalMask::block_all();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        mask.restore();
        // from here, for in the child of a fork nobody waits for this thread
        std::process::exit(run::run(identity, command, STACK - RESERVE).into())
    });
    match thread.map(std::thread::JoinHandle::<()>::join) {
        Ok(_) => ExitCode::from(70),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}: no thread to run in: {error}", identity.name);
            ExitCode::from(70)
        }
    }
}

/// Bytes of this thread's stack that Python code can use; none if they are few, or not known. Code that is not
/// optimized needs much more of it.
fn own_stack() -> Option<usize> {
    if cfg!(debug_assertions) {
        return None;
    }
    let limit = taipan_host_native::main_stack()?.min(STACK);
    // arguments and variables stand on the same stack
    let size = |text: std::ffi::OsString| text.len() + 16;
    let variables: usize = std::env::vars_os().map(|(name, value)| size(name) + size(value)).sum();
    let used = variables + std::env::args_os().map(size).sum::<usize>();
    limit.checked_sub(RESERVE + used).filter(|left| *left >= ENOUGH)
}
