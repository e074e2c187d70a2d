//! `tee`: several iterators over the items of one. The items stand in a chain of blocks; each iterator holds the block
//! where it is, so that blocks which all have passed are freed.

use std::cell::Cell;

use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};

use super::itself;
use crate::arguments::{check_count, no_keywords, to_size};
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// How many items a block has.
const BLOCK: usize = 57;

/// The iterator, the items of this block, the next block, and whether an item is just being read.
#[derive(Default)]
pub(super) struct TeeData {
    source: Slot,
    items: Slot,
    next: Slot,
    reads: Cell<bool>,
}

native_type! {
    /// `_tee_dataobject`.
    pub(super) static TEE_DATA: TeeData = "itertools._tee_dataobject", flags flags::DISALLOW_INSTANTIATION,
    dict false, weak false,
    does {}
}

native_state!(TeeData in TEE_DATA: source, items, next);

/// A block and the index of the next item in it.
#[derive(Default)]
pub(super) struct Tee {
    data: Slot,
    index: Cell<usize>,
}

native_type! {
    /// `_tee`.
    pub(super) static TEE: Tee = "itertools._tee", flags 0, dict false, weak true,
    does { iter: itself, next: next, new: new }
}

native_state!(Tee in TEE: data);

method_table! { METHODS:
    Instance None c"__copy__" "($self, /)" copy, c"An iterator at the same place.";
}

fn block(thread: &Thread, source: Value) -> PyResult<Owned<Native<TeeData>>> {
    let data = TeeData {
        source: Slot::new(source),
        items: Slot::new(PyList::new(thread)?.into_value()),
        ..TeeData::default()
    };
    Native::new(thread, data)
}

/// The `_tee` of an iterable, which may be one.
fn tee_of(thread: &Thread, iterable: Ref<'_>) -> PyResult<Value> {
    let iterator = protocol::iter(thread, iterable)?;
    if iterator.as_ref().get::<Native<Tee>>().is_some() {
        return copy(thread, iterator.as_ref());
    }
    let data = block(thread, iterator)?.into_value();
    Ok(Native::new(thread, Tee { data: Slot::new(data), index: Cell::new(0) })?.into_value())
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &TEE, arguments, names)?;
    check_count(thread, "_tee", arguments.len(), 1, 1)?;
    let none = Value::none();
    tee_of(thread, arguments.first().unwrap_or(&none).as_ref())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let tee = receiver::<Tee>(thread, this)?;
    let state = Tee { data: Slot::from_option(tee.data.get()), index: tee.index.clone() };
    Ok(Native::new(thread, state)?.into_value())
}

/// `tee(iterable, n)`.
pub(super) fn tee(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "tee", arguments.len(), 1, 2)?;
    let count = arguments.get(1).map_or(Ok(2), |count| to_size(thread, count.as_ref()))?;
    let Ok(count) = usize::try_from(count) else {
        return Err(raise!(thread, VALUE_ERROR, "n must be >= 0"));
    };
    if count == 0 {
        return Ok(PyTuple::empty().into_value());
    }
    let mut tees = Vec::new();
    if tees.try_reserve_exact(count).is_err() {
        return Err(thread.raise_memory_error());
    }
    let first = tee_of(thread, arguments.first().map_or(this, Value::as_ref))?;
    for _ in 1..count {
        tees.push(copy(thread, first.as_ref())?);
    }
    tees.push(first);
    Ok(PyTuple::from_values(thread, tees)?.into_value())
}

/// The item of a block at an index, read if nobody has read it yet.
fn item(thread: &Thread, data: &TeeData, at: usize) -> PyResult<Option<Value>> {
    let held = data.items.get();
    let Some(items) = held.as_ref().and_then(|items| items.as_ref().get::<PyList>()) else { return Ok(None) };
    if let Some(item) = items.get(at) {
        return Ok(Some(item));
    }
    let Some(source) = data.source.get() else { return Ok(None) };
    if data.reads.replace(true) {
        return Err(raise!(thread, RUNTIME_ERROR, "cannot re-enter the tee iterator"));
    }
    let read = protocol::next(thread, source.as_ref());
    data.reads.set(false);
    let item = read?;
    if let Some(item) = &item {
        items.push(thread, item.clone())?;
    }
    Ok(item)
}

/// The block behind a block, made if there is none yet.
fn following(thread: &Thread, data: &TeeData) -> PyResult<Option<Value>> {
    if let Some(next) = data.next.get() {
        return Ok(Some(next));
    }
    let Some(source) = data.source.get() else { return Ok(None) };
    let next = block(thread, source)?.into_value();
    drop(data.next.replace(Some(next.clone())));
    Ok(Some(next))
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let tee = receiver::<Tee>(thread, this)?;
    let Some(mut held) = tee.data.get() else { return Ok(None) };
    if tee.index.get() >= BLOCK {
        let Some(data) = held.as_ref().get::<Native<TeeData>>() else { return Ok(None) };
        let Some(next) = following(thread, data)? else { return Ok(None) };
        tee.index.set(0);
        drop(tee.data.replace(Some(next.clone())));
        held = next;
    }
    let Some(data) = held.as_ref().get::<Native<TeeData>>() else { return Ok(None) };
    let at = tee.index.get();
    let item = item(thread, data, at)?;
    if item.is_some() {
        tee.index.set(at + 1);
    }
    Ok(item)
}
