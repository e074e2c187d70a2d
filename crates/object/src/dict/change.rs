//! Changing a dict. Each method looks the key up first, which may run Python code, and then changes the dict
//! without running any.

use super::PyDict;
use super::table::{Contents, GONE, Probe, Table, log_size_for, log_size_of};
use crate::error::PyResult;
use crate::protocol;
use crate::str::PyStr;
use crate::thread::{Changing, Thread};
use crate::value::{Owned, Ref, Value};

impl PyDict {
    /// Sets the value of a key, and hands out the one that it had.
    #[inline]
    pub fn insert(&self, thread: &Thread, key: Ref<'_>, value: Value) -> PyResult<Option<Value>> {
        let hash = protocol::hash_as(thread, key, "a dict key")?;
        self.insert_with_hash(thread, key, hash, value)
    }

    /// The same for a key whose hash is known.
    #[inline]
    pub fn insert_with_hash(
        &self,
        thread: &Thread,
        key: Ref<'_>,
        hash: i64,
        value: Value,
    ) -> PyResult<Option<Value>> {
        match self.find(thread, key, hash)? {
            Some(number) => Ok(self.replace_at(number, value)),
            None => {
                self.append(thread, key, hash, value)?;
                Ok(None)
            }
        }
    }

    /// The value of a key; sets it first if there is none.
    pub fn get_or_insert(&self, thread: &Thread, key: Ref<'_>, value: Value) -> PyResult<Value> {
        let hash = protocol::hash_as(thread, key, "a dict key")?;
        if let Some(found) = self.get_with_hash(thread, key, hash)? {
            return Ok(found);
        }
        self.append(thread, key, hash, value.clone())?;
        Ok(value)
    }

    /// Puts a value into an entry, by number, and hands out the one that it had.
    #[inline(always)]
    pub fn replace_at(&self, number: usize, value: Value) -> Option<Value> {
        let entry = self.ma_keys.entry(number)?;
        self.tell_type();
        let old = entry.value.replace(Some(value.into_word()));
        // SAFETY: the entry owned the reference.
        old.map(|word| unsafe { Value::from_word(word) })
    }

    /// Appends an entry for a key that is not there.
    #[inline]
    fn append(&self, thread: &Thread, key: Ref<'_>, hash: i64, value: Value) -> PyResult<()> {
        if !self.ma_keys.has_room() {
            self.resize(thread, log_size_of((self.len() as u64).saturating_mul(3)))?;
        }
        let _changing = Changing::new(thread);
        self.changed();
        if self.ma_keys.header().strings.get() && key.get_exact::<PyStr>().is_none() {
            self.ma_keys.header().strings.set(false);
        }
        // SAFETY: there is room; the key is not there, for nothing has run since it was looked up.
        unsafe { self.ma_keys.append(hash, key.to_value().into_word(), value.into_word()) };
        self.ma_used.set(self.ma_used.get() + 1);
        Ok(())
    }

    /// Makes room for so many keys in all.
    pub fn reserve(&self, thread: &Thread, keys: usize) -> PyResult<()> {
        let log_size = log_size_for(keys);
        if log_size > self.ma_keys.log_size() { self.resize(thread, log_size) } else { Ok(()) }
    }

    /// Moves the entries to a table of another size, closing the holes.
    #[cold]
    #[inline(never)]
    fn resize(&self, thread: &Thread, log_size: u32) -> PyResult<()> {
        let Some(table) = Table::new(thread, log_size) else {
            return Err(thread.raise_memory_error());
        };
        self.changed();
        table.header().strings.set(self.ma_keys.header().strings.get());
        let mut number = 0;
        while let Some(entry) = self.ma_keys.entry(number) {
            if let (Some(key), Some(value)) = (entry.key.get(), entry.value.get()) {
                // SAFETY: there is room for all; references move, and the old table goes without releasing.
                unsafe { table.append(entry.hash.get(), key, value) };
            }
            number += 1;
        }
        drop(self.ma_keys.replace(table));
        Ok(())
    }

    /// Takes a key and its value out.
    pub fn remove(&self, thread: &Thread, key: Ref<'_>) -> PyResult<Option<(Value, Value)>> {
        let hash = protocol::hash_as(thread, key, "a dict key")?;
        match self.find(thread, key, hash)? {
            Some(number) => Ok(self.remove_at(number)),
            None => Ok(None),
        }
    }

    /// Takes an entry out, by number.
    pub fn remove_at(&self, number: usize) -> Option<(Value, Value)> {
        let entry = self.ma_keys.entry(number)?;
        let (key, value) = (entry.key.get()?, entry.value.get()?);
        let mask = self.ma_keys.mask();
        let mut probe = Probe::new(entry.hash.get(), mask);
        // SAFETY: the probe stays within the mask; an entry in use is named on its probe sequence.
        unsafe {
            while self.ma_keys.place(probe.at) != number as i64 {
                probe.advance(mask);
            }
            self.ma_keys.set_place(probe.at, GONE);
        }
        self.changed();
        entry.key.set(None);
        entry.value.set(None);
        self.ma_used.set(self.ma_used.get() - 1);
        // SAFETY: the entry owned both references.
        unsafe { Some((Value::from_word(key), Value::from_word(value))) }
    }

