//! `_thread._ThreadHandle`: stands for a thread, which can be waited for.

use std::cell::Cell;

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::{ident, lock};
use crate::call;
use taipan_host::{Deadline, Waiters};
use taipan_object::declare::{method_table, native_state, receiver};

/// The number of a thread, what has become of it, and who waits for its end.
#[derive(Default)]
pub(super) struct Handle {
    pub(super) ident: Cell<u64>,
    pub(super) started: Cell<bool>,
    /// Whether the end of the program waits for it.
    pub(super) waited: Cell<bool>,
    done: Cell<bool>,
    waiters: Waiters,
}

impl Handle {
    /// The thread has ended.
    pub(super) fn end(&self) {
        self.done.set(true);
        self.waiters.wake_all();
    }

    /// Whether the thread has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.done.get()
    }

    /// Waits for the end of the thread; false if the time is over first.
    pub(super) fn wait(&self, thread: &Thread, deadline: Option<Deadline>) -> PyResult<bool> {
        self.waiters.wait(thread, deadline, || self.done.get())
    }
}

native_type! {
    /// `_thread._ThreadHandle`.
    pub(super) static HANDLE: Handle = "_thread._ThreadHandle", flags 0, dict false, weak false,
    does { new: new, repr: repr }
}

native_state!(Handle in HANDLE:);

method_table! { METHODS:
    Instance Positional c"join" "" join, c"Waits until the thread has ended.";
    Instance None c"is_done" "" is_done, c"Whether the thread has ended.";
    Instance None c"_set_done" "" set_done, c"Says that the thread has ended.";
}

pub(super) static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "ident",
    get: |thread, this| Value::uint(thread, receiver::<Handle>(thread, this)?.ident.get()),
    set: None,
    doc: "The number of the thread.",
}];

fn new(thread: &Thread, _: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new(thread, Handle::default())?.into_value())
}

pub(super) fn make(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    if !number.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "ident must be an integer"));
    }
    let handle = Handle::default();
    handle.ident.set(number.to_i64().unwrap_or(0) as u64);
    handle.started.set(true);
    Ok(Native::new(thread, handle)?.into_value())
}

fn join(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "join", arguments.len(), 0, 1)?;
    let deadline = match arguments.first().filter(|timeout| !timeout.as_ref().is_none()) {
        // a negative time is none, as for a lock
        Some(timeout) => match lock::seconds(thread, timeout.as_ref())? {
            seconds @ 0.0.. => Some(Deadline::after(thread, seconds)?),
            _ => None,
        },
        None => None,
    };
    let handle = receiver::<Handle>(thread, this)?;
    if !handle.started.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "thread not started"));
    }
    if !handle.done.get() && handle.ident.get() == ident(thread) {
        return Err(raise!(thread, RUNTIME_ERROR, "Cannot join current thread"));
    }
    if !handle.done.get() && thread.interp().is_closed() {
        // it runs no further
        return Err(raise!(thread, PYTHON_FINALIZATION_ERROR, "cannot join thread at interpreter shutdown"));
    }
    handle.wait(thread, deadline)?;
    Ok(Value::none())
}

fn is_done(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<Handle>(thread, this)?.done.get()))
}

fn set_done(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let handle = receiver::<Handle>(thread, this)?;
    if !handle.started.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "thread not started"));
    }
    handle.end();
    Ok(Value::none())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let number = receiver::<Handle>(thread, this)?.ident.get();
    call::text(thread, &format!("<{} object: ident={number}>", this.ty().name()))
}
