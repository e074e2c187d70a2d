//! What the built-in types can do beyond the slots that the interpreter itself touches: their text, their
//! formatting, their methods. [`fill`] puts all of it into the static types while the process is set up.
//!
//! Start with [`text`] (`repr` and `str`), then [`format`](mod@format) (the language of format specifications).
//! [`arguments`] is how natives read what they are called with. Invariants: nothing here keeps state between
//! calls, except which containers are being printed; messages of errors are those of CPython 3.14.
#![forbid(unsafe_code)]

pub mod arguments;
mod chars;
pub mod format;
mod install;
mod iterate;
mod methods;
pub mod text;

#[cfg(test)]
mod testing;

use taipan_object::{PyResult, Thread};

/// Puts slots and methods into the static types: what [`process::init`](taipan_object::process::init) calls.
pub fn fill(thread: &Thread) -> PyResult<()> {
    text::install();
    methods::install_slots();
    install::inherit();
    format::install(thread)?;
    methods::install(thread)
}
