//! `_thread.lock`.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};

use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// Whether the lock is held.
#[derive(Default)]
pub(super) struct Lock {
    held: Cell<bool>,
}

native_type! {
    /// `_thread.lock`.
    pub(super) static LOCK: Lock = "_thread.lock", flags 0, dict false, weak true,
    does { new: new, repr: repr }
}

native_state!(Lock in LOCK:);

method_table! { METHODS:
    Instance Keywords c"acquire" "($self, /, blocking=True, timeout=-1)" acquire, c"Takes the lock; says whether it could.";
    Instance Keywords c"acquire_lock" "($self, /, blocking=True, timeout=-1)" acquire, c"Another name of acquire.";
    Instance None c"release" "($self, /)" release, c"Gives the lock back.";
    Instance None c"release_lock" "($self, /)" release, c"Another name of release.";
    Instance None c"locked" "($self, /)" locked, c"Whether the lock is held.";
    Instance None c"locked_lock" "($self, /)" locked, c"Another name of locked.";
    Instance None c"__enter__" "($self, /)" enter, c"Takes the lock.";
    Instance Positional c"__exit__" "($self, /, *exc_info)" exit, c"Gives the lock back.";
    Instance None c"_at_fork_reinit" "($self, /)" reinit, c"A lock that nobody holds.";
}

/// The longest time to wait for a lock, in seconds.
pub(super) const TIMEOUT_MAX: f64 = 9_223_372_036.0;

pub(super) fn new_lock(thread: &Thread) -> PyResult<Value> {
    Ok(Native::new(thread, Lock::default())?.into_value())
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    check_count(thread, "lock", arguments.len(), 0, 0)?;
    new_lock(thread)
}

const PARAMETERS: Parameters<2> = Parameters {
    function: "acquire",
    names: ["blocking", "timeout"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// How `acquire` is to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Not at all, or for a time.
    Bounded,
    /// Until the lock is there.
    Forever,
}

/// What the arguments of `acquire` say.
pub(super) fn wait_of(thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Wait> {
    let [blocking, timeout] = PARAMETERS.bind(thread, arguments, names)?;
    let blocking = blocking.map_or(Ok(true), |value| protocol::truth(thread, value))?;
    let timeout = match timeout {
        Some(value) => seconds(thread, value)?,
        None => -1.0,
    };
    if !blocking && timeout != -1.0 {
        return Err(raise!(thread, VALUE_ERROR, "can't specify a timeout for a non-blocking call"));
    }
    if timeout < 0.0 && timeout != -1.0 {
        return Err(raise!(thread, VALUE_ERROR, "timeout value must be a non-negative number"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t"));
    }
    Ok(if blocking && timeout == -1.0 { Wait::Forever } else { Wait::Bounded })
}

/// A number of seconds.
pub(crate) fn seconds(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    if let Some(float) = value.to_f64() {
        return Ok(float);
    }
    let index = protocol::number::index(thread, value)?;
    taipan_object::int::int_to_f64(thread, index.as_ref())
}

#[cold]
pub(super) fn would_wait(thread: &Thread) -> Raised {
    raise!(thread, RUNTIME_ERROR, "a lock that is held would be waited for without end: there is one thread")
}

fn acquire(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let wait = wait_of(thread, arguments, names)?;
    let lock = receiver::<Lock>(thread, this)?;
    if !lock.held.replace(true) {
        return Ok(Value::bool(true));
    }
    match wait {
        Wait::Forever => Err(would_wait(thread)),
        Wait::Bounded => Ok(Value::bool(false)),
    }
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if !receiver::<Lock>(thread, this)?.held.replace(false) {
        return Err(raise!(thread, RUNTIME_ERROR, "release unlocked lock"));
    }
    Ok(Value::none())
}

fn locked(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<Lock>(thread, this)?.held.get()))
}

fn enter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    acquire(thread, this, &[], None)
}

fn exit(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    release(thread, this)
}

fn reinit(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Lock>(thread, this)?.held.set(false);
    Ok(Value::none())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = if receiver::<Lock>(thread, this)?.held.get() { "locked" } else { "unlocked" };
    let (name, at) = (this.ty().name(), this.word().bits());
    call::text(thread, &format!("<{state} {name} object at {at:#x}>"))
}
