//! `_thread.lock`.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};

use crate::call;
use taipan_host::{Deadline, Waiters};
use taipan_object::declare::{method_table, native_state, receiver};

/// Whether the lock is held, and who waits for it.
#[derive(Default)]
pub(super) struct Lock {
    held: Cell<bool>,
    waiters: Waiters,
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
    /// Not at all.
    Never,
    /// For a time.
    Until(Deadline),
    /// Until the lock is there.
    Forever,
}

impl Wait {
    /// Waits for `ready`; says whether it is.
    pub(super) fn wait(self, thread: &Thread, waiters: &Waiters, ready: impl Fn() -> bool) -> PyResult<bool> {
        match self {
            Wait::Never => Ok(ready()),
            Wait::Until(deadline) => waiters.wait(thread, Some(deadline), ready),
            Wait::Forever => waiters.wait(thread, None, ready),
        }
    }
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
    Ok(match (blocking, timeout) {
        (false, _) => Wait::Never,
        (true, -1.0) => Wait::Forever,
        (true, seconds) => Wait::Until(Deadline::after(thread, seconds)?),
    })
}

/// A number of seconds.
pub(crate) fn seconds(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    if let Some(float) = value.to_f64() {
        if float.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        return Ok(float);
    }
    let index = protocol::number::index(thread, value)?;
    taipan_object::int::int_to_f64(thread, index.as_ref())
}

fn acquire(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let lock = receiver::<Lock>(thread, this)?;
    if arguments.is_empty() && !lock.held.replace(true) {
        return Ok(Value::bool(true));
    }
    let wait = wait_of(thread, arguments, names)?;
    let taken = wait.wait(thread, &lock.waiters, || !lock.held.get())?;
    if taken {
        lock.held.set(true);
    }
    Ok(Value::bool(taken))
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<Lock>(thread, this)?;
    if !lock.held.replace(false) {
        return Err(raise!(thread, RUNTIME_ERROR, "release unlocked lock"));
    }
    lock.waiters.wake();
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
