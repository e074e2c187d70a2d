//! `all`, `any`, `iter`, `next`, `sorted`.

use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::check_count;
use crate::iterate::for_each;
use crate::iterators::callable_iterator;

pub(super) fn all(thread: &Thread, _: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let mut all = true;
    for_each(thread, iterable, |item| {
        all = protocol::truth(thread, item.as_ref())?;
        Ok(all)
    })?;
    Ok(Value::bool(all))
}

pub(super) fn any(thread: &Thread, _: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let mut any = false;
    for_each(thread, iterable, |item| {
        any = protocol::truth(thread, item.as_ref())?;
        Ok(!any)
    })?;
    Ok(Value::bool(any))
}

pub(super) fn iter(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "iter", arguments.len(), 1, 2)?;
    let object = arguments.first().map_or(this, Value::as_ref);
    let Some(sentinel) = arguments.get(1) else { return protocol::iter(thread, object) };
    if object.ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "iter(v, w): v must be callable"));
    }
    callable_iterator(thread, object, sentinel.as_ref())
}

pub(super) fn next(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "next", arguments.len(), 1, 2)?;
    let iterator = arguments.first().map_or(this, Value::as_ref);
    let Some(default) = arguments.get(1) else {
        return protocol::container::next_or_raise(thread, iterator);
    };
    Ok(protocol::next(thread, iterator)?.unwrap_or_else(|| default.clone()))
}

pub(super) fn sorted(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    check_count(thread, "sorted", positional.len(), 1, 1)?;
    let iterable = positional.first().map_or(this, Value::as_ref);
    let list = PyList::new(thread)?;
    crate::methods::extend_list(thread, &list, iterable)?;
    crate::methods::sort_list(thread, &list, named, names)?;
    Ok(list.into_value())
}
