//! Goes on with a task: its coroutine runs to the next future that it waits for, or to its end.

use taipan_object::builtin::{Binding, MethodDef, Native as Form, PyCFunction};
use taipan_object::declare::{attribute_table, native_state, receiver};
use taipan_object::exception::{
    ATTRIBUTE_ERROR, KEYBOARD_INTERRUPT, PyBaseException, RUNTIME_ERROR, STOP_ITERATION, SYSTEM_EXIT,
};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::slots::Sent;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::instance_check::is_instance;
use taipan_runtime_builtins::text;
use taipan_stdlib_core::contextvars;
use taipan_vm::interp::Generator;

use crate::future::{Future, Status, exact};
use crate::state::{self, Need, call_method, call_named, invalid};
use crate::task_methods::cancel_other;
use crate::{Names, callbacks, registry, result, running};

/// What the event loop calls for a step.
#[derive(Default)]
pub(crate) struct Step {
    task: Slot,
    /// The exception that is raised in the coroutine.
    exception: Slot,
}

native_type! {
    /// `_asyncio.TaskStepMethWrapper`
    pub(crate) static STEP: Step = "_asyncio.TaskStepMethWrapper", flags 0, dict false, weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Step::default())?.into_value()),
        call: call,
    }
}

native_state!(Step in STEP: task, exception);

attribute_table! { ATTRIBUTES:
    "__self__" |thread, this| Ok(receiver::<Step>(thread, this)?.task.get_or_none()), None, "The task.";
}

static WAKE_UP: MethodDef =
    MethodDef::new(c"task_wakeup", Binding::Instance, Form::One(wake_up), "", c"Goes on with the task.");

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "function takes no keyword arguments"));
    }
    if !arguments.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "function takes no positional arguments"));
    }
    let step = receiver::<Step>(thread, this)?;
    let task = step.task.get_or_none();
    go_on(thread, task.as_ref(), step.exception.get())?;
    Ok(Value::none())
}

/// Lets the event loop make a step soon.
pub(crate) fn soon(thread: &Thread, this: Ref<'_>, task: &Future, exception: Option<Value>) -> PyResult<()> {
    let step = Step { task: Slot::new(this.to_value()), exception: Slot::from_option(exception) };
    let step = Native::new(thread, step)?.into_value();
    callbacks::call_soon(thread, &task.event_loop.get_or_none(), step, None, task.task.context.get_or_none())
}

/// Makes a step: what the event loop called.
fn go_on(thread: &Thread, this: Ref<'_>, exception: Option<Value>) -> PyResult<()> {
    let task = crate::future::alive(thread, this)?;
    let event_loop = task.event_loop.get_or_none();
    running::enter(thread, event_loop.as_ref(), this)?;
    let result = step(thread, this, task, exception);
    match result {
        Ok(()) => running::leave(thread, event_loop.as_ref(), this),
        Err(raised) => {
            let exception = thread.catch(raised);
            if let Err(raised) = running::leave(thread, event_loop.as_ref(), this) {
                drop(thread.catch(raised));
            }
            Err(thread.raise(exception))
        }
    }
}

/// Called with the future that a task waited for.
fn wake_up(thread: &Thread, this: Ref<'_>, future: Ref<'_>) -> PyResult<Value> {
    registry::note_not_waiting(thread, future, this)?;
    let outcome = match exact(future) {
        Some(own) => result::outcome(thread, own).map(Result::err),
        None => call_method(thread, &future.to_value(), "result", &[]).map(|_| None),
    };
    let exception = match outcome {
        Ok(exception) => exception,
        // this may be a cancellation as well
        Err(raised) => Some(thread.catch(raised)),
    };
    go_on(thread, this, exception)?;
    Ok(Value::none())
}

/// Begins with a task at once, in its context.
pub(crate) fn start_eagerly(thread: &Thread, this: Ref<'_>, task: &Future) -> PyResult<()> {
    let event_loop = task.event_loop.get_or_none();
    let before = running::swap(thread, event_loop.as_ref(), this)?;
    let started = registry::add_eager(thread, this).and_then(|()| {
        let context = task.task.context.get_or_none();
        let stepped = contextvars::within(thread, context.as_ref(), || step(thread, this, task, None));
        first_error(thread, stepped, |thread| registry::forget_eager(thread, this))
    });
    let result = first_error(thread, started, |thread| {
        running::swap(thread, event_loop.as_ref(), before.as_ref()).map(drop)
    });
    if task.status.get() == Status::Pending {
        return first_error(thread, result, |thread| registry::add(thread, this, task));
    }
    drop(task.task.coroutine.take());
    result
}

