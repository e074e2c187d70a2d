//! `Task`: what one has that other futures don't, how it is made and ends.

use std::cell::Cell;

use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::text;
use taipan_stdlib_core::contextvars;
use taipan_vm::interp::Coroutine;

use crate::future::{self, FUTURE, Future, Status, not_deleted, set_up, tell};
use crate::state::{self, Need, call_method};
use crate::{Names, callbacks, iterator, registry, result, step, task_methods};

/// What a task has that other futures don't.
#[derive(Default)]
pub(crate) struct TaskPart {
    pub(crate) coroutine: Slot,
    pub(crate) context: Slot,
    /// A string, or the number of a task without a name.
    pub(crate) name: Slot,
    /// What it waits for.
    pub(crate) waiter: Slot,
    /// Whether the error that says it was cancelled is raised at the next step.
    pub(crate) must_cancel: Cell<bool>,
    /// How often it was cancelled, less how often that was taken back.
    pub(crate) requests: Cell<i64>,
    /// Whether it is told of if it goes before it has ended.
    pub(crate) tells_pending: Cell<bool>,
    /// Whether it stands among those that there are.
    pub(crate) is_registered: Cell<bool>,
}

native_type! {
    /// `_asyncio.Task`
    pub(crate) static TASK: Future = "_asyncio.Task", flags flags::BASETYPE, dict true, weak true, extends FUTURE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Future::default())?.into_value()),
        init: init,
        repr: |thread, this| future::shown(thread, this, Need::TaskRepr),
        iter: iterator::iter,
        await_: iterator::iter,
        finalize: finalize,
    }
}

method_table! { INHERITED:
    Instance None c"result" "($self, /)" result::result, c"The result; the exception is raised.";
    Instance None c"exception" "($self, /)" result::exception, c"The exception, or None.";
    Instance Keywords c"add_done_callback" "($self, fn, /, *, context=<unrepresentable>)" callbacks::add, c"Adds what is called in the end.";
    Instance Keywords c"remove_done_callback" "($self, fn, /)" callbacks::remove, c"Takes out what would be called in the end.";
}

method_table! { METHODS:
    Instance One c"set_result" "($self, result, /)" |thread, _, _| unsupported(thread, "set_result"), c"Tasks set their results themselves.";
    Instance One c"set_exception" "($self, exception, /)" |thread, _, _| unsupported(thread, "set_exception"), c"Tasks set their exceptions themselves.";
    Instance Keywords c"cancel" "($self, /, msg=None)" task_methods::cancel, c"Lets the coroutine be cancelled at its next step.";
    Instance None c"cancelling" "($self, /)" task_methods::cancelling, c"How often it was cancelled.";
    Instance None c"uncancel" "($self, /)" task_methods::uncancel, c"Takes one cancellation back.";
    Instance Keywords c"get_stack" "($self, /, *, limit=None)" task_methods::get_stack, c"The frames of the coroutine.";
    Instance Keywords c"print_stack" "($self, /, *, limit=None, file=None)" task_methods::print_stack, c"Prints the frames of the coroutine.";
    Instance None c"get_name" "($self, /)" task_methods::get_name, c"The name.";
    Instance One c"set_name" "($self, value, /)" task_methods::set_name, c"Sets the name.";
    Instance None c"get_coro" "($self, /)" |thread, this| Ok(receiver::<Future>(thread, this)?.task.coroutine.get_or_none()), c"The coroutine.";
    Instance None c"get_context" "($self, /)" |thread, this| Ok(receiver::<Future>(thread, this)?.task.context.get_or_none()), c"The context that the coroutine runs in.";
}

attribute_table! { ATTRIBUTES:
    "_log_destroy_pending" |thread, this| Ok(Value::bool(receiver::<Future>(thread, this)?.task.tells_pending.get())), Some(set_tells_pending), "Whether it is told of if it goes before it has ended.";
    "_must_cancel" |thread, this| Ok(Value::bool(receiver::<Future>(thread, this)?.task.must_cancel.get())), None, "Whether it is cancelled at the next step.";
    "_coro" |thread, this| Ok(receiver::<Future>(thread, this)?.task.coroutine.get_or_none()), None, "The coroutine.";
    "_fut_waiter" |thread, this| Ok(receiver::<Future>(thread, this)?.task.waiter.get_or_none()), None, "What it waits for.";
}

fn unsupported(thread: &Thread, method: &str) -> PyResult<Value> {
    Err(raise!(thread, RUNTIME_ERROR, "Task does not support {method} operation"))
}

fn set_tells_pending(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(not_deleted(thread, this, "_log_destroy_pending")) };
    let tells = protocol::truth(thread, value.as_ref())?;
    receiver::<Future>(thread, this)?.task.tells_pending.set(tells);
    Ok(())
}

const INIT: Parameters<5> = Parameters {
    function: "Task",
    names: ["coro", "loop", "name", "context", "eager_start"],
    positional_only: 0,
    positional: 1,
    required: 1,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let own = receiver::<Future>(thread, this)?;
    let [coroutine, event_loop, name, context, eager] = INIT.bind(thread, arguments, names)?;
    let Some(coroutine) = coroutine else { return Ok(()) };
    let eager = eager.map_or(Ok(false), |eager| protocol::truth(thread, eager))?;
    set_up(thread, own, event_loop)?;
    let task = &own.task;
    if !is_coroutine(thread, coroutine)? {
        task.tells_pending.set(false);
        let shown = text::repr(thread, coroutine)?.to_text_lossy();
        return Err(raise!(thread, TYPE_ERROR, "a coroutine was expected, got {shown}"));
    }
    let context = match context.filter(|context| !context.is_none()) {
        Some(context) => context.to_value(),
        None => contextvars::copy_current(thread)?,
    };
    let name = task_name(thread, name)?;
    let before = [
        task.context.replace(Some(context)),
        task.waiter.take(),
        task.coroutine.replace(Some(coroutine.to_value())),
        task.name.replace(Some(name)),
    ];
    drop(before);
    task.must_cancel.set(false);
    task.requests.set(0);
    task.tells_pending.set(true);
    if eager {
        let runs = call_method(thread, &own.event_loop.get_or_none(), "is_running", &[])?;
        if protocol::truth(thread, runs.as_ref())? {
            return step::start_eagerly(thread, this, own);
        }
    }
    step::soon(thread, this, own, None)?;
    registry::add(thread, this, own)
}

fn is_coroutine(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    if value.get_exact::<Native<Coroutine>>().is_some() {
        return Ok(true);
    }
    let function = state::of(thread)?.need(Need::IsCoroutine);
    let answer = protocol::call(thread, function.as_ref(), &[value.to_value()], None)?;
    protocol::truth(thread, answer.as_ref())
}

/// The name, or the next number.
fn task_name(thread: &Thread, name: Option<Ref<'_>>) -> PyResult<Value> {
    match name.filter(|name| !name.is_none()) {
        Some(name) if name.get_exact::<PyStr>().is_some() => Ok(name.to_value()),
        Some(name) => Ok(text::str(thread, name)?.into_value()),
        None => {
            let state = state::of(thread)?;
            let number = state.next_name.get();
            state.next_name.set(number + 1);
            Value::uint(thread, number)
        }
    }
}

fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let own = receiver::<Future>(thread, this)?;
    let is_pending = own.status.get() == Status::Pending && own.event_loop.peek().is_some();
    if is_pending && own.task.tells_pending.get() {
        let message = "Task was destroyed but it is pending!";
        if let Err(raised) = tell(thread, own, &[("task", this.to_value())], message) {
            thread.unraisable(raised, None, Some(this));
        }
    }
    future::finalize(thread, this)
}
