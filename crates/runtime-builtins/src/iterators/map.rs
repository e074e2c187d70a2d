//! `map`: what a function gives for the items of one or more iterables.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};

use super::zip::{check_ends, split_strict};
use super::{iterators_of, itself, type_of};
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// The function, a tuple of iterators, and whether they must be of one length.
#[derive(Default)]
pub(super) struct Map {
    function: Slot,
    iterators: Slot,
    strict: Cell<bool>,
}

native_type! {
    /// `map`.
    pub(super) static MAP: Map = "map", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Map in MAP: function, iterators);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" setstate, c"Sets whether the iterables must be of one length.";
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let (positional, strict) = split_strict(thread, "map", arguments, names)?;
    let [function, iterables @ ..] = positional else {
        return Err(raise!(thread, TYPE_ERROR, "map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "map() must have at least two arguments."));
    }
    let iterators = iterators_of(thread, iterables)?;
    let state = Map {
        function: Slot::new(function.clone()),
        iterators: Slot::new(iterators),
        strict: Cell::new(strict),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Map>(thread, this)?;
    let (Some(function), Some(held)) = (this.function.get(), this.iterators.get()) else { return Ok(None) };
    let Some(iterators) = held.as_ref().get::<PyTuple>() else { return Ok(None) };
    if let (1, Some(only)) = (iterators.len(), iterators.borrow(0)) {
        let Some(item) = protocol::next(thread, only)? else { return Ok(None) };
        return protocol::call(thread, function.as_ref(), &[item], None).map(Some);
    }
    let mut items = Vec::new();
    if items.try_reserve_exact(iterators.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for (at, iterator) in iterators.iter().enumerate() {
        match protocol::next(thread, iterator)? {
            Some(item) => items.push(item),
            None if this.strict.get() => {
                return check_ends(thread, "map", iterators, at).map(|()| None);
            }
            None => return Ok(None),
        }
    }
    protocol::call(thread, function.as_ref(), &items, None).map(Some)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = type_of(this);
    let this = receiver::<Map>(thread, this)?;
    let held = this.iterators.get();
    let iterators = held.as_ref().and_then(|held| held.as_ref().get::<PyTuple>());
    let function = this.function.get().unwrap_or_else(Value::none);
    let parts = iterators.into_iter().flat_map(PyTuple::iter).map(Ref::to_value);
    let arguments = PyTuple::from_values(thread, std::iter::once(function).chain(parts).collect::<Vec<_>>())?;
    let arguments = arguments.into_value();
    Ok(match this.strict.get() {
        true => PyTuple::pack(thread, [ty, arguments, Value::bool(true)])?,
        false => PyTuple::pack(thread, [ty, arguments])?,
    }
    .into_value())
}

fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let strict = protocol::truth(thread, state)?;
    receiver::<Map>(thread, this)?.strict.set(strict);
    Ok(Value::none())
}
