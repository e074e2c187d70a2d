//! The modules `posix`, `errno`, `time`, `resource`, `mmap`, `_multiprocessing`, `_posixshmem`, `pwd`,
//! `grp`, `syslog`, `_uuid` and `_locale`: what the system offers, behind the traits of
//! `taipan-host`.
//!
//! [`MODULES`] has the modules, [`fill`] makes their types ready while the process is set up. A folder a module;
//! `struct_sequence.rs` has tuples with named fields. Invariant: the system is reached through `taipan-host` alone.
#![forbid(unsafe_code)]

mod accounts;
mod arguments;
mod errno;
mod locale;
mod mmap;
mod multiprocessing;
mod posix;
mod resource;
mod shared_memory;
pub mod struct_sequence;
mod syslog;
mod time;
mod uuid;
mod warnings;

use taipan_object::types::ready;
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The modules of this crate.
pub static MODULES: [&ModuleDef; 12] = [
    &posix::MODULE,
    &errno::MODULE,
    &time::MODULE,
    &resource::MODULE,
    &mmap::MODULE,
    &multiprocessing::MODULE,
    &shared_memory::MODULE,
    &accounts::USERS_MODULE,
    &accounts::GROUPS_MODULE,
    &syslog::MODULE,
    &uuid::MODULE,
    &locale::MODULE,
];

/// Makes the types ready: part of what fills the static types while the process is set up.
pub fn fill(thread: &Thread) -> PyResult<()> {
    ready::ready_more(thread, &posix::types())?;
    ready::ready_more(thread, &locale::types())?;
    ready::ready_more(thread, &mmap::types())?;
    mmap::fill(thread)?;
    ready::ready_more(thread, &multiprocessing::types())?;
    multiprocessing::fill(thread)?;
    posix::add_tables(thread)?;
    struct_sequence::fill(thread)?;
    posix::add_to_sequences(thread)
}
