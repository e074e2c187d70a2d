//! Looking a name up along the MRO, with a cache by type version. Invariant: a type's version tag is zero or
//! no other state of any type of the interpreter has it; a class's dict tells the class when it changes
//! ([`PyTypeObject::modified`]), before anything is released, so that a cached answer is never stale.

use std::cell::Cell;

use super::core::NOT_STATIC;
use super::state::Subclasses;
use super::{PyTypeObject, flags};
use crate::error::PyResult;
use crate::slot::Slot;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::value::{Value, as_ref};

const ENTRIES: usize = 4096;

/// A cached answer. It owns the name, so that no other string comes to stand at its address; the value is
/// owned by a dict on the MRO as long as the version is that of a type.
struct Entry {
    version: Cell<u32>,
    name: Slot,
    value: Cell<Option<crate::Word>>,
}

/// The cache of an interpreter.
pub(crate) struct MethodCache {
    entries: Box<[Entry]>,
}

impl MethodCache {
    pub(crate) fn new() -> MethodCache {
        // SAFETY: an entry of zeros has version 0, an empty slot and no value; what is not used takes no memory so.
        let entries = unsafe { Box::<[Entry]>::new_zeroed_slice(ENTRIES).assume_init() };
        MethodCache { entries }
    }

    #[inline(always)]
    fn entry(&self, version: u32, name: crate::Word) -> &Entry {
        let index = (version as usize ^ (name.bits() as usize >> 4)) % ENTRIES;
        &self.entries[index]
    }

    /// Forgets all answers.
    pub(crate) fn clear(&self) {
        // what was not used is not written to
        for entry in self.entries.iter().filter(|entry| entry.version.get() != 0) {
            entry.version.set(0);
            // a string's end runs no code
            drop(entry.name.take());
        }
    }

    /// Forgets the references, when the whole heap goes.
    pub(crate) fn forget_references(&self) {
        for entry in &self.entries {
            std::mem::forget(entry.name.take());
        }
    }
}

impl PyTypeObject {
    /// The version tag, zero if the type has none at the moment: what an inline cache compares.
    #[inline(always)]
    pub fn version(&self) -> u32 {
        self.tp_version_tag.get()
    }

    /// Gives the type a version if it has none; zero if there are no more, or no MRO yet.
    pub fn assign_version(&self, thread: &Thread) -> u32 {
        if self.version() != 0 || !self.has_flag(flags::READY) {
            return self.version();
        }
        if let Some(bases) = self.bases() {
            for base in bases.words() {
                let known = match base.and_then(crate::Word::as_object) {
                    // SAFETY: a type owns its bases, and they are types.
                    Some(base) => unsafe { base.cast::<PyTypeObject>().as_ref() }.assign_version(thread),
                    None => 0,
                };
                if known == 0 {
                    return 0;
                }
            }
        }
        let next = &thread.interp().next_type_version;
        let version = next.get();
        if version == 0 {
            return 0;
        }
        next.set(version.wrapping_add(1));
        self.tp_version_tag.set(version);
        self.tp_flags.set(self.flags() | flags::VALID_VERSION_TAG);
        version
    }

    /// To be called when the type's dict, bases or slots are about to change: its version and those of all
    /// classes that derive from it end.
    pub fn modified(&self, thread: &Thread) {
        if self.version() == 0 {
            return;
        }
        self.tp_version_tag.set(0);
        self.tp_flags.set(self.flags() & !flags::VALID_VERSION_TAG);
        super::class::for_each_subclass(thread, self, |class| class.modified(thread));
    }

    /// What the first dict on the MRO that has the name holds; the cache is asked first.
    #[inline]
    pub fn lookup(&self, thread: &Thread, name: &PyStr) -> PyResult<Option<Value>> {
        let version = self.version();
        let word = as_ref(name).word();
        let entry = thread.interp().method_cache.entry(version, word);
        if version != 0 && entry.version.get() == version && entry.name.peek() == Some(word) {
            // SAFETY: the version is still the type's, so the dict that had the value has it still.
            return Ok(entry.value.get().map(|word| unsafe { Value::from_borrowed(word) }));
        }
        self.lookup_uncached(thread, name)
    }

    #[cold]
    #[inline(never)]
    fn lookup_uncached(&self, thread: &Thread, name: &PyStr) -> PyResult<Option<Value>> {
        let version = self.assign_version(thread);
        let found = self.find_on_mro(thread, name)?;
        if version != 0 && version == self.version() && name.is_interned() {
            let name = as_ref(name).to_value();
            let entry = thread.interp().method_cache.entry(version, name.word());
            entry.version.set(version);
            // a string's end runs no code
            drop(entry.name.replace(Some(name)));
            entry.value.set(found.as_ref().map(Value::word));
        }
        Ok(found)
    }

    /// The lookup itself. A dict's keys may run Python code, which may change the MRO: the walk keeps the
    /// tuple that it began with.
    fn find_on_mro(&self, thread: &Thread, name: &PyStr) -> PyResult<Option<Value>> {
        let Some(mro) = self.mro().map(crate::value::Owned::new_ref) else { return Ok(None) };
        for i in 0..mro.len() {
            let Some(class) = mro.get(i) else { break };
            if let Some(dict) = class.as_ref().get::<PyTypeObject>().and_then(PyTypeObject::dict) {
                let dict = crate::value::Owned::new_ref(dict);
                if let Some(found) = dict.get(thread, as_ref(name))? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// The classes that derive from the type directly, as far as this interpreter knows.
    pub(crate) fn subclasses<'a>(&'a self, thread: &'a Thread) -> Option<&'a Subclasses> {
        let core = self.core();
        match core.static_index.get() {
            NOT_STATIC => Some(&core.subclasses),
            index => thread.interp().static_types.row(index).map(|row| &row.subclasses),
        }
    }
}
