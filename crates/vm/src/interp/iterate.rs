//! Iterators, and unpacking.

use super::Vm;
use crate::code::OpWord;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Value, protocol, raise};

#[inline(never)]
pub(super) fn get_iter(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let iterable = vm.operand(w.b());
    let iterator = protocol::iter(vm.thread, iterable.as_ref())?;
    vm.put(w.a(), iterator);
    Ok(())
}

/// The next item of an iterator that has no way of its own in the loop.
#[inline(never)]
pub(super) fn next(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    match protocol::next(vm.thread, vm.borrow(w.a()))? {
        Some(item) => {
            vm.put(w.b(), item);
            Ok(true)
        }
        None => Ok(false),
    }
}

#[inline(never)]
fn not_iterable(vm: Vm<'_>, value: Ref<'_>) -> PyResult<()> {
    let slots = value.ty().slots();
    if slots.iter.get().is_some() || slots.item.get().is_some() {
        return Ok(());
    }
    let name = value.ty().name();
    Err(raise!(vm.thread, TYPE_ERROR, "cannot unpack non-iterable {name} object"))
}

/// The items of a list or a tuple that is to be unpacked; none of anything else.
fn items(value: Ref<'_>) -> Option<Vec<Value>> {
    if let Some(tuple) = value.get_exact::<PyTuple>() {
        return Some(tuple.iter().map(Ref::to_value).collect());
    }
    let list = value.get_exact::<PyList>()?;
    Some((0..list.len()).filter_map(|at| list.get(at)).collect())
}

#[inline(never)]
pub(super) fn unpack(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let wanted = w.b();
    let source = vm.take(w.a());
    if let Some(tuple) = source.as_ref().get_exact::<PyTuple>().filter(|tuple| tuple.len() == wanted) {
        for (at, item) in tuple.iter().enumerate() {
            vm.put(w.a() + wanted - 1 - at, item.to_value());
        }
        return Ok(());
    }
    if let Some(list) = source.as_ref().get_exact::<PyList>().filter(|list| list.len() == wanted) {
        for at in 0..wanted {
            // the slots hold nothing: no code runs that could change the list
            vm.put(w.a() + wanted - 1 - at, list.get(at).unwrap_or_else(Value::none));
        }
        return Ok(());
    }
    let thread = vm.thread;
    let too_many = |got: Option<usize>| match got {
        Some(got) => raise!(thread, VALUE_ERROR, "too many values to unpack (expected {wanted}, got {got})"),
        None => raise!(thread, VALUE_ERROR, "too many values to unpack (expected {wanted})"),
    };
    let too_few = |got: usize| {
        raise!(thread, VALUE_ERROR, "not enough values to unpack (expected {wanted}, got {got})")
    };
    let found = match items(source.as_ref()) {
        Some(items) => items,
        None => {
            not_iterable(vm, source.as_ref())?;
            let iterator = protocol::iter(thread, source.as_ref())?;
            let mut items = Vec::new();
            while items.len() < wanted {
                match protocol::next(thread, iterator.as_ref())? {
                    Some(item) => items.push(item),
                    None => return Err(too_few(items.len())),
                }
            }
            if protocol::next(thread, iterator.as_ref())?.is_some() {
                let length =
                    source.as_ref().get_exact::<taipan_object::dict::PyDict>().map(|dict| dict.len());
                return Err(too_many(length));
            }
            items
        }
    };
    match found.len() {
        more if more > wanted => return Err(too_many(Some(more))),
        less if less < wanted => return Err(too_few(less)),
        _ => {}
    }
    for (at, item) in found.into_iter().enumerate() {
        vm.put(w.a() + wanted - 1 - at, item);
    }
    Ok(())
}

#[inline(never)]
pub(super) fn unpack_ex(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (before, after) = (w.b(), w.c());
    let source = vm.take(w.a());
    let thread = vm.thread;
    let least = before + after;
    not_iterable(vm, source.as_ref())?;
    let mut items = match items(source.as_ref()) {
        Some(items) => items,
        None => {
            let iterator = protocol::iter(thread, source.as_ref())?;
            let mut items = Vec::new();
            while let Some(item) = protocol::next(thread, iterator.as_ref())? {
                items.push(item);
            }
            items
        }
    };
    let got = items.len();
    if got < least {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "not enough values to unpack (expected at least {least}, got {got})"
        ));
    }
    let last: Vec<Value> = items.drain(got - after..).collect();
    let middle: Vec<Value> = items.drain(before..).collect();
    let list = PyList::from_values(thread, middle)?;
    // the first one stands on top
    let mut at = w.a() + before + after;
    for item in items {
        vm.put(at, item);
        at -= 1;
    }
    vm.put(at, list.into_value());
    for item in last {
        at -= 1;
        vm.put(at, item);
    }
    Ok(())
}
