//! UTF-7 (RFC 2152): ASCII, and between `+` and `-` UTF-16 in Base64.

use super::{Encoding, decoders::Bad};
use crate::chars::code_points;
use taipan_object::str::PyStr;
use taipan_object::{Owned, PyResult, Thread};

/// What Base64 is written in.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|&known| known == byte).map(|at| at as u32)
}

/// Whether a character stands for itself.
fn is_direct(c: u32) -> bool {
    let Ok(byte) = u8::try_from(c) else { return false };
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'}') && !matches!(byte, b'+' | b'\\')
}

/// Bits that are not written yet.
#[derive(Default)]
struct Bits {
    value: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, unit: u16, to: &mut Vec<u8>) {
        self.value = self.value << 16 | u32::from(unit);
        self.count += 16;
        while self.count >= 6 {
            self.count -= 6;
            to.extend(ALPHABET.get((self.value >> self.count & 0x3F) as usize));
        }
        self.value &= (1 << self.count) - 1;
    }

    fn flush(&mut self, to: &mut Vec<u8>) {
        if self.count > 0 {
            to.extend(ALPHABET.get((self.value << (6 - self.count) & 0x3F) as usize));
        }
        *self = Bits::default();
    }
}

/// The bytes of a text; there are some for every character.
pub(super) fn encode(thread: &Thread, text: &PyStr) -> PyResult<Vec<u8>> {
    let (mut bytes, mut bits, mut shifted) = (Vec::new(), Bits::default(), false);
    for c in code_points(text) {
        super::reserve(thread, &mut bytes, 10)?;
        if is_direct(c) {
            let byte = c as u8;
            if shifted {
                bits.flush(&mut bytes);
                shifted = false;
                if digit(byte).is_some() || byte == b'-' {
                    bytes.push(b'-');
                }
            }
            bytes.push(byte);
            continue;
        }
        if !shifted && c == u32::from(b'+') {
            bytes.extend(b"+-");
            continue;
        }
        if !shifted {
            bytes.push(b'+');
            shifted = true;
        }
        match char::from_u32(c) {
            Some(c) => c.encode_utf16(&mut [0; 2]).iter().for_each(|&unit| bits.push(unit, &mut bytes)),
            None => bits.push(c as u16, &mut bytes),
        }
    }
    if shifted {
        super::reserve(thread, &mut bytes, 2)?;
        bits.flush(&mut bytes);
        bytes.push(b'-');
    }
    Ok(bytes)
}

/// A decoder in the middle of its bytes.
#[derive(Default)]
struct Decoder {
    text: Vec<u32>,
    shifted: bool,
    bits: Bits,
    /// The first half of a pair, or zero.
    half: u32,
    /// Where the sequence begins that is read, and how long the text was then.
    start: usize,
    before: usize,
}

impl Decoder {
    /// Takes a digit of Base64.
    fn digit(&mut self, value: u32) {
        self.bits.value = self.bits.value << 6 | value;
        self.bits.count += 6;
        if self.bits.count < 16 {
            return;
        }
        self.bits.count -= 16;
        let unit = self.bits.value >> self.bits.count;
        self.bits.value &= (1 << self.bits.count) - 1;
        let half = std::mem::take(&mut self.half);
        match (half, unit) {
            (1.., 0xDC00..=0xDFFF) => {
                return self.text.push(0x10000 + ((half - 0xD800) << 10) + (unit - 0xDC00));
            }
            (1.., _) => self.text.push(half),
            _ => {}
        }
        match unit {
            0xD800..=0xDBFF => self.half = unit,
            _ => self.text.push(unit),
        }
    }

    /// Takes the byte at a position; gives the position behind, or what is wrong with the bytes up to one.
    fn step(&mut self, bytes: &[u8], at: usize) -> Result<usize, (usize, &'static str)> {
        let Some(&byte) = bytes.get(at) else { return Ok(at) };
        if !self.shifted {
            return self.plain(bytes, at, byte);
        }
        if let Some(value) = digit(byte) {
            self.digit(value);
            return Ok(at + 1);
        }
        self.shifted = false;
        if self.bits.count >= 6 {
            return Err((at + 1, "partial character in shift sequence"));
        }
        if self.bits.count > 0 && self.bits.value != 0 {
            return Err((at + 1, "non-zero padding bits in shift sequence"));
        }
        let half = std::mem::take(&mut self.half);
        if half != 0 && byte.is_ascii() && byte != b'+' {
            self.text.push(half);
        }
        // the end of the sequence, or a byte that stands for itself
        Ok(at + usize::from(byte == b'-'))
    }

    fn plain(&mut self, bytes: &[u8], at: usize, byte: u8) -> Result<usize, (usize, &'static str)> {
        if byte != b'+' {
            if byte.is_ascii() {
                self.text.push(byte.into());
                return Ok(at + 1);
            }
            self.start = at;
            return Err((at + 1, "unexpected special character"));
        }
        self.start = at;
        match bytes.get(at + 1) {
            Some(b'-') => {
                self.text.push(byte.into());
                Ok(at + 2)
            }
            Some(&next) if digit(next).is_none() => Err((at + 2, "ill-formed sequence")),
            _ => {
                (self.shifted, self.half, self.bits) = (true, 0, Bits::default());
                self.before = self.text.len();
                Ok(at + 1)
            }
        }
    }

    /// Whether the bytes end within a sequence that is not whole.
    fn is_cut(&self) -> bool {
        self.half != 0 || self.bits.count >= 6 || (self.bits.count > 0 && self.bits.value != 0)
    }
}

/// The text of bytes, and how many of them it took.
pub(super) fn decode(
    thread: &Thread,
    bytes: &[u8],
    errors: &str,
    is_final: bool,
) -> PyResult<(Owned<PyStr>, usize)> {
    let (mut decoder, mut at) = (Decoder::default(), 0);
    loop {
        if decoder.text.try_reserve(2).is_err() {
            return Err(thread.raise_memory_error());
        }
        let (end, reason) = if at < bytes.len() {
            match decoder.step(bytes, at) {
                Ok(next) => {
                    at = next;
                    continue;
                }
                Err(wrong) => wrong,
            }
        } else if decoder.shifted && !is_final {
            // the sequence is read again when there is more of it
            decoder.text.truncate(decoder.before);
            at = decoder.start;
            break;
        } else if std::mem::take(&mut decoder.shifted) && decoder.is_cut() {
            (bytes.len(), "unterminated shift sequence")
        } else {
            break;
        };
        (decoder.half, decoder.bits) = (0, Bits::default());
        let bad = Bad { len: end - decoder.start, reason, incomplete: false };
        let (encoding, start) = (Encoding::Utf7, decoder.start);
        at = encoding.recover(thread, encoding, bytes, errors, (start, &bad), &mut decoder.text)?;
    }
    Ok((PyStr::from_code_points(thread, &decoder.text)?, at))
}
