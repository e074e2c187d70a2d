//! `_BufferedIOBase` and `_TextIOBase`: what streams refuse that do not say otherwise.

use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::bytes_like::Target;
use crate::call;
use crate::errors::unsupported;
use taipan_object::declare::{attribute_table, method_table};

method_table! { BUFFERED_METHODS:
    Instance None c"detach" "($self, /)" |thread, _| Err(unsupported(thread, "detach")), c"Separate the raw stream.";
    Instance Positional c"read" "($self, size=-1, /)" |thread, _, _| Err(unsupported(thread, "read")), c"Read up to size bytes.";
    Instance Positional c"read1" "($self, size=-1, /)" |thread, _, _| Err(unsupported(thread, "read1")), c"Read by at most one call.";
    Instance One c"readinto" "($self, buffer, /)" |thread, this, to| read_into(thread, this, to, "readinto() argument", "read"), c"Read into a buffer.";
    Instance One c"readinto1" "($self, buffer, /)" |thread, this, to| read_into(thread, this, to, "readinto1() argument", "read1"), c"Read into a buffer by at most one call.";
    Instance One c"write" "($self, b, /)" |thread, _, _| Err(unsupported(thread, "write")), c"Write bytes.";
}

method_table! { TEXT_METHODS:
    Instance None c"detach" "($self, /)" |thread, _| Err(unsupported(thread, "detach")), c"Separate the buffer.";
    Instance Positional c"read" "($self, size=-1, /)" |thread, _, _| Err(unsupported(thread, "read")), c"Read up to size characters.";
    Instance Positional c"readline" "($self, size=-1, /)" |thread, _, _| Err(unsupported(thread, "readline")), c"Read a line.";
    Instance One c"write" "($self, s, /)" |thread, _, _| Err(unsupported(thread, "write")), c"Write text.";
}

attribute_table! { TEXT_ATTRIBUTES:
    "encoding" |_, _| Ok(Value::none()), None, "The name of the encoding.";
    "newlines" |_, _| Ok(Value::none()), None, "The ends of lines that were met.";
    "errors" |_, _| Ok(Value::none()), None, "The name of the handler of errors.";
}

/// An instance of a base, or of a class in Python that derives from it.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    _: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    super::IO_BASE.instance(thread, class)
}

fn read_into(thread: &Thread, this: Ref<'_>, to: Ref<'_>, function: &str, reader: &str) -> PyResult<Value> {
    let target = Target::new(thread, function, to)?;
    let size = target.len();
    let data = call::method(thread, this, reader, &[Value::int(thread, size as i64)?])?;
    let Some(bytes) = data.as_ref().get::<taipan_object::bytes::PyBytes>() else {
        return Err(raise!(thread, TYPE_ERROR, "read() should return bytes"));
    };
    let len = bytes.as_slice().len();
    if len > size {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "read() returned too much data: {size} bytes requested, {len} returned"
        ));
    }
    Value::int(thread, target.put(0, bytes.as_slice()) as i64)
}
