//! Subscripts, iteration and membership.

use super::number::index_size;
use super::same_or_equal;
use crate::descriptor::PyWrapperDescr;
use crate::error::{PyResult, Raised};
use crate::exception::{PyBaseException, STOP_ITERATION};
use crate::iterators::list::PyListIterator;
use crate::iterators::sequence::PySequenceIterator;
use crate::raise;
use crate::sequence::key::is_index;
use crate::str::statics::names;
use crate::thread::Thread;
use crate::types::flags;
use crate::types::slots::Sent;
use crate::value::{Ref, Value, as_ref};

/// `container[key]`.
pub fn subscript(thread: &Thread, container: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let slots = container.ty().slots();
    if let Some(subscript) = slots.subscript.get() {
        return subscript(thread, container, key);
    }
    let name = container.ty().name();
    let Some(item) = slots.item.get() else {
        return Err(raise!(thread, TYPE_ERROR, "'{name}' object is not subscriptable"));
    };
    let at = position(thread, container, key)?;
    item(thread, container, at)
}

/// `container[key] = value`, or `del container[key]` without a value.
pub fn set_subscript(
    thread: &Thread,
    container: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let slots = container.ty().slots();
    if let Some(set) = slots.set_subscript.get() {
        return set(thread, container, key, value);
    }
    let name = container.ty().name();
    let Some(set) = slots.set_item.get() else {
        let what = match value {
            Some(_) => "does not support item assignment",
            None if is_index(key) && has_sequence_slots(container) => "doesn't support item deletion",
            None => "does not support item deletion",
        };
        return Err(raise!(thread, TYPE_ERROR, "'{name}' object {what}"));
    };
    let at = position(thread, container, key)?;
    set(thread, container, at, value)
}

/// Whether C sees a table of sequence slots in the value's type: the reference has two messages.
fn has_sequence_slots(value: Ref<'_>) -> bool {
    let (ty, slots) = (value.ty(), value.ty().slots());
    ty.has_flag(flags::HEAPTYPE) || slots.length.get().is_some() || slots.contains.get().is_some()
}

/// The index that a key stands for, counted from the front.
fn position(thread: &Thread, container: Ref<'_>, key: Ref<'_>) -> PyResult<isize> {
    if !is_index(key) {
        let name = key.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "sequence index must be integer, not '{name}'"));
    }
    let at = index_size(thread, key)?;
    match container.ty().slots().length.get() {
        Some(length) if at < 0 => Ok(at.saturating_add_unsigned(length(thread, container)?)),
        _ => Ok(at),
    }
}

/// `iter(value)`.
pub fn iter(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let slots = value.ty().slots();
    let Some(iter) = slots.iter.get() else {
        if slots.item.get().is_some() && !value.ty().has_flag(flags::DICT_SUBCLASS) {
            return Ok(PySequenceIterator::new(thread, value)?.into_value());
        }
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{name}' object is not iterable"));
    };
    let iterator = iter(thread, value)?;
    if iterator.as_ref().ty().slots().next.get().is_some() {
        return Ok(iterator);
    }
    let name = iterator.as_ref().ty().name();
    Err(raise!(thread, TYPE_ERROR, "iter() returned non-iterator of type '{name}'"))
}

/// The next item; none at the end, also where the end comes as a `StopIteration` that something called on the way to
/// the item raised. Interrupts are looked at, so that no walk through an iterator without end goes on for ever.
#[inline]
pub fn next(thread: &Thread, iterator: Ref<'_>) -> PyResult<Option<Value>> {
    thread.check_interrupts()?;
    // what natives walk mostly: no code runs, and nothing ends it but its end
    if let Some(list) = iterator.get_exact::<PyListIterator>() {
        return list.advance(thread);
    }
    match iterator.ty().slots().next.get() {
        Some(next) => thread
            .check_stack()
            .and_then(|()| next(thread, iterator))
            .or_else(|raised| end_or_error(thread, raised)),
        None => {
            let name = iterator.ty().name();
            Err(raise!(thread, TYPE_ERROR, "'{name}' object is not an iterator"))
        }
    }
}

#[cold]
fn end_or_error(thread: &Thread, raised: Raised) -> PyResult<Option<Value>> {
    let exception = thread.catch(raised);
    match exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
        true => Ok(None),
        false => Err(thread.raise(exception)),
    }
}

/// The next item, or the end with what `StopIteration` of a `__next__` in Python says: what `yield from` does with
/// an iterator that is no generator.
pub fn next_or_result(thread: &Thread, iterator: Ref<'_>) -> PyResult<Sent> {
    match next_or_raise(thread, iterator) {
        Ok(item) => Ok(Sent::Next(item)),
        Err(raised) => {
            let exception = thread.catch(raised);
            let stop = exception.as_ref().get::<PyBaseException>();
            match stop.filter(|_| exception.as_ref().ty().is_subtype(&STOP_ITERATION)) {
                Some(stop) => Ok(Sent::Return(stop.field(0).unwrap_or_else(Value::none))),
                None => Err(thread.raise(exception)),
            }
        }
    }
}

/// The next item; at the end the `StopIteration` that a `__next__` in Python raised, or a new one with the result of a
/// generator: `next(iterator)`.
pub fn next_or_raise(thread: &Thread, iterator: Ref<'_>) -> PyResult<Value> {
    let ty = iterator.ty();
    if let Some(send) = ty.slots().send.get().filter(|_| ty.slots().next.get().is_some()) {
        return match send(thread, iterator, Value::none().as_ref())? {
            Sent::Next(item) => Ok(item),
            Sent::Return(result) if result.as_ref().is_none() => {
                Err(thread.raise_arguments(&STOP_ITERATION, crate::tuple::PyTuple::empty()))
            }
            Sent::Return(result) => Err(thread.raise_value(&STOP_ITERATION, result)),
        };
    }
    if ty.has_flag(flags::HEAPTYPE)
        && ty.slots().next.get().is_some()
        && let Some(method) = ty.lookup(thread, names::__next__.get())?
        && method.as_ref().get_exact::<PyWrapperDescr>().is_none()
    {
        let bound = match method.as_ref().ty().slots().descr_get.get() {
            Some(get) => get(thread, method.as_ref(), Some(iterator), Some(as_ref(ty)))?,
            None => method,
        };
        return super::call(thread, bound.as_ref(), &[], None);
    }
    let item = match ty.slots().next.get() {
        Some(slot) => slot(thread, iterator)?,
        // which says what is wrong
        None => next(thread, iterator)?,
    };
    item.ok_or_else(|| thread.raise_arguments(&STOP_ITERATION, crate::tuple::PyTuple::empty()))
}

/// `wanted in container`: by the slot, or one item after the other.
pub fn contains(thread: &Thread, container: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let slots = container.ty().slots();
    if let Some(contains) = slots.contains.get() {
        return contains(thread, container, wanted);
    }
    if slots.iter.get().is_none() && slots.item.get().is_none() {
        let name = container.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument of type '{name}' is not a container or iterable"));
    }
    contains_by_iteration(thread, container, wanted)
}

/// The same by one item after the other, whatever the slot would say.
pub fn contains_by_iteration(thread: &Thread, container: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let iterator = iter(thread, container)?;
    while let Some(item) = next(thread, iterator.as_ref())? {
        if same_or_equal(thread, item.as_ref(), wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}
