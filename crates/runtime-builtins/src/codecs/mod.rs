//! Text to bytes and back: the encodings that need no table, and the error handlers that are built in. Start with
//! [`Encoding`]; [`encode`](fn@encode) and [`decode`](fn@decode) are what `str.encode` and `bytes.decode` do.
//!
//! An encoding is a step: one character to bytes, some bytes to a character. The two drivers here walk the text and
//! ask the handler where a step fails. Invariant: positions in errors count characters of the text when it is encoded
//! and bytes when it is decoded.

pub mod callback;
mod decoders;
mod errors;
mod escape;
mod names;
#[cfg(test)]
mod tests;
mod utf7;

pub use errors::Handler;

use taipan_object::bytes::PyBytes;
use taipan_object::str::{Chars, PyStr, ascii_len};
use taipan_object::{Owned, PyResult, Thread, as_ref, raise};

use crate::chars::code_points;
use crate::exceptions::unicode::{decode_error, encode_error};
use errors::Replacement;

/// The order of the bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// That of a mark at the beginning; little without one.
    Marked,
    /// The lowest byte first.
    Little,
    /// The highest byte first.
    Big,
}

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16.
    Utf16(Order),
    /// UTF-32.
    Utf32(Order),
    /// ASCII.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// The escapes of string literals.
    UnicodeEscape,
    /// `\u` and `\U` only.
    RawUnicodeEscape,
    /// UTF-7, which is no step by step: what was before counts.
    Utf7,
}

impl Encoding {
    /// The encoding of a name or an alias, in any spelling that Python takes.
    pub fn named(name: &str) -> Option<Encoding> {
        names::find(name)
    }