/// Does something that must be done in any case; the first error counts.
fn first_error(
    thread: &Thread,
    so_far: PyResult<()>,
    last: impl FnOnce(&Thread) -> PyResult<()>,
) -> PyResult<()> {
    let Err(raised) = so_far else { return last(thread) };
    let exception = thread.catch(raised);
    if let Err(raised) = last(thread) {
        drop(thread.catch(raised));
    }
    Err(thread.raise(exception))
}

/// How far the coroutine came.
enum Came {
    Yielded(Value),
    Returned(Value),
}

fn step(thread: &Thread, this: Ref<'_>, own: &Future, exception: Option<Value>) -> PyResult<()> {
    if own.status.get() != Status::Pending {
        let task = text::repr(thread, this)?.to_text_lossy();
        let exception = exception.unwrap_or_else(Value::none);
        let exception = text::repr(thread, exception.as_ref())?.to_text_lossy();
        return Err(invalid(thread, &format!("__step(): already done: {task} {exception}")));
    }
    let mut exception = exception;
    if own.task.must_cancel.get() {
        let class = state::of(thread)?.need(Need::CancelledError);
        let is_cancelled = match &exception {
            Some(exception) => is_instance(thread, exception.as_ref(), class.as_ref())?,
            None => false,
        };
        if !is_cancelled {
            exception = Some(own.cancelled_error(thread)?);
        }
        own.task.must_cancel.set(false);
    }
    drop(own.task.waiter.take());
    let Some(coroutine) = own.task.coroutine.get() else {
        return Err(raise!(thread, RUNTIME_ERROR, "uninitialized Task object"));
    };
    match resume(thread, &coroutine, exception) {
        Ok(Came::Yielded(value)) => yielded(thread, this, own, value),
        Ok(Came::Returned(value)) => {
            if own.task.must_cancel.replace(false) {
                result::cancel(thread, this, own.cancel_message.get_or_none())?;
            } else {
                result::finish(thread, this, value)?;
            }
            ended(thread, this, own);
            Ok(())
        }
        Err(raised) => {
            let exception = thread.catch(raised);
            failed(thread, this, own, exception)
        }
    }
}

/// A task that has ended is none of those that there are.
fn ended(thread: &Thread, this: Ref<'_>, own: &Future) {
    registry::forget(thread, this, own);
}

fn resume(thread: &Thread, coroutine: &Value, exception: Option<Value>) -> PyResult<Came> {
    let result = match exception {
        Some(exception) => call_method(thread, coroutine, "throw", &[exception]),
        None => match coroutine.as_ref().ty().slots().send.get() {
            Some(send) => {
                return Ok(match send(thread, coroutine.as_ref(), Value::none().as_ref())? {
                    Sent::Next(value) => Came::Yielded(value),
                    Sent::Return(value) => Came::Returned(value),
                });
            }
            None if coroutine.as_ref().ty().slots().next.get().is_some() => {
                protocol::container::next_or_raise(thread, coroutine.as_ref())
            }
            None => call_method(thread, coroutine, "send", &[Value::none()]),
        },
    };
    match result {
        Ok(value) => Ok(Came::Yielded(value)),
        Err(raised) => {
            let exception = thread.catch(raised);
            let stop = exception.as_ref().get::<PyBaseException>();
            match stop.filter(|_| exception.as_ref().ty().is_subtype(&STOP_ITERATION)) {
                Some(stop) => Ok(Came::Returned(stop.field(0).unwrap_or_else(Value::none))),
                None => Err(thread.raise(exception)),
            }
        }
    }
}

