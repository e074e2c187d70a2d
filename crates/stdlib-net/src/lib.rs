//! Native modules about descriptors, other processes and the network: `select`, `_socket`, `fcntl`,
//! `termios` and `_posixsubprocess`. [`MODULES`] has
//! them, [`fill`] makes their types ready while the process is set up. Invariant: the system is reached through
//! `taipan-host` alone; nothing of an object is borrowed across a call that may run Python code.
#![forbid(unsafe_code)]

mod arguments;
mod control;
mod select;
mod socket;
mod subprocess;
mod terminals;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 5] =
    [&control::MODULE, &select::MODULE, &socket::MODULE, &subprocess::MODULE, &terminals::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> =
        select::types().into_iter().chain(socket::types()).chain([&terminals::ERROR]).collect();
    ready::ready_more(thread, &types)?;
    select::fill(thread)?;
    socket::fill(thread)
}
