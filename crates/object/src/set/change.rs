//! Changing a set. As in a dict, the key is looked up first; what is displaced goes to the caller.

use std::ptr::NonNull;

use super::lookup::{Found, Probe};
use super::{Entry, GONE, PySet, SMALL};
use crate::error::PyResult;
use crate::heap::{Heap, Kind, MAX_SIZE};
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Ref, Value};
use crate::word::Word;

/// Sets with more keys than this double, smaller ones grow by four.
const LARGE: usize = 50_000;

impl PySet {
    /// Adds a key; says whether it is new.
    pub fn add(&self, thread: &Thread, key: Ref<'_>) -> PyResult<bool> {
        let hash = protocol::hash_as(thread, key, "a set element")?;
        self.add_with_hash(thread, key, hash)
    }

    /// The same for a key whose hash is known.
    pub fn add_with_hash(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<bool> {
        let Found::Free(at) = self.find(thread, key, hash)? else { return Ok(false) };
        let Some(entry) = self.place(at) else { return Ok(false) };
        entry.hash.set(hash);
        self.used.set(self.used.get() + 1);
        if entry.key.replace(Some(key.word())).is_none() {
            self.fill.set(self.fill.get() + 1);
            if let Err(raised) = self.grow_if_full(thread) {
                // the key is not counted yet: the place is empty again, so that one always is
                entry.key.set(None);
                entry.hash.set(0);
                self.fill.set(self.fill.get() - 1);
                self.used.set(self.used.get() - 1);
                return Err(raised);
            }
        }
        // the set owns its key from here on
        let _owned = key.to_value().into_word();
        Ok(true)
    }

    fn grow_if_full(&self, thread: &Thread) -> PyResult<()> {
        if self.fill.get() * 5 < self.mask.get() * 3 {
            return Ok(());
        }
        let used = self.len();
        self.resize(thread, if used > LARGE { used * 2 } else { used * 4 })
    }

    /// Takes a key out.
    pub fn discard(&self, thread: &Thread, key: Ref<'_>) -> PyResult<Option<Value>> {
        let hash = protocol::hash_as(thread, key, "a set element")?;
        self.discard_with_hash(thread, key, hash)
    }

    /// The same for a key whose hash is known.
    pub fn discard_with_hash(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<Option<Value>> {
        match self.find(thread, key, hash)? {
            Found::Key(at) => Ok(self.remove_at(at)),
            Found::Free(_) => Ok(None),
        }
    }

    fn remove_at(&self, at: usize) -> Option<Value> {
        let entry = self.place(at)?;
        let key = entry.key.get().filter(|key| *key != GONE)?;
        entry.key.set(Some(GONE));
        entry.hash.set(-1);
        self.used.set(self.used.get() - 1);
        // SAFETY: the place owned the reference.
        Some(unsafe { Value::from_word(key) })
    }

    /// Takes some key out: the next one from where the last `pop` was.
    pub fn pop(&self) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        let mask = self.last_place();
        let mut at = self.finger.get().unsigned_abs() & mask;
        loop {
            if let Some(key) = self.remove_at(at) {
                self.finger.set(at as isize + 1);
                return Some(key);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds the keys of another set.
    pub fn merge(&self, thread: &Thread, other: &PySet) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if (self.fill.get() + other.used.get()) * 5 >= self.mask.get() * 3 {
            self.resize(thread, (self.len() + other.len()) * 2)?;
        }
        if self.fill.get() == 0 {
            return self.copy_into_empty(thread, other);
        }
        let mut position = 0;
        while let Some((key, hash)) = other.next_with_hash(&mut position) {
            self.add_with_hash(thread, key.as_ref(), hash)?;
        }
        Ok(())
    }

    /// Copies the keys of another set into one without any, in which there is room: place by place where the
    /// tables are alike, by hash otherwise. No code runs.
    fn copy_into_empty(&self, thread: &Thread, other: &PySet) -> PyResult<()> {
        let alike = self.mask.get() == other.mask.get() && other.fill.get() == other.used.get();
        let mut position = 0;
        while let Some((key, hash)) = other.next_with_hash(&mut position) {
            let at = if alike { position - 1 } else { self.free_place(hash) };
            if let Some(entry) = self.place(at) {
                entry.hash.set(hash);
                entry.key.set(Some(key.into_word()));
            }
        }
        let _ = thread;
        self.fill.set(other.used.get());
        self.used.set(other.used.get());
        Ok(())
    }

    /// The first empty place for a hash.
    fn free_place(&self, hash: i64) -> usize {
        let mask = self.last_place();
        let mut probe = Probe::new(hash, mask);
        while self.place(probe.at()).is_some_and(|entry| entry.key.get().is_some()) {
            probe.advance(mask);
        }
        probe.at()
    }

    /// Moves the keys to a table with more than `least` places.
    fn resize(&self, thread: &Thread, least: usize) -> PyResult<()> {
        let mut places = SMALL;
        while places <= least {
            places <<= 1;
        }
        let old_mask = self.last_place();
        let inside = std::ptr::eq(self.table.get(), self.small());
        if places == SMALL && inside && self.fill.get() == self.used.get() {
            return Ok(());
        }
        // the keys move through a copy when the table inside is both source and target
        let copy: [Entry; SMALL];
        let mut from = self.table.get().cast_const();
        let to = if places == SMALL {
            if inside {
                copy = std::array::from_fn(|i| Entry::copy_of(self.place(i)));
                from = copy.as_ptr();
            }
            self.small()
        } else {
            let bytes = places * size_of::<Entry>();
            let block = if bytes > MAX_SIZE { None } else { thread.heap().alloc(Kind::Raw, bytes) };
            match block {
                Some(block) => block.cast().as_ptr(),
                None => return Err(thread.raise_memory_error()),
            }
        };
        let old_block = (!inside).then_some(self.table.get());
        // SAFETY: `to` has room for `places` entries, zero being an empty place; references move from `from`,
        // which is not the same memory, and its block goes without releasing any.
        unsafe {
            to.write_bytes(0, places);
            self.table.set(to);
            self.mask.set(places as isize - 1);
            self.fill.set(self.used.get());
            for at in 0..=old_mask {
                let entry = &*from.add(at);
                if let Some(key) = entry.key.get().filter(|key| *key != GONE)
                    && let Some(place) = self.place(self.free_place(entry.hash.get()))
                {
                    place.hash.set(entry.hash.get());
                    place.key.set(Some(key));
                }
            }
            if let Some(block) = old_block.and_then(NonNull::new) {
                Heap::free_anywhere(Kind::Raw, block.cast(), (old_mask + 1) * size_of::<Entry>());
            }
        }
        Ok(())
    }

    /// Takes everything out: the set is empty from then on.
    pub fn take(&self) -> SetContents {
        let contents = if std::ptr::eq(self.table.get(), self.small()) {
            SetContents {
                block: None,
                places: SMALL,
                inside: std::array::from_fn(|i| self.place(i).and_then(|entry| entry.key.get())),
            }
        } else {
            let block = NonNull::new(self.table.get());
            SetContents { block, places: self.last_place() + 1, inside: [None; SMALL] }
        };
        for entry in &self.smalltable {
            entry.key.set(None);
            entry.hash.set(0);
        }
        self.table.set(self.small());
        self.mask.set(SMALL as isize - 1);
        self.fill.set(0);
        self.used.set(0);
        self.hash.set(-1);
        contents
    }
}

impl Entry {
    fn copy_of(entry: Option<&Entry>) -> Entry {
        use std::cell::Cell;
        Entry {
            key: Cell::new(entry.and_then(|entry| entry.key.get())),
            hash: Cell::new(entry.map_or(0, |entry| entry.hash.get())),
        }
    }
}

/// All that was in a set, taken out; dropping it releases the keys, which may run Python code.
#[must_use = "what was in the set is released here, which may run Python code: say where"]
pub struct SetContents {
    block: Option<NonNull<Entry>>,
    places: usize,
    inside: [Option<Word>; SMALL],
}

impl Drop for SetContents {
    fn drop(&mut self) {
        for at in 0..self.places {
            let key = match self.block {
                // SAFETY: the block has so many places.
                Some(block) => unsafe { block.add(at).as_ref() }.key.take(),
                None => self.inside.get_mut(at).and_then(Option::take),
            };
            if let Some(key) = key.filter(|key| *key != GONE) {
                // SAFETY: the place owned the reference; nobody else sees it.
                drop(unsafe { Value::from_word(key) });
            }
        }
        if let Some(block) = self.block {
            // SAFETY: the set's former block, of this size.
            unsafe { Heap::free_anywhere(Kind::Raw, block.cast(), self.places * size_of::<Entry>()) };
        }
    }
}
