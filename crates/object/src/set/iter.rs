//! `set_iterator`. Invariant: one that has seen the set change its size raises and goes on raising.

use super::PySet;
use crate::error::PyResult;
use crate::layouts::object;
use crate::raise;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Ref, Value, as_ref};

object! {
    /// An iterator over the keys of a set.
    pub struct PySetIterator = SET_ITERATOR SET_ITERATOR_CORE "set_iterator" 48 {
        /// The set; none at the end.
        si_set 16: Slot,
        /// How many keys the set had when the iterator was made.
        si_used 24: Word,
        /// The position in its table.
        si_pos 32: Word,
        /// How many keys are left.
        len 40: Word,
    }
    slots { si_set }
    flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

impl PySetIterator {
    /// An iterator that is before the first key.
    pub fn new(thread: &Thread, set: &PySet) -> PyResult<Owned<PySetIterator>> {
        let iterator = PySetIterator::blank(thread)?;
        iterator.si_used.set(set.len());
        iterator.len.set(set.len());
        iterator.si_set.init(as_ref(set).to_value());
        Ok(iterator)
    }

    /// The next key; none at the end.
    pub fn advance(&self, thread: &Thread) -> PyResult<Option<Value>> {
        let Some(held) = self.si_set.get() else { return Ok(None) };
        let Some(set) = held.as_ref().get::<PySet>() else { return Ok(None) };
        if set.len() != self.si_used.get() {
            self.si_used.set(usize::MAX);
            return Err(raise!(thread, RUNTIME_ERROR, "Set changed size during iteration"));
        }
        let mut position = self.si_pos.get();
        let found = set.next(&mut position);
        self.si_pos.set(position);
        match &found {
            Some(_) => self.len.set(self.len.get().saturating_sub(1)),
            None => drop(self.si_set.take()),
        }
        Ok(found)
    }
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    this.get::<PySetIterator>().map_or(Ok(None), |iterator| iterator.advance(thread))
}

/// The `iter` slot of sets.
pub(super) fn iter_slot(thread: &Thread, set: Ref<'_>) -> PyResult<Value> {
    match set.get::<PySet>() {
        Some(set) => Ok(PySetIterator::new(thread, set)?.into_value()),
        None => Ok(Value::not_implemented()),
    }
}
