//! Walking what can be iterated.

use taipan_object::exception::{self, INDEX_ERROR, STOP_ITERATION};
use taipan_object::list::PyList;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol::container, raise};

use crate::special::call_special;

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

/// How many items an iterable is likely to have: its length, or what `__length_hint__` says; none if it says
/// nothing. It is only a hint, so it never is an error that there is none.
pub(crate) fn length_hint(thread: &Thread, value: Ref<'_>) -> PyResult<Option<usize>> {
    let slots = value.ty().slots();
    if let Some(length) = slots.length.get().or(slots.map_length.get()) {
        match length(thread, value) {
            Ok(length) => return Ok(Some(length)),
            Err(raised) => without_type_error(thread, raised)?,
        }
    }
    let hint = match call_special(thread, value, names::__length_hint__.get(), []) {
        Ok(Some(hint)) => hint,
        Ok(None) => return Ok(None),
        Err(raised) => return without_type_error(thread, raised).map(|()| None),
    };
    if hint.as_ref().is_not_implemented() {
        return Ok(None);
    }
    if !hint.as_ref().is_int() {
        let ty = hint.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__length_hint__ must be an integer, not {ty}"));
    }
    match hint.as_ref().to_i64() {
        Some(hint) if hint >= 0 => Ok(usize::try_from(hint).ok()),
        Some(_) => Err(raise!(thread, VALUE_ERROR, "__length_hint__() should return >= 0")),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

/// Forgets a `TypeError`; other exceptions go on.
fn without_type_error(thread: &Thread, raised: taipan_object::Raised) -> PyResult<()> {
    let exception = thread.catch(raised);
    match exception.as_ref().ty().is_subtype(&exception::TYPE_ERROR) {
        true => Ok(()),
        false => Err(thread.raise(exception)),
    }
}
