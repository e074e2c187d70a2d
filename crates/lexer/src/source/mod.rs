//! Source text: from the bytes of a file or string to the UTF-8 that the scanner reads, as CPython's
//! `compile` does it. `cookie.rs` finds the declared encoding, `codecs.rs` decodes.
//! Invariant: the text has no zero bytes, is shorter than 4 GiB, and, but for the view of the
//! `tokenize` module, its lines end with `\n` only.

mod charmaps;
pub(crate) mod codecs;
pub(crate) mod cookie;
mod error;
mod multibyte;

use crate::Mode;
use std::borrow::Cow;

pub use error::SourceError;

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The decoded text of one input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source<'s> {
    text: Cow<'s, str>,
    encoding: Cow<'static, str>,
    implicit_newline: bool,
}

impl<'s> Source<'s> {
    /// Decodes bytes as `compile(bytes)` does: a byte order mark is dropped, the encoding is UTF-8
    /// unless a comment in the first two lines declares another (PEP 263), line ends become `\n`, and
    /// in [`Mode::Exec`] the last line gets its newline.
    ///
    /// A file given to the command is read line by line in CPython and refused with other words: a
    /// zero byte is then "source code cannot contain null bytes" with a position, undecodable bytes
    /// under a declared encoding are "(unicode error) ..." on their line, and the name of the file
    /// stands in the message about missing declarations.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn from_bytes(bytes: &'s [u8], mode: Mode) -> Result<Source<'s>, SourceError> {
        if memchr::memchr(0, bytes).is_some() {
            return Err(SourceError::NullBytes);
        }
        let bytes = translate_newlines(bytes, mode);
        let has_bom = bytes.starts_with(BOM);
        let body = match bytes {
            Cow::Borrowed(bytes) if has_bom => Cow::Borrowed(&bytes[BOM.len()..]),
            Cow::Owned(mut bytes) if has_bom => {
                bytes.drain(..BOM.len());
                Cow::Owned(bytes)
            }
            bytes => bytes,
        };
        let Some(cookie) = cookie::find(&body) else {
            return Source::new(undeclared_utf8(body)?, "utf-8".into());
        };
        if has_bom && cookie.name != "utf-8" {
            return Err(SourceError::with_bom(&body, cookie));
        }
        if cookie.name == "utf-8" {
            return Source::new(undeclared_utf8(body)?, "utf-8".into());
        }
        let text = match codecs::decode(&body, &cookie.name)? {
            Cow::Borrowed(_) => into_utf8(body)?,
            Cow::Owned(text) => Cow::Owned(text),
        };
        if memchr::memchr(0, text.as_bytes()).is_some() {
            return Err(SourceError::NullBytes);
        }
        Source::new(text, cookie.name.into())
    }

    /// Takes text as `compile(str)` does: no declaration is looked for, and a byte order mark is a
    /// character like any other.
    ///
    /// # Errors
    /// [`SourceError::NullBytes`], [`SourceError::TooLarge`].
    pub fn from_str(text: &'s str, mode: Mode) -> Result<Source<'s>, SourceError> {
        if memchr::memchr(0, text.as_bytes()).is_some() {
            return Err(SourceError::NullBytes);
        }
        let translated = match translate_newlines(text.as_bytes(), mode) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            bytes => into_utf8(bytes)?,
        };
        Source::new(translated, "utf-8".into())
    }

    fn new(text: Cow<'s, str>, encoding: Cow<'static, str>) -> Result<Source<'s>, SourceError> {
        if text.len() >= u32::MAX as usize {
            return Err(SourceError::TooLarge);
        }
        Ok(Source { text, encoding, implicit_newline: false })
    }

    /// Text of which the last newline may have been added, as the `tokenize` module reads it.
    pub(crate) fn with_implicit_newline(
        text: Cow<'s, str>,
        encoding: Cow<'static, str>,
        implicit_newline: bool,
    ) -> Result<Source<'s>, SourceError> {
        Ok(Source { implicit_newline, ..Source::new(text, encoding)? })
    }

    /// Text that was decoded before, out of an artifact.
    pub(crate) fn decoded(
        text: &'s str,
        encoding: String,
        implicit_newline: bool,
    ) -> Result<Source<'s>, SourceError> {
        if memchr::memchr(0, text.as_bytes()).is_some() {
            return Err(SourceError::NullBytes);
        }
        Source::with_implicit_newline(Cow::Borrowed(text), Cow::Owned(encoding), implicit_newline)
    }

    /// The text in UTF-8.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The encoding that was declared, as CPython names it; `utf-8` if none was.
    pub fn encoding(&self) -> &str {
        &self.encoding
    }

    /// Whether the last newline was added: only in the view of the `tokenize` module.
    pub fn has_implicit_newline(&self) -> bool {
        self.implicit_newline
    }
}

/// Turns `\r\n` and `\r` into `\n`, and ends the last line where the mode asks for it. Nothing is
/// copied if nothing changes.
fn translate_newlines(bytes: &[u8], mode: Mode) -> Cow<'_, [u8]> {
    let ends = mode != Mode::Exec || bytes.is_empty() || matches!(bytes.last(), Some(b'\n' | b'\r'));
    let Some(first) = memchr::memchr(b'\r', bytes) else {
        if ends {
            return Cow::Borrowed(bytes);
        }
        let mut copy = Vec::with_capacity(bytes.len() + 1);
        copy.extend_from_slice(bytes);
        copy.push(b'\n');
        return Cow::Owned(copy);
    };
    let mut copy = Vec::with_capacity(bytes.len() + 1);
    let mut rest = bytes;
    let mut next = Some(first);
    while let Some(at) = next {
        copy.extend_from_slice(&rest[..at]);
        copy.push(b'\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        next = memchr::memchr(b'\r', rest);
    }
    copy.extend_from_slice(rest);
    if !ends {
        copy.push(b'\n');
    }
    Cow::Owned(copy)
}

/// Bytes that are known to be UTF-8, or the error that a codec would give.
fn into_utf8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, SourceError> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| SourceError::invalid_utf8(bytes, &error)),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => Err(SourceError::invalid_utf8(error.as_bytes(), &error.utf8_error())),
        },
    }
}

/// Bytes without a declared encoding, which must be UTF-8.
fn undeclared_utf8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, SourceError> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| SourceError::undeclared(bytes, error.valid_up_to())),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                Err(SourceError::undeclared(error.as_bytes(), valid))
            }
        },
    }
}
