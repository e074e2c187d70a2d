//! Objects of `select.poll`.

use std::cell::{Cell, RefCell};

use taipan_host::{HostError, PollEntry, numbers, released};
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::exception::KEY_ERROR;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::install;

use super::MILLISECOND;
use crate::arguments::{Deadline, descriptor, duration, wait};

/// A set of descriptors to wait for.
#[derive(Default)]
pub(crate) struct Poll {
    /// Descriptors and what to wait for, in the order of their first registration.
    entries: RefCell<Vec<(i32, u16)>>,
    /// Somebody waits.
    waits: Cell<bool>,
}

native_type! {
    /// `select.poll`.
    pub(crate) static POLL: Poll = "select.poll", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { }
}

native_state!(Poll in POLL:);

method_table! { METHODS:
    Instance Positional c"register" "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)" register,
        c"Waits for a descriptor, too.";
    Instance Two c"modify" "($self, fd, eventmask, /)" modify, c"Waits for something else at a descriptor.";
    Instance One c"unregister" "($self, fd, /)" unregister, c"Waits for a descriptor no more.";
    Instance Positional c"poll" "($self, timeout=None, /)" wait_for, c"Waits; gives descriptors and what came.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &POLL, &METHODS)
}

/// `select.poll()`
pub(super) fn poll(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Native::new(thread, Poll::default())?.into_value())
}

/// In and out, and what is urgent.
const ALL: u16 = 1 | 2 | 4;

/// Events: an unsigned short of C.
fn events(thread: &Thread, value: Ref<'_>) -> PyResult<u16> {
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(number) if number < 0 => Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int")),
        Some(number) if u16::try_from(number).is_ok() => Ok(number as u16),
        _ => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large for C unsigned short")),
    }
}

fn register(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "register", arguments.len(), 1, 2)?;
    let Some(fd) = arguments.first() else { return Ok(Value::none()) };
    let fd = descriptor(thread, fd.as_ref())?;
    let events = arguments.get(1).map_or(Ok(ALL), |given| events(thread, given.as_ref()))?;
    let mut entries = receiver::<Poll>(thread, this)?.entries.borrow_mut();
    match entries.iter_mut().find(|entry| entry.0 == fd) {
        Some(entry) => entry.1 = events,
        None => entries.push((fd, events)),
    }
    Ok(Value::none())
}

fn modify(thread: &Thread, this: Ref<'_>, fd: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    let events = events(thread, given)?;
    let mut entries = receiver::<Poll>(thread, this)?.entries.borrow_mut();
    match entries.iter_mut().find(|entry| entry.0 == fd) {
        Some(entry) => entry.1 = events,
        None => return Err(HostError::new(numbers::ENOENT).raise(thread)),
    }
    Ok(Value::none())
}

fn unregister(thread: &Thread, this: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = descriptor(thread, fd)?;
    let mut entries = receiver::<Poll>(thread, this)?.entries.borrow_mut();
    match entries.iter().position(|entry| entry.0 == fd) {
        Some(at) => drop(entries.remove(at)),
        None => return Err(thread.raise_value(&KEY_ERROR, Value::small(fd))),
    }
    Ok(Value::none())
}

fn wait_for(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "poll", arguments.len(), 0, 1)?;
    let timeout = arguments.first().map(Value::as_ref).filter(|timeout| !timeout.is_none());
    let deadline = match timeout {
        None => None,
        Some(timeout) => match duration(thread, timeout, MILLISECOND)? {
            Some(nanos) if nanos >= 0 => Some(Deadline::after(thread, nanos)?),
            Some(_) => None,
            None => return Err(raise!(thread, TYPE_ERROR, "timeout must be an integer or None")),
        },
    };
    let state = receiver::<Poll>(thread, this)?;
    if state.waits.replace(true) {
        return Err(raise!(thread, RUNTIME_ERROR, "concurrent poll() invocation"));
    }
    let entry = |&(fd, events): &(i32, u16)| PollEntry { fd, events: events as i16, returned: 0 };
    let mut entries: Vec<PollEntry> = state.entries.borrow().iter().map(entry).collect();
    let waited = wait(thread, deadline, |left| released(thread, |host| host.poll(&mut entries, left)));
    state.waits.set(false);
    waited?;
    let came = PyList::new(thread)?;
    for entry in entries.iter().filter(|entry| entry.returned != 0) {
        let pair = [Value::small(entry.fd), Value::small((entry.returned as u16).into())];
        came.push(thread, PyTuple::pack(thread, pair)?.into_value())?;
    }
    Ok(came.into_value())
}
