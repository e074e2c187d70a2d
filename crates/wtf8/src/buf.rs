//! Text that is owned. Most texts are names of a few letters, which stand in the value itself, so that
//! making, copying and dropping them takes no heap.

use crate::{CodePoint, Wtf8};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// Bytes that fit beside their number into what a vector takes.
const SHORT: usize = 15;

/// An owned piece of WTF-8 text.
#[derive(Clone)]
pub struct Wtf8Buf {
    bytes: Bytes,
}

#[derive(Clone)]
enum Bytes {
    Short(u8, [u8; SHORT]),
    Long(Vec<u8>),
}

const _: () = assert!(size_of::<Wtf8Buf>() == size_of::<Vec<u8>>());

impl Bytes {
    const NONE: Bytes = Bytes::Short(0, [0; SHORT]);

    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Short(length, bytes) => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Bytes::Long(bytes) => bytes,
        }
    }

    #[inline]
    fn extend(&mut self, more: &[u8]) {
        match self {
            Bytes::Long(bytes) => bytes.extend_from_slice(more),
            Bytes::Short(length, bytes) => {
                let from = usize::from(*length);
                match bytes.get_mut(from..from + more.len()) {
                    Some(room) => {
                        room.copy_from_slice(more);
                        *length += more.len() as u8;
                    }
                    None => self.lengthen(more),
                }
            }
        }
    }

    #[cold]
    fn lengthen(&mut self, more: &[u8]) {
        let short = self.as_slice();
        let mut bytes = Vec::with_capacity((short.len() + more.len()).max(4 * SHORT));
        bytes.extend_from_slice(short);
        bytes.extend_from_slice(more);
        *self = Bytes::Long(bytes);
    }
}

/// The bytes with zeros behind them, if they are few. They are read as two numbers that may overlap: to call
/// what copies any number of bytes would take longer.
#[inline]
fn short(bytes: &[u8]) -> Option<[u8; SHORT]> {
    let length = bytes.len();
    let word = if length > SHORT {
        return None;
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u128::from(u64::from_le_bytes(*last)) << (8 * (length - 8));
        u128::from(u64::from_le_bytes(*first)) | last
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
        u128::from(u64::from(u32::from_le_bytes(*first)) | last)
    } else {
        let byte = |at: usize| u128::from(bytes.get(at).copied().unwrap_or(0)) << (8 * at);
        byte(0) | byte(1) | byte(2)
    };
    word.to_le_bytes().first_chunk().copied()
}

impl Wtf8Buf {
    /// No text.
    pub const fn new() -> Self {
        Wtf8Buf { bytes: Bytes::NONE }
    }

    /// No text yet, with room for `capacity` bytes.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        if capacity <= SHORT {
            Self::new()
        } else {
            Wtf8Buf { bytes: Bytes::Long(Vec::with_capacity(capacity)) }
        }
    }

    /// A copy of `text`.
    #[inline]
    pub(crate) fn of(text: Wtf8<'_>) -> Self {
        let from = text.bytes;
        let bytes = match short(from) {
            Some(short) => Bytes::Short(from.len() as u8, short),
            None => Bytes::Long(from.to_vec()),
        };
        Wtf8Buf { bytes }
    }

    /// The text, borrowed.
    #[inline]
    pub fn as_wtf8(&self) -> Wtf8<'_> {
        Wtf8 { bytes: self }
    }

    /// A short text with its length as one number: texts of equal numbers are equal. None for a longer text.
    #[inline]
    pub fn short_word(&self) -> Option<u128> {
        let Bytes::Short(length, bytes) = &self.bytes else { return None };
        let mut word = [0; SHORT + 1];
        let (first, rest) = word.split_at_mut(1);
        first.fill(*length);
        rest.copy_from_slice(bytes);
        Some(u128::from_le_bytes(word))
    }

    /// Appends a `str`.
    pub fn push_str(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
    }

    /// Appends a character.
    pub fn push_char(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Appends a code point. A high and a low surrogate that come to stand side by side stay two
    /// code points, as in Python.
    pub fn push(&mut self, point: CodePoint) {
        match point.to_char() {
            Some(c) => self.push_char(c),
            None => {
                let v = point.value();
                self.bytes.extend(&[
                    0xE0 | (v >> 12) as u8,
                    0x80 | (v >> 6 & 0x3F) as u8,
                    0x80 | (v & 0x3F) as u8,
                ]);
            }
        }
    }

    /// Appends other text.
    pub fn push_wtf8(&mut self, text: Wtf8<'_>) {
        self.bytes.extend(text.bytes);
    }

    /// Drops the text, keeps the room.
    pub fn clear(&mut self) {
        match &mut self.bytes {
            Bytes::Short(length, _) => *length = 0,
            Bytes::Long(bytes) => bytes.clear(),
        }
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.bytes {
            Bytes::Long(bytes) => bytes,
            short => short.as_slice().to_vec(),
        }
    }
}

impl Default for Wtf8Buf {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Wtf8Buf {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.bytes.as_slice()
    }
}

impl Borrow<[u8]> for Wtf8Buf {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Wtf8Buf {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Wtf8Buf {}

impl PartialOrd for Wtf8Buf {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wtf8Buf {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(other)
    }
}

/// As its bytes, which it can be looked up by.
impl Hash for Wtf8Buf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Wtf8Buf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_wtf8().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_stands() {
        for length in 0..40 {
            let text = "abcdefghij".repeat(4);
            let text = &text[..length];
            let mut grown = Wtf8Buf::new();
            text.chars().for_each(|c| grown.push_char(c));
            let mut roomy = Wtf8Buf::with_capacity(100);
            roomy.push_str(text);
            assert_eq!((&*grown, &grown), (text.as_bytes(), &roomy));
            assert_eq!(grown.cmp(&roomy), Ordering::Equal);
            let found = std::collections::HashSet::from([grown.clone()]);
            assert!(found.contains(&roomy) && found.contains(text.as_bytes()));
            assert_eq!(grown.into_bytes(), text.as_bytes());
            roomy.clear();
            assert_eq!(roomy, Wtf8Buf::new());
        }
    }
}
