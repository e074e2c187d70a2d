//! `zip`: tuples of the items of several iterables.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};

use super::{iterators_of, itself, type_of};
use crate::arguments::Parameters;
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// A tuple of iterators, and whether they must be of one length.
#[derive(Default)]
pub(super) struct Zip {
    iterators: Slot,
    /// A tuple to use again.
    kept: Slot,
    strict: Cell<bool>,
}

native_type! {
    /// `zip`.
    pub(super) static ZIP: Zip = "zip", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Zip in ZIP: iterators, kept);

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
    let (iterables, strict) = split_strict(thread, "zip", arguments, names)?;
    let iterators = iterators_of(thread, iterables)?;
    let state = Zip { iterators: Slot::new(iterators), kept: Slot::empty(), strict: Cell::new(strict) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// The arguments by position, and the one that `zip` and `map` take by name.
pub(super) fn split_strict<'a>(
    thread: &Thread,
    function: &'static str,
    arguments: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<(&'a [Value], bool)> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let parameters =
        Parameters { function, names: ["strict"], positional_only: 0, positional: 0, required: 0 };
    let [strict] = parameters.bind(thread, named, names)?;
    let strict = strict.map_or(Ok(false), |strict| protocol::truth(thread, strict))?;
    Ok((positional, strict))
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Zip>(thread, this)?;
    let Some(held) = this.iterators.get() else { return Ok(None) };
    let Some(iterators) = held.as_ref().get::<PyTuple>() else { return Ok(None) };
    if let (2, Some(first), Some(second)) = (iterators.len(), iterators.borrow(0), iterators.borrow(1))
        && !this.strict.get()
    {
        let Some(first) = protocol::next(thread, first)? else { return Ok(None) };
        let Some(second) = protocol::next(thread, second)? else { return Ok(None) };
        return Ok(Some(PyTuple::pack_again(thread, &this.kept, [first, second])?.into_value()));
    }
    if iterators.is_empty() {
        return Ok(None);
    }
    let mut items = TupleBuilder::new(thread, iterators.len())?;
    for (at, iterator) in iterators.iter().enumerate() {
        match protocol::next(thread, iterator)? {
            Some(item) => items.push(item),
            None if this.strict.get() => {
                drop(items);
                return check_ends(thread, "zip", iterators, at).map(|()| None);
            }
            None => return Ok(None),
        }
    }
    Ok(Some(items.finish().into_value()))
}

/// The iterator at an index was the first to end: all the others must end, too, and none before it did.
#[cold]
pub(super) fn check_ends(thread: &Thread, function: &str, iterators: &PyTuple, at: usize) -> PyResult<()> {
    if at > 0 {
        return Err(unequal(thread, function, at, "shorter"));
    }
    for (at, iterator) in iterators.iter().enumerate().skip(1) {
        if protocol::next(thread, iterator)?.is_some() {
            return Err(unequal(thread, function, at, "longer"));
        }
    }
    Ok(())
}

#[cold]
fn unequal(thread: &Thread, function: &str, at: usize, how: &str) -> Raised {
    let number = at + 1;
    let others = if at == 1 { " 1".to_owned() } else { format!("s 1-{at}") };
    raise!(thread, VALUE_ERROR, "{function}() argument {number} is {how} than argument{others}")
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = type_of(this);
    let this = receiver::<Zip>(thread, this)?;
    let iterators = this.iterators.get().unwrap_or_else(|| PyTuple::empty().into_value());
    Ok(match this.strict.get() {
        true => PyTuple::pack(thread, [ty, iterators, Value::bool(true)])?,
        false => PyTuple::pack(thread, [ty, iterators])?,
    }
    .into_value())
}

fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let strict = protocol::truth(thread, state)?;
    receiver::<Zip>(thread, this)?.strict.set(strict);
    Ok(Value::none())
}
