//! Why an artifact is refused. Offsets count bytes from the start of the artifact.
//! Invariant: every way to fail has a variant of its own, so that a caller can tell a foreign file
//! from an old one and from a damaged one.

use crate::header::{Kind, LanguageVersion};
use std::fmt;

/// Why bytes are no artifact that this program reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// The bytes do not begin with the magic number.
    NotAnArtifact,
    /// The magic number is there and the kind is none that is known.
    UnknownKind {
        /// The four bytes of the kind.
        found: [u8; 4],
    },
    /// An artifact of another stage.
    WrongKind {
        /// The kind that was asked for.
        expected: Kind,
        /// The kind that the bytes are.
        found: Kind,
    },
    /// A format version that this program does not read.
    FormatVersion {
        /// The artifact's kind.
        kind: Kind,
        /// The version that this program reads and writes.
        expected: u32,
        /// The artifact's version.
        found: u32,
    },
    /// Made for another version of Python.
    Language {
        /// The version of this program.
        expected: LanguageVersion,
        /// The artifact's version.
        found: LanguageVersion,
    },
    /// The input ends before the artifact does.
    UnexpectedEnd {
        /// Where more was needed.
        offset: usize,
        /// How many bytes were needed there.
        needed: u64,
    },
    /// Bytes follow the end of the artifact or of a section.
    TrailingBytes {
        /// Where the first of them stands.
        offset: usize,
    },
    /// The content is not what was written.
    Checksum {
        /// The checksum in the artifact.
        stored: u64,
        /// The checksum of its content.
        computed: u64,
    },
    /// The artifact is larger than the reader's limit.
    TooLarge {
        /// The artifact's size in bytes.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// A count promises more than the bytes left can hold.
    Count {
        /// Where the count stands.
        offset: usize,
        /// The count.
        count: u64,
        /// The number of bytes left.
        left: usize,
    },
    /// An integer that does not fit its type, or not in its shortest form.
    Integer {
        /// Where it stands.
        offset: usize,
    },
    /// A number that names no member of an enumeration.
    Tag {
        /// Where it stands.
        offset: usize,
        /// The enumeration.
        of: &'static str,
        /// The number.
        found: u32,
    },
    /// Text that is no UTF-8, or no WTF-8 where lone surrogates are allowed.
    Text {
        /// Where its first bad byte stands.
        offset: usize,
    },
    /// Section numbers that do not ascend.
    SectionOrder {
        /// Where the number stands.
        offset: usize,
        /// The number.
        id: u32,
    },
    /// A section that is needed is not there.
    MissingSection {
        /// Its number.
        id: u32,
    },
    /// Values nest deeper than the reader's limit.
    Depth {
        /// Where the limit was passed.
        offset: usize,
        /// The limit.
        limit: u32,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::NotAnArtifact => f.write_str("not a Taipan artifact"),
            ReadError::UnknownKind { found } => {
                write!(f, "artifact of unknown kind {}", found.escape_ascii())
            }
            ReadError::WrongKind { expected, found } => {
                write!(f, "this is {found}, expected {expected}")
            }
            ReadError::FormatVersion { kind, expected, found } => {
                write!(f, "format version {found} of {kind} is not readable, this program reads {expected}")
            }
            ReadError::Language { expected, found } => {
                write!(f, "made for Python {found}, this program is for {expected}")
            }
            ReadError::UnexpectedEnd { offset, needed } => {
                write!(f, "the input ends early: {needed} bytes needed at offset {offset}")
            }
            ReadError::TrailingBytes { offset } => write!(f, "unexpected bytes at offset {offset}"),
            ReadError::Checksum { stored, computed } => {
                write!(f, "damaged: checksum {computed:016x}, expected {stored:016x}")
            }
            ReadError::TooLarge { size, limit } => write!(f, "{size} bytes, more than the limit of {limit}"),
            ReadError::Count { offset, count, left } => {
                write!(f, "count {count} at offset {offset} with {left} bytes left")
            }
            ReadError::Integer { offset } => write!(f, "malformed integer at offset {offset}"),
            ReadError::Tag { offset, of, found } => write!(f, "{found} is no {of} (offset {offset})"),
            ReadError::Text { offset } => write!(f, "malformed text at offset {offset}"),
            ReadError::SectionOrder { offset, id } => {
                write!(f, "section {id} out of order at offset {offset}")
            }
            ReadError::MissingSection { id } => write!(f, "section {id} is missing"),
            ReadError::Depth { offset, limit } => {
                write!(f, "nested more than {limit} deep at offset {offset}")
            }
        }
    }
}

impl std::error::Error for ReadError {}
