//! Native modules about text: `unicodedata`, `binascii`. One folder a module; [`fill`] makes their types ready while the process
//! is set up. Invariant: nothing of an object is borrowed across a call that may run Python code.
#![forbid(unsafe_code)]

mod binascii;
mod unicodedata;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 2] = [&unicodedata::MODULE, &binascii::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 3] = [&unicodedata::UCD, &binascii::ERROR, &binascii::INCOMPLETE];
    ready::ready_more(thread, &types)?;
    unicodedata::fill(thread)
}
