//! Strings and WTF-8, the form of text in artifacts: UTF-8 in which lone surrogates may stand.
//! Invariant: the cached encoding of a string that is not ASCII is real UTF-8, as C expects it.

use std::ptr::NonNull;

use taipan_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::new::Char;
use super::{PyCompactUnicodeObject, PyStr, with_chars};
use crate::error::PyResult;
use crate::heap::Kind;
use crate::thread::Thread;
use crate::value::Owned;

impl super::PyASCIIObject {
    /// The string of a text.
    pub fn from_wtf8(thread: &Thread, text: Wtf8<'_>) -> PyResult<Owned<PyStr>> {
        if text.as_bytes().is_ascii() {
            return PyStr::from_chars(thread, text.as_bytes());
        }
        // the highest first byte of a sequence says how wide the widest character is
        match text.as_bytes().iter().max() {
            Some(0..0xC4) => PyStr::from_chars(thread, &latin1(thread, text.as_bytes())?),
            Some(0xC4..0xF0) => PyStr::from_chars(thread, &wide(thread, text, |c| c as u16)?),
            _ => PyStr::from_chars(thread, &wide(thread, text, |c| c)?),
        }
    }

    /// The text of the string.
    pub fn to_wtf8(&self) -> Wtf8Buf {
        let mut text = Wtf8Buf::with_capacity(self.len());
        match self.as_ascii() {
            Some(ascii) => text.push_str(ascii),
            None => with_chars!(self.chars(), chars => {
                for point in chars.iter().filter_map(|&c| CodePoint::new(c.code())) {
                    text.push(point);
                }
            }),
        }
        text
    }

    /// The text as Rust's, a replacement character for each surrogate: for messages.
    pub fn to_text_lossy(&self) -> String {
        match self.as_ascii() {
            Some(ascii) => ascii.to_owned(),
            None => with_chars!(self.chars(), chars => {
                let char_of = |c: u32| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
                chars.iter().map(|&c| char_of(c.code())).collect()
            }),
        }
    }

    /// The text, encoded once and kept with the string; none if it holds a surrogate.
    pub fn as_utf8(&self, thread: &Thread) -> PyResult<Option<&str>> {
        if let Some(ascii) = self.as_ascii() {
            return Ok(Some(ascii));
        }
        // SAFETY: a string that is not ASCII has the middle head at least.
        let compact = unsafe { &*std::ptr::from_ref(self).cast::<PyCompactUnicodeObject>() };
        if compact.utf8.get().is_null() {
            let Some(len) = self.utf8_len() else { return Ok(None) };
            let Some(block) = thread.heap().alloc(Kind::Raw, len + 1) else {
                return Err(thread.raise_memory_error());
            };
            // SAFETY: the block holds the text, whose length was just computed, and a NUL.
            unsafe {
                block.as_ptr().write_bytes(0, len + 1);
                self.encode(std::slice::from_raw_parts_mut(block.as_ptr(), len));
            }
            compact.utf8_length.set(len as isize);
            compact.utf8.set(block.as_ptr());
        }
        // SAFETY: the cache holds UTF-8 of this length until the string dies.
        Ok(NonNull::new(compact.utf8.get()).map(|block| unsafe {
            let len = compact.utf8_length.get().unsigned_abs();
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(block.as_ptr(), len))
        }))
    }

    /// Bytes of the UTF-8 encoding; none if there is a surrogate.
    fn utf8_len(&self) -> Option<usize> {
        with_chars!(self.chars(), chars => {
            chars.iter().try_fold(0_usize, |len, &c| {
                char::from_u32(c.code()).and_then(|c| len.checked_add(c.len_utf8()))
            })
        })
    }

    /// Writes the UTF-8 encoding to the beginning of a slice that is long enough.
    fn encode(&self, bytes: &mut [u8]) {
        let mut at = 0;
        with_chars!(self.chars(), chars => {
            for c in chars.iter().filter_map(|&c| char::from_u32(c.code())) {
                if let Some(place) = bytes.get_mut(at..at + c.len_utf8()) {
                    at += c.encode_utf8(place).len();
                }
            }
        });
    }
}

/// The characters of a text, none of which is above U+00FF.
fn latin1(thread: &Thread, mut rest: &[u8]) -> PyResult<Vec<u8>> {
    let mut chars = room(thread, rest.len())?;
    loop {
        let (ascii, behind) = rest.split_at(ascii_len(rest));
        chars.extend_from_slice(ascii);
        let [first, second, behind @ ..] = behind else { return Ok(chars) };
        chars.push(first << 6 | second & 0x3F);
        rest = behind;
    }
}

/// How many bytes before the first that is not ASCII.
#[inline]
pub fn ascii_len(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let high = u64::from_le_bytes(*word) & 0x8080_8080_8080_8080;
        if high != 0 {
            return at * 8 + high.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

fn wide<C>(thread: &Thread, text: Wtf8<'_>, of: impl Fn(u32) -> C) -> PyResult<Vec<C>> {
    let mut chars = room(thread, text.len())?;
    chars.extend(text.code_points().map(|point| of(point.value())));
    Ok(chars)
}

fn room<C>(thread: &Thread, count: usize) -> PyResult<Vec<C>> {
    let mut room = Vec::new();
    match room.try_reserve(count) {
        Ok(()) => Ok(room),
        Err(_) => Err(thread.raise_memory_error()),
    }
}
