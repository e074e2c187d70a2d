//! The modules `posix`, `errno` and `time`.
#![forbid(unsafe_code)]

use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The modules of this crate.
pub static MODULES: [&ModuleDef; 0] = [];

/// Makes the types ready.
pub fn fill(_: &Thread) -> PyResult<()> {
    Ok(())
}
