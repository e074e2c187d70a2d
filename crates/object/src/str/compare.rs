//! Comparing strings. Invariant: equal strings have equal kinds, so equality is one comparison of bytes.

use std::cmp::Ordering;

use super::new::Char;
use super::{Chars, PyStr, with_chars};

impl super::PyASCIIObject {
    /// Whether both have the same characters.
    #[inline(always)]
    pub fn equals(&self, other: &PyStr) -> bool {
        if let (Some(a), Some(b)) = (self.single(), other.single()) {
            return a == b;
        }
        std::ptr::eq(self, other)
            || (self.len() == other.len()
                && self.kind() == other.kind()
                && self.raw_bytes() == other.raw_bytes())
    }

    /// Whether the characters are those of a text.
    pub fn equals_text(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(ascii) => ascii == text,
            None => {
                let mut chars = text.chars().map(u32::from);
                let same = with_chars!(self.chars(), all => {
                    all.iter().all(|&c| chars.next() == Some(c.code()))
                });
                same && chars.next().is_none()
            }
        }
    }

    /// The order of both by code points.
    #[inline]
    pub fn compare(&self, other: &PyStr) -> Ordering {
        match (self.single(), other.single()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => self.compare_all(other),
        }
    }

    /// The character of a string that has one below U+0100.
    #[inline(always)]
    fn single(&self) -> Option<u8> {
        match self.chars() {
            Chars::One(&[c]) => Some(c),
            _ => None,
        }
    }

    fn compare_all(&self, other: &PyStr) -> Ordering {
        match (self.chars(), other.chars()) {
            (Chars::One(a), Chars::One(b)) => a.cmp(b),
            (Chars::Two(a), Chars::Two(b)) => a.cmp(b),
            (Chars::Four(a), Chars::Four(b)) => a.cmp(b),
            (a, b) => with_chars!(a, a => with_chars!(b, b => {
                a.iter().map(|&c| c.code()).cmp(b.iter().map(|&c| c.code()))
            })),
        }
    }
}
