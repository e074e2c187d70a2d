//! Marshal, format version 5: Python's notation of plain values in bytes. A code object is type `c`, the
//! length of an artifact and the artifact; all else is as CPython 3.14 has it. `read.rs` reads, `write.rs`
//! writes, `constant.rs` does both for constants.
//! Invariant: neither direction recurses; what is read is charged before it is made.

mod constant;
mod error;
mod read;
mod write;

pub use constant::{ConstBuilder, read_const, write_const};
pub use error::MarshalError;
pub use read::{Atom, Build, Container, Dialect, MAX_DEPTH, Reader};
pub use write::Writer;

/// The version of the format that is written.
pub const VERSION: u32 = 5;

/// The bit of a type that says that later references may name the object.
const FLAG_REF: u8 = 0x80;

#[cfg(test)]
mod tests;
