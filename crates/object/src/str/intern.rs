//! Interning: one string object for each contents. Invariants: an interpreter's table does not count its
//! strings, a dying one takes itself out; strings of the process ([`statics`](super::statics)) are found first
//! and stand in no interpreter's table; only exact strings are interned. The table of the process is closed when the
//! process is set up, for all threads read it: looking something up writes nothing, not even a borrow flag, and a
//! string that is made later to be shared stays as it is.

use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

use super::{INTERNED_MORTAL, INTERNED_STATIC, PyStr, STR};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Owned;

/// The interned strings: a table with linear probing.
pub(crate) struct InternTable {
    slots: UnsafeCell<Vec<Option<NonNull<PyStr>>>>,
    used: Cell<usize>,
    /// Whether nothing is added any more.
    closed: Cell<bool>,
}

impl InternTable {
    pub(crate) const fn new() -> InternTable {
        InternTable { slots: UnsafeCell::new(Vec::new()), used: Cell::new(0), closed: Cell::new(false) }
    }

    /// Lets nothing be added any more: other threads read it.
    pub(crate) fn close(&self) {
        self.closed.set(true);
    }

    #[expect(clippy::mut_from_ref, reason = "the borrow ends within each method, none calls out")]
    #[inline(always)]
    fn slots(&self) -> &mut Vec<Option<NonNull<PyStr>>> {
        // SAFETY: a table that changes is used by one thread at a time, and no method calls another of this
        // type, or anything that could run code, while it has the slots.
        unsafe { &mut *self.slots.get() }
    }

    /// The string kept of these contents.
    fn find(&self, text: &PyStr) -> Option<NonNull<PyStr>> {
        self.find_by(text.hash(), |known| known.equals(text))
    }

    /// The string of an ASCII text with this hash.
    fn find_ascii(&self, text: &str, hash: i64) -> Option<NonNull<PyStr>> {
        self.find_by(hash, |known| known.as_ascii() == Some(text))
    }

    fn find_by(&self, hash: i64, equals: impl Fn(&PyStr) -> bool) -> Option<NonNull<PyStr>> {
        // SAFETY: as in `slots`; only read here, for the table may be the one that all threads share.
        let slots = unsafe { &*self.slots.get() };
        let mask = slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let known = (*slots.get(at)?)?;
            // SAFETY: strings in the table are alive: they take themselves out.
            let string = unsafe { known.as_ref() };
            if string.hash() == hash && equals(string) {
                return Some(known);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a string whose contents are not there; false when there is no memory.
    fn add(&self, text: &PyStr) -> bool {
        let slots = self.slots();
        if (self.used.get() + 1) * 2 > slots.len() && !grow(slots) {
            return false;
        }
        put(slots, NonNull::from(text));
        self.used.set(self.used.get() + 1);
        true
    }

    /// Takes out a string that dies, and closes the gap.
    pub(crate) fn forget(&self, text: &PyStr) {
        let slots = self.slots();
        let Some(mask) = slots.len().checked_sub(1) else { return };
        let mut gap = text.hash() as usize & mask;
        while let Some(Some(known)) = slots.get(gap).copied() {
            if std::ptr::eq(known.as_ptr(), text) {
                break;
            }
            gap = (gap + 1) & mask;
        }
        if slots.get(gap).copied().flatten().is_none() {
            return;
        }
        self.used.set(self.used.get() - 1);
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let Some(Some(next)) = slots.get(at).copied() else { break };
            // SAFETY: strings in the table are alive.
            let home = unsafe { next.as_ref() }.hash() as usize & mask;
            // it may move to the gap unless its home lies between the gap and where it is
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(gap) & mask) {
                slots[gap] = Some(next);
                gap = at;
            }
        }
        slots[gap] = None;
    }

    /// How many strings are kept.
    pub(crate) fn len(&self) -> usize {
        self.used.get()
    }
}

fn put(slots: &mut [Option<NonNull<PyStr>>], text: NonNull<PyStr>) {
    let mask = slots.len() - 1;
    // SAFETY: strings in the table are alive.
    let mut at = unsafe { text.as_ref() }.hash() as usize & mask;
    while slots[at].is_some() {
        at = (at + 1) & mask;
    }
    slots[at] = Some(text);
}

fn grow(slots: &mut Vec<Option<NonNull<PyStr>>>) -> bool {
    let size = (slots.len() * 2).max(256);
    let mut larger = Vec::new();
    if larger.try_reserve_exact(size).is_err() {
        return false;
    }
    larger.resize(size, None);
    for text in slots.iter().copied().flatten() {
        put(&mut larger, text);
    }
    *slots = larger;
    true
}

/// The string that is kept of these contents: `text` itself if there was none. Instances of derived classes
/// come back as they are.
pub fn intern(thread: &Thread, text: Owned<PyStr>) -> PyResult<Owned<PyStr>> {
    if text.is_interned() || !text.base.is_exact(&STR) {
        return Ok(text);
    }
    if let Some(known) = crate::process::interned().and_then(|table| table.find(&text)) {
        // SAFETY: static strings are immortal.
        return Ok(Owned::new_ref(unsafe { known.as_ref() }));
    }
    let table = &thread.interp().interned;
    if let Some(known) = table.find(&text) {
        // SAFETY: alive; that the count goes up before anything can happen keeps it so.
        return Ok(Owned::new_ref(unsafe { known.as_ref() }));
    }
    if table.closed.get() {
        return Ok(text);
    }
    if !table.add(&text) {
        return Err(thread.raise_memory_error());
    }
    text.set_interned(INTERNED_MORTAL);
    Ok(text)
}

/// Adds a static string to the table of the process, while that is set up.
pub(super) fn add_static(thread: &Thread, text: &'static PyStr) -> PyResult<()> {
    if text.is_interned() {
        return Ok(());
    }
    text.hash();
    if !thread.interp().interned.add(text) {
        return Err(thread.raise_memory_error());
    }
    text.set_interned(INTERNED_STATIC);
    Ok(())
}

/// The interned string of an ASCII or UTF-8 text.
pub fn intern_text(thread: &Thread, text: &str) -> PyResult<Owned<PyStr>> {
    let lately = &thread.interp().interned_lately;
    if let Some(known) = lately.find(text) {
        return Ok(known);
    }
    let name = intern_unknown(thread, text)?;
    lately.note(text, &name);
    Ok(name)
}

fn intern_unknown(thread: &Thread, text: &str) -> PyResult<Owned<PyStr>> {
    if text.is_ascii() {
        // most are known already: no string is made to find that out
        let hash = crate::hash::of_bytes(text.as_bytes());
        let shared = crate::process::interned().and_then(|table| table.find_ascii(text, hash));
        if let Some(known) = shared.or_else(|| thread.interp().interned.find_ascii(text, hash)) {
            // SAFETY: alive; that the count goes up before anything can happen keeps it so.
            return Ok(Owned::new_ref(unsafe { known.as_ref() }));
        }
    }
    intern(thread, PyStr::from_text(thread, text)?)
}

/// How many strings an interpreter has interned for itself.
pub fn count(thread: &Thread) -> usize {
    thread.interp().interned.len()
}
