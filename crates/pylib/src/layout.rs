//! The layout of the archive, for what writes it and what reads it.
//!
//! ```text
//! magic[8] count:u32 record[count] bytes
//! record: name file code source index (each start:u32 length:u32, from the start of the archive) flags:u32
//! ```
//! All numbers are little-endian; records are sorted by name.

/// The first bytes.
pub const MAGIC: [u8; 8] = *b"taipylib";

/// Bytes of a record.
pub const RECORD: usize = 44;

/// The flag of a package.
pub const PACKAGE: u32 = 1;
