//! The module `posix`. `files.rs` has what is done by path, `names.rs` and `modes.rs` what is done to names, owners and
//! permissions, `descriptors.rs` and `transfers.rs` what is done by descriptor, `status.rs` `stat` and its result, `scan.rs`
//! the listing of folders, `calls.rs` functions that only hand numbers on, `execution.rs`, `children.rs` and `fork.rs`
//! other programs; the rest by what it is about. `text.rs` has what is done to paths as text.

mod calls;
mod children;
mod configuration;
mod descriptors;
mod environment;
mod execution;
mod files;
mod fork;
mod modes;
mod names;
mod process;
mod scan;
mod scheduling;
mod status;
mod tables;
mod terminals;
mod text;
mod timers;
mod times;
mod transfers;
mod users;

pub use children::{WAITID_RESULT, WAITID_RESULT_TYPE};
pub use configuration::{STATVFS_RESULT, STATVFS_RESULT_TYPE};
pub use environment::{TERMINAL_SIZE, TERMINAL_SIZE_TYPE};
pub use process::{TIMES_RESULT, TIMES_RESULT_TYPE, UNAME_RESULT, UNAME_RESULT_TYPE};
pub use scheduling::{SCHED_PARAM, SCHED_PARAM_TYPE};
pub use status::{STAT_RESULT, STAT_RESULT_TYPE};

use taipan_host::of;
use taipan_object::descriptor::table::{add_attributes, add_methods};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Thread, Value, as_ref};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

/// `posix`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "posix",
    doc: Some("What the system offers, as POSIX names it. Programs import os."),
    functions: &tables::FUNCTIONS,
    exec: Some(exec),
};

/// The types with a state, which are made ready first.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&scan::DIR_ENTRY, &scan::SCANDIR_ITERATOR]
}

/// Puts methods and attributes into these types.
pub(crate) fn add_tables(thread: &Thread) -> PyResult<()> {
    add_methods(thread, &scan::DIR_ENTRY, &scan::ENTRY_METHODS)?;
    add_methods(thread, &scan::DIR_ENTRY, &scan::ENTRY_CLASS_METHODS)?;
    add_attributes(thread, &scan::DIR_ENTRY, &scan::ENTRY_ATTRIBUTES)?;
    add_methods(thread, &scan::SCANDIR_ITERATOR, &scan::ITERATOR_METHODS)
}

/// Puts methods into types of tuples that differ from all others.
pub(crate) fn add_to_sequences(thread: &Thread) -> PyResult<()> {
    add_methods(thread, &SCHED_PARAM_TYPE, &scheduling::PARAMETER_METHODS)
}

/// What `os` finds out about functions that do more than the plainest: descriptors in place of paths, links that are
/// not followed.
const HAVE: [&str; 32] = [
    "HAVE_EVENTFD",
    "HAVE_TIMERFD_CREATE",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FEXECVE",
    "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
    "HAVE_PTSNAME_R",
];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in of(thread).constants() {
        add(thread, module, name, Value::int(thread, *number)?)?;
    }
    let host = of(thread);
    for (name, table) in [
        ("sysconf_names", host.configurations()),
        ("pathconf_names", host.file_configurations()),
        ("confstr_names", host.text_configurations()),
    ] {
        add(thread, module, name, configuration::table(thread, table)?)?;
    }
    let results: [&'static PyTypeObject; _] = [
        &STAT_RESULT_TYPE,
        &STATVFS_RESULT_TYPE,
        &WAITID_RESULT_TYPE,
        &SCHED_PARAM_TYPE,
        &TERMINAL_SIZE_TYPE,
        &TIMES_RESULT_TYPE,
        &UNAME_RESULT_TYPE,
        &scan::DIR_ENTRY,
    ];
    add_types(thread, module, results)?;
    add(thread, module, "error", as_ref(&taipan_object::exception::OS_ERROR).to_value())?;
    add(thread, module, "environ", environment::environ(thread)?)?;
    let have = PyList::new(thread)?;
    for name in HAVE {
        have.push(thread, intern_text(thread, name)?.into_value())?;
    }
    add(thread, module, "_have_functions", have.into_value())
}

/// Nothing, or the error of the system.
fn done(thread: &Thread, result: taipan_host::HostResult<()>) -> PyResult<Value> {
    match result {
        Ok(()) => Ok(Value::none()),
        Err(error) => Err(error.raise(thread)),
    }
}
