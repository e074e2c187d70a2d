//! Union, intersection, difference, and comparisons with any iterable.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::set::PySet;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol};

use super::{copy_like, new_like, receiver};
use crate::iterate::for_each;

/// Adds all elements.
pub(crate) fn add_all(thread: &Thread, set: &PySet, other: Ref<'_>) -> PyResult<()> {
    if let Some(other) = other.get::<PySet>() {
        return set.merge(thread, other);
    }
    if let Some(keys) = other.get_exact::<PyDict>() {
        return each_key(keys, |key, hash| set.add_with_hash(thread, key, hash).map(drop));
    }
    for_each(thread, other, |element| set.add(thread, element.as_ref()).map(|_| true))
}

/// Calls `each` with the keys of a dict and their hashes.
fn each_key(dict: &PyDict, mut each: impl FnMut(Ref<'_>, i64) -> PyResult<()>) -> PyResult<()> {
    let mut cursor = DictCursor::start();
    while let Some((key, hash)) = cursor.next_key(dict) {
        each(key.as_ref(), hash)?;
    }
    Ok(())
}

/// A set of the elements of an iterable; the set itself, if it is one.
fn as_set(thread: &Thread, other: Ref<'_>) -> PyResult<Owned<PySet>> {
    if let Some(set) = other.get::<PySet>() {
        return Ok(Owned::new_ref(set));
    }
    let set = PySet::new(thread)?;
    add_all(thread, &set, other)?;
    Ok(set)
}

pub(crate) fn union(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    let union = copy_like(thread, this)?;
    others.iter().try_for_each(|other| add_all(thread, &union, other.as_ref()))?;
    Ok(union.into_value())
}

pub(crate) fn update(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    others.iter().try_for_each(|other| add_all(thread, set, other.as_ref()))?;
    Ok(Value::none())
}

/// The elements of the one that the other has, in the order of the other, or of the shorter one if both are sets.
fn common(thread: &Thread, set: &PySet, other: Ref<'_>) -> PyResult<Vec<(Value, i64)>> {
    let mut common = Vec::new();
    let mut look = |longer: &PySet, element: Value, hash: i64| {
        if longer.contains_with_hash(thread, element.as_ref(), hash)? {
            common.try_reserve(1).map_err(|_| thread.raise_memory_error())?;
            common.push((element, hash));
        }
        Ok(true)
    };
    match other.get::<PySet>() {
        Some(other) => {
            let (longer, shorter) = if other.len() > set.len() { (other, set) } else { (set, other) };
            let mut position = 0;
            while let Some((element, hash)) = shorter.next_with_hash(&mut position) {
                look(longer, element, hash)?;
            }
        }
        None => for_each(thread, other, |element| {
            // an element that has no hash is not said to be meant for a set here
            let hash = protocol::hash(thread, element.as_ref())?;
            look(set, element, hash)
        })?,
    }
    Ok(common)
}

fn add_each(thread: &Thread, set: &PySet, elements: &[(Value, i64)]) -> PyResult<()> {
    elements.iter().try_for_each(|(element, hash)| {
        set.add_with_hash(thread, element.as_ref(), *hash)?;
        Ok(())
    })
}

/// The elements that all of one or more others have.
fn common_of_all(
    thread: &Thread,
    this: Ref<'_>,
    first: &Value,
    rest: &[Value],
) -> PyResult<Vec<(Value, i64)>> {
    let mut elements = common(thread, receiver(thread, this)?, first.as_ref())?;
    for other in rest {
        let so_far = new_like(thread, this)?;
        add_each(thread, &so_far, &elements)?;
        elements = common(thread, &so_far, other.as_ref())?;
    }
    Ok(elements)
}

pub(crate) fn intersection(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    let Some((first, rest)) = others.split_first() else { return Ok(copy_like(thread, this)?.into_value()) };
    let result = new_like(thread, this)?;
    add_each(thread, &result, &common_of_all(thread, this, first, rest)?)?;
    Ok(result.into_value())
}

pub(crate) fn intersection_update(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    if let Some((first, rest)) = others.split_first() {
        let elements = common_of_all(thread, this, first, rest)?;
        let set = receiver(thread, this)?;
        // the elements are held by the list, so they stay alive
        drop(set.take());
        add_each(thread, set, &elements)?;
    }
    Ok(Value::none())
}

fn remove_all(thread: &Thread, set: &PySet, other: Ref<'_>) -> PyResult<()> {
    if other.get::<PySet>().is_some_and(|other| std::ptr::eq(other, set)) {
        drop(set.take());
        return Ok(());
    }
    if let Some(other) = other.get::<PySet>() {
        let mut position = 0;
        while let Some((element, hash)) = other.next_with_hash(&mut position) {
            drop(set.discard_with_hash(thread, element.as_ref(), hash)?);
        }
        return Ok(());
    }
    if let Some(keys) = other.get_exact::<PyDict>() {
        return each_key(keys, |key, hash| set.discard_with_hash(thread, key, hash).map(drop));
    }
    for_each(thread, other, |element| {
        drop(set.discard(thread, element.as_ref())?);
        Ok(true)
    })
}

pub(crate) fn difference_update(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    others.iter().try_for_each(|other| remove_all(thread, set, other.as_ref()))?;
    Ok(Value::none())
}

pub(crate) fn difference(thread: &Thread, this: Ref<'_>, others: &[Value]) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    let Some((first, rest)) = others.split_first() else { return Ok(copy_like(thread, this)?.into_value()) };
    let (as_set, as_dict) = (first.as_ref().get::<PySet>(), first.as_ref().get_exact::<PyDict>());
    let many = as_set.map(PySet::len).or(as_dict.map(PyDict::len)).is_some_and(|many| set.len() / 4 <= many);
    let result = match many {
        true => {
            let result = new_like(thread, this)?;
            let mut position = 0;
            while let Some((element, hash)) = set.next_with_hash(&mut position) {
                let element = element.as_ref();
                let found = match (as_set, as_dict) {
                    (Some(other), _) => other.contains_with_hash(thread, element, hash)?,
                    (None, Some(other)) => other.find(thread, element, hash)?.is_some(),
                    (None, None) => false,
                };
                if !found {
                    result.add_with_hash(thread, element, hash)?;
                }
            }
            result
        }
        false => {
            let result = copy_like(thread, this)?;
            remove_all(thread, &result, first.as_ref())?;
            result
        }
    };
    rest.iter().try_for_each(|other| remove_all(thread, &result, other.as_ref()))?;
    Ok(result.into_value())
}

/// Adds the elements that are not there and removes those that are.
fn toggle_all(thread: &Thread, set: &PySet, other: &PySet) -> PyResult<()> {
    let mut position = 0;
    while let Some((element, hash)) = other.next_with_hash(&mut position) {
        match set.discard_with_hash(thread, element.as_ref(), hash)? {
            Some(removed) => drop(removed),
            None => drop(set.add_with_hash(thread, element.as_ref(), hash)?),
        }
    }
    Ok(())
}

pub(crate) fn symmetric_difference(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let result = new_like(thread, this)?;
    add_all(thread, &result, other)?;
    toggle_all(thread, &result, receiver(thread, this)?)?;
    Ok(result.into_value())
}

pub(crate) fn symmetric_difference_update(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    let other = as_set(thread, other)?;
    if std::ptr::eq(set, &raw const *other) {
        drop(set.take());
        return Ok(Value::none());
    }
    toggle_all(thread, set, &other)?;
    Ok(Value::none())
}

pub(crate) fn isdisjoint(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    let mut disjoint = true;
    if let Some(other) = other.get::<PySet>() {
        let (longer, shorter) = if other.len() > set.len() { (other, set) } else { (set, other) };
        let mut position = 0;
        while disjoint && let Some((element, hash)) = shorter.next_with_hash(&mut position) {
            disjoint = !longer.contains_with_hash(thread, element.as_ref(), hash)?;
        }
        return Ok(Value::bool(disjoint));
    }
    for_each(thread, other, |element| {
        disjoint = !set.contains(thread, element.as_ref())?;
        Ok(disjoint)
    })?;
    Ok(Value::bool(disjoint))
}

pub(crate) fn issubset(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    if other.get::<PySet>().is_some() {
        return protocol::compare(thread, this, other, CompareOp::Le);
    }
    let set = receiver(thread, this)?;
    let distinct = PySet::new(thread)?;
    add_each(thread, &distinct, &common(thread, set, other)?)?;
    Ok(Value::bool(distinct.len() == set.len()))
}

pub(crate) fn issuperset(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let set = receiver(thread, this)?;
    if other.get::<PySet>().is_some() {
        return protocol::compare(thread, this, other, CompareOp::Ge);
    }
    let mut all = true;
    for_each(thread, other, |element| {
        all = set.contains(thread, element.as_ref())?;
        Ok(all)
    })?;
    Ok(Value::bool(all))
}
