//! The text form:
//!
//! ```text
//! (tok 1 3.14 (producer 0 1 0) (name "x.py") (hash …) (options exec false false false false)
//!  (encoding "utf-8" false) (source 6 "x = 1\n") (error) (warnings)
//!  (tokens
//!   NAME 0..1
//!   …))
//! ```
//!
//! A kind is a keyword as it is spelled or a name of the `token` module. The options are the mode, type
//! comments, extra tokens, `<>`, no implied dedents. `(source 6)` is a source that was stripped.

use super::binary::MODES;
use super::parts::{
    WARNINGS, error_kind, error_name, error_number, error_parts, warning_kind, warning_parts,
};
use super::{TokenFile, TokenFileError, VerifyError, check_versions};
use crate::{LexError, LexOptions, LexWarning, Lexed, TokenBuffer, TokenKind};
use taipan_artifact::text::{TextErrorKind, TextReader, TextWriter};
use taipan_artifact::{Kind, LANGUAGE, LanguageVersion, ProducerVersion, SourceHash};
use taipan_span::Span;

/// How the text form begins.
pub(super) const MARK: &str = "(tok ";

/// What stands for an absent value.
const ABSENT: &str = "_";

/// The names of [`MODES`].
pub(super) const MODE_NAMES: [&str; 4] = ["exec", "single", "eval", "func_type"];

/// The text form.
pub(super) fn write(file: &TokenFile) -> String {
    let mut out = TextWriter::new();
    out.open("tok").number(Kind::Tokens.format_version()).number(LANGUAGE);
    let producer = file.producer;
    out.line().open("producer").number(producer.major).number(producer.minor).number(producer.patch).close();
    out.line().open("name").text(file.source_name.as_wtf8()).close();
    out.line().open("hash").number(file.source_hash).close();
    let options = &file.options;
    let mode = MODES.iter().position(|&mode| mode == options.mode).unwrap_or(0);
    out.line().open("options").word(MODE_NAMES.get(mode).copied().unwrap_or("exec"));
    out.number(options.type_comments).number(options.extra_tokens);
    out.number(options.barry_as_flufl).number(options.dont_imply_dedent).close();
    out.line().open("encoding").str(&file.encoding).number(file.implicit_newline).close();
    out.line().open("source").number(file.source_len);
    if let Some(source) = &file.source {
        out.str(source);
    }
    out.close();
    write_diagnostics(&mut out, &file.lexed);
    out.line().open("tokens");
    let tokens = &file.lexed.tokens;
    for (token, &kind) in tokens.kinds().iter().enumerate() {
        let span = tokens.span(token);
        out.line().word(kind.label()).number(format_args!("{}..{}", span.start, span.end));
    }
    out.close().close();
    out.finish()
}

fn write_diagnostics(out: &mut TextWriter, lexed: &Lexed) {
    out.line().open("error");
    if let Some(error) = &lexed.error {
        let (tag, [a, b, c]) = error_parts(&error.kind);
        out.word(error_name(tag).unwrap_or_default()).number(a).number(b).number(c);
        out.number(error.cursor).number(error.line_start).number(error.buffer_start).number(error.at_end);
        match error.open_bracket {
            Some(offset) => out.number(offset),
            None => out.word(ABSENT),
        };
        if let Some(range) = error.range {
            out.number(format_args!("{}..{}", range.start, range.end));
        }
    }
    out.close();
    out.line().open("warnings");
    for warning in &lexed.warnings {
        let (tag, field) = warning_parts(&warning.kind);
        out.line().word(WARNINGS.get(tag as usize).copied().unwrap_or_default());
        out.number(field).number(warning.cursor).number(warning.token);
    }
    out.close();
}

