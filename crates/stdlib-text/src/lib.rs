//! Native modules about text: `unicodedata`, `binascii`, `_csv`, `_json`, `_multibytecodec` and the modules of its codecs. One folder a module; [`fill`] makes their types ready while the process
//! is set up. Invariant: nothing of an object is borrowed across a call that may run Python code.
#![forbid(unsafe_code)]

mod binascii;
mod csv;
mod json;
mod multibyte;
mod unicodedata;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    let mut all =
        vec![&unicodedata::MODULE, &binascii::MODULE, &csv::MODULE, &json::MODULE, &multibyte::MODULE];
    all.extend(multibyte::FAMILIES);
    all
}

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let mut types: Vec<&'static PyTypeObject> =
        vec![&unicodedata::UCD, &binascii::ERROR, &binascii::INCOMPLETE];
    types.extend(csv::types());
    types.extend(json::types());
    types.extend(multibyte::types());
    ready::ready_more(thread, &types)?;
    csv::fill(thread)?;
    json::fill(thread)?;
    multibyte::fill(thread)?;
    unicodedata::fill(thread)
}
