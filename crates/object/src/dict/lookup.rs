//! Looking a key up. Hash and equality may run Python code, which may change the dict: then the search
//! begins again. Invariant: the number of an entry that is returned is good until the next call that may run
//! Python code.

use super::PyDict;
use super::table::{EMPTY, Probe};
use crate::error::PyResult;
use crate::protocol;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::value::{Ref, Value};
use crate::word::Word;

/// What a look at an entry of equal hash says without running code.
enum Quick {
    Same,
    Other,
    Ask,
}

impl PyDict {
    /// The value of a key.
    #[inline]
    pub fn get(&self, thread: &Thread, key: Ref<'_>) -> PyResult<Option<Value>> {
        let hash = protocol::hash_as(thread, key, "a dict key")?;
        self.get_with_hash(thread, key, hash)
    }

    /// The value of a key whose hash is known.
    #[inline]
    pub fn get_with_hash(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<Option<Value>> {
        let number = match self.find_quick(key, hash) {
            Ok(None) => return Ok(None),
            Ok(Some(number)) => number,
            Err(()) => match self.find_asking(thread, key, hash)? {
                None => return Ok(None),
                Some(number) => number,
            },
        };
        // SAFETY: an entry that was just found is below `filled`; what a dict holds is alive.
        unsafe {
            let word = self.ma_keys.entry_unchecked(number).value.get();
            Ok(word.map(|word| Value::from_borrowed(word)))
        }
    }

    /// The value of a string: runs no code as long as all keys are strings.
    #[inline]
    pub fn get_str(&self, thread: &Thread, key: &PyStr) -> PyResult<Option<Value>> {
        self.get_with_hash(thread, crate::value::as_ref(key), key.hash())
    }

    /// Whether a key is there.
    pub fn contains(&self, thread: &Thread, key: Ref<'_>) -> PyResult<bool> {
        let hash = protocol::hash_as(thread, key, "a dict key")?;
        Ok(self.find(thread, key, hash)?.is_some())
    }

    /// The value of an entry, by number: for inline caches, which compare the version first.
    #[inline(always)]
    pub fn value_at(&self, number: usize) -> Option<Value> {
        let word = self.ma_keys.entry(number)?.value.get()?;
        // SAFETY: what a dict holds is alive.
        Some(unsafe { Value::from_borrowed(word) })
    }

    /// Where the value of an entry stands, good as long as the version is the dict's: what an inline cache keeps.
    #[inline(always)]
    pub fn place_of(&self, number: usize) -> Option<*const std::cell::Cell<Option<Word>>> {
        Some(&raw const self.ma_keys.entry(number)?.value)
    }

    /// The word of an entry's value, good until the next call that may run Python code.
    #[inline(always)]
    pub fn peek_at(&self, number: usize) -> Option<Word> {
        self.ma_keys.entry(number)?.value.get()
    }

    /// The number of the entry of a key.
    #[inline]
    pub fn find(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<Option<usize>> {
        match self.find_quick(key, hash) {
            Ok(found) => Ok(found),
            Err(()) => self.find_asking(thread, key, hash),
        }
    }

    /// The search as long as it runs no code; an error says that it would have to.
    #[inline(always)]
    fn find_quick(&self, key: Ref<'_>, hash: i64) -> Result<Option<usize>, ()> {
        let table = &self.ma_keys;
        let mask = table.mask();
        let mut probe = Probe::new(hash, mask);
        loop {
            // SAFETY: a probe stays within the mask; a number in the table is below `filled`.
            let number = unsafe { table.place(probe.at) };
            if number >= 0 {
                // SAFETY: as above.
                let entry = unsafe { table.entry_unchecked(number as usize) };
                if let Some(known) = entry.key.get() {
                    if known == key.word() {
                        return Ok(Some(number as usize));
                    }
                    if entry.hash.get() == hash {
                        // SAFETY: what a dict holds is alive, and nothing runs here.
                        match quick_equal(unsafe { Ref::from_word(known) }, key) {
                            Quick::Same => return Ok(Some(number as usize)),
                            Quick::Other => {}
                            Quick::Ask => return Err(()),
                        }
                    }
                }
            } else if number == EMPTY {
                return Ok(None);
            }
            probe.advance(mask);
        }
    }

    /// The search that calls `__eq__`.
    #[cold]
    #[inline(never)]
    fn find_asking(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<Option<usize>> {
        'again: loop {
            let changes = self.changes.get();
            let mask = self.ma_keys.mask();
            let mut probe = Probe::new(hash, mask);
            loop {
                // SAFETY: the table is the one of the mask: it is looked at again after each call.
                let number = unsafe { self.ma_keys.place(probe.at) };
                if number == EMPTY {
                    return Ok(None);
                }
                let entry = usize::try_from(number).ok().and_then(|number| self.ma_keys.entry(number));
                if let Some(known) = entry.filter(|entry| entry.hash.get() == hash).and_then(|e| e.key.get())
                {
                    // SAFETY: what a dict holds is alive; it is counted before anything runs.
                    let known = unsafe { Value::from_borrowed(known) };
                    let equal = protocol::same_or_equal(thread, known.as_ref(), key)?;
                    drop(known);
                    if self.changes.get() != changes {
                        continue 'again;
                    }
                    if equal {
                        return Ok(usize::try_from(number).ok());
                    }
                }
                probe.advance(mask);
            }
        }
    }
}

/// Compares two keys of equal hash that are not the same word, where that runs no code.
#[inline(always)]
fn quick_equal(a: Ref<'_>, b: Ref<'_>) -> Quick {
    match protocol::equal_without_code(a, b) {
        Some(true) => Quick::Same,
        Some(false) => Quick::Other,
        None => Quick::Ask,
    }
}
