//! Variables, entropy, the terminal, facts of the system.

use taipan_host::{of, path};
use taipan_object::bytes::PyBytes;
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int, to_size};

use super::done;
use crate::struct_sequence::sequence;

sequence! {
    /// `os.terminal_size`.
    TERMINAL_SIZE TERMINAL_SIZE_TYPE TERMINAL_SIZE_CORE c"os.terminal_size", 2, 2: Some("columns"), Some("lines"),
}

/// The variables as a dict of bytes; of two with one name the first counts.
pub(super) fn environ(thread: &Thread) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    for (name, value) in of(thread).variables() {
        let name = PyBytes::new(thread, &name)?.into_value();
        let value = PyBytes::new(thread, &value)?.into_value();
        drop(dict.get_or_insert(thread, name.as_ref(), value)?);
    }
    Ok(dict.into_value())
}

pub(super) fn create_environ(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    environ(thread)
}

/// The bytes of a name or value of a variable.
fn text(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u8>> {
    let bytes = match (value.get::<PyStr>(), value.get::<PyBytes>()) {
        (Some(text), _) => path::encode(thread, text)?,
        (_, Some(bytes)) => bytes.as_slice().to_vec(),
        _ => {
            let name = value.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "expected str, bytes or os.PathLike object, not {name}"));
        }
    };
    if bytes.contains(&0) {
        return Err(raise!(thread, VALUE_ERROR, "embedded null byte"));
    }
    Ok(bytes)
}

pub(super) fn putenv(thread: &Thread, _: Ref<'_>, name: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let (name, value) = (text(thread, name)?, text(thread, value)?);
    if name.contains(&b'=') {
        return Err(raise!(thread, VALUE_ERROR, "illegal environment variable name"));
    }
    done(thread, of(thread).set_variable(&name, &value))
}

pub(super) fn unsetenv(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = text(thread, name)?;
    done(thread, of(thread).remove_variable(&name))
}

pub(super) fn urandom(thread: &Thread, _: Ref<'_>, size: Ref<'_>) -> PyResult<Value> {
    let Ok(size) = usize::try_from(to_size(thread, size)?) else {
        return Err(raise!(thread, VALUE_ERROR, "negative argument not allowed"));
    };
    let mut bytes: Vec<u8> = Vec::new();
    if bytes.try_reserve_exact(size).is_err() {
        return Err(thread.raise_memory_error());
    }
    bytes.resize(size, 0);
    of(thread).fill(&mut bytes).map_err(|error| error.raise(thread))?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

pub(super) fn get_terminal_size(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "get_terminal_size", arguments.len(), 0, 1)?;
    let fd = arguments.first().map_or(Ok(1), |fd| to_int(thread, fd.as_ref()))?;
    let (columns, lines) = of(thread).terminal_size(fd).map_err(|error| error.raise(thread))?;
    (TERMINAL_SIZE.make)(thread, vec![Value::small(columns.into()), Value::small(lines.into())])
}

pub(super) fn cpu_count(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    match of(thread).processors() {
        Some(count) => Value::int(thread, count as i64),
        None => Ok(Value::none()),
    }
}

pub(super) fn strerror(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let text = of(thread).error_text(to_int(thread, number)?);
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// No function is called while an interactive interpreter waits for input.
pub(super) fn is_inputhook_installed(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(false))
}

pub(super) fn inputhook(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}
