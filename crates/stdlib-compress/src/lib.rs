//! Native modules of compression: `zlib`. One folder or file a module.
//!
//! The streams are those of crates; here is what Python sees of them. Invariants: a stream is used by one call at a
//! time ([`guard`]); long work passes a safepoint after each part.
#![forbid(unsafe_code)]

mod guard;
mod history;
mod zlib;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 1] = [&zlib::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> = zlib::types().to_vec();
    ready::ready_more(thread, &types)?;
    zlib::fill(thread)
}
