//! Native modules of data structures: `array`, `_bisect` and `_heapq`. One file or folder a module; [`fill`] makes
//! their types ready while the process is set up. Invariant: nothing of a container is borrowed across a call that may
//! run Python code: comparisons do.
#![forbid(unsafe_code)]

mod array;
mod bisect;
mod heap;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 3] = [&array::MODULE, &bisect::MODULE, &heap::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> = array::types().into_iter().collect();
    ready::ready_more(thread, &types)?;
    array::fill(thread)
}

/// Completes the types with what needs the types of `taipan_runtime_builtins`: comes after its `fill`.
///
/// # Errors
/// When there is no memory.
pub fn finish(thread: &Thread) -> PyResult<()> {
    array::finish(thread)
}
