//! The methods of tasks.

use taipan_object::declare::receiver;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::text;

use crate::Names;
use crate::future::{Future, Status, cancel_argument};
use crate::state::{self, Need, call_named};

/// `cancel(msg=None)`
pub(crate) fn cancel(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let message = cancel_argument(thread, arguments, names)?;
    let own = receiver::<Future>(thread, this)?;
    own.tells.set(false);
    if own.status.get() != Status::Pending {
        return Ok(Value::bool(false));
    }
    own.task.requests.set(own.task.requests.get() + 1);
    if let Some(waiter) = own.task.waiter.get()
        && cancel_other(thread, &waiter, message.clone())?
    {
        return Ok(Value::bool(true));
    }
    own.task.must_cancel.set(true);
    drop(own.cancel_message.replace(Some(message)));
    Ok(Value::bool(true))
}

/// Cancels what a task waits for; whether it had not ended.
pub(crate) fn cancel_other(thread: &Thread, waiter: &Value, message: Value) -> PyResult<bool> {
    let state = state::of(thread)?;
    let answer = call_named(thread, waiter, "cancel", &[message], &state.message_name)?;
    protocol::truth(thread, answer.as_ref())
}

/// `cancelling()`
pub(crate) fn cancelling(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, receiver::<Future>(thread, this)?.task.requests.get())
}

/// `uncancel()`
pub(crate) fn uncancel(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let task = &receiver::<Future>(thread, this)?.task;
    if task.requests.get() > 0 {
        task.requests.set(task.requests.get() - 1);
        if task.requests.get() == 0 {
            task.must_cancel.set(false);
        }
    }
    Value::int(thread, task.requests.get())
}

const GET_STACK: Parameters<1> =
    Parameters { function: "get_stack", names: ["limit"], positional_only: 0, positional: 0, required: 0 };

/// `get_stack(*, limit=None)`
pub(crate) fn get_stack(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [limit] = GET_STACK.bind(thread, arguments, names)?;
    let function = state::of(thread)?.need(Need::TaskStack);
    let limit = limit.map_or_else(Value::none, Ref::to_value);
    protocol::call(thread, function.as_ref(), &[this.to_value(), limit], None)
}

const PRINT_STACK: Parameters<2> = Parameters {
    function: "print_stack",
    names: ["limit", "file"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

/// `print_stack(*, limit=None, file=None)`
pub(crate) fn print_stack(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [limit, file] = PRINT_STACK.bind(thread, arguments, names)?;
    let function = state::of(thread)?.need(Need::PrintTaskStack);
    let or_none = |value: Option<Ref<'_>>| value.map_or_else(Value::none, Ref::to_value);
    protocol::call(thread, function.as_ref(), &[this.to_value(), or_none(limit), or_none(file)], None)
}

/// `get_name()`
pub(crate) fn get_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = receiver::<Future>(thread, this)?.task.name.get_or_none();
    match name.as_ref().to_i64() {
        Some(number) => Ok(PyStr::from_text(thread, &format!("Task-{number}"))?.into_value()),
        None => Ok(name),
    }
}

/// `set_name(value, /)`
pub(crate) fn set_name(thread: &Thread, this: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<Future>(thread, this)?;
    let name = match name.get_exact::<PyStr>() {
        Some(_) => name.to_value(),
        None => text::str(thread, name)?.into_value(),
    };
    drop(own.task.name.replace(Some(name)));
    Ok(Value::none())
}
