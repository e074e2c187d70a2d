//! `islice`.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::protocol::number::index;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};

use super::itself;
use crate::arguments::{check_count, no_keywords};
use taipan_object::declare::{native_state, receiver};

/// The iterator, which of its items is next, where the end is, the distance, and how many items it has given.
#[derive(Default)]
pub(super) struct Islice {
    source: Slot,
    next: Cell<usize>,
    stop: Cell<Option<usize>>,
    step: Cell<usize>,
    count: Cell<usize>,
}

native_type! {
    /// `islice`.
    pub(super) static ISLICE: Islice = "itertools.islice", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Islice in ISLICE: source);

/// The number that an argument is; none if it is `None`, an error if it is nothing of use.
fn bound(thread: &Thread, value: Option<&Value>) -> Result<Option<usize>, ()> {
    let Some(value) = value.filter(|value| !value.as_ref().is_none()) else { return Ok(None) };
    match index(thread, value.as_ref()) {
        Ok(int) => {
            let number = int.as_ref().to_i64().and_then(|number| usize::try_from(number).ok());
            number.map(Some).ok_or(())
        }
        Err(raised) => {
            drop(thread.catch(raised));
            Err(())
        }
    }
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &ISLICE, arguments, names)?;
    check_count(thread, "islice", arguments.len(), 2, 4)?;
    let none = Value::none();
    let wrong = |what: &str| {
        raise!(thread, VALUE_ERROR, "{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    };
    let at = if arguments.len() == 2 { [None, Some(1), None] } else { [Some(1), Some(2), Some(3)] };
    let [start, stop, step] = at.map(|at| at.and_then(|at| arguments.get(at)));
    // a start that is wrong is told of after a stop that is
    let start = bound(thread, start);
    let stop = bound(thread, stop).map_err(|()| wrong("Stop argument"))?;
    let start = start.map_err(|()| wrong("Indices"))?.unwrap_or(0);
    let step = match bound(thread, step) {
        Ok(step) if step != Some(0) => step.unwrap_or(1),
        _ => {
            return Err(raise!(thread, VALUE_ERROR, "Step for islice() must be a positive integer or None."));
        }
    };
    let source = protocol::iter(thread, arguments.first().unwrap_or(&none).as_ref())?;
    let state = Islice {
        source: Slot::new(source),
        next: Cell::new(start),
        stop: Cell::new(stop),
        step: Cell::new(step),
        count: Cell::new(0),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Islice>(thread, this)?;
    let Some(source) = this.source.get() else { return Ok(None) };
    while this.count.get() < this.next.get() {
        if protocol::next(thread, source.as_ref())?.is_none() {
            drop(this.source.take());
            return Ok(None);
        }
        this.count.set(this.count.get() + 1);
    }
    if this.stop.get().is_some_and(|stop| this.count.get() >= stop) {
        drop(this.source.take());
        return Ok(None);
    }
    let Some(item) = protocol::next(thread, source.as_ref())? else {
        drop(this.source.take());
        return Ok(None);
    };
    this.count.set(this.count.get() + 1);
    let most = this.stop.get().unwrap_or(usize::MAX);
    this.next.set(this.next.get().saturating_add(this.step.get()).min(most));
    Ok(Some(item))
}
