//! The layout of an artifact:
//!
//! ```text
//! magic[8] kind[4] format-version:u32 language-major:u16 language-minor:u16 length:u64 checksum:u64
//! header                       producer, options, source name, source hash
//! count (id, length)*          the section table, ids ascending
//! bytes*                       the sections in the table's order
//! ```
//!
//! Numbers of the first line are fixed-width, the least significant byte first; `length` counts the
//! whole artifact and the checksum covers everything but itself.
//! Invariant: an [`Artifact`] is undamaged and of the expected kind and versions. Its sections are
//! not yet looked into.

use crate::hash::checksum;
use crate::header::{CHECKSUM_AT, FIXED_LEN, Header, Kind, LANGUAGE, LanguageVersion, MAGIC};
use crate::{Decoder, Encode, Encoder, Limits, ReadError};

/// The number of a section. Numbers below 16 mean the same in every kind of artifact.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SectionId(pub u32);

impl SectionId {
    /// The decoded source, in UTF-8. Can be stripped.
    pub const SOURCE: SectionId = SectionId(1);
    /// Names, in order of first use.
    pub const NAMES: SectionId = SectionId(2);
    /// What the artifact is about: tokens, a tree, code.
    pub const CONTENT: SectionId = SectionId(3);
    /// Source ranges of what stands in [`SectionId::CONTENT`]. Can be stripped.
    pub const POSITIONS: SectionId = SectionId(4);
}

/// One section of an artifact that was read.
#[derive(Clone, Copy, Debug)]
pub struct Section<'b> {
    /// Its number.
    pub id: SectionId,
    /// The offset of its first byte.
    pub offset: usize,
    /// Its bytes.
    pub bytes: &'b [u8],
}

/// An artifact being written.
#[derive(Debug)]
pub struct ArtifactBuilder {
    kind: Kind,
    header: Header,
    sections: Vec<(SectionId, Vec<u8>)>,
}

impl ArtifactBuilder {
    /// An artifact without sections.
    pub fn new(kind: Kind, header: Header) -> Self {
        ArtifactBuilder { kind, header, sections: Vec::new() }
    }

    /// Sets a section's bytes. The order of calls does not matter.
    pub fn section(&mut self, id: SectionId, bytes: Vec<u8>) -> &mut Self {
        match self.sections.binary_search_by_key(&id, |section| section.0) {
            Ok(at) => {
                if let Some(section) = self.sections.get_mut(at) {
                    section.1 = bytes;
                }
            }
            Err(at) => self.sections.insert(at, (id, bytes)),
        }
        self
    }

    /// The artifact's bytes.
    pub fn finish(&self) -> Vec<u8> {
        self.finish_after(Vec::new())
    }

    /// The artifact's bytes behind others.
    pub fn finish_after(&self, mut before: Vec<u8>) -> Vec<u8> {
        let size: usize = self.sections.iter().map(|(_, bytes)| bytes.len()).sum();
        let start = before.len();
        before.reserve_exact(FIXED_LEN + size + 256);
        let mut body = Encoder::after(before);
        body.raw(&[0; FIXED_LEN]);
        self.header.encode(&mut body);
        body.count(self.sections.len());
        for (id, bytes) in &self.sections {
            body.u32(id.0);
            body.count(bytes.len());
        }
        for (_, bytes) in &self.sections {
            body.raw(bytes);
        }
        let mut out = body.into_bytes();
        let artifact = out.get_mut(start..).unwrap_or_default();
        let length = artifact.len() as u64;
        let (fixed, rest) = artifact.split_at_mut(FIXED_LEN);
        self.write_fixed(fixed, length, rest);
        out
    }

    /// Writes the first [`FIXED_LEN`] bytes.
    fn write_fixed(&self, fixed: &mut [u8], length: u64, rest: &[u8]) {
        let mut out = Vec::with_capacity(FIXED_LEN);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.kind.tag());
        out.extend_from_slice(&self.kind.format_version().to_le_bytes());
        out.extend_from_slice(&LANGUAGE.major.to_le_bytes());
        out.extend_from_slice(&LANGUAGE.minor.to_le_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        let sum = checksum(&out, rest);
        out.extend_from_slice(&sum.to_le_bytes());
        fixed.copy_from_slice(&out);
    }
}

/// An artifact that was read: its header and where its sections are.
#[derive(Clone, Debug)]
pub struct Artifact<'b> {
    /// Its kind.
    pub kind: Kind,
    /// Where it comes from.
    pub header: Header,
    sections: Vec<Section<'b>>,
    limits: Limits,
}

impl<'b> Artifact<'b> {
    /// Reads an artifact of the kind that is wanted.
    pub fn read(bytes: &'b [u8], wanted: Kind, limits: Limits) -> Result<Self, ReadError> {
        check_fixed(bytes, wanted, limits)?;
        let body = bytes.get(FIXED_LEN..).unwrap_or_default();
        let mut input = Decoder::new(body, FIXED_LEN, limits);
        let header = input.value(&mut ())?;
        let sections = read_sections(&mut input)?;
        input.finish()?;
        Ok(Artifact { kind: wanted, header, sections, limits })
    }

