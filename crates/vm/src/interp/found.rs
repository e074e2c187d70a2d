//! What operations on attributes found, for those that meet instances of several classes: the words of their caches
//! by the version of the class and the name, so that an operation that meets another class than the last time need not
//! look for the attribute again.
//!
//! Invariants: an entry keeps its name alive, so that no other name takes its place; the words are good as long as a
//! class has the version.

use super::Vm;
use std::cell::Cell;
use taipan_object::PyObject;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;

/// Entries of a table.
const ENTRIES: usize = 256;

/// What an operation does with an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Access {
    #[default]
    Load,
    Method,
    Store,
}

#[derive(Default)]
struct Entry {
    name: Slot,
    version: Cell<u32>,
    access: Cell<Access>,
    words: Cell<[u64; 2]>,
}

/// The table of a thread.
pub(crate) struct FoundTable {
    entries: Box<[Entry]>,
}

impl FoundTable {
    fn new() -> FoundTable {
        FoundTable { entries: (0..ENTRIES).map(|_| Entry::default()).collect() }
    }

    /// Lets go of the names without releasing them.
    pub(crate) fn forget_references(&self) {
        for entry in &self.entries {
            std::mem::forget(entry.name.take());
        }
    }

    fn entry(&self, version: u32, name: &PyStr, access: Access) -> Option<&Entry> {
        let name = std::ptr::from_ref(name).addr() as u32 >> 4;
        let at = version.wrapping_mul(0x9E37_79B1) ^ name.wrapping_mul(0x85EB_CA6B) ^ (access as u32) << 24;
        self.entries.get((at >> 20) as usize % ENTRIES)
    }
}

/// Notes the words of a cache for instances of the class of a version.
#[inline(never)]
pub(super) fn remember(vm: Vm<'_>, version: u32, name: &PyStr, access: Access, words: [u64; 2]) {
    let table = crate::frame::stacks(vm.thread).found.get_or_init(FoundTable::new);
    if version != 0
        && let Some(entry) = table.entry(version, name, access)
    {
        entry.version.set(version);
        entry.access.set(access);
        entry.words.set(words);
        let old = entry.name.replace(Some(taipan_object::as_ref(name).to_value()));
        drop(old);
    }
}

/// Fills the cache of the running operation for an object of another class than the last one; false if that is not
/// known.
#[inline(never)]
pub(super) fn refill(vm: Vm<'_>, head: &PyObject, name: usize, access: Access) -> bool {
    let version = head.ty().version();
    // SAFETY: the operation has two words behind it.
    let known = unsafe { *vm.cache(1) } as u32;
    if version == 0 || version == known {
        return false;
    }
    let Some(table) = crate::frame::stacks(vm.thread).found.get() else { return false };
    let name = vm.name(name);
    let Some(entry) = table.entry(version, name, access) else { return false };
    let same = entry.version.get() == version
        && entry.access.get() == access
        && entry.name.peek() == Some(taipan_object::as_ref(name).word());
    if same {
        let [first, second] = entry.words.get();
        // SAFETY: as above.
        unsafe {
            *vm.cache(1) = first;
            *vm.cache(2) = second;
        }
    }
    same
}
