//! `_IOBase`: lines, by `peek` and `read` of the stream.

use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::check_closed;
use crate::bytes_like::reserve;
use crate::call;
use taipan_object::declare::method_table;

method_table! { METHODS:
    Instance Positional c"readline" "($self, size=-1, /)" readline, c"Read to the end of the line, and no more than size.";
    Instance Positional c"readlines" "($self, hint=-1, /)" readlines, c"The lines, until hint is reached.";
    Instance One c"writelines" "($self, lines, /)" write_lines, c"Write each of lines; no ends of lines are added.";
}

/// How many bytes may be read at once without going beyond the end of the line.
fn ahead(thread: &Thread, peek: Option<&Value>, limit: usize) -> PyResult<usize> {
    let Some(peek) = peek else { return Ok(1) };
    let seen = protocol::call(thread, peek.as_ref(), &[Value::small(1)], None)?;
    let Some(bytes) = seen.as_ref().get::<PyBytes>() else {
        let name = seen.as_ref().ty().name();
        return Err(raise!(thread, OS_ERROR, "peek() should have returned a bytes object, not '{name}'"));
    };
    let part = bytes.as_slice();
    let part = part.get(..limit).unwrap_or(part);
    Ok(memchr::memchr(b'\n', part).map_or(part.len(), |at| at + 1).max(1))
}

fn readline(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readline", arguments.len(), 0, 1)?;
    let limit = call::optional_size(thread, arguments.first())?;
    let peek = call::find(thread, this, "peek")?;
    let mut line: Vec<u8> = Vec::new();
    while limit.is_none_or(|limit| line.len() < limit) {
        let left = limit.map_or(usize::MAX, |limit| limit - line.len());
        let count = ahead(thread, peek.as_ref(), left)?;
        let part = call::method(thread, this, "read", &[Value::int(thread, count as i64)?])?;
        let Some(bytes) = part.as_ref().get::<PyBytes>() else {
            let name = part.as_ref().ty().name();
            return Err(raise!(thread, OS_ERROR, "read() should have returned a bytes object, not '{name}'"));
        };
        let bytes = bytes.as_slice();
        if bytes.is_empty() {
            break;
        }
        reserve(thread, &mut line, bytes.len())?;
        line.extend_from_slice(bytes);
        if line.ends_with(b"\n") {
            break;
        }
    }
    Ok(PyBytes::new(thread, &line)?.into_value())
}

/// `stream.readline()`; none at the end.
pub(crate) fn next_line(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let line = call::method(thread, this, "readline", &[])?;
    let is_end = protocol::length(thread, line.as_ref())? == 0;
    Ok((!is_end).then_some(line))
}

pub(super) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    check_closed(thread, this)?;
    Ok(this.to_value())
}

pub(super) fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    next_line(thread, this)
}

fn readlines(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readlines", arguments.len(), 0, 1)?;
    let hint = call::optional_size(thread, arguments.first())?.filter(|&hint| hint > 0);
    let lines = PyList::new(thread)?;
    let iterator = protocol::iter(thread, this)?;
    let mut length = 0_usize;
    while let Some(line) = protocol::next(thread, iterator.as_ref())? {
        length = length.saturating_add(match hint {
            Some(_) => protocol::length(thread, line.as_ref())?,
            None => 0,
        });
        lines.push(thread, line)?;
        if hint.is_some_and(|hint| length > hint) {
            break;
        }
    }
    Ok(lines.into_value())
}

fn write_lines(thread: &Thread, this: Ref<'_>, lines: Ref<'_>) -> PyResult<Value> {
    check_closed(thread, this)?;
    let iterator = protocol::iter(thread, lines)?;
    while let Some(line) = protocol::next(thread, iterator.as_ref())? {
        drop(call::method(thread, this, "write", &[line])?);
    }
    Ok(Value::none())
}
