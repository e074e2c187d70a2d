//! Methods of `dict`, in CPython's order. The views are in `views.rs`.

mod operators;
mod subscript;
pub(crate) mod views;

use taipan_object::dict::PyDict;
use taipan_object::exception::KEY_ERROR;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::method_table;
use crate::arguments::check_count;
use crate::iterate::{collect, for_each};
use crate::iterators::{DictPart, dict_reversed};

pub(crate) use operators::{inplace_or, or};
pub(crate) use subscript::subscript;

method_table! { METHODS:
    Instance One c"__contains__" "($self, key, /)" contains, c"Whether the key is there.";
    Instance One c"__getitem__" "($self, key, /)" subscript, c"The value of the key.";
    Instance Positional c"get" "($self, key, default=None, /)" get, c"The value of the key, or the default.";
    Instance Positional c"setdefault" "($self, key, default=None, /)" setdefault, c"The value of the key, which is set to the default if it is not there.";
    Instance Positional c"pop" "($self, key[, default], /)" pop, c"Removes the key and returns its value, or the default.";
    Instance None c"popitem" "($self, /)" popitem, c"Removes the last pair and returns it.";
    Instance Keywords c"update" "([other], **kwargs)" update, c"Sets keys to the values that a mapping, pairs and keyword arguments have.";
    Class Positional c"fromkeys" "($type, iterable, value=None, /)" operators::fromkeys, c"A dict of these keys, all with one value.";
    Instance None c"keys" "($self, /)" |thread, this| views::view(thread, receiver(thread, this)?, DictPart::Keys), c"A view of the keys.";
    Instance None c"items" "($self, /)" |thread, this| views::view(thread, receiver(thread, this)?, DictPart::Items), c"A view of the pairs.";
    Instance None c"values" "($self, /)" |thread, this| views::view(thread, receiver(thread, this)?, DictPart::Values), c"A view of the values.";
    Instance None c"__reversed__" "($self, /)" |thread, this| dict_reversed(thread, receiver(thread, this)?, DictPart::Keys), c"An iterator over the keys from the last on.";
    Instance None c"clear" "($self, /)" clear, c"Removes everything.";
    Instance None c"copy" "($self, /)" copy, c"A dict of the same pairs.";
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyDict> {
    let found = this.get::<PyDict>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'dict' object expected, not '{}'", this.ty().name()))
}

fn contains(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver(thread, this)?.contains(thread, key)?))
}

/// The key, and the default if there is one.
fn key_and_default<'a>(
    thread: &Thread,
    this: Ref<'a>,
    arguments: &'a [Value],
    name: &str,
) -> PyResult<(&'a PyDict, Ref<'a>, Option<Value>)> {
    check_count(thread, name, arguments.len(), 1, 2)?;
    let key = arguments.first().map_or(this, Value::as_ref);
    Ok((receiver(thread, this)?, key, arguments.get(1).cloned()))
}

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (dict, key, default) = key_and_default(thread, this, arguments, "get")?;
    Ok(dict.get(thread, key)?.or(default).unwrap_or_else(Value::none))
}

fn setdefault(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (dict, key, default) = key_and_default(thread, this, arguments, "setdefault")?;
    dict.get_or_insert(thread, key, default.unwrap_or_else(Value::none))
}

fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (dict, key, default) = key_and_default(thread, this, arguments, "pop")?;
    // an empty dict does not ask for the hash
    let removed = if dict.is_empty() { None } else { dict.remove(thread, key)? };
    match removed.map(|(_, value)| value).or(default) {
        Some(value) => Ok(value),
        None => Err(thread.raise_value(&KEY_ERROR, key.to_value())),
    }
}

fn popitem(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver(thread, this)?.pop_last() {
        Some((key, value)) => Ok(PyTuple::pack(thread, [key, value])?.into_value()),
        None => Err(raise!(thread, KEY_ERROR, "popitem(): dictionary is empty")),
    }
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(receiver(thread, this)?.take());
    Ok(Value::none())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(receiver(thread, this)?.copy(thread)?.into_value())
}

fn update(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    update_by(thread, this, arguments, names, "update")?;
    Ok(Value::none())
}

/// What `dict(…)` and `update` do: entries of a mapping or of pairs, then those by name.
pub(crate) fn update_by(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
    function: &str,
) -> PyResult<()> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    check_count(thread, function, positional.len(), 0, 1)?;
    let dict = receiver(thread, this)?;
    if let Some(other) = positional.first() {
        update_from(thread, dict, other.as_ref())?;
    }
    for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(named) {
        drop(dict.insert(thread, name, value.clone())?);
    }
    Ok(())
}

/// Takes the entries of a dict, of what has `keys`, or pairs.
pub(crate) fn update_from(thread: &Thread, dict: &PyDict, other: Ref<'_>) -> PyResult<()> {
    if let Some(other) = PyDict::to_merge(other) {
        return dict.update(thread, other, true);
    }
    let keys = intern_text(thread, "keys")?;
    if let Some(keys) = protocol::attribute::find(thread, other, &keys)? {
        let keys = protocol::call(thread, keys.as_ref(), &[], None)?;
        return for_each(thread, keys.as_ref(), |key| {
            let value = protocol::container::subscript(thread, other, key.as_ref())?;
            drop(dict.insert(thread, key.as_ref(), value)?);
            Ok(true)
        });
    }
    let mut number = 0;
    for_each(thread, other, |item| {
        let slots = item.as_ref().ty().slots();
        if slots.iter.get().is_none() && slots.item.get().is_none() {
            return Err(raise!(thread, TYPE_ERROR, "object is not iterable"));
        }
        let [key, value] = pair(thread, item.as_ref(), number)?;
        drop(dict.insert(thread, key.as_ref(), value)?);
        number += 1;
        Ok(true)
    })
}

fn pair(thread: &Thread, item: Ref<'_>, number: usize) -> PyResult<[Value; 2]> {
    <[Value; 2]>::try_from(collect(thread, item)?).map_err(|parts| {
        let length = parts.len();
        raise!(
            thread,
            VALUE_ERROR,
            "dictionary update sequence element #{number} has length {length}; 2 is required"
        )
    })
}
