//! The result of a future: asking for it, setting it, cancelling.

use taipan_object::exception::{PyBaseException, RUNTIME_ERROR, STOP_ITERATION};
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_vm::interp::exceptions;

use crate::future::{Future, Status, alive};
use crate::state::invalid;
use crate::{Names, callbacks};

#[cold]
fn was_cancelled(thread: &Thread, future: &Future) -> Raised {
    match future.cancelled_error(thread) {
        Ok(error) => thread.raise(error),
        Err(raised) => raised,
    }
}

/// Whether there is a result, which is an exception or not.
///
/// # Errors
/// If the future was cancelled, or has not ended.
pub(crate) fn outcome(thread: &Thread, future: &Future) -> PyResult<Result<Value, Value>> {
    match future.status.get() {
        Status::Cancelled => return Err(was_cancelled(thread, future)),
        Status::Pending => return Err(invalid(thread, "Result is not set.")),
        Status::Finished => future.tells.set(false),
    }
    match future.exception.get() {
        None => Ok(Ok(future.result.get_or_none())),
        Some(exception) => {
            exceptions::set_traceback(exception.as_ref(), future.traceback.take());
            Ok(Err(exception))
        }
    }
}

/// The result; the exception is raised.
pub(crate) fn value(thread: &Thread, future: &Future) -> PyResult<Value> {
    match outcome(thread, future)? {
        Ok(value) => Ok(value),
        Err(exception) => Err(thread.raise(exception)),
    }
}

/// `result()`
pub(crate) fn result(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = taipan_object::declare::receiver::<Future>(thread, this)?;
    match future.event_loop.peek() {
        Some(_) => value(thread, future),
        None => Err(invalid(thread, "Future object is not initialized.")),
    }
}

/// `exception()`
pub(crate) fn exception(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = taipan_object::declare::receiver::<Future>(thread, this)?;
    if future.event_loop.peek().is_none() {
        return Err(invalid(thread, "Future object is not initialized."));
    }
    match future.status.get() {
        Status::Cancelled => Err(was_cancelled(thread, future)),
        Status::Pending => Err(invalid(thread, "Exception is not set.")),
        Status::Finished => {
            future.tells.set(false);
            Ok(future.exception.get_or_none())
        }
    }
}

const SET_RESULT: Parameters<1> =
    Parameters { function: "set_result", names: [""], positional_only: 1, positional: 1, required: 1 };

/// `set_result(result, /)`
pub(crate) fn set_result(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [result] = SET_RESULT.bind(thread, arguments, names)?;
    finish(thread, this, result.map_or_else(Value::none, Ref::to_value))?;
    Ok(Value::none())
}

/// Sets the result.
pub(crate) fn finish(thread: &Thread, this: Ref<'_>, result: Value) -> PyResult<()> {
    let future = alive(thread, this)?;
    if future.status.get() != Status::Pending {
        return Err(invalid(thread, "invalid state"));
    }
    drop(future.result.replace(Some(result)));
    future.status.set(Status::Finished);
    callbacks::schedule(thread, this, future)
}

const SET_EXCEPTION: Parameters<1> =
    Parameters { function: "set_exception", names: [""], positional_only: 1, positional: 1, required: 1 };

/// `set_exception(exception, /)`
pub(crate) fn set_exception(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [exception] = SET_EXCEPTION.bind(thread, arguments, names)?;
    fail(thread, this, exception.map_or_else(Value::none, Ref::to_value))?;
    Ok(Value::none())
}

/// Sets the exception, which may be a class.
pub(crate) fn fail(thread: &Thread, this: Ref<'_>, exception: Value) -> PyResult<()> {
    let future = alive(thread, this)?;
    if future.status.get() != Status::Pending {
        return Err(invalid(thread, "invalid state"));
    }
    let is_class = |class: &PyTypeObject| class.has_flag(flags::BASE_EXC_SUBCLASS);
    let mut exception = exception;
    if exception.as_ref().get::<PyTypeObject>().is_some_and(is_class) {
        exception = protocol::call(thread, exception.as_ref(), &[], None)?;
        if future.status.get() != Status::Pending {
            return Err(invalid(thread, "invalid state"));
        }
    }
    if exception.as_ref().get::<PyBaseException>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "invalid exception object"));
    }
    if exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
        exception = not_stopping(thread, exception)?;
    }
    drop(future.traceback.replace(exceptions::traceback(exception.as_ref())));
    drop(future.exception.replace(Some(exception)));
    future.status.set(Status::Finished);
    callbacks::schedule(thread, this, future)?;
    future.tells.set(true);
    Ok(())
}

/// What is set in place of a `StopIteration`.
fn not_stopping(thread: &Thread, stop: Value) -> PyResult<Value> {
    let message = "StopIteration interacts badly with generators and cannot be raised into a Future";
    let message = PyStr::from_text(thread, message)?.into_value();
    let class = taipan_object::as_ref::<PyTypeObject>(&RUNTIME_ERROR);
    let error = protocol::call(thread, class, &[message], None)?;
    for name in ["__cause__", "__context__"] {
        let name = taipan_object::str::intern::intern_text(thread, name)?;
        protocol::set_attribute(thread, error.as_ref(), &name, Some(stop.clone()))?;
    }
    Ok(error)
}

/// Cancels the future itself, also of a task; whether it had not ended.
pub(crate) fn cancel(thread: &Thread, this: Ref<'_>, message: Value) -> PyResult<Value> {
    let Some(future) = this.get::<Native<Future>>() else { return Ok(Value::bool(false)) };
    future.tells.set(false);
    if future.status.get() != Status::Pending {
        return Ok(Value::bool(false));
    }
    future.status.set(Status::Cancelled);
    drop(future.cancel_message.replace(Some(message)));
    callbacks::schedule(thread, this, future)?;
    Ok(Value::bool(true))
}
