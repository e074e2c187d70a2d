//! Subscripts of bytearrays. Invariant: a value is read before the place it goes to is looked for.

use std::borrow::Cow;

use super::PyByteArray;
use crate::buffer;
use crate::bytes::slots::gathered;
use crate::error::PyResult;
use crate::protocol;
use crate::raise;
use crate::sequence::key::{self, Key, Part};
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// `array[key]`.
pub(super) fn subscript(thread: &Thread, array: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<PyByteArray>(thread, array)?;
    match key::read_for(thread, key, "bytearray")? {
        Key::Index(at) => match key::place(at, array.len()).and_then(|at| array.get(at)) {
            Some(byte) => Ok(Value::small(i32::from(byte))),
            None => Err(out_of_range(thread)),
        },
        Key::Slice(bounds) => {
            let part = bounds.of(array.len());
            let taken = gathered(thread, part.places().filter_map(|at| array.get(at)), part.count)?;
            Ok(PyByteArray::new(thread, &taken)?.into_value())
        }
    }
}

#[cold]
fn out_of_range(thread: &Thread) -> crate::Raised {
    raise!(thread, INDEX_ERROR, "bytearray index out of range")
}

/// The byte that an int stands for.
pub(crate) fn byte(thread: &Thread, value: Ref<'_>) -> PyResult<u8> {
    let int = protocol::index(thread, value)?;
    let byte = int.as_ref().to_i64().and_then(|int| u8::try_from(int).ok());
    byte.ok_or_else(|| raise!(thread, VALUE_ERROR, "byte must be in range(0, 256)"))
}

/// `array[key] = value`, `del array[key]`.
pub(super) fn set_subscript(
    thread: &Thread,
    array: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let array = receiver::<PyByteArray>(thread, array)?;
    match (key::read_for(thread, key, "bytearray")?, value) {
        (Key::Index(at), Some(value)) => {
            let byte = byte(thread, value.as_ref())?;
            match key::place(at, array.len()).is_some_and(|at| array.set(at, byte)) {
                true => Ok(()),
                false => Err(out_of_range(thread)),
            }
        }
        (Key::Index(at), None) => match key::place(at, array.len()) {
            Some(at) => array.splice(thread, at, at + 1, &[]),
            None => Err(out_of_range(thread)),
        },
        (Key::Slice(bounds), value) => {
            let new = match &value {
                None => Cow::Borrowed([].as_slice()),
                Some(value) => collect(thread, value.as_ref())?,
            };
            let part = bounds.of(array.len());
            if let Some((start, end)) = part.run() {
                return array.splice(thread, start, end, &new);
            }
            if value.is_none() || new.is_empty() {
                return delete(thread, array, part);
            }
            let (given, places) = (new.len(), part.count);
            if given != places {
                return Err(raise!(
                    thread,
                    VALUE_ERROR,
                    "attempt to assign bytes of size {given} to extended slice of size {places}"
                ));
            }
            let done = array.set_each(part.start, part.step, places, &new);
            debug_assert!(done, "a part of an array is within it");
            Ok(())
        }
    }
}

fn delete(thread: &Thread, array: &PyByteArray, part: Part) -> PyResult<()> {
    let len = array.len();
    let kept = (0..len).filter(|at| !part.has(*at)).filter_map(|at| array.get(at));
    let kept = gathered(thread, kept, len.saturating_sub(part.count))?;
    array.splice(thread, 0, len, &kept)
}

/// The bytes that are assigned to a slice.
fn collect<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    if buffer::is_bytes_like(value) {
        return buffer::bytes_of(thread, value);
    }
    let slots = value.ty().slots();
    if value.get::<crate::str::PyStr>().is_some()
        || slots.index.get().is_some()
        || slots.float.get().is_some()
    {
        let message = "can assign only bytes, buffers, or iterables of ints in range(0, 256)";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    if slots.iter.get().is_none() {
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "cannot convert '{name}' object to bytearray"));
    }
    let iterator = protocol::iter(thread, value)?;
    let mut bytes = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        let byte = byte(thread, item.as_ref())?;
        bytes.try_reserve(1).map_err(|_| thread.raise_memory_error())?;
        bytes.push(byte);
    }
    Ok(Cow::Owned(bytes))
}
