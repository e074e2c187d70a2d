//! Putting bytes together anew: `replace`, `join`, `translate`.

use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::find::find_first;
use super::{alike, bytes_of, peek, reserve};
use crate::arguments::{Parameters, check_count, to_size};
use crate::methods::str::join::items;

fn push(thread: &Thread, to: &mut Vec<u8>, bytes: &[u8]) -> PyResult<()> {
    reserve(thread, to, bytes.len())?;
    to.extend_from_slice(bytes);
    Ok(())
}

pub(super) fn replace(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "replace", arguments.len(), 2, 3)?;
    let argument = |at: usize| bytes_of(thread, arguments.get(at).map_or(this, Value::as_ref));
    let (old, new) = (argument(0)?, argument(1)?);
    let count = arguments.get(2).map_or(Ok(-1), |count| to_size(thread, count.as_ref()))?;
    let mut left = usize::try_from(count).unwrap_or(usize::MAX);
    let bytes = bytes_of(thread, this)?;
    let mut result = Vec::new();
    reserve(thread, &mut result, replaced_length(thread, &bytes, &old, &new, left)?)?;
    if old.is_empty() {
        // before every byte and at the end
        for at in 0..=bytes.len() {
            if at < left {
                push(thread, &mut result, &new)?;
            }
            push(thread, &mut result, bytes.get(at..at + 1).unwrap_or_default())?;
        }
        return alike(thread, this, &result);
    }
    let mut done = 0;
    while left > 0 {
        let Some(at) = find_first(&bytes, &old, done) else { break };
        push(thread, &mut result, bytes.get(done..at).unwrap_or_default())?;
        push(thread, &mut result, &new)?;
        done = at + old.len();
        left -= 1;
    }
    push(thread, &mut result, bytes.get(done..).unwrap_or_default())?;
    alike(thread, this, &result)
}

/// How long bytes are when all places of `old`, or so many, are replaced by `new`.
fn replaced_length(thread: &Thread, bytes: &[u8], old: &[u8], new: &[u8], most: usize) -> PyResult<usize> {
    let mut places = 0;
    if old.is_empty() {
        places = most.min(bytes.len() + 1);
    } else {
        let mut done = 0;
        while places < most
            && let Some(at) = find_first(bytes, old, done)
        {
            places += 1;
            done = at + old.len();
        }
    }
    let kept = bytes.len() - places * old.len();
    let length = places.checked_mul(new.len()).and_then(|more| more.checked_add(kept));
    length
        .filter(|&length| isize::try_from(length).is_ok())
        .ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "replace bytes is too long"))
}

pub(super) fn join(thread: &Thread, this: Ref<'_>, iterable: Ref<'_>) -> PyResult<Value> {
    let _held = super::find::hold(thread, this)?;
    let items = items(thread, iterable)?;
    let list = iterable.get_exact::<PyList>();
    let separator = bytes_of(thread, this)?;
    let mut result = Vec::new();
    let mut length = separator.len().saturating_mul(items.len().saturating_sub(1));
    for item in &items {
        let item = item.as_ref().get::<PyBytes>().map_or(0, |bytes| bytes.as_slice().len());
        length = length.saturating_add(item);
    }
    reserve(thread, &mut result, length)?;
    for (at, item) in items.iter().enumerate() {
        let Some(bytes) = peek(thread, item.as_ref())? else {
            let got = item.as_ref().ty().name();
            let message = format_args!("sequence item {at}: expected a bytes-like object, {got} found");
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        };
        if list.is_some_and(|list| list.len() != items.len()) {
            return Err(raise!(thread, RUNTIME_ERROR, "sequence changed size during iteration"));
        }
        if at > 0 {
            push(thread, &mut result, &separator)?;
        }
        push(thread, &mut result, &bytes)?;
    }
    alike(thread, this, &result)
}

const TRANSLATE: Parameters<2> = Parameters {
    function: "translate",
    names: ["table", "delete"],
    positional_only: 1,
    positional: 2,
    required: 1,
};

pub(super) fn translate(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [table, delete] = TRANSLATE.bind(thread, arguments, names)?;
    let table = table.filter(|table| !table.is_none());
    let table = table.map(|table| bytes_of(thread, table)).transpose()?;
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(raise!(thread, VALUE_ERROR, "translation table must be 256 characters long"));
    }
    let mut goes = [false; 256];
    if let Some(delete) = delete {
        for &byte in bytes_of(thread, delete)?.iter() {
            if let Some(goes) = goes.get_mut(usize::from(byte)) {
                *goes = true;
            }
        }
    }
    let mut bytes = bytes_of(thread, this)?.into_owned();
    bytes.retain(|&byte| !goes.get(usize::from(byte)).copied().unwrap_or(false));
    if let Some(table) = table {
        for byte in &mut bytes {
            *byte = table.get(usize::from(*byte)).copied().unwrap_or(*byte);
        }
    }
    alike(thread, this, &bytes)
}
