//! Which tasks there are, and who waits for whom.

use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::weakref::PyWeakReference;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::iterate::collect;

use crate::Names;
use crate::future::{Future, Status};
use crate::running;
use crate::state::{self, call_method};
use crate::task::TASK;

/// Whether a value is a task of this module, or of a class derived from it.
pub(crate) fn is_task(value: Ref<'_>) -> Option<&Native<Future>> {
    value.get::<Native<Future>>().filter(|_| value.ty().is_subtype(&TASK))
}

fn key(task: Ref<'_>) -> u64 {
    task.word().bits()
}

/// Adds a task of this module to those that there are.
pub(crate) fn add(thread: &Thread, this: Ref<'_>, task: &Future) -> PyResult<()> {
    if task.task.is_registered.replace(true) {
        return Ok(());
    }
    let weak = PyWeakReference::new(thread, this, None)?.into_value();
    let before = state::of(thread)?.tasks.borrow_mut().insert(key(this), weak);
    drop(before);
    Ok(())
}

/// Takes it out.
pub(crate) fn forget(thread: &Thread, this: Ref<'_>, task: &Future) {
    if !task.task.is_registered.replace(false) {
        return;
    }
    let kept = thread.interp().kept(taipan_object::interp::Keeper::Asyncio).get();
    if let Some(state) = kept.as_ref().and_then(|kept| kept.as_ref().get::<Native<state::State>>()) {
        let before = state.tasks.borrow_mut().remove(&key(this));
        drop(before);
    }
}

const fn task_parameter(function: &'static str) -> Parameters<1> {
    Parameters { function, names: ["task"], positional_only: 0, positional: 1, required: 1 }
}

const REGISTER: Parameters<1> = task_parameter("_register_task");
const UNREGISTER: Parameters<1> = task_parameter("_unregister_task");
const REGISTER_EAGER: Parameters<1> = task_parameter("_register_eager_task");
const UNREGISTER_EAGER: Parameters<1> = task_parameter("_unregister_eager_task");

/// `_register_task(task)`
pub(crate) fn register(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [Some(task)] = REGISTER.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    match is_task(task) {
        Some(own) => add(thread, task, own)?,
        None => {
            let others = state::of(thread)?.other_tasks.get_or_none();
            call_method(thread, &others, "add", &[task.to_value()])?;
        }
    }
    Ok(Value::none())
}

/// `_unregister_task(task)`
pub(crate) fn unregister(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [Some(task)] = UNREGISTER.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    match is_task(task) {
        Some(own) => forget(thread, task, own),
        None => {
            let others = state::of(thread)?.other_tasks.get_or_none();
            call_method(thread, &others, "discard", &[task.to_value()])?;
        }
    }
    Ok(Value::none())
}

/// Adds a task that begins at once.
pub(crate) fn add_eager(thread: &Thread, task: Ref<'_>) -> PyResult<()> {
    if let Some(eager) = state::of(thread)?.eager_tasks.get_or_none().as_ref().get::<PySet>() {
        eager.add(thread, task)?;
    }
    Ok(())
}

/// Takes out a task that began at once.
pub(crate) fn forget_eager(thread: &Thread, task: Ref<'_>) -> PyResult<()> {
    if let Some(eager) = state::of(thread)?.eager_tasks.get_or_none().as_ref().get::<PySet>() {
        drop(eager.discard(thread, task)?);
    }
    Ok(())
}

/// `_register_eager_task(task)`
pub(crate) fn register_eager(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    if let [Some(task)] = REGISTER_EAGER.bind(thread, arguments, names)? {
        add_eager(thread, task)?;
    }
    Ok(Value::none())
}

/// `_unregister_eager_task(task)`
pub(crate) fn unregister_eager(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    if let [Some(task)] = UNREGISTER_EAGER.bind(thread, arguments, names)? {
        forget_eager(thread, task)?;
    }
    Ok(Value::none())
}

const ALL: Parameters<1> =
    Parameters { function: "all_tasks", names: ["loop"], positional_only: 0, positional: 1, required: 0 };

