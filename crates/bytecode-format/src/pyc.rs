//! `.pyc` files: PEP 552's sixteen bytes and one marshalled code object.
//!
//! ```text
//! magic[4] flags:u32   0: mtime:u32 size:u32   1: hash[8], not checked   3: hash[8], checked
//! ```
//! Invariant: what [`read`] returns is verified, with all code objects in it.

use crate::artifact::{WriteError, decode_code, encode_code_after};
use crate::code::Code;
use crate::marshal::Writer;
use crate::verified::Verified;
use crate::verify::VerifyError;
use std::fmt;
use std::sync::Arc;
use taipan_artifact::{Header, Limits, ReadError};

/// The magic number: the first four bytes. The first two change with every change of the format.
pub const MAGIC: [u8; 4] = taipan_artifact::PYC_MAGIC;

/// Bytes before the code object.
pub const HEADER_LEN: usize = 16;

/// The type of a code object in marshal, without and with its flag for references.
const CODE_TYPES: [u8; 2] = [b'c', b'c' | 0x80];

/// How to find out whether a file is still that of its source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Validation {
    /// By the source's time of modification and size, both modulo 2^32.
    Timestamp {
        /// Seconds since 1970.
        mtime: u32,
        /// Bytes.
        size: u32,
    },
    /// By the source's hash.
    Hash {
        /// The hash.
        hash: [u8; 8],
        /// Whether the source is to be looked at.
        checked: bool,
    },
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Pyc {
    /// How to find out whether it is still that of its source.
    pub validation: Validation,
    /// Where the code comes from.
    pub header: Header,
    /// The code, verified.
    pub code: Verified,
}

/// Why bytes are no `.pyc` that can run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PycError {
    /// Another magic number.
    Magic {
        /// The first four bytes, zeros for those that are missing.
        found: [u8; 4],
    },
    /// Fewer bytes than every file has.
    UnexpectedEnd {
        /// Where more was needed.
        offset: usize,
    },
    /// Flags that mean nothing.
    Flags {
        /// The flags.
        found: u32,
    },
    /// Something else than a code object.
    NotCode {
        /// The marshal type.
        found: u8,
    },
    /// The length of the code object is not that of the bytes.
    Length {
        /// The length in the file.
        length: u32,
        /// The number of bytes there are.
        left: usize,
    },
    /// The code object's artifact is refused; its offsets count from byte 21 of the file.
    Artifact(ReadError),
    /// A code object cannot run.
    Verify(VerifyError),
}

impl fmt::Display for PycError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PycError::Magic { found } => write!(f, "magic number {}, not Taipan's", found.escape_ascii()),
            PycError::UnexpectedEnd { offset } => write!(f, "the file ends early at offset {offset}"),
            PycError::Flags { found } => write!(f, "unknown flags {found:#x} at offset 4"),
            PycError::NotCode { found } => {
                write!(f, "no code object: type {found:#04x} at offset {HEADER_LEN}")
            }
            PycError::Length { length, left } => {
                write!(f, "a code object of {length} bytes at offset {HEADER_LEN}, {left} bytes are left")
            }
            PycError::Artifact(error) => error.fmt(f),
            PycError::Verify(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PycError {}

/// The bytes of a file.
///
/// # Errors
/// What the format cannot hold: see [`WriteError`].
pub fn write(code: &Code, header: &Header, validation: Validation) -> Result<Vec<u8>, WriteError> {
    let mut out = MAGIC.to_vec();
    match validation {
        Validation::Timestamp { mtime, size } => {
            out.extend_from_slice(&0u32.to_le_bytes());
            out.extend_from_slice(&mtime.to_le_bytes());
            out.extend_from_slice(&size.to_le_bytes());
        }
        Validation::Hash { hash, checked } => {
            out.extend_from_slice(&(1 | u32::from(checked) << 1).to_le_bytes());
            out.extend_from_slice(&hash);
        }
    }
    // the length of the artifact is written where it is known
    let mut writer = Writer::after(out);
    writer.code(&[], false)?;
    let before = writer.into_bytes();
    let start = before.len();
    let mut out = encode_code_after(before, code, header)?;
    let length = i32::try_from(out.len() - start).map_err(|_| WriteError::TooLarge)?;
    if let Some(place) = out.get_mut(start - 4..start) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    Ok(out)
}

/// Reads a file and verifies its code.
///
/// # Errors
/// See [`PycError`].
pub fn read(bytes: &[u8], limits: Limits) -> Result<Pyc, PycError> {
    let (validation, header, code) = read_unverified(bytes, limits)?;
    let code = Verified::new_tree(Arc::new(code)).map_err(PycError::Verify)?;
    Ok(Pyc { validation, header, code })
}

/// Reads a file whose code stays data, as a disassembler wants it.
///
/// # Errors
/// See [`PycError`]; never [`PycError::Verify`].
pub fn read_unverified(bytes: &[u8], limits: Limits) -> Result<(Validation, Header, Code), PycError> {
    let (validation, rest) = read_header(bytes)?;
    let short = |rest: &[u8]| PycError::UnexpectedEnd { offset: bytes.len() - rest.len() };
    let (kind, rest) = rest.split_first().ok_or_else(|| short(rest))?;
    if !CODE_TYPES.contains(kind) {
        return Err(PycError::NotCode { found: *kind });
    }
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| short(rest))?;
    let length = u32::from_le_bytes(*length);
    if usize::try_from(length) != Ok(rest.len()) {
        return Err(PycError::Length { length, left: rest.len() });
    }
    let (header, code) = decode_code(rest, limits).map_err(PycError::Artifact)?;
    Ok((validation, header, code))
}

/// Reads the sixteen bytes, and returns what follows.
///
/// # Errors
/// See [`PycError`].
pub fn read_header(bytes: &[u8]) -> Result<(Validation, &[u8]), PycError> {
    let mut rest = bytes;
    let mut word = || {
        let short = PycError::UnexpectedEnd { offset: bytes.len() - rest.len() };
        let (word, tail) = rest.split_first_chunk::<4>().ok_or(short)?;
        rest = tail;
        Ok(*word)
    };
    let magic = word()?;
    if magic != MAGIC {
        return Err(PycError::Magic { found: magic });
    }
    let flags = u32::from_le_bytes(word()?);
    let (first, second) = (word()?, word()?);
    let mut hash = [0; 8];
    hash.iter_mut().zip(first.iter().chain(&second)).for_each(|(to, from)| *to = *from);
    let validation = match flags {
        0 => Validation::Timestamp { mtime: u32::from_le_bytes(first), size: u32::from_le_bytes(second) },
        1 | 3 => Validation::Hash { hash, checked: flags == 3 },
        found => return Err(PycError::Flags { found }),
    };
    Ok((validation, rest))
}
