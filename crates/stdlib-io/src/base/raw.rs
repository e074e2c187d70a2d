//! `_RawIOBase`: reading by `readinto`.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::exception::NOT_IMPLEMENTED_ERROR;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::check_count;

use crate::bytes_like::{reserve, zeros};
use crate::call;
use taipan_object::declare::method_table;

method_table! { METHODS:
    Instance Positional c"read" "($self, size=-1, /)" read, c"Read up to size bytes by readinto, or all.";
    Instance None c"readall" "($self, /)" readall, c"Read until the end, by read.";
    Instance One c"readinto" "" |thread, _, _| Err(missing(thread)), c"Read into a buffer.";
    Instance One c"write" "" |thread, _, _| Err(missing(thread)), c"Write bytes.";
}

#[cold]
fn missing(thread: &Thread) -> taipan_object::Raised {
    match taipan_object::exception::instance(thread, &NOT_IMPLEMENTED_ERROR, None) {
        Ok(error) => thread.raise(error),
        Err(raised) => raised,
    }
}

fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let Some(size) = call::size_or_all(thread, arguments.first())? else {
        return call::method(thread, this, "readall", &[]);
    };
    let array = PyByteArray::new(thread, &zeros(thread, size)?)?;
    let count = call::method(thread, this, "readinto", &[array.clone().into_value()])?;
    if count.as_ref().is_none() {
        return Ok(count);
    }
    let count = call::offset(thread, count.as_ref())?;
    let Some(count) = usize::try_from(count).ok().filter(|&count| count <= size) else {
        return Err(raise!(thread, VALUE_ERROR, "readinto returned {count} outside buffer size {size}"));
    };
    let bytes = array.copy(thread, 0, count)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn readall(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mut all: Vec<u8> = Vec::new();
    let mut is_first = true;
    loop {
        let part =
            call::method(thread, this, "read", &[Value::int(thread, crate::DEFAULT_BUFFER_SIZE as i64)?])?;
        if part.as_ref().is_none() {
            if is_first {
                return Ok(part);
            }
            break;
        }
        let Some(bytes) = part.as_ref().get::<PyBytes>() else {
            return Err(raise!(thread, TYPE_ERROR, "read() should return bytes"));
        };
        if bytes.as_slice().is_empty() {
            break;
        }
        reserve(thread, &mut all, bytes.as_slice().len())?;
        all.extend_from_slice(bytes.as_slice());
        is_first = false;
    }
    Ok(PyBytes::new(thread, &all)?.into_value())
}