/// The coroutine ended by an exception.
fn failed(thread: &Thread, this: Ref<'_>, own: &Future, exception: Value) -> PyResult<()> {
    let class = state::of(thread)?.need(Need::CancelledError);
    let is_cancelled =
        class.as_ref().get::<PyTypeObject>().is_some_and(|class| exception.as_ref().ty().is_subtype(class));
    if is_cancelled {
        drop(own.cancelled_by.replace(Some(exception)));
        result::cancel(thread, this, Value::none())?;
        ended(thread, this, own);
        return Ok(());
    }
    result::fail(thread, this, exception.clone())?;
    ended(thread, this, own);
    let ty = exception.as_ref().ty();
    match ty.is_subtype(&KEYBOARD_INTERRUPT) || ty.is_subtype(&SYSTEM_EXIT) {
        true => Err(thread.raise(exception)),
        false => Ok(()),
    }
}

/// Raises an error in the coroutine, soon.
fn error_soon(thread: &Thread, this: Ref<'_>, own: &Future, message: &str) -> PyResult<()> {
    let message = PyStr::from_text(thread, message)?.into_value();
    let error = protocol::call(thread, as_ref::<PyTypeObject>(&RUNTIME_ERROR), &[message], None)?;
    soon(thread, this, own, Some(error))
}

/// The coroutine yielded something: a future that it waits for.
fn yielded(thread: &Thread, this: Ref<'_>, own: &Future, value: Value) -> PyResult<()> {
    if value.as_ref().is_none() {
        return soon(thread, this, own, None);
    }
    let show = |value: Ref<'_>| -> PyResult<String> { Ok(text::repr(thread, value)?.to_text_lossy()) };
    if value.as_ref().is(this) {
        let message = format!("Task cannot await on itself: {}", show(this)?);
        return error_soon(thread, this, own, &message);
    }
    let blocking = match exact(value.as_ref()) {
        Some(future) => Some(future.blocking.get()),
        None => blocking_of(thread, &value)?,
    };
    let Some(blocking) = blocking else {
        let message = match value.as_ref().get_exact::<Native<Generator>>() {
            Some(_) => format!(
                "yield was used instead of yield from for generator in task {} with {}",
                show(this)?,
                show(value.as_ref())?
            ),
            None => format!("Task got bad yield: {}", show(value.as_ref())?),
        };
        return error_soon(thread, this, own, &message);
    };
    let event_loop = registry::loop_of(thread, &value)?;
    if !event_loop.as_ref().is(own.event_loop.get_or_none().as_ref()) {
        let (task, future) = (show(this)?, show(value.as_ref())?);
        let message = format!("Task {task} got Future {future} attached to a different loop");
        return error_soon(thread, this, own, &message);
    }
    if !blocking {
        let (task, future) = (show(this)?, show(value.as_ref())?);
        let message = format!("yield was used instead of yield from in task {task} with {future}");
        return error_soon(thread, this, own, &message);
    }
    wait(thread, this, own, value)
}

/// What a future of another class says; none if it is no future.
fn blocking_of(thread: &Thread, value: &Value) -> PyResult<Option<bool>> {
    let name = intern_text(thread, "_asyncio_future_blocking")?;
    match protocol::get_attribute(thread, value.as_ref(), &name) {
        Ok(found) if found.as_ref().is_none() => Ok(None),
        Ok(found) => protocol::truth(thread, found.as_ref()).map(Some),
        Err(raised) => {
            let exception = thread.catch(raised);
            match exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                true => Ok(None),
                false => Err(thread.raise(exception)),
            }
        }
    }
}

/// Goes on when a future has ended.
fn wait(thread: &Thread, this: Ref<'_>, own: &Future, future: Value) -> PyResult<()> {
    registry::note_waiting(thread, future.as_ref(), this)?;
    let wake_up = PyCFunction::new(thread, &WAKE_UP, Some(this.to_value()), None)?.into_value();
    let context = own.task.context.get_or_none();
    match exact(future.as_ref()) {
        Some(exact) => {
            exact.blocking.set(false);
            callbacks::add_callback(thread, future.as_ref(), wake_up, context)?;
        }
        None => {
            let name = intern_text(thread, "_asyncio_future_blocking")?;
            protocol::set_attribute(thread, future.as_ref(), &name, Some(Value::bool(false)))?;
            let state = state::of(thread)?;
            call_named(thread, &future, "add_done_callback", &[wake_up, context], &state.context_name)?;
        }
    }
    drop(own.task.waiter.replace(Some(future.clone())));
    if own.task.must_cancel.get() && cancel_other(thread, &future, own.cancel_message.get_or_none())? {
        own.task.must_cancel.set(false);
    }
    Ok(())
}
