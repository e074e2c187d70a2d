//! What stands in front of an artifact's sections: versions first, then where it comes from.
//! Invariant: the first [`FIXED_LEN`] bytes mean the same in every format version, so that any
//! version can be recognised and refused by name.

use crate::hash::SourceHash;
use crate::{Decode, Decoder, Encode, Encoder, ReadError};
use std::fmt;
use taipan_wtf8::Wtf8Buf;

/// The first bytes of every artifact. The first is no text in any encoding, the last catches
/// transfers that rewrite line ends.
pub const MAGIC: [u8; 8] = *b"\x9Ataipan\n";

/// Bytes before the part whose layout depends on the format version: magic, kind, format version,
/// language version, total length, checksum.
pub(crate) const FIXED_LEN: usize = 8 + 4 + 4 + 4 + 8 + 8;

/// Where the checksum stands.
pub(crate) const CHECKSUM_AT: usize = FIXED_LEN - 8;

/// The version of Python that this program is for.
pub const LANGUAGE: LanguageVersion = LanguageVersion { major: 3, minor: 14 };

/// The version of this program.
pub const PRODUCER: ProducerVersion = ProducerVersion {
    major: number(env!("CARGO_PKG_VERSION_MAJOR")),
    minor: number(env!("CARGO_PKG_VERSION_MINOR")),
    patch: number(env!("CARGO_PKG_VERSION_PATCH")),
};

const fn number(text: &str) -> u16 {
    match u16::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => 0,
    }
}

/// The kinds of artifacts. Each counts its format versions by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Tokens: `.tok`.
    Tokens,
    /// An abstract syntax tree: `.ast`.
    Tree,
    /// A code object, inside a `.pyc`.
    Code,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Tokens, Kind::Tree, Kind::Code];

    /// The four bytes that stand for it in an artifact.
    pub const fn tag(self) -> [u8; 4] {
        match self {
            Kind::Tokens => *b"tok.",
            Kind::Tree => *b"ast.",
            Kind::Code => *b"code",
        }
    }

    /// The format version that this program reads and writes. It grows with every change to the
    /// container or to the kind's sections that an older reader would misread.
    pub const fn format_version(self) -> u32 {
        match self {
            Kind::Tokens | Kind::Tree | Kind::Code => 1,
        }
    }

    /// The kind of these four bytes.
    pub fn from_tag(tag: [u8; 4]) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.tag() == tag)
    }

    /// The kind of the artifact that `bytes` begin, whatever its version; none if they begin none.
    pub fn detect(bytes: &[u8]) -> Option<Kind> {
        let tag = bytes.strip_prefix(&MAGIC)?.first_chunk::<4>()?;
        Kind::from_tag(*tag)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Tokens => "a token artifact",
            Kind::Tree => "a syntax tree artifact",
            Kind::Code => "a code artifact",
        })
    }
}

/// A version of Python.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct LanguageVersion {
    /// 3
    pub major: u16,
    /// 14
    pub minor: u16,
}

impl fmt::Display for LanguageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A version of the program that wrote an artifact. It is for people who look for the origin of a
/// file: whether the file is readable is said by its format version alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
pub struct ProducerVersion {
    /// Incompatible changes.
    pub major: u16,
    /// Additions.
    pub minor: u16,
    /// Corrections.
    pub patch: u16,
}

impl fmt::Display for ProducerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Where an artifact comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The program that wrote it.
    pub producer: ProducerVersion,
    /// The options of the stage that wrote it, in an encoding of its own.
    pub options: Vec<u8>,
    /// The name of the source, as it appears in diagnostics.
    pub source_name: Wtf8Buf,
    /// The hash of the source before decoding.
    pub source_hash: SourceHash,
}

impl Encode for Header {
    fn encode(&self, out: &mut Encoder) {
        out.u32(self.producer.major.into());
        out.u32(self.producer.minor.into());
        out.u32(self.producer.patch.into());
        out.bytes(&self.options);
        out.wtf8(self.source_name.as_wtf8());
        out.raw(&self.source_hash.0);
    }
}

impl<C: ?Sized> Decode<'_, C> for Header {
    fn decode(input: &mut Decoder<'_>, _: &mut C) -> Result<Self, ReadError> {
        let producer = ProducerVersion { major: input.u16()?, minor: input.u16()?, patch: input.u16()? };
        let options = input.bytes()?.to_vec();
        let mut source_name = Wtf8Buf::new();
        source_name.push_wtf8(input.wtf8()?);
        let mut hash = [0; 16];
        hash.copy_from_slice(input.raw(16)?);
        Ok(Header { producer, options, source_name, source_hash: SourceHash(hash) })
    }
}
