//! How many items an iterable is likely to have (PEP 424), and what is made of the hint beforehand.

use super::{call, iter, next};
use crate::error::{PyResult, Raised};
use crate::exception::TYPE_ERROR;
use crate::list::PyList;
use crate::raise;
use crate::str::statics::names;
use crate::thread::Thread;
use crate::value::{Ref, Value, as_ref};

/// How many items an iterable is likely to have: its length, or what `__length_hint__` says; none if it says
/// nothing. It is only a hint, so it never is an error that there is none.
pub fn length_hint(thread: &Thread, value: Ref<'_>) -> PyResult<Option<usize>> {
    let slots = value.ty().slots();
    if let Some(length) = slots.length.get().or(slots.map_length.get()) {
        match length(thread, value) {
            Ok(length) => return Ok(Some(length)),
            Err(raised) => without_type_error(thread, raised)?,
        }
    }
    let Some(method) = value.ty().lookup(thread, names::__length_hint__.get())? else { return Ok(None) };
    let bound = match method.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, method.as_ref(), Some(value), Some(as_ref(value.ty())))?,
        None => method,
    };
    match call(thread, bound.as_ref(), &[], None) {
        Ok(hint) => checked(thread, &hint),
        Err(raised) => without_type_error(thread, raised).map(|()| None),
    }
}

fn checked(thread: &Thread, hint: &Value) -> PyResult<Option<usize>> {
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
fn without_type_error(thread: &Thread, raised: Raised) -> PyResult<()> {
    let exception = thread.catch(raised);
    match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
        true => Ok(()),
        false => Err(thread.raise(exception)),
    }
}

/// Adds all items of an iterable at the end of a list that has room for as many as there are likely to be: what
/// cannot fit fails at once.
pub fn extend_list(thread: &Thread, list: &PyList, iterable: Ref<'_>) -> PyResult<()> {
    let iterator = iter(thread, iterable)?;
    // a sum that is too large comes from a hint that is none
    if let Some(hint) = length_hint(thread, iterable)?
        && list.len().checked_add(hint).is_some_and(|len| isize::try_from(len).is_ok())
    {
        list.reserve(thread, hint)?;
    }
    while let Some(item) = next(thread, iterator.as_ref())? {
        list.push(thread, item)?;
    }
    Ok(())
}
