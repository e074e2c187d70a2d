//! The binary form. The header's options are the mode's number, four truth values, the name of the
//! encoding and whether the last newline is implicit. The sections:
//!
//! - CONTENT: the length of the source, the number of tokens, their kinds, a byte each;
//! - POSITIONS: for each token how far its start is from the end of the one before, and its length;
//! - DIAGNOSTICS: whether there is an error, the error, the warnings; left out if there are none;
//! - SOURCE: the decoded source.

use super::parts::{error_kind, error_parts, warning_kind, warning_parts};
use super::{TokenFile, TokenFileError, VerifyError};
use crate::{LexError, LexOptions, LexWarning, Lexed, Mode, TokenBuffer, TokenKind};
use taipan_artifact::{
    Artifact, ArtifactBuilder, Decoder, Encoder, Header, Kind, Limits, ReadError, SectionId,
};
use taipan_span::Span;

/// The section of error and warnings.
const DIAGNOSTICS: SectionId = SectionId(16);

/// The modes; the place is the number.
pub(super) const MODES: [Mode; 4] = [Mode::Exec, Mode::Single, Mode::Eval, Mode::FuncType];

/// The binary form.
pub(super) fn write(file: &TokenFile) -> Vec<u8> {
    let tokens = &file.lexed.tokens;
    let mut content = Encoder::with_capacity(tokens.len() + 16);
    content.u32(file.source_len);
    content.count(tokens.len());
    for &kind in tokens.kinds() {
        content.u8(kind as u8);
    }
    let mut positions = Encoder::with_capacity(tokens.len() * 2);
    let mut end = 0;
    for span in tokens.spans() {
        positions.u32(span.start.wrapping_sub(end));
        positions.u32(span.end.wrapping_sub(span.start));
        end = span.end;
    }
    let header = Header {
        producer: file.producer,
        options: write_options(file),
        source_name: file.source_name.clone(),
        source_hash: file.source_hash,
    };
    let mut builder = ArtifactBuilder::new(Kind::Tokens, header);
    if let Some(source) = &file.source {
        builder.section(SectionId::SOURCE, source.clone().into_bytes());
    }
    builder.section(SectionId::CONTENT, content.into_bytes());
    builder.section(SectionId::POSITIONS, positions.into_bytes());
    if file.lexed.error.is_some() || !file.lexed.warnings.is_empty() {
        builder.section(DIAGNOSTICS, write_diagnostics(&file.lexed));
    }
    builder.finish()
}

fn write_options(file: &TokenFile) -> Vec<u8> {
    let options = &file.options;
    let mut out = Encoder::new();
    out.u8(MODES.iter().position(|&mode| mode == options.mode).unwrap_or(0) as u8);
    out.bool(options.type_comments);
    out.bool(options.extra_tokens);
    out.bool(options.barry_as_flufl);
    out.bool(options.dont_imply_dedent);
    out.str(&file.encoding);
    out.bool(file.implicit_newline);
    out.into_bytes()
}

fn write_diagnostics(lexed: &Lexed) -> Vec<u8> {
    let mut out = Encoder::new();
    out.bool(lexed.error.is_some());
    if let Some(error) = &lexed.error {
        let (tag, fields) = error_parts(&error.kind);
        out.u8(tag);
        for number in fields.into_iter().chain([error.cursor, error.line_start, error.buffer_start]) {
            out.u32(number);
        }
        out.bool(error.range.is_some());
        if let Some(range) = error.range {
            out.u32(range.start);
            out.u32(range.end);
        }
        out.bool(error.open_bracket.is_some());
        if let Some(offset) = error.open_bracket {
            out.u32(offset);
        }
        out.bool(error.at_end);
    }
    out.count(lexed.warnings.len());
    for warning in &lexed.warnings {
        let (tag, field) = warning_parts(&warning.kind);
        out.u8(tag);
        out.u32(field);
        out.u32(warning.cursor);
        out.u32(warning.token);
    }
    out.into_bytes()
}

