//! `join`.

use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

use super::{receiver, value};

/// The items of an iterable, as they are now.
pub(in crate::methods) fn items(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    let mut items = Vec::new();
    if let Some(tuple) = iterable.get_exact::<PyTuple>() {
        items.extend(tuple.iter().map(Ref::to_value));
        return Ok(items);
    }
    if let Some(list) = iterable.get_exact::<PyList>() {
        items.extend((0..list.len()).filter_map(|at| list.get(at)));
        return Ok(items);
    }
    if iterable.ty().slots().iter.get().is_none() && iterable.ty().slots().item.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "can only join an iterable"));
    }
    let iterator = protocol::container::iter(thread, iterable)?;
    while let Some(item) = protocol::container::next(thread, iterator.as_ref())? {
        if items.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
        items.push(item);
    }
    Ok(items)
}

pub(super) fn join(thread: &Thread, this: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let separator = receiver(thread, this)?;
    let items = items(thread, iterable)?;
    if let [only] = items.as_slice()
        && only.as_ref().get_exact::<PyStr>().is_some()
    {
        return Ok(only.clone());
    }
    if items.is_empty() {
        return Ok(Owned::into_value(statics::empty()));
    }
    if let Some(at) = items.iter().position(|item| item.as_ref().get::<PyStr>().is_none()) {
        let got = items.get(at).map_or("?", |item| item.as_ref().ty().name());
        return Err(raise!(thread, TYPE_ERROR, "sequence item {at}: expected str instance, {got} found"));
    }
    let text = |at: usize| items.get(at).and_then(|item| item.as_ref().get::<PyStr>());
    if separator.is_empty() {
        return value(PyStr::from_parts(thread, items.len(), text));
    }
    // a separator before each but the first
    let part = |at: usize| if at % 2 == 1 { Some(separator) } else { text(at / 2) };
    value(PyStr::from_parts(thread, 2 * items.len() - 1, part))
}
