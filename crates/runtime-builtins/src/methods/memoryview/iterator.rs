//! `memory_iterator`: the items of a view of one dimension.

use std::cell::Cell;

use taipan_object::memoryview::PyMemoryView;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type};

use super::slots;
use taipan_object::declare::{native_state, receiver};

/// The view, none at the end, and the index of the next item.
#[derive(Default)]
pub(crate) struct MemoryIterator {
    view: Slot,
    at: Cell<usize>,
}

native_type! {
    /// `memory_iterator`.
    pub(crate) static MEMORY_ITERATOR: MemoryIterator = "memory_iterator",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

native_state!(MemoryIterator in MEMORY_ITERATOR: view);

/// An iterator that is before the first item.
pub(super) fn over(thread: &Thread, view: &PyMemoryView) -> PyResult<Value> {
    let state = MemoryIterator { view: Slot::new(as_ref(view).to_value()), at: Cell::new(0) };
    Ok(Native::new(thread, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<MemoryIterator>(thread, this)?;
    let Some(held) = this.view.get() else { return Ok(None) };
    let Some(view) = held.as_ref().get::<PyMemoryView>() else { return Ok(None) };
    let at = this.at.get();
    view.check(thread)?;
    if at >= view.lengths().first().map_or(0, |len| len.unsigned_abs()) {
        drop(this.view.take());
        return Ok(None);
    }
    this.at.set(at + 1);
    slots::item_at(thread, view, &[at]).map(Some)
}
