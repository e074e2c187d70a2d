//! Building a string piece by piece: a buffer that widens when a wider character comes, and becomes a string
//! at the end. Invariant: `max` is in the class of the widest character so far.

use super::new::{Char, bound, write_any};
use super::{Kind, PyStr, with_chars};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Owned;

/// Characters so far, each as wide as the widest needs.
enum Buffer {
    One(Bytes),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// So many bytes need no memory of their own.
const FEW: usize = 96;

/// Bytes: the first ones in place, all of them elsewhere when they become more.
struct Bytes {
    few: [u8; FEW],
    /// How many stand in place.
    len: usize,
    /// Where all of them stand, if it has room at all.
    more: Vec<u8>,
}

impl Bytes {
    const fn new() -> Bytes {
        Bytes { few: [0; FEW], len: 0, more: Vec::new() }
    }

    fn as_slice(&self) -> &[u8] {
        if self.more.capacity() > 0 { &self.more } else { self.few.get(..self.len).unwrap_or_default() }
    }

    /// Room for so many more bytes in place, if there is.
    #[inline(always)]
    fn place(&mut self, count: usize) -> Option<&mut [u8]> {
        if self.more.capacity() > 0 {
            return None;
        }
        let start = self.len;
        let place = self.few.get_mut(start..start.checked_add(count)?)?;
        self.len = start + count;
        Some(place)
    }

    /// All bytes elsewhere, with room for so many more.
    #[inline]
    fn spilled(&mut self, count: usize) -> Result<&mut Vec<u8>, ()> {
        if self.more.capacity() - self.more.len() < count || self.more.capacity() == 0 {
            let first = if self.more.capacity() == 0 { self.len } else { 0 };
            self.more.try_reserve((count + first).max(2 * FEW)).map_err(drop)?;
            self.more.extend_from_slice(self.few.get(..first).unwrap_or_default());
        }
        Ok(&mut self.more)
    }

