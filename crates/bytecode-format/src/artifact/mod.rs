//! Code objects as an artifact: the container of all stages around these sections.
//!
//! ```text
//! NAMES      count, then each text that occurs anywhere, once, in order of first use
//! CONTENT    count, then each code object, those in its constants before it
//! POSITIONS  one position table a code object; can be stripped
//! ```
//!
//! A code object is its numbers, the texts of its file, name and qualified name, its code, exception
//! table, names, locals with their kinds, the number of code objects in its constants, and the
//! constants. A text is its index in two bytes, or FFFF and four bytes. A constant is two bytes, kind and
//! a small number, and what the kind asks for.
//! Invariant: the same code has the same bytes, and all that is written is read. Reading makes no code run: what is read is data, and
//! `verify` says whether it can run.

mod decode;
mod encode;
mod error;
mod stored;

pub use decode::{MAX_CODE_DEPTH, MAX_CONST_DEPTH, decode_code};
pub use encode::encode_code;
pub(crate) use encode::encode_code_after;
pub(crate) use encode::{children_first, each_const};
pub use error::WriteError;
pub use stored::{StoredCode, index, stored_code};

/// The kinds of constants, by their numbers on the wire.
mod kind {
    pub(super) const NONE: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const ELLIPSIS: u8 = 3;
    pub(super) const INT: u8 = 4;
    pub(super) const FLOAT: u8 = 5;
    pub(super) const COMPLEX: u8 = 6;
    pub(super) const STR: u8 = 7;
    pub(super) const BYTES: u8 = 8;
    pub(super) const TUPLE: u8 = 9;
    pub(super) const FROZENSET: u8 = 10;
    pub(super) const SLICE: u8 = 11;
    pub(super) const CODE: u8 = 12;
}

/// The small number of a constant that says that the number follows.
const LARGE: u8 = 255;

/// The index of a text that says that four bytes follow.
const LARGE_TEXT: u16 = u16::MAX;