/// Reads the binary form.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<TokenFile, TokenFileError> {
    let artifact = Artifact::read(bytes, Kind::Tokens, limits)?;
    let mut content = artifact.decoder(SectionId::CONTENT)?;
    let source_len = content.u32()?;
    let tokens = read_tokens(&mut content, &mut artifact.decoder(SectionId::POSITIONS)?)?;
    let mut lexed = Lexed { tokens, error: None, warnings: Vec::new() };
    if let Some(mut input) = artifact.optional_decoder(DIAGNOSTICS) {
        lexed.error = read_error(&mut input)?;
        lexed.warnings = read_warnings(&mut input)?;
        input.finish()?;
    }
    let source = artifact.source()?.map(str::to_owned);
    let (options, encoding, implicit_newline) =
        read_options(&artifact.header.options, limits).map_err(TokenFileError::Options)?;
    Ok(TokenFile {
        producer: artifact.header.producer,
        source_name: artifact.header.source_name,
        source_hash: artifact.header.source_hash,
        options,
        encoding,
        implicit_newline,
        source_len,
        source,
        lexed,
    })
}

fn read_options(bytes: &[u8], limits: Limits) -> Result<(LexOptions, String, bool), ReadError> {
    let mut input = Decoder::new(bytes, 0, limits);
    let tag = input.u8()?;
    let mode = MODES.get(tag as usize).copied();
    let options = LexOptions {
        mode: mode.ok_or(ReadError::Tag { offset: 0, of: "mode", found: tag.into() })?,
        type_comments: input.bool()?,
        extra_tokens: input.bool()?,
        barry_as_flufl: input.bool()?,
        dont_imply_dedent: input.bool()?,
    };
    let encoding = input.str()?.to_owned();
    let implicit_newline = input.bool()?;
    input.finish()?;
    Ok((options, encoding, implicit_newline))
}

fn read_tokens(
    content: &mut Decoder<'_>,
    positions: &mut Decoder<'_>,
) -> Result<TokenBuffer, TokenFileError> {
    let count = content.count(1)?;
    let first = content.offset();
    let kinds = content.raw(count)?;
    content.finish()?;
    let mut tokens = TokenBuffer::with_capacity(count.min(positions.left() / 2));
    let mut end = 0u32;
    for (token, &number) in kinds.iter().enumerate() {
        let unknown = ReadError::Tag { offset: first + token, of: "token kind", found: number.into() };
        let kind = TokenKind::from_number(number).ok_or(unknown)?;
        let start = end.checked_add(positions.u32()?).ok_or(VerifyError::Range { token })?;
        end = start.checked_add(positions.u32()?).ok_or(VerifyError::Range { token })?;
        tokens.push(kind, Span::new(start, end));
    }
    positions.finish()?;
    Ok(tokens)
}

fn read_error(input: &mut Decoder<'_>) -> Result<Option<LexError>, TokenFileError> {
    if !input.bool()? {
        return Ok(None);
    }
    let tag = input.u8()?;
    let fields = [input.u32()?, input.u32()?, input.u32()?];
    Ok(Some(LexError {
        kind: error_kind(tag, fields).ok_or(VerifyError::ErrorFields)?,
        cursor: input.u32()?,
        line_start: input.u32()?,
        buffer_start: input.u32()?,
        range: if input.bool()? { Some(Span::new(input.u32()?, input.u32()?)) } else { None },
        open_bracket: if input.bool()? { Some(input.u32()?) } else { None },
        at_end: input.bool()?,
    }))
}

fn read_warnings(input: &mut Decoder<'_>) -> Result<Vec<LexWarning>, TokenFileError> {
    let count = input.count(4)?;
    let mut warnings = Vec::with_capacity(count);
    for index in 0..count {
        let tag = input.u8()?;
        let kind = warning_kind(tag, input.u32()?).ok_or(VerifyError::WarningFields { index })?;
        warnings.push(LexWarning { kind, cursor: input.u32()?, token: input.u32()? });
    }
    Ok(warnings)
}
