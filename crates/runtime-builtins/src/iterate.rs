//! Walking what can be iterated.

use taipan_object::{PyResult, Ref, Thread, Value, protocol::container};

/// Calls `each` with the items, as long as it says to go on.
pub(crate) fn for_each(
    thread: &Thread,
    iterable: Ref<'_>,
    mut each: impl FnMut(Value) -> PyResult<bool>,
) -> PyResult<()> {
    let iterator = container::iter(thread, iterable)?;
    while let Some(item) = container::next(thread, iterator.as_ref())? {
        if !each(item)? {
            break;
        }
    }
    Ok(())
}

/// All items.
pub(crate) fn collect(thread: &Thread, iterable: Ref<'_>) -> PyResult<Vec<Value>> {
    let mut items = Vec::new();
    for_each(thread, iterable, |item| {
        if items.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
        items.push(item);
        Ok(true)
    })?;
    Ok(items)
}
