//! The JSON form: one object with the facts about the file, the error, the warnings and, under `tokens`,
//! an array of kind, start and end for each token.

use super::binary::MODES;
use super::parts::{
    Fields, WARNINGS, error_kind, error_name, error_number, error_parts, warning_kind, warning_parts,
};
use super::text::{MODE_NAMES, language};
use super::{TokenFile, TokenFileError, VerifyError, check_versions};
use crate::{LexError, LexOptions, LexWarning, Lexed, TokenBuffer, TokenKind};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use taipan_artifact::{Kind, LANGUAGE, ProducerVersion, SourceHash};
use taipan_span::Span;
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// How the JSON form begins.
pub(super) const MARK: &str = "{\"artifact\":\"tok\"";

/// A name in UTF-8, or the bytes of one in WTF-8.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Name {
    Utf8(String),
    Wtf8(Vec<u8>),
}

/// The object, fields in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    artifact: String,
    format: u32,
    language: String,
    producer: (u16, u16, u16),
    source_name: Name,
    source_hash: String,
    mode: String,
    type_comments: bool,
    extra_tokens: bool,
    barry_as_flufl: bool,
    dont_imply_dedent: bool,
    encoding: String,
    implicit_newline: bool,
    source_len: u32,
    source: Option<String>,
    error: Option<Error>,
    warnings: Vec<Warning>,
    tokens: Vec<(String, u32, u32)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Error {
    kind: String,
    fields: Fields,
    cursor: u32,
    line_start: u32,
    buffer_start: u32,
    range: Option<(u32, u32)>,
    open_bracket: Option<u32>,
    at_end: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Warning {
    kind: String,
    field: u32,
    cursor: u32,
    token: u32,
}

/// The JSON form.
pub(super) fn write(file: &TokenFile) -> String {
    let options = &file.options;
    let name = file.source_name.as_wtf8().as_bytes();
    let producer = file.producer;
    let mode = MODES.iter().position(|&mode| mode == options.mode).unwrap_or(0);
    let tokens = &file.lexed.tokens;
    let object = File {
        artifact: "tok".to_owned(),
        format: Kind::Tokens.format_version(),
        language: LANGUAGE.to_string(),
        producer: (producer.major, producer.minor, producer.patch),
        source_name: std::str::from_utf8(name)
            .map_or_else(|_| Name::Wtf8(name.to_vec()), |name| Name::Utf8(name.to_owned())),
        source_hash: file.source_hash.to_string(),
        mode: MODE_NAMES.get(mode).copied().unwrap_or("exec").to_owned(),
        type_comments: options.type_comments,
        extra_tokens: options.extra_tokens,
        barry_as_flufl: options.barry_as_flufl,
        dont_imply_dedent: options.dont_imply_dedent,
        encoding: file.encoding.clone(),
        implicit_newline: file.implicit_newline,
        source_len: file.source_len,
        source: file.source.clone(),
        error: file.lexed.error.as_ref().map(write_error),
        warnings: file.lexed.warnings.iter().map(write_warning).collect(),
        tokens: (0..tokens.len())
            .map(|token| {
                let span = tokens.span(token);
                (tokens.kinds()[token].label().to_owned(), span.start, span.end)
            })
            .collect(),
    };
    // An object of strings and numbers always has a JSON form.
    let mut out = serde_json::to_string(&object).unwrap_or_default();
    out.push('\n');
    out
}

fn write_error(error: &LexError) -> Error {
    let (tag, fields) = error_parts(&error.kind);
    Error {
        kind: error_name(tag).unwrap_or_default().to_owned(),
        fields,
        cursor: error.cursor,
        line_start: error.line_start,
        buffer_start: error.buffer_start,
        range: error.range.map(|range| (range.start, range.end)),
        open_bracket: error.open_bracket,
        at_end: error.at_end,
    }
}

fn write_warning(warning: &LexWarning) -> Warning {
    let (tag, field) = warning_parts(&warning.kind);
    let kind = WARNINGS.get(tag as usize).copied().unwrap_or_default().to_owned();
    Warning { kind, field, cursor: warning.cursor, token: warning.token }
}

impl From<serde_json::Error> for TokenFileError {
    fn from(error: serde_json::Error) -> Self {
        TokenFileError::Json { line: error.line(), column: error.column(), reason: error.to_string() }
    }
}

/// A value that is none, of a field that is text in JSON.
fn malformed(what: &str) -> TokenFileError {
    serde_json::Error::custom(format_args!("malformed {what}")).into()
}

/// Reads the JSON form.
pub(super) fn read(text: &str) -> Result<TokenFile, TokenFileError> {
    let object: File = serde_json::from_str(text)?;
    check_versions(object.format, language(&object.language).ok_or_else(|| malformed("language"))?)?;
    let (major, minor, patch) = object.producer;
    let mode = MODE_NAMES.iter().position(|&name| name == object.mode).and_then(|at| MODES.get(at).copied());
    let mut tokens = TokenBuffer::with_capacity(object.tokens.len());
    for (kind, start, end) in &object.tokens {
        let kind = TokenKind::from_label(kind).ok_or_else(|| malformed("token kind"))?;
        tokens.push(kind, Span::new(*start, *end));
    }
    let error = object.error.map(read_error).transpose()?;
    let warnings = object.warnings.into_iter().enumerate().map(read_warning).collect::<Result<_, _>>()?;
    Ok(TokenFile {
        producer: ProducerVersion { major, minor, patch },
        source_name: read_name(object.source_name)?,
        source_hash: SourceHash::from_hex(&object.source_hash).ok_or_else(|| malformed("hash"))?,
        options: LexOptions {
            mode: mode.ok_or_else(|| malformed("mode"))?,
            type_comments: object.type_comments,
            extra_tokens: object.extra_tokens,
            barry_as_flufl: object.barry_as_flufl,
            dont_imply_dedent: object.dont_imply_dedent,
        },
        encoding: object.encoding,
        implicit_newline: object.implicit_newline,
        source_len: object.source_len,
        source: object.source,
        lexed: Lexed { tokens, error, warnings },
    })
}

fn read_name(name: Name) -> Result<Wtf8Buf, TokenFileError> {
    let mut buffer = Wtf8Buf::new();
    match name {
        Name::Utf8(name) => buffer.push_str(&name),
        Name::Wtf8(bytes) => {
            buffer.push_wtf8(Wtf8::from_bytes(&bytes).map_err(|_| malformed("source name"))?)
        }
    }
    Ok(buffer)
}

fn read_error(error: Error) -> Result<LexError, TokenFileError> {
    let tag = error_number(&error.kind).ok_or_else(|| malformed("error"))?;
    Ok(LexError {
        kind: error_kind(tag, error.fields).ok_or(VerifyError::ErrorFields)?,
        cursor: error.cursor,
        line_start: error.line_start,
        buffer_start: error.buffer_start,
        range: error.range.map(|(start, end)| Span::new(start, end)),
        open_bracket: error.open_bracket,
        at_end: error.at_end,
    })
}

fn read_warning((index, warning): (usize, Warning)) -> Result<LexWarning, TokenFileError> {
    let tag = WARNINGS.iter().position(|&name| name == warning.kind).ok_or_else(|| malformed("warning"))?;
    let kind = warning_kind(tag as u8, warning.field).ok_or(VerifyError::WarningFields { index })?;
    Ok(LexWarning { kind, cursor: warning.cursor, token: warning.token })
}
