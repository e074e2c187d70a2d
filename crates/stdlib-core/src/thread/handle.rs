//! `_thread._ThreadHandle`: stands for a thread.

use std::cell::Cell;

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::ident;
use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// The number of a thread, and whether it has ended.
#[derive(Default)]
pub(super) struct Handle {
    ident: Cell<u64>,
    done: Cell<bool>,
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
    let number = number.to_i64().unwrap_or(0) as u64;
    Ok(Native::new(thread, Handle { ident: Cell::new(number), done: Cell::new(false) })?.into_value())
}

fn join(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "join", arguments.len(), 0, 1)?;
    let handle = receiver::<Handle>(thread, this)?;
    if handle.done.get() {
        return Ok(Value::none());
    }
    match handle.ident.get() {
        0 => Err(raise!(thread, RUNTIME_ERROR, "thread not started")),
        number if number == ident(thread) => Err(raise!(thread, RUNTIME_ERROR, "Cannot join current thread")),
        _ => Ok(Value::none()),
    }
}

fn is_done(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<Handle>(thread, this)?.done.get()))
}

fn set_done(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Handle>(thread, this)?.done.set(true);
    Ok(Value::none())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let number = receiver::<Handle>(thread, this)?.ident.get();
    call::text(thread, &format!("<{} object: ident={number}>", this.ty().name()))
}