/// Reads the text form.
pub(super) fn read(text: &str) -> Result<TokenFile, TokenFileError> {
    let mut input = TextReader::new(text);
    input.open_bare()?;
    input.keyword("tok")?;
    let format = input.number()?;
    let language = language(input.word()?).ok_or_else(|| input.error(TextErrorKind::ExpectedNumber))?;
    check_versions(format, language)?;
    let producer = within(&mut input, "producer", |i| {
        Ok(ProducerVersion { major: i.number()?, minor: i.number()?, patch: i.number()? })
    })?;
    let source_name = within(&mut input, "name", |i| Ok(i.text()?))?;
    let source_hash = within(&mut input, "hash", |i| {
        let word = i.word()?;
        Ok(SourceHash::from_hex(word).ok_or_else(|| i.error(TextErrorKind::ExpectedNumber))?)
    })?;
    let options = within(&mut input, "options", read_options)?;
    let (encoding, implicit_newline) = within(&mut input, "encoding", |i| Ok((i.str()?, i.number()?)))?;
    let (source_len, source) = within(&mut input, "source", |i| {
        let length = i.number()?;
        Ok((length, if i.at_close() { None } else { Some(i.str()?) }))
    })?;
    let error = within(&mut input, "error", read_error)?;
    let warnings = within(&mut input, "warnings", read_warnings)?;
    let tokens = within(&mut input, "tokens", read_tokens)?;
    input.close()?;
    input.finish()?;
    let lexed = Lexed { tokens, error, warnings };
    Ok(TokenFile {
        producer,
        source_name,
        source_hash,
        options,
        encoding,
        implicit_newline,
        source_len,
        source,
        lexed,
    })
}

/// Reads `(keyword …)`.
fn within<'t, T>(
    input: &mut TextReader<'t>,
    keyword: &'static str,
    read: impl FnOnce(&mut TextReader<'t>) -> Result<T, TokenFileError>,
) -> Result<T, TokenFileError> {
    input.open_bare()?;
    input.keyword(keyword)?;
    let value = read(input)?;
    input.close()?;
    Ok(value)
}

/// A version of Python, of two numbers.
pub(super) fn language(text: &str) -> Option<LanguageVersion> {
    let (major, minor) = text.split_once('.')?;
    Some(LanguageVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

fn read_options(input: &mut TextReader<'_>) -> Result<LexOptions, TokenFileError> {
    let word = input.word()?;
    let mode = MODE_NAMES.iter().position(|&name| name == word).and_then(|at| MODES.get(at).copied());
    Ok(LexOptions {
        mode: mode.ok_or_else(|| input.error(TextErrorKind::Unknown("mode")))?,
        type_comments: input.number()?,
        extra_tokens: input.number()?,
        barry_as_flufl: input.number()?,
        dont_imply_dedent: input.number()?,
    })
}

fn read_error(input: &mut TextReader<'_>) -> Result<Option<LexError>, TokenFileError> {
    if input.at_close() {
        return Ok(None);
    }
    let word = input.word()?;
    let tag = error_number(word).ok_or_else(|| input.error(TextErrorKind::Unknown("error")))?;
    let fields = [input.number()?, input.number()?, input.number()?];
    let kind = error_kind(tag, fields).ok_or(VerifyError::ErrorFields)?;
    let (cursor, line_start, buffer_start) = (input.number()?, input.number()?, input.number()?);
    let at_end = input.number()?;
    let open_bracket = if input.eat(ABSENT) { None } else { Some(input.number()?) };
    let range = if input.at_close() { None } else { Some(read_span(input)?) };
    Ok(Some(LexError { kind, cursor, line_start, buffer_start, range, open_bracket, at_end }))
}

fn read_warnings(input: &mut TextReader<'_>) -> Result<Vec<LexWarning>, TokenFileError> {
    let mut warnings = Vec::new();
    while !input.at_close() {
        let word = input.word()?;
        let tag = WARNINGS.iter().position(|&name| name == word);
        let tag = tag.ok_or_else(|| input.error(TextErrorKind::Unknown("warning")))? as u8;
        let index = warnings.len();
        let kind = warning_kind(tag, input.number()?).ok_or(VerifyError::WarningFields { index })?;
        warnings.push(LexWarning { kind, cursor: input.number()?, token: input.number()? });
    }
    Ok(warnings)
}

fn read_tokens(input: &mut TextReader<'_>) -> Result<TokenBuffer, TokenFileError> {
    let mut tokens = TokenBuffer::default();
    while !input.at_close() {
        let kind = TokenKind::from_label(input.word()?);
        let kind = kind.ok_or_else(|| input.error(TextErrorKind::Unknown("token kind")))?;
        tokens.push(kind, read_span(input)?);
    }
    Ok(tokens)
}

fn read_span(input: &mut TextReader<'_>) -> Result<Span, TokenFileError> {
    let word = input.word()?;
    let ends = word.split_once("..").and_then(|(start, end)| Some((digits(start)?, digits(end)?)));
    let (start, end) = ends.ok_or_else(|| input.error(TextErrorKind::Unknown("range")))?;
    Ok(Span::new(start, end))
}

/// A number without sign.
fn digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}
