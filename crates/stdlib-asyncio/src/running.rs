//! Which loop runs in a thread, and which of its tasks: it stands in the thread's dict.

use taipan_object::declare::native_state;
use taipan_object::dict::PyDict;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::text;

use crate::Names;
use crate::state::{self, Need, call_method};

/// What runs in a thread.
#[derive(Default)]
pub(crate) struct Running {
    event_loop: Slot,
    task: Slot,
}

native_type! {
    /// What runs in a thread.
    pub(crate) static RUNNING: Running = "_asyncio.running", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

native_state!(Running in RUNNING: event_loop, task);

/// The key of the thread's dict.
const KEY: &str = "_asyncio";

/// What runs in a thread, if something was noted of it.
fn known(thread: &Thread, of: &Thread) -> PyResult<Option<Owned<Native<Running>>>> {
    let Some(dict) = of.dict.get_as::<PyDict>() else { return Ok(None) };
    let found = dict.get_str(thread, &*intern_text(thread, KEY)?)?;
    Ok(found.and_then(|found| found.downcast().ok()))
}

/// What runs in this thread.
fn here(thread: &Thread) -> PyResult<Owned<Native<Running>>> {
    if let Some(known) = known(thread, thread)? {
        return Ok(known);
    }
    let dict = thread.own_dict()?;
    let made = Native::new(thread, Running::default())?;
    drop(dict.insert(thread, intern_text(thread, KEY)?.as_ref(), made.clone().into_value())?);
    Ok(made)
}

/// `_get_running_loop()`
pub(crate) fn get_or_none(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(known(thread, thread)?.map_or_else(Value::none, |running| running.event_loop.get_or_none()))
}

/// `_set_running_loop(loop, /)`
pub(crate) fn set(thread: &Thread, _: Ref<'_>, event_loop: Ref<'_>) -> PyResult<Value> {
    let running = here(thread)?;
    drop(running.event_loop.replace(Some(event_loop.to_value()).filter(|_| !event_loop.is_none())));
    Ok(Value::none())
}

/// `get_running_loop()`
pub(crate) fn get(thread: &Thread, module: Ref<'_>) -> PyResult<Value> {
    let event_loop = get_or_none(thread, module)?;
    match event_loop.as_ref().is_none() {
        true => Err(raise!(thread, RUNTIME_ERROR, "no running event loop")),
        false => Ok(event_loop),
    }
}

/// `get_event_loop()`
pub(crate) fn get_event_loop(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    event_loop(thread)
}

/// The loop that runs, or that of the policy.
pub(crate) fn event_loop(thread: &Thread) -> PyResult<Value> {
    if let Some(event_loop) = known(thread, thread)?.and_then(|running| running.event_loop.get()) {
        return Ok(event_loop);
    }
    let policy = state::of(thread)?.need(Need::Policy);
    let policy = protocol::call(thread, policy.as_ref(), &[], None)?;
    call_method(thread, &policy, "get_event_loop", &[])
}

const CURRENT: Parameters<1> =
    Parameters { function: "current_task", names: ["loop"], positional_only: 0, positional: 1, required: 0 };

/// `current_task(loop=None)`
pub(crate) fn current_task(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [event_loop] = CURRENT.bind(thread, arguments, names)?;
    let event_loop = match event_loop.filter(|event_loop| !event_loop.is_none()) {
        Some(event_loop) => event_loop.to_value(),
        None => get(thread, module)?,
    };
    let is_it = |running: &Native<Running>| {
        running.event_loop.get().is_some_and(|own| own.as_ref().is(event_loop.as_ref()))
    };
    if let Some(running) = known(thread, thread)?.filter(|running| is_it(running)) {
        return Ok(running.task.get_or_none());
    }
    for other in thread.interp().thread_states() {
        if let Some(running) = known(thread, other)?.filter(|running| is_it(running)) {
            return Ok(running.task.get_or_none());
        }
    }
    Ok(Value::none())
}

const fn pair(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["loop", "task"], positional_only: 0, positional: 2, required: 2 }
}

const ENTER: Parameters<2> = pair("_enter_task");
const LEAVE: Parameters<2> = pair("_leave_task");
const SWAP: Parameters<2> = pair("_swap_current_task");

fn shown(thread: &Thread, value: Ref<'_>) -> PyResult<String> {
    Ok(text::repr(thread, value)?.to_text_lossy())
}

#[cold]
fn not_running(thread: &Thread, event_loop: Ref<'_>) -> Raised {
    match shown(thread, event_loop) {
        Ok(shown) => raise!(thread, RUNTIME_ERROR, "loop {shown} is not the running loop"),
        Err(raised) => raised,
    }
}

/// What runs in this thread, where the loop must be the one that runs.
fn of_loop(thread: &Thread, event_loop: Ref<'_>) -> PyResult<Owned<Native<Running>>> {
    let running = known(thread, thread)?;
    let is_it = |running: &Owned<Native<Running>>| {
        running.event_loop.get().is_some_and(|own| own.as_ref().is(event_loop))
    };
    running.filter(is_it).ok_or_else(|| not_running(thread, event_loop))
}

/// A task begins to run.
pub(crate) fn enter(thread: &Thread, event_loop: Ref<'_>, task: Ref<'_>) -> PyResult<()> {
    let running = of_loop(thread, event_loop)?;
    if let Some(other) = running.task.get() {
        let (task, other) = (shown(thread, task)?, shown(thread, other.as_ref())?);
        let message = format!("Cannot enter into task {task} while another task {other} is being executed.");
        return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
    }
    drop(running.task.replace(Some(task.to_value())));
    Ok(())
}

/// A task ceases to run.
pub(crate) fn leave(thread: &Thread, event_loop: Ref<'_>, task: Ref<'_>) -> PyResult<()> {
    let running = of_loop(thread, event_loop)?;
    let current = running.task.get();
    if !current.as_ref().is_some_and(|current| current.as_ref().is(task)) {
        let current = current.unwrap_or_else(Value::none);
        let (task, current) = (shown(thread, task)?, shown(thread, current.as_ref())?);
        let message = format!("Invalid attempt to leave task {task} while task {current} is entered.");
        return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
    }
    drop(running.task.take());
    Ok(())
}

/// Sets the task that runs, none for `None`; gives the one before.
pub(crate) fn swap(thread: &Thread, event_loop: Ref<'_>, task: Ref<'_>) -> PyResult<Value> {
    let running = of_loop(thread, event_loop)?;
    let before = running.task.replace(Some(task.to_value()).filter(|_| !task.is_none()));
    Ok(before.unwrap_or_else(Value::none))
}

/// `_enter_task(loop, task)`
pub(crate) fn enter_task(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    if let [Some(event_loop), Some(task)] = ENTER.bind(thread, arguments, names)? {
        enter(thread, event_loop, task)?;
    }
    Ok(Value::none())
}

/// `_leave_task(loop, task)`
pub(crate) fn leave_task(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    if let [Some(event_loop), Some(task)] = LEAVE.bind(thread, arguments, names)? {
        leave(thread, event_loop, task)?;
    }
    Ok(Value::none())
}

/// `_swap_current_task(loop, task)`
pub(crate) fn swap_task(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    match SWAP.bind(thread, arguments, names)? {
        [Some(event_loop), Some(task)] => swap(thread, event_loop, task),
        _ => Ok(Value::none()),
    }
}

/// Called in the child of a fork, where no loop runs.
pub(crate) fn forget(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    if let Some(running) = known(thread, thread)? {
        drop((running.event_loop.take(), running.task.take()));
    }
    Ok(Value::none())
}
