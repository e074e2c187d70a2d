//! What `await` of a future walks: it gives the future once, then its result.

use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::exception::{DEPRECATION_WARNING, PyBaseException, STOP_ITERATION};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::traceback::PyTraceback;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::types::slots::Sent;
use taipan_object::{PyResult, PyTypeObject, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_vm::interp::exceptions;

use crate::future::{Future, Status};
use crate::result;

/// The future, until its result was given.
#[derive(Default)]
pub(crate) struct FutureIterator {
    future: Slot,
}

native_type! {
    /// `_asyncio.FutureIter`
    pub(crate) static FUTURE_ITERATOR: FutureIterator = "_asyncio.FutureIter", flags 0, dict false, weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, FutureIterator::default())?.into_value()),
        iter: |_, this| Ok(this.to_value()), next: next, send: |thread, this, _| step(thread, this),
    }
}

native_state!(FutureIterator in FUTURE_ITERATOR: future);

method_table! { METHODS:
    Instance One c"send" "" |thread, this, _| protocol::container::next_or_raise(thread, this), c"Goes on.";
    Instance Positional c"throw" "" throw, c"Raises an exception.";
    Instance None c"close" "" close, c"Ends.";
}

/// `iter(future)`
pub(crate) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = receiver::<Future>(thread, this)?;
    if future.event_loop.peek().is_none() {
        return Err(raise!(thread, RUNTIME_ERROR, "uninitialized Future object"));
    }
    Ok(Native::new(thread, FutureIterator { future: Slot::new(this.to_value()) })?.into_value())
}

fn step(thread: &Thread, this: Ref<'_>) -> PyResult<Sent> {
    let iterator = receiver::<FutureIterator>(thread, this)?;
    let Some(held) = iterator.future.get() else { return Ok(Sent::Return(Value::none())) };
    let Some(future) = held.as_ref().get::<Native<Future>>() else { return Ok(Sent::Return(Value::none())) };
    if future.status.get() != Status::Pending {
        drop(iterator.future.take());
        return result::value(thread, future).map(Sent::Return);
    }
    if future.blocking.replace(true) {
        return Err(raise!(thread, RUNTIME_ERROR, "await wasn't used with future"));
    }
    Ok(Sent::Next(held))
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    match step(thread, this)? {
        Sent::Next(value) => Ok(Some(value)),
        Sent::Return(value) if value.as_ref().is_none() => Ok(None),
        Sent::Return(value) => Err(thread.raise_value(&STOP_ITERATION, value)),
    }
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(receiver::<FutureIterator>(thread, this)?.future.take());
    Ok(Value::none())
}

fn throw(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "throw", arguments.len(), 1, 3)?;
    let iterator = receiver::<FutureIterator>(thread, this)?;
    if arguments.len() > 1 {
        let message = "the (type, exc, tb) signature of throw() is deprecated, \
                       use the single-arg signature instead.";
        thread.warn(&DEPRECATION_WARNING, message)?;
    }
    let mut given = arguments.iter().cloned();
    let first = given.next().unwrap_or_else(Value::none);
    let value = given.next().filter(|value| !value.as_ref().is_none());
    let traceback = given.next().filter(|traceback| !traceback.as_ref().is_none());
    if traceback.as_ref().is_some_and(|traceback| traceback.as_ref().get::<PyTraceback>().is_none()) {
        return Err(raise!(thread, TYPE_ERROR, "throw() third argument must be a traceback"));
    }
    let exception = thrown(thread, first, value)?;
    if traceback.is_some() {
        exceptions::set_traceback(exception.as_ref(), traceback);
    }
    drop(iterator.future.take());
    Err(thread.raise(exception))
}

/// The exception of the arguments of `throw`.
fn thrown(thread: &Thread, first: Value, value: Option<Value>) -> PyResult<Value> {
    if first.as_ref().get::<PyBaseException>().is_some() {
        return match value {
            None => Ok(first),
            Some(_) => Err(raise!(thread, TYPE_ERROR, "instance exception may not have a separate value")),
        };
    }
    let is_class = |class: &PyTypeObject| class.has_flag(flags::BASE_EXC_SUBCLASS);
    if !first.as_ref().get::<PyTypeObject>().is_some_and(is_class) {
        return Err(no_exception(thread));
    }
    match value {
        None => protocol::call(thread, first.as_ref(), &[], None),
        Some(value) if value.as_ref().get::<PyBaseException>().is_some() => Ok(value),
        Some(value) => match value.as_ref().get::<PyTuple>() {
            Some(arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(Ref::to_value).collect();
                protocol::call(thread, first.as_ref(), &arguments, None)
            }
            None => protocol::call(thread, first.as_ref(), &[value], None),
        },
    }
}

#[cold]
fn no_exception(thread: &Thread) -> Raised {
    let message = "exceptions must be classes deriving BaseException or instances of such a class";
    raise!(thread, TYPE_ERROR, "{message}")
}
