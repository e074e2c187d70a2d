//! `groupby`: runs of items with one key. A group gives the items of its run as long as the next one was not asked
//! for.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

use super::itself;
use crate::arguments::Parameters;
use taipan_object::declare::{native_state, receiver};

/// The iterator and the function of keys; the item that was read last with its key; the key of the group that was
/// given last, and its number.
#[derive(Default)]
pub(super) struct GroupBy {
    source: Slot,
    function: Slot,
    item: Slot,
    key: Slot,
    wanted: Slot,
    group: Cell<u64>,
}

native_type! {
    /// `groupby`.
    pub(super) static GROUPBY: GroupBy = "itertools.groupby", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(GroupBy in GROUPBY: source, function, item, key, wanted);

/// The groups that this one is of, its key, its number.
#[derive(Default)]
pub(super) struct Grouper {
    parent: Slot,
    wanted: Slot,
    group: Cell<u64>,
}

native_type! {
    /// `_grouper`.
    pub(super) static GROUPER: Grouper = "itertools._grouper", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does { iter: itself, next: next_of_group }
}

native_state!(Grouper in GROUPER: parent, wanted);

const PARAMETERS: Parameters<2> = Parameters {
    function: "groupby",
    names: ["iterable", "key"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [iterable, function] = PARAMETERS.bind(thread, arguments, names)?;
    let none = Value::none();
    let source = protocol::iter(thread, iterable.unwrap_or(none.as_ref()))?;
    let state = GroupBy {
        source: Slot::new(source),
        function: Slot::from_option(function.filter(|function| !function.is_none()).map(Ref::to_value)),
        ..GroupBy::default()
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// Reads one more item; says whether there was one.
fn step(thread: &Thread, groups: &GroupBy) -> PyResult<bool> {
    let Some(source) = groups.source.get() else { return Ok(false) };
    let Some(item) = protocol::next(thread, source.as_ref())? else { return Ok(false) };
    let key = match groups.function.get() {
        Some(function) => protocol::call(thread, function.as_ref(), std::slice::from_ref(&item), None)?,
        None => item.clone(),
    };
    let old = (groups.item.replace(Some(item)), groups.key.replace(Some(key)));
    drop(old);
    Ok(true)
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let groups = receiver::<GroupBy>(thread, this)?;
    groups.group.set(groups.group.get() + 1);
    let key = loop {
        match (groups.key.get(), groups.wanted.get()) {
            (Some(key), None) => break key,
            (Some(key), Some(wanted)) if !protocol::same_or_equal(thread, wanted.as_ref(), key.as_ref())? => {
                break key;
            }
            _ => {}
        }
        if !step(thread, groups)? {
            return Ok(None);
        }
    };
    drop(groups.wanted.replace(Some(key.clone())));
    let group = Grouper {
        parent: Slot::new(as_ref(groups).to_value()),
        wanted: Slot::new(key.clone()),
        group: Cell::new(groups.group.get()),
    };
    let group = Native::new(thread, group)?.into_value();
    Ok(Some(PyTuple::pack(thread, [key, group])?.into_value()))
}

fn next_of_group(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let group = receiver::<Grouper>(thread, this)?;
    let parent = group.parent.get();
    let Some(groups) = parent.as_ref().and_then(|parent| parent.as_ref().get::<Native<GroupBy>>()) else {
        return Ok(None);
    };
    if groups.group.get() != group.group.get() {
        return Ok(None);
    }
    if groups.item.peek().is_none() && !step(thread, groups)? {
        return Ok(None);
    }
    let (Some(key), Some(wanted)) = (groups.key.get(), group.wanted.get()) else { return Ok(None) };
    if !protocol::same_or_equal(thread, wanted.as_ref(), key.as_ref())? {
        return Ok(None);
    }
    drop(groups.key.take());
    Ok(groups.item.take())
}
