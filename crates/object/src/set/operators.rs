//! `|`, `&`, `-` and `^` of sets. The result is of the left operand's kind. Invariant: keys are
//! added and taken out in the order of the reference, so that sets iterate in its order.

use super::{FROZENSET, PySet, SET};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::{Owned, Ref, Value};

fn both<'a>(a: Ref<'a>, b: Ref<'a>) -> Option<(&'a PySet, &'a PySet)> {
    Some((a.get::<PySet>()?, b.get::<PySet>()?))
}

fn like(thread: &Thread, set: &PySet) -> PyResult<Owned<PySet>> {
    PySet::make(thread, if set.base.ty().is_subtype(&FROZENSET) { &FROZENSET } else { &SET })
}

/// Adds to `to` the keys of `from` that another set has, or has not.
fn filter_into(thread: &Thread, to: &PySet, from: &PySet, other: &PySet, has: bool) -> PyResult<()> {
    let mut position = 0;
    while let Some((key, hash)) = from.next_with_hash(&mut position) {
        if other.contains_with_hash(thread, key.as_ref(), hash)? == has {
            to.add_with_hash(thread, key.as_ref(), hash)?;
        }
    }
    Ok(())
}

fn union_of(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<Owned<PySet>> {
    let result = like(thread, x)?;
    result.merge(thread, x)?;
    result.merge(thread, y)?;
    Ok(result)
}

fn common_of(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<Owned<PySet>> {
    let result = like(thread, x)?;
    let (longer, shorter) = if y.len() > x.len() { (y, x) } else { (x, y) };
    filter_into(thread, &result, shorter, longer, true)?;
    Ok(result)
}

fn difference_of(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<Owned<PySet>> {
    let result = like(thread, x)?;
    if x.len() / 4 > y.len() {
        result.merge(thread, x)?;
        remove_all(thread, &result, y)?;
    } else {
        filter_into(thread, &result, x, y, false)?;
    }
    Ok(result)
}

fn either_of(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<Owned<PySet>> {
    let result = like(thread, x)?;
    result.merge(thread, y)?;
    toggle_all(thread, &result, x)?;
    Ok(result)
}

fn keep_common(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<()> {
    let common = common_of(thread, x, y)?;
    let old = x.take();
    let merged = x.merge(thread, &common);
    drop(old);
    merged
}

fn remove_all(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<()> {
    if std::ptr::eq(x, y) {
        drop(x.take());
        return Ok(());
    }
    let mut position = 0;
    while let Some((key, hash)) = y.next_with_hash(&mut position) {
        drop(x.discard_with_hash(thread, key.as_ref(), hash)?);
    }
    Ok(())
}

/// Takes out the keys that are there and adds the others.
fn toggle_all(thread: &Thread, x: &PySet, y: &PySet) -> PyResult<()> {
    if std::ptr::eq(x, y) {
        drop(x.take());
        return Ok(());
    }
    let mut position = 0;
    while let Some((key, hash)) = y.next_with_hash(&mut position) {
        match x.discard_with_hash(thread, key.as_ref(), hash)? {
            Some(removed) => drop(removed),
            None => drop(x.add_with_hash(thread, key.as_ref(), hash)?),
        }
    }
    Ok(())
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident $in_place:ident $of:ident $change:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
            match both(a, b) {
                Some((x, y)) => Ok($of(thread, x, y)?.into_value()),
                None => Ok(Value::not_implemented()),
            }
        }

        /// The same in place.
        pub(super) fn $in_place(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
            let Some((x, y)) = both(a, b) else { return Ok(Value::not_implemented()) };
            let change: fn(&Thread, &PySet, &PySet) -> PyResult<()> = $change;
            change(thread, x, y)?;
            Ok(a.to_value())
        }
    )*};
}

operators! {
    /// `a | b`
    or inplace_or union_of |thread, x: &PySet, y| x.merge(thread, y);
    /// `a & b`
    and inplace_and common_of keep_common;
    /// `a - b`
    subtract inplace_subtract difference_of remove_all;
    /// `a ^ b`
    xor inplace_xor either_of toggle_all;
}