/// `all_tasks(loop=None)`
pub(crate) fn all_tasks(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [event_loop] = ALL.bind(thread, arguments, names)?;
    let event_loop = match event_loop.filter(|event_loop| !event_loop.is_none()) {
        Some(event_loop) => event_loop.to_value(),
        None => running::get(thread, module)?,
    };
    let state = state::of(thread)?;
    let mut tasks: Vec<Value> = {
        let known = state.tasks.borrow();
        known.values().filter_map(|weak| weak.as_ref().get::<PyWeakReference>()?.target()).collect()
    };
    for others in [state.eager_tasks.get_or_none(), state.other_tasks.get_or_none()] {
        tasks.extend(collect(thread, others.as_ref())?);
    }
    let all = PySet::new(thread)?;
    for task in tasks {
        if is_of(thread, &task, &event_loop)? {
            all.add(thread, task.as_ref())?;
        }
    }
    Ok(all.into_value())
}

/// Whether a task is one of the loop, and not done.
fn is_of(thread: &Thread, task: &Value, event_loop: &Value) -> PyResult<bool> {
    if let Some(own) = is_task(task.as_ref()) {
        let is_its = own.event_loop.get().is_some_and(|its| its.as_ref().is(event_loop.as_ref()));
        return Ok(is_its && own.status.get() == Status::Pending);
    }
    let done = call_method(thread, task, "done", &[])?;
    if protocol::truth(thread, done.as_ref())? {
        return Ok(false);
    }
    Ok(loop_of(thread, task)?.as_ref().is(event_loop.as_ref()))
}

/// The event loop of a future or task of any kind.
pub(crate) fn loop_of(thread: &Thread, future: &Value) -> PyResult<Value> {
    if let Some(own) = crate::future::exact(future.as_ref()) {
        return Ok(own.event_loop.get_or_none());
    }
    let name = taipan_object::str::intern::intern_text(thread, "get_loop")?;
    match taipan_runtime_builtins::objects::find_attribute(thread, future.as_ref(), &name)? {
        Some(get_loop) => protocol::call(thread, get_loop.as_ref(), &[], None),
        None => {
            let name = taipan_object::str::intern::intern_text(thread, "_loop")?;
            protocol::get_attribute(thread, future.as_ref(), &name)
        }
    }
}

/// Notes that somebody waits for a future.
pub(crate) fn note_waiting(thread: &Thread, future: Ref<'_>, waiter: Ref<'_>) -> PyResult<()> {
    let (Some(own), Some(_)) = (future.get::<Native<Future>>(), waiter.get::<Native<Future>>()) else {
        return Ok(());
    };
    let Some(known) = own.awaited_by.get() else {
        drop(own.awaited_by.replace(Some(waiter.to_value())));
        return Ok(());
    };
    if let Some(set) = known.as_ref().get::<PySet>() {
        set.add(thread, waiter)?;
    } else if !known.as_ref().is(waiter) {
        let set = PySet::new(thread)?;
        set.add(thread, known.as_ref())?;
        set.add(thread, waiter)?;
        drop(own.awaited_by.replace(Some(set.into_value())));
    }
    Ok(())
}

/// Forgets that somebody waits for a future.
pub(crate) fn note_not_waiting(thread: &Thread, future: Ref<'_>, waiter: Ref<'_>) -> PyResult<()> {
    let (Some(own), Some(_)) = (future.get::<Native<Future>>(), waiter.get::<Native<Future>>()) else {
        return Ok(());
    };
    let Some(known) = own.awaited_by.get() else { return Ok(()) };
    if let Some(set) = known.as_ref().get::<PySet>() {
        drop(set.discard(thread, waiter)?);
    } else if known.as_ref().is(waiter) {
        drop(own.awaited_by.take());
    }
    Ok(())
}

/// `future_add_to_awaited_by(fut, waiter, /)`
pub(crate) fn add_awaited_by(
    thread: &Thread,
    _: Ref<'_>,
    future: Ref<'_>,
    waiter: Ref<'_>,
) -> PyResult<Value> {
    note_waiting(thread, future, waiter).map(|()| Value::none())
}

/// `future_discard_from_awaited_by(fut, waiter, /)`
pub(crate) fn discard_awaited_by(
    thread: &Thread,
    _: Ref<'_>,
    future: Ref<'_>,
    waiter: Ref<'_>,
) -> PyResult<Value> {
    note_not_waiting(thread, future, waiter).map(|()| Value::none())
}
