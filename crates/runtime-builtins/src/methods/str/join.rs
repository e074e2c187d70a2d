//! `join`.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{receiver, value};
use crate::iterate::collect;

/// The items of an iterable, as they are now.
pub(in crate::methods) fn items(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    if iterable.ty().slots().iter.get().is_none() && iterable.ty().slots().item.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "can only join an iterable"));
    }
    collect(thread, iterable)
}

pub(super) fn join(thread: &Thread, this: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let separator = receiver(thread, this)?;
    let items = items(thread, iterable)?;
    if let [only] = items.as_slice()
        && only.as_ref().get_exact::<PyStr>().is_some()
    {
        return Ok(only.clone());
    }
    let text = |at: usize| items.get(at).and_then(|item| item.as_ref().get::<PyStr>());
    if let Some(at) = (0..items.len()).find(|&at| text(at).is_none()) {
        let got = items.get(at).map_or("?", |item| item.as_ref().ty().name());
        return Err(raise!(thread, TYPE_ERROR, "sequence item {at}: expected str instance, {got} found"));
    }
    value(separator.join(thread, items.len(), text))
}