    #[inline]
    fn copy(&mut self, bytes: &[u8]) -> Result<(), ()> {
        match self.place(bytes.len()) {
            Some(place) => place.copy_from_slice(bytes),
            None => self.spilled(bytes.len())?.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn extend<C: Char>(&mut self, chars: &[C]) -> Result<(), ()> {
        match self.place(chars.len()) {
            Some(place) => place.iter_mut().zip(chars).for_each(|(to, &c)| *to = u8::truncate(c.code())),
            None => self.spilled(chars.len())?.extend(chars.iter().map(|&c| u8::truncate(c.code()))),
        }
        Ok(())
    }

    fn fill(&mut self, byte: u8, count: usize) -> Result<(), ()> {
        match self.place(count) {
            Some(place) => place.fill(byte),
            None => {
                let to = self.spilled(count)?;
                to.resize(to.len() + count, byte);
            }
        }
        Ok(())
    }
}

/// Builds a string.
pub struct StrBuilder {
    buffer: Buffer,
    max: u32,
}

impl Default for StrBuilder {
    fn default() -> Self {
        StrBuilder::new()
    }
}

fn extend<C: Char, D: Char>(to: &mut Vec<C>, chars: &[D]) -> Result<(), ()> {
    to.try_reserve(chars.len()).map_err(drop)?;
    to.extend(chars.iter().map(|&c| C::truncate(c.code())));
    Ok(())
}

fn fill<C: Char>(to: &mut Vec<C>, c: C, count: usize) -> Result<(), ()> {
    to.try_reserve(count).map_err(drop)?;
    to.resize(to.len() + count, c);
    Ok(())
}

fn widened<C: Char, D: Char>(from: &[C], more: usize) -> Result<Vec<D>, ()> {
    let mut wide = Vec::new();
    wide.try_reserve(from.len().checked_add(more).ok_or(())?).map_err(drop)?;
    wide.extend(from.iter().map(|&c| D::truncate(c.code())));
    Ok(wide)
}

impl StrBuilder {
    /// Nothing yet.
    pub const fn new() -> StrBuilder {
        StrBuilder { buffer: Buffer::One(Bytes::new()), max: 0 }
    }

    /// Characters so far.
    pub fn len(&self) -> usize {
        match &self.buffer {
            Buffer::One(chars) => chars.as_slice().len(),
            Buffer::Two(chars) => chars.len(),
            Buffer::Four(chars) => chars.len(),
        }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many characters more, if they are no wider than those so far: what cannot fit fails at once.
    pub fn reserve(&mut self, thread: &Thread, more: usize) -> PyResult<()> {
        let done = match &mut self.buffer {
            Buffer::One(bytes) if bytes.more.capacity() == 0 && bytes.len.saturating_add(more) <= FEW => {
                Ok(())
            }
            Buffer::One(bytes) if isize::try_from(more).is_ok() => bytes.spilled(more).map(drop),
            Buffer::One(_) => Err(()),
            Buffer::Two(chars) => chars.try_reserve(more).map_err(drop),
            Buffer::Four(chars) => chars.try_reserve(more).map_err(drop),
        };
        done.map_err(|()| thread.raise_memory_error())
    }

    fn widen(&mut self, max: u32, more: usize) -> Result<(), ()> {
        self.max |= max;
        self.buffer = match (&self.buffer, Kind::of(self.max)) {
            (Buffer::One(chars), Kind::Two) => Buffer::Two(widened(chars.as_slice(), more)?),
            (Buffer::One(chars), Kind::Four) => Buffer::Four(widened(chars.as_slice(), more)?),
            (Buffer::Two(chars), Kind::Four) => Buffer::Four(widened(chars, more)?),
            _ => return Ok(()),
        };
        Ok(())
    }

    fn push_chars(&mut self, thread: &Thread, chars: super::Chars<'_>, len: usize, max: u32) -> PyResult<()> {
        let done = self.widen(max, len).and_then(|()| match (&mut self.buffer, chars) {
            (Buffer::One(to), super::Chars::One(chars)) => to.copy(chars),
            (Buffer::One(to), chars) => with_chars!(chars, chars => to.extend(chars)),
            (Buffer::Two(to), chars) => with_chars!(chars, chars => extend(to, chars)),
            (Buffer::Four(to), chars) => with_chars!(chars, chars => extend(to, chars)),
        });
        done.map_err(|()| thread.raise_memory_error())
    }

    /// Appends characters of one byte each, as all characters so far.
    #[inline(always)]
    fn push_bytes(&mut self, bytes: &[u8], max: u32) -> bool {
        let Buffer::One(to) = &mut self.buffer else { return false };
        if to.copy(bytes).is_err() {
            return false;
        }
        self.max |= max;
        true
    }

    /// Appends a string.
    #[inline]
    pub fn push(&mut self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let (chars, max) = (text.chars(), text.max_class());
        if let super::Chars::One(bytes) = chars
            && self.push_bytes(bytes, max)
        {
            return Ok(());
        }
        self.push_chars(thread, chars, text.len(), max)
    }

    /// Appends the characters of a string from `start` to before `end`, both within it.
    pub fn push_part(&mut self, thread: &Thread, text: &PyStr, start: usize, end: usize) -> PyResult<()> {
        let chars = text.chars();
        if text.is_ascii()
            && let super::Chars::One(bytes) = chars
            && self.push_bytes(bytes.get(start..end).unwrap_or_default(), 0x7F)
        {
            return Ok(());
        }
        with_chars!(chars, chars => {
            let part = chars.get(start..end).unwrap_or_default();
            let max = if text.is_ascii() { 0x7F } else { bound(part) };
            self.push_chars(thread, Char::as_chars(part), part.len(), max)
        })
    }

    /// Appends code points up to U+10FFFF.
    pub fn push_code_points(&mut self, thread: &Thread, code_points: &[u32]) -> PyResult<()> {
        let max = bound(code_points);
        if max >= 0x20_0000 || code_points.iter().any(|&c| c > 0x10_FFFF) {
            return Err(crate::raise!(thread, VALUE_ERROR, "character not in range [U+0000; U+10ffff]"));
        }
        self.push_chars(thread, super::Chars::Four(code_points), code_points.len(), max)
    }

    /// Appends characters that are given as numbers of any width, up to U+10FFFF.
    #[inline]
    pub fn push_chars_of<C: Copy + Into<u32>>(&mut self, thread: &Thread, chars: &[C]) -> PyResult<()> {
        if let Buffer::One(to) = &mut self.buffer {
            let bits = chars.iter().fold(0, |bits, &c| bits | c.into());
            if bits < 0x100
                && let Some(place) = to.place(chars.len())
            {
                place.iter_mut().zip(chars).for_each(|(to, &c)| *to = c.into() as u8);
                self.max |= bits;
                return Ok(());
            }
        }
        let chars: Vec<u32> = chars.iter().map(|&c| c.into()).collect();
        self.push_code_points(thread, &chars)
    }

    /// Appends so many of a code point.
    pub fn push_repeated(&mut self, thread: &Thread, code_point: u32, count: usize) -> PyResult<()> {
        if count == 0 {
            return Ok(());
        }
        let done = self.widen(code_point, count).and_then(|()| match &mut self.buffer {
            Buffer::One(to) => to.fill(u8::truncate(code_point), count),
            Buffer::Two(to) => fill(to, u16::truncate(code_point), count),
            Buffer::Four(to) => fill(to, code_point, count),
        });
        done.map_err(|()| thread.raise_memory_error())
    }

    /// Appends a text.
    pub fn push_str(&mut self, thread: &Thread, text: &str) -> PyResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        if text.is_ascii() {
            if self.push_bytes(text.as_bytes(), 0x7F) {
                return Ok(());
            }
            return self.push_chars(thread, super::Chars::One(text.as_bytes()), text.len(), 0x7F);
        }
        text.chars().try_for_each(|c| self.push_char(thread, c.into()))
    }

    /// Appends a code point.
    pub fn push_char(&mut self, thread: &Thread, code_point: u32) -> PyResult<()> {
        if let Ok(byte) = u8::try_from(code_point)
            && self.push_bytes(&[byte], code_point)
        {
            return Ok(());
        }
        self.push_chars(thread, super::Chars::Four(&[code_point]), 1, code_point)
    }

    /// The string.
    pub fn finish(self, thread: &Thread) -> PyResult<Owned<PyStr>> {
        match &self.buffer {
            Buffer::One(chars) if chars.as_slice().len() > 1 => {
                PyStr::from_bounded(thread, chars.as_slice(), self.max)
            }
            Buffer::One(chars) => PyStr::from_chars(thread, chars.as_slice()),
            Buffer::Two(chars) => PyStr::from_chars(thread, chars),
            Buffer::Four(chars) => PyStr::from_chars(thread, chars),
        }
    }
}

impl super::PyASCIIObject {
    /// The string of parts one behind the other. `part` gives the same each time that it is asked for a number.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn from_parts<'p>(
        thread: &Thread,
        count: usize,
        part: impl Fn(usize) -> Option<&'p PyStr>,
    ) -> PyResult<Owned<PyStr>> {
        let (mut len, mut max) = (0_usize, 0);
        for text in (0..count).filter_map(&part) {
            len = len.saturating_add(text.len());
            max |= text.max_class();
        }
        if len < 2 {
            return match (0..count).filter_map(&part).find(|text| !text.is_empty()) {
                Some(only) => PyStr::from_code_point(thread, only.char_at(0).unwrap_or(0)),
                None => Ok(super::statics::empty()),
            };
        }
        let object = PyStr::make(thread, len, max)?;
        let kind = Kind::of(max);
        let mut left = len;
        // SAFETY: fresh, made for so many characters of the widest kind; parts that were not counted are left out.
        unsafe {
            let mut to = PyStr::data_mut(object);
            for text in (0..count).filter_map(&part) {
                if text.len() > left || text.max_class() & !max != 0 {
                    break;
                }
                write_any(to, kind, text.chars());
                to = to.byte_add(text.len() * kind as usize);
                left -= text.len();
            }
            debug_assert_eq!(left, 0, "parts are the same when they are asked for again");
            to.write_bytes(0, left * kind as usize);
            Ok(Owned::from_ptr(object))
        }
    }

    /// `self + other`.
    pub fn concat(&self, thread: &Thread, other: &PyStr) -> PyResult<Owned<PyStr>> {
        for (empty, whole) in [(self, other), (other, self)] {
            if empty.is_empty() && whole.base.is_exact(&super::STR) {
                return Ok(Owned::new_ref(whole));
            }
        }
        let Some(len) = self.len().checked_add(other.len()) else {
            return Err(thread.raise_memory_error());
        };
        let max = self.max_class() | other.max_class();
        let object = PyStr::make(thread, len, max)?;
        let kind = Kind::of(max);
        // SAFETY: fresh, made for both, in the wider kind of the two.
        unsafe {
            let to = PyStr::data_mut(object);
            write_any(to, kind, self.chars());
            write_any(to.byte_add(self.len() * kind as usize), kind, other.chars());
            Ok(Owned::from_ptr(object))
        }
    }

    /// `self + other` where the left string may be given up: if nobody else has it, it grows where it is, so
    /// that a string is built in linear time by `s += part`.
    pub fn append(this: Owned<PyStr>, thread: &Thread, other: &PyStr) -> PyResult<Owned<PyStr>> {
        let is_ours = this.base.refcount() == 1
            && this.base.is_exact(&super::STR)
            && !this.is_interned()
            && this.max_class() >= other.max_class()
            && !this.is_empty();
        let Some(len) = this.len().checked_add(other.len()).filter(|_| is_ours) else {
            return this.concat(thread, other);
        };
        let old_len = this.len();
        match PyStr::resize(this, thread, len) {
            // SAFETY: nobody else has the string, which has room for the characters and a NUL behind them.
            Ok(grown) => unsafe {
                let kind = grown.as_ref().kind();
                let to = PyStr::data_mut(grown).byte_add(old_len * kind as usize);
                write_any(to, kind, other.chars());
                Ok(Owned::from_ptr(grown))
            },
            Err(this) => this.concat(thread, other),
        }
    }

    /// `self * count`.
    pub fn repeat(&self, thread: &Thread, count: usize) -> PyResult<Owned<PyStr>> {
        if count == 1 && self.base.is_exact(&super::STR) {
            return Ok(Owned::new_ref(self));
        }
        let unit = self.raw_bytes();
        let Some(len) = self.len().checked_mul(count) else { return Err(thread.raise_memory_error()) };
        if len == 0 {
            return Ok(super::statics::empty());
        }
        let object = PyStr::make(thread, len, self.max_class())?;
        // SAFETY: fresh, made for `count` units of the same kind; each step copies what is written already.
        unsafe {
            let to = PyStr::data_mut(object);
            to.copy_from_nonoverlapping(unit.as_ptr(), unit.len());
            let (mut done, all) = (unit.len(), unit.len() * count);
            while done < all {
                let step = done.min(all - done);
                to.byte_add(done).copy_from_nonoverlapping(to, step);
                done += step;
            }
            Ok(Owned::from_ptr(object))
        }
    }

    /// A value in the class of the largest character, from the kind alone.
    #[inline]
    pub(super) fn max_class(&self) -> u32 {
        match self.kind() {
            Kind::One if self.is_ascii() => 0x7F,
            Kind::One => 0xFF,
            Kind::Two => 0xFFFF,
            Kind::Four => 0x10_FFFF,
        }
    }
}