    /// The name that errors give.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16(Order::Marked) => "utf-16",
            Encoding::Utf16(Order::Little) => "utf-16-le",
            Encoding::Utf16(Order::Big) => "utf-16-be",
            Encoding::Utf32(Order::Marked) => "utf-32",
            Encoding::Utf32(Order::Little) => "utf-32-le",
            Encoding::Utf32(Order::Big) => "utf-32-be",
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
            Encoding::UnicodeEscape => "unicodeescape",
            Encoding::RawUnicodeEscape => "rawunicodeescape",
            Encoding::Utf7 => "utf7",
        }
    }

    /// Whether there are bytes for a character.
    fn takes(self, c: u32) -> bool {
        match self {
            Encoding::Utf8 | Encoding::Utf16(_) | Encoding::Utf32(_) => char::from_u32(c).is_some(),
            Encoding::Latin1 => c < 0x100,
            Encoding::Ascii => c < 0x80,
            Encoding::UnicodeEscape | Encoding::RawUnicodeEscape | Encoding::Utf7 => true,
        }
    }

    /// Why a character is not taken.
    fn reason(self) -> &'static str {
        match self {
            Encoding::Latin1 => "ordinal not in range(256)",
            Encoding::Ascii => "ordinal not in range(128)",
            _ => "surrogates not allowed",
        }
    }

    /// Whether a handler is asked about all characters in a row that are not taken, or about one.
    fn refuses_runs(self) -> bool {
        matches!(self, Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1)
    }

    /// Adds the bytes of a character that is taken, or of a surrogate.
    fn push(self, to: &mut Vec<u8>, c: u32) {
        match self {
            Encoding::Ascii | Encoding::Latin1 | Encoding::Utf7 => to.push(c as u8),
            Encoding::Utf8 => match char::from_u32(c) {
                Some(c) => to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    to.extend([0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3F) as u8, 0x80 | (c & 0x3F) as u8])
                }
            },
            Encoding::Utf16(order) => {
                let pair = char::from_u32(c).map(|c| c.encode_utf16(&mut [0; 2]).to_vec());
                for unit in pair.unwrap_or_else(|| vec![c as u16]) {
                    to.extend(if order == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
                }
            }
            Encoding::Utf32(order) => {
                to.extend(if order == Order::Big { c.to_be_bytes() } else { c.to_le_bytes() });
            }
            Encoding::UnicodeEscape => escape::push_escaped(to, c),
            Encoding::RawUnicodeEscape => escape::push_raw(to, c),
        }
    }

    /// How many bytes a text takes at most, if it can be encoded without a look at each character.
    fn room_at_once(self, text: &PyStr) -> Option<usize> {
        let is_surrogate = |c: u32| (0xD800..0xE000).contains(&c);
        match (self, text.chars()) {
            (Encoding::Utf8, Chars::One(chars)) => Some(chars.len().saturating_mul(2)),
            (Encoding::Utf8, Chars::Two(chars)) => {
                let has_none = !chars.iter().any(|&c| is_surrogate(c.into()));
                has_none.then_some(chars.len().saturating_mul(3))
            }
            (Encoding::Utf8, Chars::Four(chars)) => {
                let has_none = !chars.iter().any(|&c| is_surrogate(c));
                has_none.then_some(chars.len().saturating_mul(4))
            }
            (Encoding::Latin1, Chars::One(chars)) => Some(chars.len()),
            _ => None,
        }
    }

    /// Adds the bytes of a text for which there was room.
    fn push_all(self, to: &mut Vec<u8>, text: &PyStr) {
        match text.chars() {
            Chars::One(chars) if self == Encoding::Latin1 => to.extend_from_slice(chars),
            Chars::One(mut rest) => loop {
                let (ascii, behind) = rest.split_at(ascii_len(rest));
                to.extend_from_slice(ascii);
                let [c, behind @ ..] = behind else { break };
                to.extend_from_slice(&[0xC0 | c >> 6, 0x80 | c & 0x3F]);
                rest = behind;
            },
            Chars::Two(chars) => chars.iter().for_each(|&c| self.push(to, c.into())),
            Chars::Four(chars) => chars.iter().for_each(|&c| self.push(to, c)),
        }
    }

    /// Adds the bytes of a text where that needs no look at each character; false, and nothing was added, where it does.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn append_at_once(self, thread: &Thread, text: &PyStr, to: &mut Vec<u8>) -> PyResult<bool> {
        if let Some(ascii) = text.as_ascii().filter(|_| self.refuses_runs()) {
            reserve(thread, to, ascii.len())?;
            to.extend_from_slice(ascii.as_bytes());
            return Ok(true);
        }
        let Some(room) = self.room_at_once(text) else { return Ok(false) };
        reserve(thread, to, room)?;
        self.push_all(to, text);
        Ok(true)
    }

    /// The bytes of a text.
    pub fn encode(self, thread: &Thread, text: &PyStr, errors: &str) -> PyResult<Vec<u8>> {
        if self == Encoding::Utf7 {
            return utf7::encode(thread, text);
        }
        let mut bytes = Vec::new();
        if self.append_at_once(thread, text, &mut bytes)? {
            return Ok(bytes);
        }
        if let Encoding::Utf16(Order::Marked) | Encoding::Utf32(Order::Marked) = self {
            self.push(&mut bytes, 0xFEFF);
        }
        let chars = code_points(text);
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            reserve(thread, &mut bytes, 12)?;
            if self.takes(c) {
                self.push(&mut bytes, c);
                at += 1;
                continue;
            }
            let rest = chars.get(at..).unwrap_or_default();
            let run = match self.refuses_runs() {
                true => rest.iter().position(|&c| self.takes(c)).unwrap_or(rest.len()),
                false => 1,
            };
            let refused = rest.get(..run).unwrap_or_default();
            at = self.replace(thread, text, errors, (at, refused), &mut bytes)?;
        }
        Ok(bytes)
    }

    /// Puts in what the handler has for characters that are not taken; gives the position from which it goes on.
    fn replace(
        self,
        thread: &Thread,
        text: &PyStr,
        errors: &str,
        (at, refused): (usize, &[u32]),
        bytes: &mut Vec<u8>,
    ) -> PyResult<usize> {
        let Some(handler) = Handler::named(errors) else {
            let error = || encode_error(thread, self.name(), text, at, at + refused.len(), self.reason());
            let (put, next) = callback::for_encoding(thread, errors, error()?, text.len())?;
            return match callback::bytes_of(&put, |c| self.takes(c), |to, c| self.push(to, c)) {
                Some(put) => {
                    reserve(thread, bytes, put.len())?;
                    bytes.extend(put);
                    Ok(next)
                }
                None => Err(thread.raise(error()?)),
            };
        };
        for (done, &c) in refused.iter().enumerate() {
            match handler.for_character(self, c) {
                Replacement::Refused => {
                    // what could be escaped is not part of what is refused
                    let start = at + if handler == Handler::SurrogateEscape { done } else { 0 };
                    let end = at + refused.len();
                    let error = encode_error(thread, self.name(), text, start, end, self.reason())?;
                    return Err(thread.raise(error));
                }
                Replacement::Text(replacement) => {
                    reserve(thread, bytes, replacement.len() * 4)?;
                    replacement.chars().for_each(|c| self.push(bytes, c.into()));
                }
                Replacement::Bytes(replacement) => {
                    reserve(thread, bytes, replacement.len())?;
                    bytes.extend(replacement);
                }
            }
        }
        Ok(at + refused.len())
    }

    /// The text of bytes, and how many bytes it took: all of them if these are the last ones (`is_final`), else what
    /// is before a character that is not whole.
    pub fn decode(
        self,
        thread: &Thread,
        bytes: &[u8],
        errors: &str,
        is_final: bool,
    ) -> PyResult<(Owned<PyStr>, usize)> {
        if self == Encoding::Utf7 {
            return utf7::decode(thread, bytes, errors, is_final);
        }
        let (encoding, mark) = decoders::resolve_order(self, bytes);
        match encoding {
            Encoding::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => return Ok((PyStr::from_text(thread, text)?, bytes.len())),
                // only the last character is not whole
                Err(error) if error.error_len().is_none() && !is_final => {
                    let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
                    let text = std::str::from_utf8(whole).unwrap_or_default();
                    return Ok((PyStr::from_text(thread, text)?, whole.len()));
                }
                Err(_) => {}
            },
            Encoding::Ascii if bytes.is_ascii() => {
                let text = String::from_utf8_lossy(bytes);
                return Ok((PyStr::from_text(thread, &text)?, bytes.len()));
            }
            _ => {}
        }
        let mut text = Vec::new();
        let mut at = mark;
        while at < bytes.len() {
            if text.try_reserve(12).is_err() {
                return Err(thread.raise_memory_error());
            }
            match decoders::step(encoding, bytes, at) {
                Ok((c, used)) => {
                    text.extend(c);
                    at += used;
                }
                Err(bad) if bad.incomplete && !is_final => break,
                Err(bad) => at = self.recover(thread, encoding, bytes, errors, (at, &bad), &mut text)?,
            }
        }
        Ok((PyStr::from_code_points(thread, &text)?, at))
    }

    /// Puts in what the handler has for bytes that are not good; gives the position from which it goes on.
    fn recover(
        self,
        thread: &Thread,
        encoding: Encoding,
        bytes: &[u8],
        errors: &str,
        (start, bad): (usize, &decoders::Bad),
        text: &mut Vec<u32>,
    ) -> PyResult<usize> {
        let end = (start + bad.len.max(1)).min(bytes.len());
        let Some(handler) = Handler::named(errors) else {
            let object = PyBytes::new(thread, bytes)?.into_value();
            let error = decode_error(thread, encoding.name(), object, start, end, bad.reason)?;
            let (put, next) = callback::for_decoding(thread, errors, error, bytes.len())?;
            text.extend(code_points(&put));
            return Ok(next);
        };
        let refused = bytes.get(start..end).unwrap_or_default();
        let rest = bytes.get(start..).unwrap_or_default();
        match handler.for_bytes(encoding, refused, rest) {
            Some((replacement, used)) => {
                text.extend(replacement);
                Ok(start + used)
            }
            None if matches!(handler, Handler::XmlCharRefReplace | Handler::NameReplace) => Err(raise!(
                thread,
                TYPE_ERROR,
                "don't know how to handle UnicodeDecodeError in error callback"
            )),
            None => {
                let object = PyBytes::new(thread, bytes)?.into_value();
                let error = decode_error(thread, encoding.name(), object, start, end, bad.reason)?;
                Err(thread.raise(error))
            }
        }
    }
}

