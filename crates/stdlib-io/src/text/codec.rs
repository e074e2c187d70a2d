//! The encodings that need nothing from Python: UTF-8, ASCII and Latin-1. Decoding can be done in parts: what is not
//! whole is left to the caller.

use taipan_object::bytes::PyBytes;
use taipan_object::exception::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR};
use taipan_object::str::{Chars, PyStr};
use taipan_object::{Owned, PyResult, Raised, Thread, Value};

use super::handler::Handler;
use crate::bytes_like::reserve;
use crate::errors::new_exception;

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Codec {
    Utf8,
    Ascii,
    Latin1,
}

impl Codec {
    /// The encoding of a name or an alias.
    pub(crate) fn named(name: &str) -> Option<Codec> {
        let name = name.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        Some(match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "cp65001" | "locale" => Codec::Utf8,
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => Codec::Ascii,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => {
                Codec::Latin1
            }
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
        }
    }

    fn takes(self, c: u32) -> bool {
        match self {
            Codec::Utf8 => char::from_u32(c).is_some(),
            Codec::Ascii => c < 0x80,
            Codec::Latin1 => c < 0x100,
        }
    }

    fn push(self, to: &mut Vec<u8>, c: u32) {
        match (self, char::from_u32(c)) {
            (Codec::Utf8, Some(c)) => to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => to.push(c as u8),
        }
    }

    /// Appends the bytes of a text.
    #[inline]
    pub(crate) fn encode(
        self,
        thread: &Thread,
        text: &PyStr,
        errors: &str,
        to: &mut Vec<u8>,
    ) -> PyResult<()> {
        if let Some(ascii) = text.as_ascii() {
            reserve(thread, to, ascii.len())?;
            to.extend_from_slice(ascii.as_bytes());
            return Ok(());
        }
        if let (Codec::Latin1, Chars::One(chars)) = (self, text.chars()) {
            reserve(thread, to, chars.len())?;
            to.extend_from_slice(chars);
            return Ok(());
        }
        self.encode_slowly(thread, text, errors, to)
    }

    fn encode_slowly(self, thread: &Thread, text: &PyStr, errors: &str, to: &mut Vec<u8>) -> PyResult<()> {
        reserve(thread, to, text.len())?;
        let mut at = 0;
        while let Some(c) = text.char_at(at) {
            if self.takes(c) {
                reserve(thread, to, 4)?;
                self.push(to, c);
                at += 1;
                continue;
            }
            // the handler is asked about all characters in a row that the encoding does not take
            let mut end = at + 1;
            while text.char_at(end).is_some_and(|c| !self.takes(c)) {
                end += 1;
            }
            self.replace(thread, text, (at, end), errors, to)?;
            at = end;
        }
        Ok(())
    }

    fn replace(
        self,
        thread: &Thread,
        text: &PyStr,
        (start, end): (usize, usize),
        errors: &str,
        to: &mut Vec<u8>,
    ) -> PyResult<()> {
        let handler = Handler::find(thread, errors)?;
        for at in start..end {
            let Some(c) = text.char_at(at) else { break };
            let Some(bytes) = handler.for_character(self == Codec::Utf8, c) else {
                // what could be escaped is not part of what is refused
                let start = if handler == Handler::SurrogateEscape { at } else { start };
                return Err(self.refused_text(thread, text, start, end));
            };
            reserve(thread, to, bytes.len())?;
            to.extend(bytes);
        }
        Ok(())
    }

    #[cold]
    fn refused_text(self, thread: &Thread, text: &PyStr, start: usize, end: usize) -> Raised {
        let reason = match self {
            Codec::Utf8 => "surrogates not allowed",
            Codec::Ascii => "ordinal not in range(128)",
            Codec::Latin1 => "ordinal not in range(256)",
        };
        let error = || {
            let arguments = [
                PyStr::from_text(thread, self.name())?.into_value(),
                Owned::new_ref(text).into_value(),
                Value::int(thread, start as i64)?,
                Value::int(thread, end as i64)?,
                PyStr::from_text(thread, reason)?.into_value(),
            ];
            new_exception(thread, &UNICODE_ENCODE_ERROR, arguments)
        };
        match error() {
            Ok(error) => thread.raise(error),
            Err(raised) => raised,
        }
    }

