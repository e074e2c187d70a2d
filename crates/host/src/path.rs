//! Paths between Python and the system: text is UTF-8 with lone surrogates for bytes that are none
//! (`surrogateescape`), and what has `__fspath__` is asked.

use taipan_object::bytes::PyBytes;
use taipan_object::protocol::call;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};

/// A path that a function was given.
pub struct Path {
    /// What the system is given.
    pub bytes: Vec<u8>,
    /// Whether it was given as bytes, so that answers are bytes as well.
    pub is_bytes: bool,
    /// What errors show: the argument itself.
    pub given: Value,
}

/// `os.fspath(value)`.
pub fn fspath(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    if is_text(value) {
        return Ok(value.to_value());
    }
    let name = value.ty().short_name();
    let method = value.ty().lookup(thread, &*intern_text(thread, "__fspath__")?)?;
    let Some(method) = method.filter(|method| !method.as_ref().is_none()) else {
        return Err(raise!(thread, TYPE_ERROR, "expected str, bytes or os.PathLike object, not {name}"));
    };
    let path = match method.as_ref().ty().slots().descr_get.get() {
        Some(get) => {
            let bound = get(thread, method.as_ref(), Some(value), Some(as_ref(value.ty())))?;
            call(thread, bound.as_ref(), &[], None)?
        }
        None => call(thread, method.as_ref(), &[], None)?,
    };
    if is_text(path.as_ref()) {
        return Ok(path);
    }
    let got = path.as_ref().ty().short_name();
    Err(raise!(thread, TYPE_ERROR, "expected {name}.__fspath__() to return str or bytes, not {got}"))
}

fn is_text(value: Ref<'_>) -> bool {
    value.get::<PyStr>().is_some() || value.get::<PyBytes>().is_some()
}

/// Whether a value can stand for a path: text, bytes, or something with `__fspath__`.
pub fn is_path(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    if is_text(value) {
        return Ok(true);
    }
    let method = value.ty().lookup(thread, &*intern_text(thread, "__fspath__")?)?;
    Ok(method.is_some_and(|method| !method.as_ref().is_none()))
}

/// Reads a path.
///
/// # Errors
/// `TypeError` if it is none, `ValueError` if it has a NUL, `UnicodeEncodeError` for surrogates that stand for
/// no byte.
pub fn read(thread: &Thread, value: Ref<'_>) -> PyResult<Path> {
    let text = fspath(thread, value)?;
    let (bytes, is_bytes) = match text.as_ref().get::<PyBytes>() {
        Some(bytes) => (bytes.as_slice().to_vec(), true),
        None => match text.as_ref().get::<PyStr>() {
            Some(text) => (encode(thread, text)?, false),
            None => (Vec::new(), false),
        },
    };
    if bytes.contains(&0) {
        return Err(raise!(thread, VALUE_ERROR, "embedded null byte"));
    }
    Ok(Path { bytes, is_bytes, given: value.to_value() })
}

/// `os.fsencode` of a text.
pub fn encode(thread: &Thread, text: &PyStr) -> PyResult<Vec<u8>> {
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let mut bytes = Vec::new();
    if bytes.try_reserve(text.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for at in 0..text.len() {
        let Some(c) = text.char_at(at) else { break };
        match char::from_u32(c) {
            Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None if (0xDC80..0xDD00).contains(&c) => bytes.push((c - 0xDC00) as u8),
            None => return Err(refused(thread, text, at)),
        }
    }
    Ok(bytes)
}

#[cold]
fn refused(thread: &Thread, text: &PyStr, at: usize) -> taipan_object::Raised {
    let error = || {
        let args = [
            PyStr::from_text(thread, "utf-8")?.into_value(),
            Owned::new_ref(text).into_value(),
            Value::int(thread, at as i64)?,
            Value::int(thread, at as i64 + 1)?,
            PyStr::from_text(thread, "surrogates not allowed")?.into_value(),
        ];
        taipan_object::exception::with_arguments(
            thread,
            &taipan_object::exception::UNICODE_ENCODE_ERROR,
            taipan_object::tuple::PyTuple::pack(thread, args)?,
        )
    };
    match error() {
        Ok(error) => thread.raise(error),
        Err(raised) => raised,
    }
}

/// `os.fsdecode` of bytes.
pub fn decode(thread: &Thread, bytes: &[u8]) -> PyResult<Owned<PyStr>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return PyStr::from_text(thread, text);
    }
    let mut points: Vec<u32> = Vec::new();
    if points.try_reserve(bytes.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for chunk in bytes.utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|&byte| 0xDC00 + u32::from(byte)));
    }
    PyStr::from_code_points(thread, &points)
}

/// What the system said, as bytes if the path was given as bytes.
pub fn answer(thread: &Thread, bytes: &[u8], is_bytes: bool) -> PyResult<Value> {
    if is_bytes {
        return Ok(PyBytes::new(thread, bytes)?.into_value());
    }
    Ok(decode(thread, bytes)?.into_value())
}
