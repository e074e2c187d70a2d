//! `chain` and `cycle`.

use std::cell::Cell;

use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol};

use super::itself;
use crate::arguments::{check_count, no_keywords};
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// The iterables that are left, and the iterator over the one that is walked.
#[derive(Default)]
pub(super) struct Chain {
    source: Slot,
    active: Slot,
}

native_type! {
    /// `chain`.
    pub(super) static CHAIN: Chain = "itertools.chain", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Chain in CHAIN: source, active);

method_table! { METHODS:
    Class One c"from_iterable" "($type, iterable, /)" from_iterable, c"A chain of the iterables that an iterable gives.";
}

fn make(thread: &Thread, class: &PyTypeObject, iterables: Ref<'_>) -> PyResult<Value> {
    let source = Slot::new(protocol::iter(thread, iterables)?);
    Ok(Native::new_in(thread, class, Chain { source, active: Slot::empty() })?.into_value())
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &CHAIN, arguments, names)?;
    let iterables = PyTuple::from_values(thread, arguments.to_vec())?;
    make(thread, class, iterables.as_ref())
}

fn from_iterable(thread: &Thread, class: Ref<'_>, iterables: Ref<'_>) -> PyResult<Value> {
    make(thread, class.get::<PyTypeObject>().unwrap_or(&CHAIN), iterables)
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Chain>(thread, this)?;
    loop {
        if let Some(active) = this.active.get() {
            if let Some(item) = protocol::next(thread, active.as_ref())? {
                return Ok(Some(item));
            }
            drop(this.active.take());
        }
        let Some(source) = this.source.get() else { return Ok(None) };
        let opened = match protocol::next(thread, source.as_ref()) {
            Ok(Some(iterable)) => protocol::iter(thread, iterable.as_ref()).map(Some),
            other => other,
        };
        match opened {
            Ok(Some(iterator)) => drop(this.active.replace(Some(iterator))),
            end => {
                drop(this.source.take());
                return end;
            }
        }
    }
}

/// The iterator until its end, the items so far, the place among them afterwards.
#[derive(Default)]
pub(super) struct Cycle {
    source: Slot,
    saved: Slot,
    index: Cell<usize>,
}

native_type! {
    /// `cycle`.
    pub(super) static CYCLE: Cycle = "itertools.cycle", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: cycle_next, new: cycle_new }
}

native_state!(Cycle in CYCLE: source, saved);

fn cycle_new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &CYCLE, arguments, names)?;
    check_count(thread, "cycle", arguments.len(), 1, 1)?;
    let none = Value::none();
    let source = protocol::iter(thread, arguments.first().unwrap_or(&none).as_ref())?;
    let state = Cycle {
        source: Slot::new(source),
        saved: Slot::new(PyList::new(thread)?.into_value()),
        index: Cell::new(0),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn cycle_next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Cycle>(thread, this)?;
    let held = this.saved.get();
    let Some(saved) = held.as_ref().and_then(|saved| saved.as_ref().get::<PyList>()) else { return Ok(None) };
    if let Some(source) = this.source.get() {
        if let Some(item) = protocol::next(thread, source.as_ref())? {
            saved.push(thread, item.clone())?;
            return Ok(Some(item));
        }
        drop(this.source.take());
    }
    let index = this.index.get();
    let item = saved.get(index).or_else(|| saved.get(0));
    this.index.set(if index + 1 >= saved.len() { 0 } else { index + 1 });
    Ok(item)
}