    /// The text of bytes and how many it took: all of them if they are the last ones, else what is before a
    /// character that is not whole.
    pub(crate) fn decode(
        self,
        thread: &Thread,
        bytes: &[u8],
        errors: &str,
        is_final: bool,
    ) -> PyResult<(Owned<PyStr>, usize)> {
        match self {
            Codec::Latin1 => {
                let mut points = Vec::new();
                if bytes.is_ascii() {
                    return Ok((PyStr::from_text(thread, &String::from_utf8_lossy(bytes))?, bytes.len()));
                }
                if points.try_reserve(bytes.len()).is_err() {
                    return Err(thread.raise_memory_error());
                }
                points.extend(bytes.iter().copied().map(u32::from));
                Ok((PyStr::from_code_points(thread, &points)?, bytes.len()))
            }
            Codec::Ascii if bytes.is_ascii() => {
                Ok((PyStr::from_text(thread, &String::from_utf8_lossy(bytes))?, bytes.len()))
            }
            Codec::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok((PyStr::from_text(thread, text)?, bytes.len())),
                Err(error) if error.error_len().is_none() && !is_final => {
                    let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
                    Ok((PyStr::from_text(thread, &String::from_utf8_lossy(whole))?, whole.len()))
                }
                Err(_) => self.decode_slowly(thread, bytes, errors, is_final),
            },
            Codec::Ascii => self.decode_slowly(thread, bytes, errors, is_final),
        }
    }

    fn decode_slowly(
        self,
        thread: &Thread,
        bytes: &[u8],
        errors: &str,
        is_final: bool,
    ) -> PyResult<(Owned<PyStr>, usize)> {
        let mut points: Vec<u32> = Vec::new();
        if points.try_reserve(bytes.len()).is_err() {
            return Err(thread.raise_memory_error());
        }
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let good = self.valid_prefix(rest);
            points.extend(String::from_utf8_lossy(good).chars().map(u32::from));
            at += good.len();
            let rest = rest.get(good.len()..).unwrap_or_default();
            let Some((len, reason, is_cut)) = self.wrong(rest) else { break };
            if is_cut && !is_final {
                break;
            }
            let handler = Handler::find(thread, errors)?;
            let refused = rest.get(..len).unwrap_or(rest);
            match handler.for_bytes(self == Codec::Utf8, refused, rest, &mut points) {
                Some(used) => at += used,
                None => return Err(self.refused_bytes(thread, bytes, (at, at + refused.len()), reason)),
            }
        }
        Ok((PyStr::from_code_points(thread, &points)?, at))
    }

    /// The bytes up to the first that are no character.
    fn valid_prefix(self, bytes: &[u8]) -> &[u8] {
        let len = match self {
            Codec::Ascii | Codec::Latin1 => {
                bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len())
            }
            Codec::Utf8 => match std::str::from_utf8(bytes) {
                Ok(_) => bytes.len(),
                Err(error) => error.valid_up_to(),
            },
        };
        bytes.get(..len).unwrap_or(bytes)
    }

    /// What is wrong at the beginning: how many bytes, why, and whether more bytes could mend it.
    fn wrong(self, bytes: &[u8]) -> Option<(usize, &'static str, bool)> {
        if bytes.is_empty() {
            return None;
        }
        if self != Codec::Utf8 {
            return Some((1, "ordinal not in range(128)", false));
        }
        let error = std::str::from_utf8(bytes).err()?;
        // it could become a surrogate, which some handlers take
        if let [0xED, 0xA0..=0xBF] = bytes {
            return Some((1, "invalid continuation byte", true));
        }
        Some(match (error.error_len(), bytes.first()) {
            (None, _) => (bytes.len(), "unexpected end of data", true),
            (Some(1), Some(0xC2..=0xF4)) => (1, "invalid continuation byte", false),
            (Some(1), _) => (1, "invalid start byte", false),
            (Some(len), _) => (len, "invalid continuation byte", false),
        })
    }

    #[cold]
    fn refused_bytes(
        self,
        thread: &Thread,
        bytes: &[u8],
        (start, end): (usize, usize),
        reason: &str,
    ) -> Raised {
        let error = || {
            let arguments = [
                PyStr::from_text(thread, self.name())?.into_value(),
                PyBytes::new(thread, bytes)?.into_value(),
                Value::int(thread, start as i64)?,
                Value::int(thread, end as i64)?,
                PyStr::from_text(thread, reason)?.into_value(),
            ];
            new_exception(thread, &UNICODE_DECODE_ERROR, arguments)
        };
        match error() {
            Ok(error) => thread.raise(error),
            Err(raised) => raised,
        }
    }
}