    /// All sections, those of unknown numbers included.
    pub fn sections(&self) -> &[Section<'b>] {
        &self.sections
    }

    /// A section, if it was not stripped.
    pub fn section(&self, id: SectionId) -> Option<Section<'b>> {
        self.sections.iter().copied().find(|section| section.id == id)
    }

    /// A reader of a section that must be there.
    pub fn decoder(&self, id: SectionId) -> Result<Decoder<'b>, ReadError> {
        self.optional_decoder(id).ok_or(ReadError::MissingSection { id: id.0 })
    }

    /// A reader of a section that may have been stripped.
    pub fn optional_decoder(&self, id: SectionId) -> Option<Decoder<'b>> {
        self.section(id).map(|section| Decoder::new(section.bytes, section.offset, self.limits))
    }

    /// The decoded source, if it was not stripped.
    pub fn source(&self) -> Result<Option<&'b str>, ReadError> {
        let Some(section) = self.section(SectionId::SOURCE) else { return Ok(None) };
        let bad = |e: std::str::Utf8Error| ReadError::Text { offset: section.offset + e.valid_up_to() };
        std::str::from_utf8(section.bytes).map(Some).map_err(bad)
    }

    /// The same artifact with only the sections that `keep` wants.
    pub fn strip(&self, mut keep: impl FnMut(SectionId) -> bool) -> Vec<u8> {
        let mut builder = ArtifactBuilder::new(self.kind, self.header.clone());
        for section in self.sections.iter().filter(|section| keep(section.id)) {
            builder.section(section.id, section.bytes.to_vec());
        }
        builder.finish()
    }
}

/// Checks the part that means the same in every version, the versions before the rest.
fn check_fixed(bytes: &[u8], wanted: Kind, limits: Limits) -> Result<(), ReadError> {
    let mut rest = bytes.strip_prefix(&MAGIC).ok_or(ReadError::NotAnArtifact)?;
    let tag = take::<4>(bytes, &mut rest)?;
    let found = Kind::from_tag(tag).ok_or(ReadError::UnknownKind { found: tag })?;
    if found != wanted {
        return Err(ReadError::WrongKind { expected: wanted, found });
    }
    let version = u32::from_le_bytes(take(bytes, &mut rest)?);
    if version != found.format_version() {
        let expected = found.format_version();
        return Err(ReadError::FormatVersion { kind: found, expected, found: version });
    }
    let major = u16::from_le_bytes(take(bytes, &mut rest)?);
    let minor = u16::from_le_bytes(take(bytes, &mut rest)?);
    let language = LanguageVersion { major, minor };
    if language != LANGUAGE {
        return Err(ReadError::Language { expected: LANGUAGE, found: language });
    }
    let length = u64::from_le_bytes(take(bytes, &mut rest)?);
    let stored = u64::from_le_bytes(take(bytes, &mut rest)?);
    check_length(bytes.len(), length, limits)?;
    let before = bytes.get(..CHECKSUM_AT).unwrap_or_default();
    let computed = checksum(before, rest);
    if stored == computed { Ok(()) } else { Err(ReadError::Checksum { stored, computed }) }
}

fn check_length(size: usize, length: u64, limits: Limits) -> Result<(), ReadError> {
    let actual = size as u64;
    if actual.max(length) > limits.bytes {
        return Err(ReadError::TooLarge { size: actual.max(length), limit: limits.bytes });
    }
    if actual < length {
        return Err(ReadError::UnexpectedEnd { offset: size, needed: length - actual });
    }
    if actual > length {
        return Err(ReadError::TrailingBytes { offset: length as usize });
    }
    Ok(())
}

fn take<const N: usize>(whole: &[u8], rest: &mut &[u8]) -> Result<[u8; N], ReadError> {
    let offset = whole.len() - rest.len();
    let (chunk, tail) =
        rest.split_first_chunk::<N>().ok_or(ReadError::UnexpectedEnd { offset, needed: N as u64 })?;
    *rest = tail;
    Ok(*chunk)
}

fn read_sections<'b>(input: &mut Decoder<'b>) -> Result<Vec<Section<'b>>, ReadError> {
    let count = input.count(2)?;
    // the room of each is taken while its bytes are still to be read
    let mut sections: Vec<Section<'b>> = Vec::with_capacity(count);
    for _ in 0..count {
        let offset = input.offset();
        let id = SectionId(input.u32()?);
        if sections.last().is_some_and(|last| last.id >= id) {
            return Err(ReadError::SectionOrder { offset, id: id.0 });
        }
        sections.push(Section { id, offset: input.count(1)?, bytes: &[] });
    }
    for section in &mut sections {
        let length = section.offset;
        section.offset = input.offset();
        section.bytes = input.raw(length)?;
    }
    Ok(sections)
}
