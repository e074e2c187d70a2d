//! Native modules of compression: `zlib`, `_bz2`, `_lzma`, `_zstd`. One folder or file a module; `streams.rs` has
//! what most of them share.
//!
//! The streams are those of crates; here is what Python sees of them. Invariants: a stream is used by one call at a
//! time ([`guard`]); long work passes a safepoint after each part.
#![forbid(unsafe_code)]

mod bz2;
mod guard;
mod history;
mod lzma;
mod streams;
mod zlib;
mod zstd;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 4] = [&zlib::MODULE, &bz2::MODULE, &lzma::MODULE, &zstd::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> =
        zlib::types().into_iter().chain(bz2::types()).chain(lzma::types()).chain(zstd::types()).collect();
    ready::ready_more(thread, &types)?;
    zlib::fill(thread)?;
    bz2::fill(thread)?;
    lzma::fill(thread)?;
    zstd::fill(thread)
}
