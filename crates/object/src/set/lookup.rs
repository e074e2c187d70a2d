//! Looking a key up in a set. As in a dict, comparing may run Python code, which may change the set: then the
//! search begins again.

use super::{Entry, GONE, PySet};
use crate::error::PyResult;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Ref, Value};
use crate::word::Word;

/// Neighbours that are looked at after a jump.
pub(super) const NEIGHBOURS: usize = 9;

/// The places at which a hash is looked for.
pub(super) struct Probe {
    start: usize,
    perturb: u64,
    step: usize,
    neighbours: usize,
}

impl Probe {
    #[inline(always)]
    pub(super) fn new(hash: i64, mask: usize) -> Probe {
        let start = hash as usize & mask;
        Probe { start, perturb: hash as u64, step: 0, neighbours: neighbours(start, mask) }
    }

    /// The place, at most the mask.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.start + self.step
    }

    #[inline(always)]
    pub(super) fn advance(&mut self, mask: usize) {
        if self.step < self.neighbours {
            self.step += 1;
            return;
        }
        self.perturb >>= 5;
        self.start = self.start.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize) & mask;
        self.step = 0;
        self.neighbours = neighbours(self.start, mask);
    }
}

#[inline(always)]
fn neighbours(start: usize, mask: usize) -> usize {
    if start + NEIGHBOURS <= mask { NEIGHBOURS } else { 0 }
}

/// Where a search ends.
pub(super) enum Found {
    /// The key is at this place.
    Key(usize),
    /// It is not there, and goes to this place: the last one on the way whose key went, or an empty one.
    Free(usize),
}

impl PySet {
    /// Whether a key is there.
    pub fn contains(&self, thread: &Thread, key: Ref<'_>) -> PyResult<bool> {
        let hash = protocol::hash_as(thread, key, "a set element")?;
        self.contains_with_hash(thread, key, hash)
    }

    /// The same for a key whose hash is known.
    pub fn contains_with_hash(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.find(thread, key, hash)?, Found::Key(_)))
    }

    /// Whether all keys are in another set.
    pub(super) fn is_subset(&self, thread: &Thread, other: &PySet) -> PyResult<bool> {
        let mut position = 0;
        while let Some((key, hash)) = self.next_with_hash(&mut position) {
            if !other.contains_with_hash(thread, key.as_ref(), hash)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds a key, or the place where it would go.
    #[inline]
    pub(super) fn find(&self, thread: &Thread, key: Ref<'_>, hash: i64) -> PyResult<Found> {
        'again: loop {
            let (table, mask) = (self.table.get(), self.last_place());
            let mut probe = Probe::new(hash, mask);
            let mut gone = None;
            while let Some(entry) = self.place(probe.at()) {
                match entry.key.get() {
                    None => return Ok(Found::Free(gone.unwrap_or(probe.at()))),
                    Some(GONE) => gone = Some(probe.at()),
                    Some(known) if entry.hash.get() == hash => {
                        if known == key.word() {
                            return Ok(Found::Key(probe.at()));
                        }
                        let equal = self.ask(thread, known, key)?;
                        if self.table.get() != table
                            || self.last_place() != mask
                            || !holds(self.place(probe.at()), known)
                        {
                            continue 'again;
                        }
                        if equal {
                            return Ok(Found::Key(probe.at()));
                        }
                    }
                    Some(_) => {}
                }
                probe.advance(mask);
            }
        }
    }

    #[inline]
    fn ask(&self, thread: &Thread, known: Word, key: Ref<'_>) -> PyResult<bool> {
        if known == GONE {
            return Ok(false);
        }
        // SAFETY: what a set holds is alive; it is counted before anything runs.
        let known = unsafe { Value::from_borrowed(known) };
        protocol::same_or_equal(thread, known.as_ref(), key)
    }
}

fn holds(entry: Option<&Entry>, key: Word) -> bool {
    entry.is_some_and(|entry| entry.key.get() == Some(key))
}
