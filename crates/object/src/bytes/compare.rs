//! Comparison and membership of bytes and bytearrays, which go with each other.

use super::PyBytes;
use super::slots::bytes_of;
use crate::bytearray::PyByteArray;
use crate::bytearray::slots::byte;
use crate::error::PyResult;
use crate::raise;
use crate::sequence::key::is_index;
use crate::thread::Thread;
use crate::types::slots::CompareOp;
use crate::value::{Ref, Value};

/// Comparisons of two objects with bytes.
pub(crate) fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    // what is neither is asked itself: a memoryview compares items, not bytes
    let both_bytes = a.get::<PyBytes>().is_none() || b.get::<PyBytes>().is_some();
    if !both_bytes && b.get::<PyByteArray>().is_none() {
        return Ok(Value::not_implemented());
    }
    let Some(x) = bytes_of(thread, a)? else { return Ok(Value::not_implemented()) };
    let Some(y) = bytes_of(thread, b)? else { return Ok(Value::not_implemented()) };
    Ok(Value::bool(op.holds(x.cmp(&y))))
}

/// `in`: a byte, or bytes one behind the other.
pub(crate) fn contains_slot(thread: &Thread, bytes: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    if is_index(wanted) {
        let byte = byte(thread, wanted)?;
        return Ok(bytes_of(thread, bytes)?.is_some_and(|bytes| bytes.contains(&byte)));
    }
    let Some(wanted_bytes) = bytes_of(thread, wanted)? else {
        let name = wanted.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{name}'"));
    };
    let Some(bytes) = bytes_of(thread, bytes)? else { return Ok(false) };
    Ok(memchr::memmem::find(&bytes, &wanted_bytes).is_some())
}
