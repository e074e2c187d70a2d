//! The module `posix`, as far as `os`, `io` and the import of modules need it. `files.rs` has what is done by path,
//! `descriptors.rs` what is done by descriptor, `status.rs` `stat` and its result, `scan.rs` the listing of folders,
//! `process.rs` and `environment.rs` the rest, `text.rs` what is done to paths as text.

mod descriptors;
mod environment;
mod files;
mod fork;
mod process;
mod scan;
mod status;
mod tables;
mod text;
mod times;

pub use environment::{TERMINAL_SIZE, TERMINAL_SIZE_TYPE};
pub use process::{TIMES_RESULT, TIMES_RESULT_TYPE, UNAME_RESULT, UNAME_RESULT_TYPE};
pub use status::{STAT_RESULT, STAT_RESULT_TYPE};

use taipan_host::of;
use taipan_object::descriptor::table::{add_attributes, add_methods};
use taipan_object::dict::PyDict;
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
    add_attributes(thread, &scan::DIR_ENTRY, &scan::ENTRY_ATTRIBUTES)?;
    add_methods(thread, &scan::SCANDIR_ITERATOR, &scan::ITERATOR_METHODS)
}

/// What `os` finds out about functions that do more than the plainest: descriptors in place of paths, links that are
/// not followed.
const HAVE: [&str; 6] =
    ["HAVE_FCHMOD", "HAVE_FCHOWN", "HAVE_FTRUNCATE", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES"];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in of(thread).constants() {
        add(thread, module, name, Value::int(thread, *number)?)?;
    }
    let names = PyDict::new(thread)?;
    for (name, number) in of(thread).configurations() {
        let name = intern_text(thread, name)?;
        drop(names.insert(thread, name.as_ref(), Value::int(thread, *number)?)?);
    }
    add(thread, module, "sysconf_names", names.into_value())?;
    let results: [&'static PyTypeObject; _] =
        [&STAT_RESULT_TYPE, &TERMINAL_SIZE_TYPE, &TIMES_RESULT_TYPE, &UNAME_RESULT_TYPE, &scan::DIR_ENTRY];
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
