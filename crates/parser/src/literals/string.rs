//! Strings: the parts of a literal, and its text with the escape sequences replaced.

use super::escape::{self, FirstInvalid};
use crate::InvalidEscape;
use std::fmt;
use taipan_wtf8::{CodePoint, Wtf8Buf};

/// What the letters before the quotes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Prefix {
    /// `b`
    pub bytes: bool,
    /// `r`
    pub raw: bool,
    /// A lower-case `u`, the only one that the tree keeps.
    pub unicode: bool,
}

/// A literal's parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Literal<'s> {
    /// The letters before the quotes.
    pub prefix: Prefix,
    /// What stands between the quotes.
    pub body: &'s str,
    /// Offset of the body in the token.
    pub offset: usize,
}

/// Takes a string token apart.
#[inline]
pub fn split(token: &str) -> Literal<'_> {
    let bytes = token.as_bytes();
    let mut prefix = Prefix::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'b' | b'B' => prefix.bytes = true,
            b'r' | b'R' => prefix.raw = true,
            b'u' => prefix.unicode = true,
            b'U' => {}
            _ => break,
        }
        at += 1;
    }
    let triple = match bytes.get(at..) {
        Some([a, b, c, rest @ ..]) => a == b && b == c && rest.len() >= 3,
        _ => false,
    };
    let quotes = if triple { 3 } else { 1 };
    let offset = at + quotes;
    let body = token.get(offset..token.len().saturating_sub(quotes)).unwrap_or("");
    Literal { prefix, body, offset }
}

/// Why a string literal has no text: an error of the `unicodeescape` codec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StringError {
    /// What is wrong.
    pub kind: StringErrorKind,
    /// Offset of the escape in what CPython hands to its codec, where a character beyond ASCII is ten
    /// bytes long.
    pub start: usize,
    /// Offset behind it.
    pub end: usize,
}

/// What is wrong with an escape sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StringErrorKind {
    /// `\x` without two hexadecimal digits.
    TruncatedX,
    /// `\u` without four.
    TruncatedU4,
    /// `\U` without eight.
    TruncatedU8,
    /// `\U` above 10FFFF.
    IllegalCharacter,
    /// `\N` without a name in braces.
    MalformedName,
    /// `\N{...}` with a name that no character has.
    UnknownName,
}

impl fmt::Display for StringErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StringErrorKind::TruncatedX => "truncated \\xXX escape",
            StringErrorKind::TruncatedU4 => "truncated \\uXXXX escape",
            StringErrorKind::TruncatedU8 => "truncated \\UXXXXXXXX escape",
            StringErrorKind::IllegalCharacter => "illegal Unicode character",
            StringErrorKind::MalformedName => "malformed \\N character escape",
            StringErrorKind::UnknownName => "unknown Unicode character name",
        })
    }
}

impl fmt::Display for StringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StringError { kind, start, end } = self;
        f.write_str("(unicode error) 'unicodeescape' codec can't decode ")?;
        if *end == start + 1 {
            write!(f, "byte 0x5c in position {start}: {kind}")
        } else {
            write!(f, "bytes in position {start}-{}: {kind}", end.saturating_sub(1))
        }
    }
}

/// Appends to `out` the text that `body` means, and returns its first invalid escape sequence.
///
/// # Errors
/// If an escape sequence is malformed.
pub fn decode(body: &str, out: &mut Wtf8Buf) -> Result<Option<FirstInvalid>, StringError> {
    let mut first = None;
    let mut at = 0;
    while let Some(rest) = body.get(at..) {
        let Some(next) = memchr::memchr(b'\\', rest.as_bytes()) else {
            out.push_str(rest);
            break;
        };
        out.push_str(rest.get(..next).unwrap_or(""));
        at += next;
        at += escape(body, at, out, &mut first)?;
    }
    Ok(first)
}

/// Replaces the escape sequence whose backslash is at `at`; returns its length.
fn escape(
    body: &str,
    at: usize,
    out: &mut Wtf8Buf,
    first: &mut Option<FirstInvalid>,
) -> Result<usize, StringError> {
    let text = body.as_bytes().get(at + 1..).unwrap_or_default();
    let Some(&byte) = text.first() else {
        out.push_char('\\');
        return Ok(1);
    };
    if let Some(meant) = escape::simple(byte) {
        out.push_char(char::from(meant));
        return Ok(2);
    }
    match byte {
        b'\n' => Ok(2),
        b'0'..=b'7' => {
            let (value, count) = escape::octal(text);
            if value > 0o377 {
                escape::note(first, escape::octal_digits(text), at);
            }
            push(out, value);
            Ok(1 + count)
        }
        b'x' => digits(body, at, 2, StringErrorKind::TruncatedX, out),
        b'u' => digits(body, at, 4, StringErrorKind::TruncatedU4, out),
        b'U' => digits(body, at, 8, StringErrorKind::TruncatedU8, out),
        b'N' => named(body, at, out),
        _ => {
            out.push_char('\\');
            if byte.is_ascii() {
                escape::note(first, InvalidEscape::Character(byte), at);
                out.push_char(char::from(byte));
                return Ok(2);
            }
            Ok(1)
        }
    }
}

