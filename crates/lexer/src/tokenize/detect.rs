//! Decoding in the `tokenize` module: PEP 263 with its own words, line ends left as they are, and
//! U+FFFD for what cannot be decoded behind the first two lines.
//! Invariant: the text ends with a newline, which is marked as implicit if the file lacks it.

use super::TokenizeError;
use super::repr::python_repr;
use crate::Source;
use crate::source::{codecs, cookie};
use std::borrow::Cow;
use taipan_diagnostics::ErrorClass;

/// The text of `bytes`, and whether it was cut before a line that has a zero byte.
pub(super) fn read<'s>(bytes: &'s [u8], file: &str) -> Result<(Source<'s>, bool), TokenizeError> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let encoding = detect(body, body.len() < bytes.len(), file)?;
    let (body, cut_at_null) = before_null(body);
    let source = whole_lines(codecs::decode_lossy(body, &encoding), encoding)?;
    Ok((source, cut_at_null))
}

/// The same for text that is decoded.
pub(super) fn from_text(text: &str) -> Result<(Source<'_>, bool), TokenizeError> {
    let (body, cut_at_null) = before_null(text.as_bytes());
    let text = text.get(..body.len()).unwrap_or_default();
    Ok((whole_lines(Cow::Borrowed(text), Cow::Borrowed("utf-8"))?, cut_at_null))
}

/// The lines before the first that has a zero byte, and whether there is one.
fn before_null(body: &[u8]) -> (&[u8], bool) {
    match memchr::memchr(0, body) {
        Some(null) => (&body[..memchr::memrchr(b'\n', &body[..null]).map_or(0, |at| at + 1)], true),
        None => (body, false),
    }
}

fn whole_lines<'s>(mut text: Cow<'s, str>, encoding: Cow<'static, str>) -> Result<Source<'s>, TokenizeError> {
    let implicit_newline = !text.is_empty() && !text.ends_with('\n');
    if implicit_newline {
        text.to_mut().push('\n');
    }
    Source::with_implicit_newline(text, encoding, implicit_newline).map_err(|error| plain(error.to_string()))
}

/// An error without a place.
fn plain(message: String) -> TokenizeError {
    TokenizeError { class: ErrorClass::Syntax, message, place: None }
}

/// The name of the encoding, from the first two lines of `body`.
fn detect(body: &[u8], has_bom: bool, file: &str) -> Result<Cow<'static, str>, TokenizeError> {
    let (first, rest) = split_line(body);
    if let Some(name) = cookie::in_line(without_newline(first)) {
        return declared(name, first, has_bom, file);
    }
    let (second, _) =
        if cookie::is_blank_or_comment(without_return(first)) { split_line(rest) } else { (&[][..], rest) };
    let both = &body[..first.len() + second.len()];
    if let Some(name) = cookie::in_line(without_newline(second)) {
        return declared(name, both, has_bom, file);
    }
    check(both, "utf-8", file)?;
    Ok(Cow::Borrowed("utf-8"))
}

fn declared(
    name: String,
    lines: &[u8],
    has_bom: bool,
    file: &str,
) -> Result<Cow<'static, str>, TokenizeError> {
    if !codecs::is_known(&name) {
        return Err(plain(format!("unknown encoding for {}: {name}", python_repr(file))));
    }
    if has_bom && name != "utf-8" {
        return Err(plain(format!("encoding problem for {}: utf-8", python_repr(file))));
    }
    check(lines, &name, file)?;
    Ok(Cow::Owned(name))
}

/// Refuses lines that the encoding does not have.
fn check(lines: &[u8], encoding: &str, file: &str) -> Result<(), TokenizeError> {
    if memchr::memchr(0, lines).is_some() {
        return Err(plain("source code cannot contain null bytes".to_owned()));
    }
    match codecs::decode(lines, encoding) {
        Ok(_) => Ok(()),
        Err(_) => Err(plain(format!("invalid or missing encoding declaration for {}", python_repr(file)))),
    }
}

/// The first line with its newline, and the rest.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(memchr::memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1))
}

fn without_newline(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// The line up to a carriage return, which counts as the end of a blank line.
fn without_return(line: &[u8]) -> &[u8] {
    let line = without_newline(line);
    &line[..memchr::memchr(b'\r', line).unwrap_or(line.len())]
}
