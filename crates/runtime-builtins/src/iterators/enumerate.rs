//! `enumerate`: items with their numbers.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};

use super::{itself, reduced, type_of};
use crate::construct::exact_index;
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// An iterator and the number of its next item: in `count`, or in `long` where it is longer than a word.
#[derive(Default)]
pub(crate) struct Enumerate {
    iterator: Slot,
    /// A tuple to use again.
    kept: Slot,
    count: Cell<i64>,
    long: Slot,
}

native_type! {
    /// `enumerate`.
    pub(crate) static ENUMERATE: Enumerate = "enumerate", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Enumerate in ENUMERATE: iterator, kept, long);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
}

/// The iterable and the start, which both can be given by name.
fn bind<'a>(
    thread: &Thread,
    arguments: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<(Option<Ref<'a>>, Option<Ref<'a>>)> {
    let by_name = names.map_or(0, PyTuple::len);
    let count = arguments.len();
    if count > 2 {
        return Err(raise!(thread, TYPE_ERROR, "enumerate() takes at most 2 arguments ({count} given)"));
    }
    let (positional, named) = arguments.split_at(count.saturating_sub(by_name));
    let (mut iterable, mut start) =
        (positional.first().map(Value::as_ref), positional.get(1).map(Value::as_ref));
    for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(named) {
        let name = name.get::<PyStr>();
        let is = |known: &str| name.is_some_and(|name| name.equals_text(known));
        let alone = count == 1;
        if is("iterable") && iterable.is_none() {
            iterable = Some(value.as_ref());
        } else if is("start") && start.is_none() && !alone {
            start = Some(value.as_ref());
        } else {
            let name = name.map(PyStr::to_text_lossy).unwrap_or_default();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "'{name}' is an invalid keyword argument for enumerate()"
            ));
        }
    }
    Ok((iterable, start))
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let (iterable, start) = bind(thread, arguments, names)?;
    let Some(iterable) = iterable else {
        return Err(raise!(thread, TYPE_ERROR, "enumerate() missing required argument 'iterable'"));
    };
    let start = start.map_or(Ok(Value::small(0)), |start| exact_index(thread, start))?;
    let iterator = protocol::iter(thread, iterable)?;
    let small = start.word().as_int();
    let state = Enumerate {
        iterator: Slot::new(iterator),
        kept: Slot::empty(),
        count: Cell::new(small.unwrap_or(0)),
        long: Slot::from_option(small.is_none().then_some(start)),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

#[inline]
fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Enumerate>(thread, this)?;
    let Some(iterator) = this.iterator.get() else { return Ok(None) };
    let Some(item) = protocol::next(thread, iterator.as_ref())? else { return Ok(None) };
    let number = number(thread, this)?;
    Ok(Some(PyTuple::pack_again(thread, &this.kept, [number, item])?.into_value()))
}

/// The next number; counts on.
#[inline]
fn number(thread: &Thread, this: &Enumerate) -> PyResult<Value> {
    if this.long.peek().is_none() {
        let count = this.count.get();
        this.count.set(count + 1);
        return Value::int(thread, count);
    }
    let number = this.long.get().unwrap_or_else(|| Value::small(0));
    let next = binary(thread, number.as_ref(), Value::small(1).as_ref(), BinaryOp::Add)?;
    drop(this.long.replace(Some(next)));
    Ok(number)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = type_of(this);
    let this = receiver::<Enumerate>(thread, this)?;
    let number = match this.long.get() {
        Some(number) => number,
        None => Value::int(thread, this.count.get())?,
    };
    reduced(thread, ty, [this.iterator.get().unwrap_or_else(Value::none), number])
}
