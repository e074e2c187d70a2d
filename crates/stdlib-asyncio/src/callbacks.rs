//! What is called when a future has ended.

use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_stdlib_core::contextvars;

use crate::Names;
use crate::future::{Future, Status, alive};
use crate::state::{self, call_named};

/// Lets the event loop call something soon, with an argument, in a context.
pub(crate) fn call_soon(
    thread: &Thread,
    event_loop: &Value,
    function: Value,
    argument: Option<Value>,
    context: Value,
) -> PyResult<()> {
    let state = state::of(thread)?;
    let mut arguments = [Some(function), argument, Some(context)].into_iter().flatten();
    let names = &state.context_name;
    let result = match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(a), Some(b), Some(c)) => call_named(thread, event_loop, "call_soon", &[a, b, c], names),
        (Some(a), Some(b), None) => call_named(thread, event_loop, "call_soon", &[a, b], names),
        _ => return Ok(()),
    };
    result.map(drop)
}

const ADD: Parameters<2> = Parameters {
    function: "add_done_callback",
    names: ["", "context"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `add_done_callback(fn, /, *, context)`
pub(crate) fn add(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [function, context] = ADD.bind(thread, arguments, names)?;
    let context = match context {
        Some(context) => context.to_value(),
        None => contextvars::copy_current(thread)?,
    };
    add_callback(thread, this, function.map_or_else(Value::none, Ref::to_value), context)?;
    Ok(Value::none())
}

/// Adds a callback; if the future has ended it is called soon.
pub(crate) fn add_callback(thread: &Thread, this: Ref<'_>, function: Value, context: Value) -> PyResult<()> {
    let future = alive(thread, this)?;
    if future.status.get() != Status::Pending {
        let event_loop = future.event_loop.get_or_none();
        return call_soon(thread, &event_loop, function, Some(this.to_value()), context);
    }
    if future.callback.peek().is_none() && future.callbacks.peek().is_none() {
        drop((future.callback.replace(Some(function)), future.context.replace(Some(context))));
        return Ok(());
    }
    let list = match others(future) {
        Some(list) => list,
        None => {
            let list = PyList::new(thread)?;
            drop(future.callbacks.replace(Some(list.clone().into_value())));
            list
        }
    };
    list.push(thread, PyTuple::pack(thread, [function, context])?.into_value())
}

fn others(future: &Future) -> Option<Owned<PyList>> {
    future.callbacks.get()?.downcast().ok()
}

fn pair(pair: &Value) -> Option<(Value, Value)> {
    let pair = pair.as_ref().get::<PyTuple>()?;
    Some((pair.get(0)?, pair.get(1)?))
}

/// `_callbacks`
pub(crate) fn list(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = alive(thread, this)?;
    let all = PyList::new(thread)?;
    if let (Some(function), Some(context)) = (future.callback.get(), future.context.get()) {
        all.push(thread, PyTuple::pack(thread, [function, context])?.into_value())?;
    }
    if let Some(others) = others(future) {
        for pair in (0..others.len()).filter_map(|at| others.get(at)) {
            all.push(thread, pair)?;
        }
    }
    Ok(if all.is_empty() { Value::none() } else { all.into_value() })
}

const REMOVE: Parameters<1> = Parameters {
    function: "remove_done_callback",
    names: [""],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `remove_done_callback(fn, /)`
pub(crate) fn remove(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [Some(function)] = REMOVE.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let future = alive(thread, this)?;
    let mut removed = 0;
    if let Some(first) = future.callback.get()
        && protocol::same_or_equal(thread, first.as_ref(), function)?
    {
        // it may have changed meanwhile
        drop((future.callback.take(), future.context.take()));
        removed += 1;
    }
    let Some(list) = others(future) else { return Value::int(thread, removed) };
    let kept = PyList::new(thread)?;
    let mut at = 0;
    // comparing may change the list
    while let Some(entry) = list.get(at) {
        at += 1;
        let is_it = match pair(&entry) {
            Some((callback, _)) => protocol::same_or_equal(thread, callback.as_ref(), function)?,
            None => false,
        };
        match is_it {
            true => removed += 1,
            false => kept.push(thread, entry)?,
        }
    }
    while let Some(entry) = list.get(at) {
        kept.push(thread, entry)?;
        at += 1;
    }
    let kept = (!kept.is_empty()).then(|| kept.into_value());
    if future.callbacks.peek().is_some() {
        drop(future.callbacks.replace(kept));
    }
    Value::int(thread, removed)
}

/// Lets the event loop call all callbacks.
pub(crate) fn schedule(thread: &Thread, this: Ref<'_>, future: &Future) -> PyResult<()> {
    let event_loop = future.event_loop.get_or_none();
    if let (Some(function), context) = (future.callback.take(), held_context(future)) {
        call_soon(thread, &event_loop, function, Some(this.to_value()), context)?;
    }
    let Some(list) = future.callbacks.take().and_then(|list| list.downcast::<PyList>().ok()) else {
        return Ok(());
    };
    for (function, context) in (0..list.len()).filter_map(|at| pair(&list.get(at)?)) {
        call_soon(thread, &event_loop, function, Some(this.to_value()), context)?;
    }
    Ok(())
}

fn held_context(future: &Future) -> Value {
    future.context.take().unwrap_or_else(Value::none)
}
