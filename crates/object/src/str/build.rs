//! Building a string piece by piece: a buffer that widens when a wider character comes, and becomes a string
//! at the end. Invariant: `max` is in the class of the widest character so far.

use super::new::{Char, bound, write_any};
use super::{Kind, PyStr, with_chars};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Owned;

/// Characters so far, each as wide as the widest needs.
enum Buffer {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
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

fn extend<C: Char>(to: &mut Vec<C>, chars: super::Chars<'_>) -> Result<(), ()> {
    with_chars!(chars, chars => {
        to.try_reserve(chars.len()).map_err(drop)?;
        to.extend(chars.iter().map(|&c| C::truncate(c.code())));
    });
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
        StrBuilder { buffer: Buffer::One(Vec::new()), max: 0 }
    }

    /// Characters so far.
    pub fn len(&self) -> usize {
        match &self.buffer {
            Buffer::One(chars) => chars.len(),
            Buffer::Two(chars) => chars.len(),
            Buffer::Four(chars) => chars.len(),
        }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn widen(&mut self, max: u32, more: usize) -> Result<(), ()> {
        self.max |= max;
        self.buffer = match (&self.buffer, Kind::of(self.max)) {
            (Buffer::One(chars), Kind::Two) => Buffer::Two(widened(chars, more)?),
            (Buffer::One(chars), Kind::Four) => Buffer::Four(widened(chars, more)?),
            (Buffer::Two(chars), Kind::Four) => Buffer::Four(widened(chars, more)?),
            _ => return Ok(()),
        };
        Ok(())
    }

    fn push_chars(&mut self, thread: &Thread, chars: super::Chars<'_>, len: usize, max: u32) -> PyResult<()> {
        let done = self.widen(max, len).and_then(|()| match &mut self.buffer {
            Buffer::One(to) => extend(to, chars),
            Buffer::Two(to) => extend(to, chars),
            Buffer::Four(to) => extend(to, chars),
        });
        done.map_err(|()| thread.raise_memory_error())
    }

    /// Appends a string.
    pub fn push(&mut self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let chars = text.chars();
        let max = with_chars!(chars, chars => bound(chars));
        self.push_chars(thread, chars, text.len(), max)
    }

    /// Appends a text.
    pub fn push_str(&mut self, thread: &Thread, text: &str) -> PyResult<()> {
        if text.is_ascii() {
            return self.push_chars(thread, super::Chars::One(text.as_bytes()), text.len(), 0x7F);
        }
        text.chars().try_for_each(|c| self.push_char(thread, c.into()))
    }

    /// Appends a code point.
    pub fn push_char(&mut self, thread: &Thread, code_point: u32) -> PyResult<()> {
        self.push_chars(thread, super::Chars::Four(&[code_point]), 1, code_point)
    }

    /// The string.
    pub fn finish(self, thread: &Thread) -> PyResult<Owned<PyStr>> {
        match &self.buffer {
            Buffer::One(chars) => PyStr::from_chars(thread, chars),
            Buffer::Two(chars) => PyStr::from_chars(thread, chars),
            Buffer::Four(chars) => PyStr::from_chars(thread, chars),
        }
    }
}

impl super::PyASCIIObject {
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
