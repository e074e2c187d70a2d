//! Walking a dict. Invariant: a cursor holds a number, never a pointer, so a dict may change under it; what
//! it gives is owned.

use super::PyDict;
use crate::value::Value;
use crate::word::Word;

/// A position in a dict's entries.
#[derive(Clone, Copy, Debug)]
pub struct DictCursor {
    next: usize,
}

impl DictCursor {
    /// Before the first entry.
    pub const fn start() -> DictCursor {
        DictCursor { next: 0 }
    }

    /// At a position that another cursor had.
    pub const fn at(position: usize) -> DictCursor {
        DictCursor { next: position }
    }

    /// The next key and value. The dict may have changed since the last one; who must not go on then has
    /// compared [`PyDict::len`] itself, as Python's iterators do.
    #[inline]
    pub fn next(&mut self, dict: &PyDict) -> Option<(Value, Value)> {
        while let Some(entry) = dict.ma_keys.entry(self.next) {
            self.next += 1;
            if let (Some(key), Some(value)) = (entry.key.get(), entry.value.get()) {
                let owned = |word: Word| {
                    // SAFETY: what a dict holds is alive.
                    unsafe { Value::from_borrowed(word) }
                };
                return Some((owned(key), owned(value)));
            }
        }
        None
    }

    /// The next key with its hash, which need not be asked for again.
    #[inline]
    pub fn next_key(&mut self, dict: &PyDict) -> Option<(Value, i64)> {
        while let Some(entry) = dict.ma_keys.entry(self.next) {
            self.next += 1;
            if let Some(key) = entry.key.get() {
                // SAFETY: what a dict holds is alive.
                return Some((unsafe { Value::from_borrowed(key) }, entry.hash.get()));
            }
        }
        None
    }

    /// Behind the last entry of a dict.
    pub fn end(dict: &PyDict) -> DictCursor {
        DictCursor { next: dict.ma_keys.header().filled.get() as usize }
    }

    /// The key and value before the position, as `next` gives those behind it.
    pub fn previous(&mut self, dict: &PyDict) -> Option<(Value, Value)> {
        self.next = self.next.min(dict.ma_keys.header().filled.get() as usize);
        while let Some(at) = self.next.checked_sub(1) {
            self.next = at;
            let entry = dict.ma_keys.entry(at)?;
            if let (Some(key), Some(value)) = (entry.key.get(), entry.value.get()) {
                let owned = |word: Word| {
                    // SAFETY: what a dict holds is alive.
                    unsafe { Value::from_borrowed(word) }
                };
                return Some((owned(key), owned(value)));
            }
        }
        None
    }

    /// How many entries lie before the position, holes among them.
    pub const fn position(&self) -> usize {
        self.next
    }
}