    /// Moves an entry behind all others, by number.
    ///
    /// # Errors
    /// `MemoryError`; then nothing has changed.
    pub fn move_to_end(&self, thread: &Thread, number: usize) -> PyResult<()> {
        if !self.ma_keys.has_room() {
            let before =
                (0..number).filter(|&at| self.ma_keys.entry(at).is_some_and(|e| e.key.get().is_some()));
            let number = before.count();
            self.resize(thread, log_size_of((self.len() as u64).saturating_mul(3)))?;
            return self.move_to_end(thread, number);
        }
        if number + 1 == self.ma_keys.header().filled.get() as usize {
            return Ok(());
        }
        let hash = self.ma_keys.entry(number).map_or(0, |entry| entry.hash.get());
        match self.remove_at(number) {
            Some((key, value)) => self.append(thread, key.as_ref(), hash, value),
            None => Ok(()),
        }
    }

    /// Takes the last entry out: `popitem`.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let filled = self.ma_keys.header().filled.get() as usize;
        let in_use = |&number: &usize| self.ma_keys.entry(number).is_some_and(|e| e.key.get().is_some());
        let last = (0..filled).rev().find(in_use)?;
        let taken = self.remove_at(last);
        // the holes behind are given up, so that popping all takes linear time
        self.ma_keys.header().filled.set(last as u32);
        taken
    }

    /// Takes everything out: the dict is empty from then on.
    pub fn take(&self) -> Contents {
        self.changed();
        self.ma_used.set(0);
        Contents { table: self.ma_keys.replace(Table::empty()) }
    }

    /// Sets the keys of another dict to its values, or only those that are not there yet. What is displaced is
    /// released as it goes; `RuntimeError` if the other dict's keys change meanwhile.
    pub fn update(&self, thread: &Thread, other: &PyDict, replaces: bool) -> PyResult<()> {
        if std::ptr::eq(self, other) {
            return Ok(());
        }
        if self.is_empty() {
            self.reserve(thread, other.len())?;
        }
        let changes = other.changes.get();
        let mut number = 0;
        while let Some(entry) = other.ma_keys.entry(number) {
            number += 1;
            let (Some(key), Some(value), hash) = (entry.key.get(), entry.value.get(), entry.hash.get())
            else {
                continue;
            };
            // SAFETY: what a dict holds is alive; both are counted before anything runs.
            let (key, value) = unsafe { (Value::from_borrowed(key), Value::from_borrowed(value)) };
            match self.find(thread, key.as_ref(), hash)? {
                Some(at) if replaces => drop(self.replace_at(at, value)),
                Some(_) => {}
                None => self.append(thread, key.as_ref(), hash, value)?,
            }
            if other.changes.get() != changes {
                return Err(crate::raise!(thread, RUNTIME_ERROR, "dict mutated during update"));
            }
        }
        Ok(())
    }

    /// A dict with the same entries.
    pub fn copy(&self, thread: &Thread) -> PyResult<Owned<PyDict>> {
        let copy = PyDict::new(thread)?;
        copy.become_copy(thread, self)?;
        Ok(copy)
    }

    /// Gives a dict that is empty the entries of another one. No code runs.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn become_copy(&self, thread: &Thread, other: &PyDict) -> PyResult<()> {
        debug_assert!(self.is_empty(), "a dict that becomes a copy is empty");
        if other.is_empty() || !self.is_empty() {
            return Ok(());
        }
        if other.ma_keys.header().filled.get() as usize == other.len() {
            let Some(table) = other.ma_keys.duplicate(thread) else {
                return Err(thread.raise_memory_error());
            };
            self.changed();
            self.ma_used.set(other.ma_used.get());
            drop(self.ma_keys.replace(table));
            return Ok(());
        }
        self.reserve(thread, other.len())?;
        self.changed();
        self.ma_keys.header().strings.set(other.ma_keys.header().strings.get());
        let mut number = 0;
        while let Some(entry) = other.ma_keys.entry(number) {
            if let (Some(key), Some(value)) = (entry.key.get(), entry.value.get()) {
                // SAFETY: what a dict holds is alive; the copy has room and each key once.
                unsafe {
                    let (key, value) = (Value::from_borrowed(key), Value::from_borrowed(value));
                    self.ma_keys.append(entry.hash.get(), key.into_word(), value.into_word());
                }
                self.ma_used.set(self.ma_used.get() + 1);
            }
            number += 1;
        }
        Ok(())
    }
}
