//! Methods of `list`, in CPython's order.

mod powersort;
pub(crate) mod sort;

use taipan_object::items::Block;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::method_table;
use crate::arguments::{check_count, clip, to_index, to_size};
use crate::iterators::list_reversed;

method_table! { METHODS:
    Instance None c"__reversed__" "($self, /)" reversed, c"An iterator over the list from its end on.";
    Instance None c"__sizeof__" "($self, /)" |thread, this| Value::int(thread, 40 + 8 * receiver(thread, this)?.capacity() as i64), c"How many bytes the object takes.";
    Instance None c"clear" "($self, /)" clear, c"Removes all items.";
    Instance None c"copy" "($self, /)" copy, c"A list of the same items.";
    Instance One c"append" "($self, object, /)" append, c"Adds an item at the end.";
    Instance Two c"insert" "($self, index, object, /)" insert, c"Adds an item before an index.";
    Instance One c"extend" "($self, iterable, /)" extend, c"Adds all items of the iterable at the end.";
    Instance Positional c"pop" "($self, index=-1, /)" pop, c"Removes the item at an index, and returns it.";
    Instance One c"remove" "($self, value, /)" remove, c"Removes the first item that is the value; ValueError if there is none.";
    Instance Positional c"index" "($self, value, start=0, stop=sys.maxsize, /)" index, c"The first index of the value; ValueError if there is none.";
    Instance One c"count" "($self, value, /)" count, c"How many items are the value.";
    Instance None c"reverse" "($self, /)" reverse, c"Turns the list around.";
    Instance Keywords c"sort" "($self, /, *, key=None, reverse=False)" sort::sort, c"Sorts the list; equal items keep their order.";
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyList> {
    let found = this.get::<PyList>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'list' object expected, not '{}'", this.ty().name()))
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(receiver(thread, this)?.take());
    Ok(Value::none())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let list = receiver(thread, this)?;
    let block = list.copy(thread, 0, list.len())?;
    Ok(PyList::from_block(thread, block)?.into_value())
}

fn append(thread: &Thread, this: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.push(thread, item.to_value())?;
    Ok(Value::none())
}

fn insert(thread: &Thread, this: Ref<'_>, index: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let index = to_size(thread, index)?;
    let list = receiver(thread, this)?;
    let (at, _) = clip(list.len(), Some(index), None);
    list.insert(thread, at.min(list.len()), item.to_value())?;
    Ok(Value::none())
}

fn extend(thread: &Thread, this: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    extend_list(thread, receiver(thread, this)?, iterable)?;
    Ok(Value::none())
}

/// Adds all items of an iterable at the end of a list.
pub(crate) fn extend_list(thread: &Thread, list: &PyList, iterable: Ref<'_>) -> PyResult<()> {
    // a list that extends itself is copied, whatever the `__iter__` of a subclass does
    let itself = |other: &&PyList| std::ptr::eq(*other, list);
    let other = iterable.get_exact::<PyList>().or_else(|| iterable.get::<PyList>().filter(itself));
    if let Some(other) = other {
        let block = other.copy(thread, 0, other.len())?;
        drop(list.splice(thread, list.len(), list.len(), block)?);
        return Ok(());
    }
    if let Some(tuple) = iterable.get_exact::<PyTuple>() {
        let mut block = Block::with_capacity(thread, tuple.len())?;
        for item in tuple.iter() {
            // the block has room for all of them
            drop(block.push(item.to_value()));
        }
        drop(list.splice(thread, list.len(), list.len(), block)?);
        return Ok(());
    }
    protocol::length_hint::extend_list(thread, list, iterable)
}

fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    list_reversed(thread, receiver(thread, this)?)
}

fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pop", arguments.len(), 0, 1)?;
    let index = arguments.first().map_or(Ok(-1), |index| to_size(thread, index.as_ref()))?;
    let list = receiver(thread, this)?;
    if list.is_empty() {
        return Err(raise!(thread, INDEX_ERROR, "pop from empty list"));
    }
    let at = if index < 0 { list.len().checked_add_signed(index) } else { usize::try_from(index).ok() };
    let removed = at.and_then(|at| list.remove(at));
    removed.ok_or_else(|| raise!(thread, INDEX_ERROR, "pop index out of range"))
}

fn remove(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let list = receiver(thread, this)?;
    match list.position(thread, wanted, 0, usize::MAX)? {
        Some(at) => {
            drop(list.remove(at));
            Ok(Value::none())
        }
        None => Err(raise!(thread, VALUE_ERROR, "list.remove(x): x not in list")),
    }
}

fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "index", arguments.len(), 1, 3)?;
    let list = receiver(thread, this)?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let start = arguments.get(1).map(|start| to_index(thread, start.as_ref())).transpose()?;
    let stop = arguments.get(2).map(|stop| to_index(thread, stop.as_ref())).transpose()?;
    let (start, stop) = clip(list.len(), start, stop);
    match list.position(thread, wanted, start, stop)? {
        Some(at) => Value::int(thread, at as i64),
        None => Err(raise!(thread, VALUE_ERROR, "list.index(x): x not in list")),
    }
}

fn count(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let list = receiver(thread, this)?;
    let (mut count, mut at) = (0, 0);
    while let Some(item) = list.get(at) {
        thread.check_interrupts()?;
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), wanted)?);
        at += 1;
    }
    Value::int(thread, count)
}

fn reverse(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.reverse();
    Ok(Value::none())
}

type Names<'a> = Option<&'a PyTuple>;
