//! Why an input is no source text.
//! Invariant: the `Display` of an error is CPython's message, or names what this crate can't do.

use super::cookie::Cookie;
use std::fmt;
use taipan_diagnostics::{Diagnostic, ErrorClass, Location};

/// Why an input could not be made into text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SourceError {
    /// A zero byte.
    NullBytes,
    /// The input has 4 GiB or more, which the positions of tokens can't express.
    TooLarge,
    /// A byte that is not UTF-8, where no other encoding was declared.
    NotUtf8 {
        /// The byte.
        byte: u8,
        /// Its line, from 1.
        line: u32,
        /// Column of the byte in characters, from 1.
        column: u32,
        /// The line, with U+FFFD for what is not UTF-8.
        text: String,
    },
    /// A declared encoding that does not exist.
    UnknownEncoding {
        /// Its name as declared.
        name: String,
    },
    /// A codec that does not give text.
    NotATextEncoding {
        /// Its name as declared.
        name: String,
    },
    /// An encoding that CPython has and this crate has not.
    UnsupportedEncoding {
        /// Its name as declared.
        name: String,
    },
    /// Another encoding than UTF-8 declared behind a byte order mark.
    EncodingWithBom {
        /// Its name.
        name: String,
        /// Line of the declaration, from 1.
        line: u32,
        /// Column at which CPython ends the range.
        end_column: u32,
        /// That line.
        text: String,
    },
    /// Bytes that the declared encoding does not have.
    Undecodable {
        /// The codec's name for itself.
        codec: &'static str,
        /// The bytes from the first bad one on: as many as the codec reports together.
        bytes: Vec<u8>,
        /// Offset of the first.
        position: usize,
        /// The codec's words.
        reason: &'static str,
    },
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceError::NullBytes => f.write_str("source code string cannot contain null bytes"),
            SourceError::TooLarge => f.write_str("source code of 4 GiB or more is not supported"),
            SourceError::NotUtf8 { byte, line, .. } => write!(
                f,
                "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding declared; \
                 see https://peps.python.org/pep-0263/ for details"
            ),
            SourceError::UnknownEncoding { name } => write!(f, "unknown encoding: {name}"),
            SourceError::NotATextEncoding { name } => {
                write!(f, "'{name}' is not a text encoding; use codecs.decode() to handle arbitrary codecs")
            }
            SourceError::UnsupportedEncoding { name } => {
                write!(f, "encoding not supported by Taipan: {name}")
            }
            SourceError::EncodingWithBom { name, .. } => write!(f, "encoding problem: {name} with BOM"),
            SourceError::Undecodable { codec, bytes, position, reason } => match bytes.as_slice() {
                [byte] => {
                    write!(
                        f,
                        "'{codec}' codec can't decode byte 0x{byte:02x} in position {position}: {reason}"
                    )
                }
                bytes => {
                    let last = position + bytes.len().saturating_sub(1);
                    write!(f, "'{codec}' codec can't decode bytes in position {position}-{last}: {reason}")
                }
            },
        }
    }
}

impl std::error::Error for SourceError {}

impl SourceError {
    /// The error for bytes that are not UTF-8 from `valid` on and have no declared encoding.
    pub(super) fn undeclared(bytes: &[u8], valid: usize) -> SourceError {
        let before = &bytes[..valid];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before).count() as u32 + 1;
        let rest = &bytes[line_start..];
        let text = String::from_utf8_lossy(&rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]);
        let column = before[line_start..].iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32 + 1;
        let byte = bytes.get(valid).copied().unwrap_or(0);
        SourceError::NotUtf8 { byte, line, column, text: text.into_owned() }
    }

    /// The error of the `utf-8` codec.
    pub(super) fn invalid_utf8(bytes: &[u8], error: &std::str::Utf8Error) -> SourceError {
        let position = error.valid_up_to();
        let first = bytes.get(position).copied().unwrap_or(0);
        let (length, reason) = match error.error_len() {
            None => (bytes.len() - position, "unexpected end of data"),
            Some(length) if matches!(first, 0xC2..=0xF4) => (length, "invalid continuation byte"),
            Some(length) => (length, "invalid start byte"),
        };
        let bytes = bytes[position..].iter().copied().take(length).collect();
        SourceError::Undecodable { codec: "utf-8", bytes, position, reason }
    }

    /// The error for a declaration behind a byte order mark.
    pub(super) fn with_bom(source: &[u8], cookie: Cookie) -> SourceError {
        let line = source.split(|&byte| byte == b'\n').nth(cookie.line as usize - 1).unwrap_or_default();
        // Of the second line CPython counts the newline too.
        let counted = if cookie.line == 1 { line.len().saturating_sub(1) } else { line.len() };
        let starts = line.iter().take(counted).filter(|&&byte| byte & 0xC0 != 0x80).count();
        let text = String::from_utf8_lossy(line).into_owned();
        SourceError::EncodingWithBom {
            name: cookie.name,
            line: cookie.line,
            end_column: starts as u32 + 1,
            text,
        }
    }

    /// The error as CPython's `compile` raises it. Where an encoding fails as a whole there is no
    /// line: `lineno` is 0, `offset` -1, and there are no ends and no text.
    pub fn diagnostic(&self) -> Diagnostic {
        let location = match self {
            SourceError::NullBytes | SourceError::TooLarge => None,
            SourceError::NotUtf8 { line, column, text, .. } => Some(Location {
                lineno: i64::from(*line),
                offset: i64::from(*column),
                end_lineno: i64::from(*line),
                end_offset: i64::from(*column),
                text: Some(text.clone()),
            }),
            SourceError::EncodingWithBom { line, end_column, text, .. } => Some(Location {
                lineno: i64::from(*line),
                offset: 0,
                end_lineno: i64::from(*line),
                end_offset: i64::from(*end_column),
                text: Some(text.clone()),
            }),
            _ => Some(Location { lineno: 0, offset: -1, end_lineno: 0, end_offset: 0, text: None }),
        };
        Diagnostic { class: ErrorClass::Syntax, message: self.to_string(), location }
    }
}
