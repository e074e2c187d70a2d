//! `aiter` and `anext`.

use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::exception::STOP_ASYNC_ITERATION;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};

use crate::arguments::check_count;

/// What `anext` gives when there is a default: it awaits the next item, and ends with the default in its place.
#[derive(Default)]
pub(crate) struct NextOrDefault {
    awaitable: Slot,
    default: Slot,
}

native_type! {
    /// `anext_awaitable`.
    pub(crate) static NEXT_OR_DEFAULT: NextOrDefault = "anext_awaitable", flags flags::DISALLOW_INSTANTIATION,
    dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), await_: |_, this| Ok(this.to_value()), next: next }
}

native_state!(NextOrDefault in NEXT_OR_DEFAULT: awaitable, default);

method_table! { METHODS:
    Instance One c"send" "($self, value, /)" send, c"Goes on with a value.";
    Instance Positional c"throw" "($self, type, value=None, traceback=None, /)" throw, c"Raises an exception where it waits.";
    Instance None c"close" "($self, /)" close, c"Ends it.";
}

pub(super) fn aiter(thread: &Thread, _: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let Some(aiter) = iterable.ty().slots().aiter.get() else {
        let ty = iterable.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not an async iterable"));
    };
    let iterator = aiter(thread, iterable)?;
    if iterator.as_ref().ty().slots().anext.get().is_none() {
        let ty = iterator.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "aiter() returned not an async iterator of type '{ty}'"));
    }
    Ok(iterator)
}

pub(super) fn anext(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "anext", arguments.len(), 1, 2)?;
    let [iterator, default @ ..] = arguments else { return Ok(Value::none()) };
    let Some(anext) = iterator.as_ref().ty().slots().anext.get() else {
        let ty = iterator.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not an async iterator"));
    };
    let awaitable = anext(thread, iterator.as_ref())?;
    match default.first() {
        None => Ok(awaitable),
        Some(default) => {
            let state =
                NextOrDefault { awaitable: Slot::new(awaitable), default: Slot::new(default.clone()) };
            Ok(Native::new(thread, state)?.into_value())
        }
    }
}

/// The iterator behind the awaitable.
fn iterator(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let awaitable = receiver::<NextOrDefault>(thread, this)?.awaitable.get().unwrap_or_else(Value::none);
    let slots = awaitable.as_ref().ty().slots();
    match slots.await_.get() {
        Some(await_) => await_(thread, awaitable.as_ref()),
        None if slots.send.get().is_some() => Ok(awaitable),
        None => {
            let ty = awaitable.as_ref().ty().name();
            Err(raise!(thread, TYPE_ERROR, "'{ty}' object can't be awaited"))
        }
    }
}

/// The end of the iteration ends the awaitable with the default.
fn or_default(thread: &Thread, this: Ref<'_>, raised: Raised) -> Raised {
    let error = thread.catch(raised);
    if !error.as_ref().ty().is_subtype(&STOP_ASYNC_ITERATION) {
        return thread.raise(error);
    }
    match receiver::<NextOrDefault>(thread, this) {
        Ok(state) => {
            let default = state.default.get().unwrap_or_else(Value::none);
            thread.raise_value(&taipan_object::exception::STOP_ITERATION, default)
        }
        Err(raised) => raised,
    }
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let iterator = iterator(thread, this)?;
    let item = protocol::container::next_or_raise(thread, iterator.as_ref());
    item.map(Some).map_err(|raised| or_default(thread, this, raised))
}

fn forward(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    let iterator = iterator(thread, this)?;
    let name = taipan_object::str::intern::intern_text(thread, name)?;
    let method = protocol::get_attribute(thread, iterator.as_ref(), &name)?;
    protocol::call(thread, method.as_ref(), arguments, None)
        .map_err(|raised| or_default(thread, this, raised))
}

fn send(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "send", &[value.to_value()])
}

fn throw(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    forward(thread, this, "throw", arguments)
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    forward(thread, this, "close", &[])
}
