//! `_thread.RLock`: a lock that its holder may take again.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, raise};

use super::{ident, lock};
use crate::call;
use taipan_host::Waiters;
use taipan_object::declare::{method_table, native_state, receiver};

/// Who holds the lock, and how often.
#[derive(Default)]
pub(super) struct RLock {
    owner: Cell<u64>,
    count: Cell<u64>,
    waiters: Waiters,
}

native_type! {
    /// `_thread.RLock`.
    pub(super) static RLOCK: RLock = "_thread.RLock", flags flags::BASETYPE, dict false, weak true,
    does { new: new, repr: repr }
}

native_state!(RLock in RLOCK:);

method_table! { METHODS:
    Instance Keywords c"acquire" "($self, /, blocking=True, timeout=-1)" acquire, c"Takes the lock, once more if this thread holds it.";
    Instance None c"release" "($self, /)" release, c"Gives the lock back, once.";
    Instance None c"locked" "($self, /)" locked, c"Whether the lock is held.";
    Instance None c"__enter__" "($self, /)" enter, c"Takes the lock.";
    Instance Positional c"__exit__" "($self, /, *exc_info)" exit, c"Gives the lock back.";
    Instance None c"_is_owned" "($self, /)" is_owned, c"Whether this thread holds the lock.";
    Instance None c"_recursion_count" "($self, /)" recursion_count, c"How often this thread has taken the lock.";
    Instance One c"_acquire_restore" "($self, state, /)" acquire_restore, c"Takes the lock as often as it was.";
    Instance None c"_release_save" "($self, /)" release_save, c"Gives the lock back, and says how often it was taken.";
    Instance None c"_at_fork_reinit" "($self, /)" reinit, c"A lock that nobody holds.";
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, RLock::default())?.into_value())
}

impl RLock {
    fn is_mine(&self, thread: &Thread) -> bool {
        self.count.get() > 0 && self.owner.get() == ident(thread)
    }
}

#[cold]
fn not_held(thread: &Thread) -> Raised {
    raise!(thread, RUNTIME_ERROR, "cannot release un-acquired lock")
}

fn acquire(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    let wait = match arguments {
        [] => lock::Wait::Forever,
        _ => lock::wait_of(thread, arguments, names)?,
    };
    if lock.is_mine(thread) {
        lock.count.set(lock.count.get() + 1);
        return Ok(Value::bool(true));
    }
    let taken = wait.wait(thread, &lock.waiters, || lock.count.get() == 0)?;
    if taken {
        lock.owner.set(ident(thread));
        lock.count.set(1);
    }
    Ok(Value::bool(taken))
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    if !lock.is_mine(thread) {
        return Err(not_held(thread));
    }
    lock.count.set(lock.count.get() - 1);
    if lock.count.get() == 0 {
        lock.owner.set(0);
        lock.waiters.wake();
    }
    Ok(Value::none())
}

fn locked(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<RLock>(thread, this)?.count.get() > 0))
}

fn enter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    acquire(thread, this, &[], None)
}

fn exit(thread: &Thread, this: Ref<'_>, _: &[Value]) -> PyResult<Value> {
    release(thread, this)
}

fn is_owned(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<RLock>(thread, this)?.is_mine(thread)))
}

fn recursion_count(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    Value::uint(thread, if lock.is_mine(thread) { lock.count.get() } else { 0 })
}

fn acquire_restore(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    let items = state.get::<PyTuple>().filter(|state| state.len() == 2);
    let Some((count, owner)) = items.and_then(|items| Some((items.get(0)?, items.get(1)?))) else {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "_acquire_restore() argument 1 must be a tuple of two integers"
        ));
    };
    lock::Wait::Forever.wait(thread, &lock.waiters, || lock.count.get() == 0)?;
    lock.count.set(count.as_ref().to_i64().unwrap_or(0) as u64);
    lock.owner.set(owner.as_ref().to_i64().unwrap_or(0) as u64);
    Ok(Value::none())
}

fn release_save(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    if lock.count.get() == 0 {
        return Err(not_held(thread));
    }
    let (count, owner) = (lock.count.replace(0), lock.owner.replace(0));
    lock.waiters.wake();
    Ok(PyTuple::pack(thread, [Value::uint(thread, count)?, Value::uint(thread, owner)?])?.into_value())
}

fn reinit(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    lock.count.set(0);
    lock.owner.set(0);
    Ok(Value::none())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = receiver::<RLock>(thread, this)?;
    let (count, owner) = (lock.count.get(), lock.owner.get());
    let state = if count > 0 { "locked" } else { "unlocked" };
    let (name, at) = (this.ty().name(), this.word().bits());
    call::text(thread, &format!("<{state} {name} object owner={owner} count={count} at {at:#x}>"))
}
