//! The views of an `OrderedDict` and the iterator of both: those of a dict under names of their own.

use std::cell::Cell;

use taipan_object::dict::derived::PyOrderedDict;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::flags::DISALLOW_INSTANTIATION;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use super::{mutated, owned, value_of};
use crate::iterators::DictPart;
use crate::methods::dict::views::{OrderedItems, OrderedKeys, OrderedValues};
use taipan_object::declare::{native_state, receiver};

/// The dict, where in it, which part of its entries, whether it goes backwards, how many keys there were
/// and the state.
#[derive(Default)]
pub(super) struct OrderedIterator {
    dict: Slot,
    position: Cell<usize>,
    part: Cell<DictPart>,
    backwards: Cell<bool>,
    used: Cell<usize>,
    state: Cell<usize>,
}

native_type! {
    /// `odict_iterator`.
    pub(super) static ORDERED_ITERATOR: OrderedIterator = "odict_iterator", flags DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

native_state!(OrderedIterator in ORDERED_ITERATOR: dict);

/// The types of this file.
pub(in crate::modules::collections) fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    let own: &'static PyTypeObject = &ORDERED_ITERATOR;
    std::iter::once(own)
}

/// An iterator over a part of the entries.
pub(super) fn walk(thread: &Thread, this: Ref<'_>, part: DictPart, backwards: bool) -> PyResult<Value> {
    let Some(dict) = owned(this) else { return Ok(Value::none()) };
    let position = if backwards { DictCursor::end(&dict).position() } else { 0 };
    let state = OrderedIterator {
        position: Cell::new(position),
        part: Cell::new(part),
        backwards: Cell::new(backwards),
        used: Cell::new(dict.len()),
        state: Cell::new(this.get::<PyOrderedDict>().map_or(0, PyOrderedDict::state)),
        dict: Slot::new(dict.into_value()),
    };
    Ok(Native::new(thread, state)?.into_value())
}

/// The `iter` slot.
pub(super) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    walk(thread, this, DictPart::Keys, false)
}

/// A view.
pub(super) fn view(thread: &Thread, this: Ref<'_>, part: DictPart) -> PyResult<Value> {
    let Some(dict) = owned(this) else { return Ok(Value::none()) };
    let dict = Slot::new(dict.into_value());
    Ok(match part {
        DictPart::Keys => Native::new(thread, OrderedKeys::of(dict))?.into_value(),
        DictPart::Values => Native::new(thread, OrderedValues::of(dict))?.into_value(),
        DictPart::Items => Native::new(thread, OrderedItems::of(dict))?.into_value(),
    })
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let walk = receiver::<OrderedIterator>(thread, this)?;
    let held = walk.dict.get();
    let Some(dict) = held.as_ref().and_then(|dict| dict.as_ref().get::<PyDict>()) else { return Ok(None) };
    let state = held.as_ref().and_then(|dict| dict.as_ref().get::<PyOrderedDict>()).map(PyOrderedDict::state);
    if state.is_some_and(|state| state != walk.state.get()) {
        drop(walk.dict.take());
        return Err(mutated(thread));
    }
    if dict.len() != walk.used.get() {
        walk.used.set(usize::MAX);
        return Err(raise!(thread, RUNTIME_ERROR, "OrderedDict changed size during iteration"));
    }
    let mut cursor = DictCursor::at(walk.position.get());
    let entry = if walk.backwards.get() { cursor.previous(dict) } else { cursor.next(dict) };
    let Some((key, _)) = entry else {
        drop(walk.dict.take());
        return Ok(None);
    };
    walk.position.set(cursor.position());
    Ok(Some(match walk.part.get() {
        DictPart::Keys => key,
        DictPart::Values => value_of(thread, dict, &key)?,
        DictPart::Items => {
            let value = value_of(thread, dict, &key)?;
            PyTuple::pack(thread, [key, value])?.into_value()
        }
    }))
}
