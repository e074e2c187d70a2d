//! Native modules of hash functions: `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`, `_hmac` and `_hashlib`.
//!
//! `algorithm.rs` puts the functions of the crates that implement them behind one type, `object.rs` has the methods
//! that all hash objects share; then one file a group of modules. Invariant: nothing that runs Python code is called
//! while a hasher is borrowed.
#![forbid(unsafe_code)]

mod algorithm;
mod blake;
mod hashlib;
mod hmac;
mod keyed;
mod object;
mod passwords;
mod plain;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 7] = [
    &plain::MD5_MODULE,
    &plain::SHA1_MODULE,
    &plain::SHA2_MODULE,
    &plain::SHA3_MODULE,
    &blake::MODULE,
    &keyed::MODULE,
    &hashlib::MODULE,
];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let mut types: Vec<&'static PyTypeObject> = plain::types().to_vec();
    types.extend(blake::types());
    types.extend(keyed::types());
    types.extend(hashlib::types());
    ready::ready_more(thread, &types)?;
    plain::fill(thread)?;
    blake::fill(thread)?;
    keyed::fill(thread)?;
    hashlib::fill(thread)
}
