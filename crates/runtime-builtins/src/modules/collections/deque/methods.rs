//! Methods and attributes of `deque`, in CPython's order.

use taipan_object::descriptor::GetSetDef;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::{DEQUE, End, iterators, mutated, receiver, slots};
use crate::arguments::{check_count, clip, to_index, to_size};
use crate::install;
use crate::iterators::instance_state;
use crate::methods::method_table;

method_table! { METHODS:
    Instance One c"append" "($self, item, /)" |thread, this, item| push(thread, this, item, End::Right), c"Adds an item at the right.";
    Instance One c"appendleft" "($self, item, /)" |thread, this, item| push(thread, this, item, End::Left), c"Adds an item at the left.";
    Instance None c"clear" "($self, /)" clear, c"Removes all items.";
    Instance None c"__copy__" "($self, /)" slots::copy, c"A deque of the same items.";
    Instance None c"copy" "($self, /)" slots::copy, c"A deque of the same items.";
    Instance One c"count" "($self, value, /)" count, c"How many items are the value.";
    Instance One c"extend" "($self, iterable, /)" |thread, this, items| extend(thread, this, items, End::Right), c"Adds all items of the iterable at the right.";
    Instance One c"extendleft" "($self, iterable, /)" |thread, this, items| extend(thread, this, items, End::Left), c"Adds all items of the iterable at the left, one after the other.";
    Instance Positional c"index" "($self, value, [start, [stop]])" index, c"The first index of the value; ValueError if there is none.";
    Instance Two c"insert" "($self, index, value, /)" insert, c"Adds an item before an index.";
    Instance None c"pop" "($self, /)" |thread, this| pop(thread, this, End::Right), c"Takes the last item.";
    Instance None c"popleft" "($self, /)" |thread, this| pop(thread, this, End::Left), c"Takes the first item.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the deque again from.";
    Instance One c"remove" "($self, value, /)" remove, c"Removes the first item that is the value; ValueError if there is none.";
    Instance None c"__reversed__" "($self, /)" iterators::reversed, c"An iterator over the deque from its end on.";
    Instance None c"reverse" "($self, /)" reverse, c"Turns the deque around.";
    Instance Positional c"rotate" "($self, n=1, /)" rotate, c"Moves so many items from the right end to the left.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "maxlen",
    get: |thread, this| match receiver(thread, this)?.most.get() {
        Some(most) => Value::int(thread, most as i64),
        None => Ok(Value::none()),
    },
    set: None,
    doc: "how many items there can be",
}];

/// Puts methods and attributes into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DEQUE, &METHODS)?;
    crate::generics::make_generic(thread, &DEQUE)?;
    install::attributes(thread, &DEQUE, &ATTRIBUTES)
}

fn push(thread: &Thread, this: Ref<'_>, item: Ref<'_>, end: End) -> PyResult<Value> {
    receiver(thread, this)?.push(thread, item.to_value(), end)?;
    Ok(Value::none())
}

fn pop(thread: &Thread, this: Ref<'_>, end: End) -> PyResult<Value> {
    let item = receiver(thread, this)?.pop(end);
    item.ok_or_else(|| raise!(thread, INDEX_ERROR, "pop from an empty deque"))
}

fn extend(thread: &Thread, this: Ref<'_>, items: Ref<'_>, end: End) -> PyResult<Value> {
    slots::extend(thread, receiver(thread, this)?, items, end)?;
    Ok(Value::none())
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(receiver(thread, this)?.take());
    Ok(Value::none())
}

fn count(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    let version = deque.version.get();
    let (mut count, mut at) = (0, 0);
    while let Some(item) = deque.get(at) {
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), wanted)?);
        if deque.version.get() != version {
            return Err(mutated(thread));
        }
        at += 1;
    }
    Value::int(thread, count)
}

fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "index", arguments.len(), 1, 3)?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let start = arguments.get(1).map(|start| to_index(thread, start.as_ref())).transpose()?;
    let stop = arguments.get(2).map(|stop| to_index(thread, stop.as_ref())).transpose()?;
    let deque = receiver(thread, this)?;
    match deque.position(thread, wanted, clip(deque.len(), start, stop), mutated)? {
        Some(at) => Value::int(thread, at as i64),
        None => Err(raise!(thread, VALUE_ERROR, "deque.index(x): x not in deque")),
    }
}

fn insert(thread: &Thread, this: Ref<'_>, index: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let index = to_size(thread, index)?;
    let deque = receiver(thread, this)?;
    if deque.most.get().is_some_and(|most| deque.len() >= most) {
        return Err(raise!(thread, INDEX_ERROR, "deque already at its maximum size"));
    }
    let (at, _) = clip(deque.len(), Some(index), None);
    let item = item.to_value();
    {
        let mut items = deque.items.borrow_mut();
        if items.try_reserve(1).is_err() {
            drop(items);
            return Err(thread.raise_memory_error());
        }
        let at = at.min(items.len());
        items.insert(at, item);
    }
    deque.changed();
    Ok(Value::none())
}

fn remove(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    let changed = |thread: &Thread| raise!(thread, INDEX_ERROR, "deque mutated during iteration");
    match deque.position(thread, wanted, (0, usize::MAX), changed)? {
        Some(at) => {
            drop(deque.remove(at));
            Ok(Value::none())
        }
        None => Err(raise!(thread, VALUE_ERROR, "deque.remove(x): x not in deque")),
    }
}

fn reverse(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    deque.items.borrow_mut().make_contiguous().reverse();
    Ok(Value::none())
}

fn rotate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "rotate", arguments.len(), 0, 1)?;
    let count = arguments.first().map_or(Ok(1), |count| to_size(thread, count.as_ref()))?;
    let deque = receiver(thread, this)?;
    {
        let mut items = deque.items.borrow_mut();
        if let Some(places) = count.unsigned_abs().checked_rem(items.len()) {
            if count > 0 { items.rotate_right(places) } else { items.rotate_left(places) }
        }
    }
    deque.changed();
    Ok(Value::none())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    let arguments = match deque.most.get() {
        Some(most) => {
            PyTuple::pack(thread, [PyTuple::empty().into_value(), Value::int(thread, most as i64)?])?
        }
        None => PyTuple::empty(),
    };
    let dict = instance_state(thread, this)?;
    let items = protocol::iter(thread, this)?;
    let parts = [as_ref(this.ty()).to_value(), arguments.into_value(), dict, items];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}