fn push(out: &mut Wtf8Buf, value: u32) {
    if let Some(point) = CodePoint::new(value) {
        out.push(point);
    }
}

/// `\x`, `\u` or `\U` with `count` digits
fn digits(
    body: &str,
    at: usize,
    count: usize,
    kind: StringErrorKind,
    out: &mut Wtf8Buf,
) -> Result<usize, StringError> {
    let text = body.as_bytes().get(at + 2..).unwrap_or_default();
    let mut value = 0u32;
    for index in 0..count {
        match text.get(index).copied().and_then(escape::hex) {
            Some(digit) => value = value << 4 | digit,
            None => return Err(error(body, at, at + 2 + index, kind)),
        }
    }
    let end = at + 2 + count;
    match CodePoint::new(value) {
        Some(point) => out.push(point),
        None => return Err(error(body, at, end, StringErrorKind::IllegalCharacter)),
    }
    Ok(end - at)
}

/// `\N{name}`
fn named(body: &str, at: usize, out: &mut Wtf8Buf) -> Result<usize, StringError> {
    let malformed = |end| error(body, at, end, StringErrorKind::MalformedName);
    let rest = body.get(at + 2..).unwrap_or("");
    let Some(inner) = rest.strip_prefix('{') else { return Err(malformed(at + 2)) };
    let Some(length) = inner.find('}') else { return Err(malformed(body.len())) };
    let close = at + 3 + length;
    if length == 0 {
        return Err(malformed(close));
    }
    match taipan_unicode::character_named(inner.get(..length).unwrap_or("")) {
        Some(found) => out.push_char(found),
        None => return Err(error(body, at, close + 1, StringErrorKind::UnknownName)),
    }
    Ok(close + 1 - at)
}

#[cold]
fn error(body: &str, start: usize, end: usize, kind: StringErrorKind) -> StringError {
    StringError { kind, start: expanded_len(body, start), end: expanded_len(body, end) }
}

/// The length of `body[..end]` in the form that CPython's codec sees: characters beyond ASCII as
/// `\UXXXXXXXX`, and a backslash before one, or at the end, as `\u005c`.
fn expanded_len(body: &str, end: usize) -> usize {
    let mut length = 0;
    let mut chars = body.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at >= end {
            break;
        }
        length += if c.is_ascii() { 1 } else { 10 };
        if c == '\\' {
            match chars.next() {
                Some((next, escaped)) if next < end => {
                    length += if escaped.is_ascii() { 1 } else { 15 };
                }
                _ => break,
            }
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &str) -> Result<String, String> {
        let mut out = Wtf8Buf::new();
        match decode(body, &mut out) {
            Ok(_) => Ok(format!("{out:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_token_splits_into_prefix_and_body() {
        let parts = |token| {
            let Literal { prefix, body, .. } = split(token);
            (prefix.bytes, prefix.raw, prefix.unicode, body)
        };
        assert_eq!(parts("''"), (false, false, false, ""));
        assert_eq!(parts("''''''"), (false, false, false, ""));
        assert_eq!(parts("Rb'''a'b'''"), (true, true, false, "a'b"));
        assert_eq!(parts("u\"x\""), (false, false, true, "x"));
    }

    #[test]
    fn escapes_become_what_they_mean() {
        assert_eq!(decoded(r"a\n\x41\u00e9\101\\"), Ok(r#""a\nAéA\\""#.into()));
        assert_eq!(decoded(r"\ud83d\ude00"), Ok(r#""\u{d83d}\u{de00}""#.into()));
        assert_eq!(decoded("\\N{BULLET}\\\n\\é"), Ok("\"•\\\\é\"".into()));
    }

    #[test]
    fn positions_in_messages_count_ten_bytes_for_a_character_beyond_ascii() {
        let message = |range, what| {
            Err(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {range}: {what}"
            ))
        };
        assert_eq!(decoded(r"\x1"), message("0-2", "truncated \\xXX escape"));
        assert_eq!(decoded(r"é\x1"), message("10-12", "truncated \\xXX escape"));
        assert_eq!(decoded(r"\é\x1"), message("16-18", "truncated \\xXX escape"));
        assert_eq!(decoded(r"\N{}"), message("0-2", "malformed \\N character escape"));
    }
}
