//! What an artifact says of a tree beside the tree.

use super::TreeError;
use taipan_artifact::{Decoder, Encoder, Header, Limits, PRODUCER, ProducerVersion, ReadError, SourceHash};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8Buf;

/// Where a tree comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeInfo {
    /// The program that wrote the artifact.
    pub producer: ProducerVersion,
    /// The name of the source, as it appears in diagnostics.
    pub source_name: Wtf8Buf,
    /// The hash of the source before decoding.
    pub source_hash: SourceHash,
    /// The options that the tree was parsed with.
    pub options: TreeOptions,
    /// The length of the decoded source in bytes.
    pub source_len: u32,
    /// The decoded source, unless it was stripped.
    pub source: Option<String>,
    /// The lines of the source; none if the positions were stripped.
    pub lines: Option<LineIndex>,
}

/// The options of the parser that change a tree. The start symbol is seen from the tree itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeOptions {
    /// The minor version of Python whose grammar holds.
    pub feature_version: u8,
    /// The level of optimization, -1 for the interpreter's.
    pub optimize: i8,
    /// Whether type comments are in the tree.
    pub type_comments: bool,
    /// Whether `<>` stands for `!=` (PEP 401).
    pub barry_as_flufl: bool,
}

impl Default for TreeOptions {
    fn default() -> Self {
        TreeOptions { feature_version: 14, optimize: -1, type_comments: false, barry_as_flufl: false }
    }
}

impl TreeInfo {
    /// The facts about a tree that this program made of a source.
    pub fn new(source_name: Wtf8Buf, source_hash: SourceHash, decoded: &str, options: TreeOptions) -> Self {
        TreeInfo {
            producer: PRODUCER,
            source_name,
            source_hash,
            options,
            source_len: u32::try_from(decoded.len()).unwrap_or(u32::MAX),
            source: Some(decoded.to_owned()),
            lines: Some(LineIndex::new(decoded.as_bytes())),
        }
    }

    /// The lines to print positions by: those of an empty source if nothing is known.
    pub fn line_index(&self) -> LineIndex {
        match (&self.lines, &self.source) {
            (Some(lines), _) => lines.clone(),
            (None, source) => LineIndex::new(source.as_deref().unwrap_or_default().as_bytes()),
        }
    }

    pub(super) fn header(&self) -> Header {
        let mut options = Encoder::new();
        options.u8(self.options.feature_version);
        options.i64(self.options.optimize.into());
        options.bool(self.options.type_comments);
        options.bool(self.options.barry_as_flufl);
        Header {
            producer: self.producer,
            options: options.into_bytes(),
            source_name: self.source_name.clone(),
            source_hash: self.source_hash,
        }
    }

    pub(super) fn from_header(
        header: Header,
        source_len: u32,
        source: Option<&str>,
        lines: Option<LineIndex>,
    ) -> Result<Self, TreeError> {
        Ok(TreeInfo {
            producer: header.producer,
            source_name: header.source_name,
            source_hash: header.source_hash,
            options: options(&header.options).map_err(TreeError::Options)?,
            source_len,
            source: source.map(str::to_owned),
            lines,
        })
    }
}

fn options(bytes: &[u8]) -> Result<TreeOptions, ReadError> {
    let mut input = Decoder::new(bytes, 0, Limits::default());
    let feature_version = input.u8()?;
    let offset = input.offset();
    let optimize = i8::try_from(input.i64()?).map_err(|_| ReadError::Integer { offset })?;
    let options = TreeOptions {
        feature_version,
        optimize,
        type_comments: input.bool()?,
        barry_as_flufl: input.bool()?,
    };
    input.finish()?;
    Ok(options)
}
