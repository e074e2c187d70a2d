//! Walking what can be iterated.

pub(crate) use taipan_object::protocol::length_hint::length_hint;

use taipan_object::exception::{INDEX_ERROR, STOP_ITERATION};
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol::container};

/// Calls `each` with the items, as long as it says to go on. Lists may change meanwhile: what is there when its turn
/// comes is an item.
pub(crate) fn for_each(
    thread: &Thread,
    iterable: Ref<'_>,
    mut each: impl FnMut(Value) -> PyResult<bool>,
) -> PyResult<()> {
    if let Some(list) = iterable.get_exact::<PyList>() {
        return for_each_at(thread, |at| list.get(at), each);
    }
    if let Some(tuple) = iterable.get_exact::<PyTuple>() {
        return for_each_at(thread, |at| tuple.get(at), each);
    }
    let iterator = container::iter(thread, iterable)?;
    while let Some(item) = container::next(thread, iterator.as_ref())? {
        if !each(item)? {
            break;
        }
    }
    Ok(())
}

/// The same for items by their places.
fn for_each_at(
    thread: &Thread,
    item: impl Fn(usize) -> Option<Value>,
    mut each: impl FnMut(Value) -> PyResult<bool>,
) -> PyResult<()> {
    let mut at = 0;
    while let Some(item) = item(at) {
        thread.check_interrupts()?;
        if !each(item)? {
            break;
        }
        at += 1;
    }
    Ok(())
}

/// All items.
pub fn collect(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    let mut items = Vec::new();
    // no code runs while these are copied
    if let Some(tuple) = iterable.get_exact::<PyTuple>() {
        items.try_reserve_exact(tuple.len()).map_err(|_| thread.raise_memory_error())?;
        items.extend(tuple.iter().map(Ref::to_value));
        return Ok(items);
    }
    if let Some(list) = iterable.get_exact::<PyList>() {
        items.try_reserve_exact(list.len()).map_err(|_| thread.raise_memory_error())?;
        items.extend((0..list.len()).filter_map(|at| list.get(at)));
        return Ok(items);
    }
    for_each(thread, iterable, |item| {
        if items.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
        items.push(item);
        Ok(true)
    })?;
    Ok(items)
}

/// What the end of a sequence raises ends a walk through it; other exceptions go on.
pub(crate) fn ends_sequence(thread: &Thread, raised: Raised) -> PyResult<()> {
    let exception = thread.catch(raised);
    let ty = exception.as_ref().ty();
    match ty.is_subtype(&INDEX_ERROR) || ty.is_subtype(&STOP_ITERATION) {
        true => Ok(()),
        false => Err(thread.raise(exception)),
    }
}