fn reserve(thread: &Thread, bytes: &mut Vec<u8>, more: usize) -> PyResult<()> {
    bytes.try_reserve(more).map_err(|_| thread.raise_memory_error())
}

/// The encoding of a name; `LookupError` if there is none.
pub fn find(thread: &Thread, name: &str) -> PyResult<Encoding> {
    Encoding::named(name).ok_or_else(|| raise!(thread, LOOKUP_ERROR, "unknown encoding: {name}"))
}

/// `text.encode(encoding, errors)`. Encodings that are not built in are asked for by a hook.
pub fn encode(thread: &Thread, text: &PyStr, encoding: &str, errors: &str) -> PyResult<Vec<u8>> {
    if let Some(found) = Encoding::named(encoding) {
        return found.encode(thread, text, errors);
    }
    let result = (thread.interp().hooks.encode.get())(thread, as_ref(text), encoding, errors)?;
    match result.as_ref().get::<PyBytes>() {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(callback::wrong_result(thread, "encoder", encoding, "bytes", result.as_ref())),
    }
}

/// `bytes.decode(encoding, errors)`. Encodings that are not built in are asked for by a hook.
pub fn decode(thread: &Thread, bytes: &[u8], encoding: &str, errors: &str) -> PyResult<Owned<PyStr>> {
    // nobody asks what the encoding of nothing is
    if bytes.is_empty() {
        return Ok(taipan_object::str::statics::empty());
    }
    if let Some(found) = Encoding::named(encoding) {
        return Ok(found.decode(thread, bytes, errors, true)?.0);
    }
    let object = PyBytes::new(thread, bytes)?;
    let result = (thread.interp().hooks.decode.get())(thread, object.as_ref(), encoding, errors)?;
    result
        .downcast()
        .map_err(|result| callback::wrong_result(thread, "decoder", encoding, "str", result.as_ref()))
}
