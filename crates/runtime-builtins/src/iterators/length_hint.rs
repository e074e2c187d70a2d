//! `__length_hint__`, `__reduce__` and `__setstate__` of the iterators over containers.

use taipan_object::builtin::MethodDef;
use taipan_object::dict::{DictCursor, PyDict, iterators as dict};
use taipan_object::iterators as sequences;
use taipan_object::list::PyList;
use taipan_object::protocol::{BinaryOp, binary, holds};
use taipan_object::range::{
    LONG_RANGE_ITERATOR, PyLongRangeIterator, PyRange, PyRangeIterator, RANGE_ITERATOR,
};
use taipan_object::set::{PySet, iter::PySetIterator, iter::SET_ITERATOR};
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::{builtin, reduced, reduced_with};
use crate::arguments::{to_plain_size, to_size};
use crate::install;
use crate::methods::method_table;

/// Where an iterator over a sequence is: its index and its sequence.
type Place<'a> = (&'a std::cell::Cell<usize>, &'a Slot);

fn place(this: Ref<'_>) -> Option<Place<'_>> {
    macro_rules! any_of {
        ($($module:ident $ty:ident),*) => {
            $(if let Some(iterator) = this.get::<sequences::$module::$ty>() {
                return Some((iterator.it_index(), iterator.it_seq()));
            })*
        };
    }
    any_of!(list PyListIterator, tuple PyTupleIterator, ascii PyAsciiIterator, str PyStrIterator,
        bytes PyBytesIterator, bytearray PyByteArrayIterator, sequence PySequenceIterator);
    None
}

method_table! { SEQUENCE:
    Instance None c"__length_hint__" "($self, /)" sequence_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" sequence_reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" sequence_setstate, c"Sets the index of the next item.";
}

method_table! { COUNTED:
    Instance None c"__length_hint__" "($self, /)" counted_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" counted_reduce, c"What pickle makes the iterator again from.";
}

method_table! { RANGE:
    Instance None c"__length_hint__" "($self, /)" range_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" range_reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" range_setstate, c"Passes so many items over.";
}

/// Puts the methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let all: [(&'static PyTypeObject, &'static [MethodDef]); _] = [
        (&sequences::list::LIST_ITERATOR, &SEQUENCE),
        (&sequences::tuple::TUPLE_ITERATOR, &SEQUENCE),
        (&sequences::ascii::ASCII_ITERATOR, &SEQUENCE),
        (&sequences::str::STR_ITERATOR, &SEQUENCE),
        (&sequences::bytes::BYTES_ITERATOR, &SEQUENCE),
        (&sequences::bytearray::BYTEARRAY_ITERATOR, &SEQUENCE),
        (&sequences::sequence::SEQUENCE_ITERATOR, &SEQUENCE),
        (&dict::keys::DICT_KEY_ITERATOR, &COUNTED),
        (&dict::values::DICT_VALUE_ITERATOR, &COUNTED),
        (&dict::items::DICT_ITEM_ITERATOR, &COUNTED),
        (&SET_ITERATOR, &COUNTED),
        (&RANGE_ITERATOR, &RANGE),
        (&LONG_RANGE_ITERATOR, &RANGE),
    ];
    all.into_iter().try_for_each(|(ty, methods)| install::methods(thread, ty, methods))
}

fn sequence_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((index, sequence)) = place(this) else { return Ok(Value::small(0)) };
    let Some(sequence) = sequence.get() else { return Ok(Value::small(0)) };
    if sequence
        .as_ref()
        .ty()
        .slots()
        .length
        .get()
        .or(sequence.as_ref().ty().slots().map_length.get())
        .is_none()
    {
        return Ok(Value::not_implemented());
    }
    let length = protocol::length(thread, sequence.as_ref())?;
    Value::int(thread, length.saturating_sub(index.get()) as i64)
}

fn sequence_reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    // looking for the function may run code
    let iter = builtin(thread, "iter")?;
    let Some((index, sequence)) = place(this) else { return Ok(Value::none()) };
    match sequence.get() {
        Some(sequence) => {
            let index = Value::int(thread, index.get() as i64)?;
            reduced_with(thread, iter, [sequence], index)
        }
        None if this.get::<sequences::list::PyListIterator>().is_some() => {
            reduced(thread, iter, [PyList::new(thread)?.into_value()])
        }
        None if is_text(this) => reduced(thread, iter, [taipan_object::str::statics::empty().into_value()]),
        None => reduced(thread, iter, [PyTuple::empty().into_value()]),
    }
}

fn is_text(this: Ref<'_>) -> bool {
    this.get::<sequences::ascii::PyAsciiIterator>().is_some()
        || this.get::<sequences::str::PyStrIterator>().is_some()
}

fn sequence_setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let at = usize::try_from(to_plain_size(thread, state)?).unwrap_or(0);
    let Some((index, sequence)) = place(this) else { return Ok(Value::none()) };
    if let Some(sequence) = sequence.get() {
        let most = match this.get::<sequences::sequence::PySequenceIterator>() {
            Some(_) => usize::MAX,
            None => protocol::length(thread, sequence.as_ref())?,
        };
        index.set(at.min(most));
    }
    Ok(Value::none())
}

