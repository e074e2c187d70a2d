//! The iterator over an array.

use std::cell::Cell;

use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::dict::PyDict;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type};
use taipan_runtime_builtins::arguments::to_plain_size;
use taipan_runtime_builtins::install;

use super::Array;

/// An iterator; without an array it has ended.
#[derive(Default)]
pub(crate) struct ArrayIterator {
    array: Slot,
    next: Cell<usize>,
}

native_type! {
    /// `array.arrayiterator`.
    pub(crate) static ARRAY_ITERATOR: ArrayIterator = "array.arrayiterator",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

native_state!(ArrayIterator in ARRAY_ITERATOR: array);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" set_state, c"Goes on at a place.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &ARRAY_ITERATOR, &METHODS)
}

/// `iter(array)`
pub(super) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Array>(thread, this)?;
    let state = ArrayIterator { array: Slot::new(this.to_value()), next: Cell::new(0) };
    Ok(Native::new(thread, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let state = receiver::<ArrayIterator>(thread, this)?;
    let Some(array) = state.array.get() else { return Ok(None) };
    let at = state.next.get();
    match receiver::<Array>(thread, array.as_ref())?.get(thread, at)? {
        Some(item) => {
            state.next.set(at + 1);
            Ok(Some(item))
        }
        None => {
            drop(state.array.take());
            Ok(None)
        }
    }
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<ArrayIterator>(thread, this)?;
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    let name = intern_text(thread, "iter")?;
    let function = match builtins {
        Some(builtins) => builtins.get_str(thread, &name)?,
        None => None,
    };
    let function = function.unwrap_or_else(Value::none);
    Ok(match state.array.get() {
        Some(array) => {
            let arguments = PyTuple::pack(thread, [array])?.into_value();
            let place = Value::int(thread, state.next.get() as i64)?;
            PyTuple::pack(thread, [function, arguments, place])?.into_value()
        }
        None => {
            let arguments = PyTuple::pack(thread, [PyTuple::empty().into_value()])?.into_value();
            PyTuple::pack(thread, [function, arguments])?.into_value()
        }
    })
}

fn set_state(thread: &Thread, this: Ref<'_>, place: Ref<'_>) -> PyResult<Value> {
    let place = to_plain_size(thread, place)?;
    let state = receiver::<ArrayIterator>(thread, this)?;
    if let Some(array) = state.array.get() {
        let len = receiver::<Array>(thread, array.as_ref())?.len();
        state.next.set(usize::try_from(place).unwrap_or(0).min(len));
    }
    Ok(Value::none())
}
