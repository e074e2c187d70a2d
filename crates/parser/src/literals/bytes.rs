//! Bytes literals.

use super::escape::{self, FirstInvalid};
use crate::InvalidEscape;
use std::fmt;

/// Why a bytes literal has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BytesError {
    /// A character beyond ASCII.
    NotAscii,
    /// `\x` without two hexadecimal digits, its backslash at this offset.
    InvalidX(usize),
}

impl fmt::Display for BytesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BytesError::NotAscii => f.write_str("bytes can only contain ASCII literal characters"),
            BytesError::InvalidX(at) => write!(f, "(value error) invalid \\x escape at position {at}"),
        }
    }
}

/// Appends to `out` the bytes that `body` means, and returns its first invalid escape sequence.
///
/// # Errors
/// If the body is not ASCII, or an escape sequence is malformed.
pub fn decode(body: &str, raw: bool, out: &mut Vec<u8>) -> Result<Option<FirstInvalid>, BytesError> {
    let text = body.as_bytes();
    if !text.is_ascii() {
        return Err(BytesError::NotAscii);
    }
    let mut first = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let next = if raw { None } else { memchr::memchr(b'\\', rest) };
        let Some(next) = next else {
            out.extend_from_slice(rest);
            break;
        };
        out.extend_from_slice(rest.get(..next).unwrap_or_default());
        at += next;
        at += escape(text, at, out, &mut first)?;
    }
    Ok(first)
}

/// Replaces the escape sequence whose backslash is at `at`; returns its length.
fn escape(
    body: &[u8],
    at: usize,
    out: &mut Vec<u8>,
    first: &mut Option<FirstInvalid>,
) -> Result<usize, BytesError> {
    let text = body.get(at + 1..).unwrap_or_default();
    let Some(&byte) = text.first() else { return Ok(1) };
    if let Some(meant) = escape::simple(byte) {
        out.push(meant);
        return Ok(2);
    }
    match byte {
        b'\n' => Ok(2),
        b'0'..=b'7' => {
            let (value, count) = escape::octal(text);
            if value > 0o377 {
                escape::note(first, escape::octal_digits(text), at);
            }
            out.push(value as u8);
            Ok(1 + count)
        }
        b'x' => {
            let digit = |index| text.get(index).copied().and_then(escape::hex);
            let (Some(high), Some(low)) = (digit(1), digit(2)) else { return Err(BytesError::InvalidX(at)) };
            out.push((high << 4 | low) as u8);
            Ok(4)
        }
        _ => {
            escape::note(first, InvalidEscape::Character(byte), at);
            out.extend_from_slice(&[b'\\', byte]);
            Ok(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_bytes() {
        let decoded = |body, raw| {
            let mut out = Vec::new();
            decode(body, raw, &mut out).map(|first| (out, first.map(|f| f.at)))
        };
        assert_eq!(decoded(r"a\x00\377\n", false), Ok((b"a\0\xFF\n".to_vec(), None)));
        assert_eq!(decoded(r"a\d\400", false), Ok((b"a\\d\0".to_vec(), Some(1))));
        assert_eq!(decoded(r"\x", true), Ok((br"\x".to_vec(), None)));
        assert_eq!(decoded(r"a\x1g", false), Err(BytesError::InvalidX(1)));
        assert_eq!(decoded("é", false), Err(BytesError::NotAscii));
    }
}