/// Where an iterator over a dict or a set is: the container, how many keys it had, the position, how many are left.
fn counted(this: Ref<'_>) -> Option<(&Slot, [&std::cell::Cell<usize>; 3])> {
    macro_rules! any_of {
        ($($module:ident $ty:ident),*) => {
            $(if let Some(iterator) = this.get::<dict::$module::$ty>() {
                return Some((iterator.di_dict(), [iterator.di_used(), iterator.di_pos(), iterator.len()]));
            })*
        };
    }
    any_of!(keys PyDictKeyIterator, values PyDictValueIterator, items PyDictItemIterator);
    let iterator = this.get::<PySetIterator>()?;
    Some((iterator.si_set(), [iterator.si_used(), iterator.si_pos(), iterator.len()]))
}

fn counted_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((container, [used, _, left])) = counted(this) else { return Ok(Value::small(0)) };
    let held = container.get();
    let container = held.as_ref().map(Value::as_ref);
    let length = container.and_then(|container| match container.get::<PyDict>() {
        Some(dict) => Some(dict.len()),
        None => container.get::<PySet>().map(PySet::len),
    });
    Value::int(thread, if length == Some(used.get()) { left.get() } else { 0 } as i64)
}

/// A list of what is left; the iterator stays where it is.
fn counted_reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let iter = builtin(thread, "iter")?;
    let list = PyList::new(thread)?;
    let Some((container, [used, position, _])) = counted(this) else { return Ok(Value::none()) };
    if let Some(container) = container.get() {
        if let Some(dict) = container.as_ref().get::<PyDict>() {
            if dict.len() != used.get() {
                return Err(raise!(thread, RUNTIME_ERROR, "dictionary changed size during iteration"));
            }
            let mut cursor = DictCursor::at(position.get());
            while let Some((key, value)) = cursor.next(dict) {
                list.push(thread, part(thread, this, key, value)?)?;
            }
        } else if let Some(set) = container.as_ref().get::<PySet>() {
            if set.len() != used.get() {
                return Err(raise!(thread, RUNTIME_ERROR, "Set changed size during iteration"));
            }
            let mut position = position.get();
            while let Some(key) = set.next(&mut position) {
                list.push(thread, key)?;
            }
        }
    }
    reduced(thread, iter, [list.into_value()])
}

/// What an iterator gives for an entry.
fn part(thread: &Thread, this: Ref<'_>, key: Value, value: Value) -> PyResult<Value> {
    if this.get::<dict::keys::PyDictKeyIterator>().is_some() {
        return Ok(key);
    }
    if this.get::<dict::values::PyDictValueIterator>().is_some() {
        return Ok(value);
    }
    Ok(PyTuple::pack(thread, [key, value])?.into_value())
}

/// The next number, the step, how many are left.
fn range_parts(thread: &Thread, this: Ref<'_>) -> PyResult<[Value; 3]> {
    if let Some(iterator) = this.get::<PyRangeIterator>() {
        let [start, step, left] = iterator.parts();
        return Ok([Value::int(thread, start)?, Value::int(thread, step)?, Value::int(thread, left)?]);
    }
    let long = this.get::<PyLongRangeIterator>().map(PyLongRangeIterator::parts);
    Ok(long.unwrap_or_else(|| [0, 1, 0].map(Value::small)))
}

fn range_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [_, _, left] = range_parts(thread, this)?;
    Ok(left)
}

fn range_reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [start, step, left] = range_parts(thread, this)?;
    let span = binary(thread, step.as_ref(), left.as_ref(), BinaryOp::Multiply)?;
    let stop = binary(thread, start.as_ref(), span.as_ref(), BinaryOp::Add)?;
    let range = PyRange::from_bounds(thread, start, stop, step)?;
    reduced_with(thread, builtin(thread, "iter")?, [range.into_value()], Value::none())
}

fn range_setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    if let Some(iterator) = this.get::<PyRangeIterator>() {
        iterator.skip(to_size(thread, state)? as i64);
        return Ok(Value::none());
    }
    let Some(iterator) = this.get::<PyLongRangeIterator>() else { return Ok(Value::none()) };
    if !state.is_int() {
        let ty = state.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "state must be an int, not {ty}"));
    }
    let [start, step, left] = iterator.parts();
    let less = |a: Ref<'_>, b: Ref<'_>| holds(thread, a, b, CompareOp::Lt);
    let zero = Value::small(0);
    let count = if less(state, zero.as_ref())? {
        zero.as_ref()
    } else if less(left.as_ref(), state)? {
        left.as_ref()
    } else {
        state
    };
    let passed = binary(thread, step.as_ref(), count, BinaryOp::Multiply)?;
    let start = binary(thread, start.as_ref(), passed.as_ref(), BinaryOp::Add)?;
    let left = binary(thread, left.as_ref(), count, BinaryOp::Subtract)?;
    iterator.set_place(start, left);
    Ok(Value::none())
}
