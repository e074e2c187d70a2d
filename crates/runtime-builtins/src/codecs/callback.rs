//! Error handlers that are written in Python: they are given the exception, and give what is put and where to go on.

use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

use crate::chars::code_points;

/// What a handler of the encoder puts.
pub enum Put {
    /// Text, which is encoded.
    Text(Owned<PyStr>),
    /// Bytes.
    Bytes(Owned<PyBytes>),
}

/// Says that a codec gave something else than it should.
#[cold]
pub(super) fn wrong_result(
    thread: &Thread,
    what: &str,
    encoding: &str,
    wanted: &str,
    got: Ref<'_>,
) -> Raised {
    let (got, verb) = (got.ty().name(), if what == "encoder" { "encode" } else { "decode" });
    raise!(
        thread,
        TYPE_ERROR,
        "'{encoding}' {what} returned '{got}' instead of '{wanted}'; use codecs.{verb}() to {verb} to arbitrary types"
    )
}

/// Calls a handler; the position is that in a text of `len` characters or bytes.
fn call(
    thread: &Thread,
    errors: &str,
    error: Value,
    len: usize,
    what: (&str, &str),
) -> PyResult<(Value, usize)> {
    let handler = (thread.interp().hooks.error_handler.get())(thread, errors)?;
    let result = protocol::call(thread, handler.as_ref(), &[error], None)?;
    let items = result.as_ref().get::<PyTuple>().filter(|items| items.len() == 2);
    let Some((put, at)) = items.and_then(|items| Some((items.get(0)?, items.get(1)?))) else {
        let (kind, types) = what;
        return Err(raise!(thread, TYPE_ERROR, "{kind} error handler must return ({types}, int) tuple"));
    };
    let at = protocol::number::index_size(thread, at.as_ref())?;
    let place = if at < 0 { at.saturating_add(len as isize) } else { at };
    match usize::try_from(place).ok().filter(|place| *place <= len) {
        Some(place) => Ok((put, place)),
        None => Err(raise!(thread, INDEX_ERROR, "position {at} from error handler out of bounds")),
    }
}

/// What a handler puts for characters that cannot be encoded, and the character to go on with.
pub fn for_encoding(thread: &Thread, errors: &str, error: Value, len: usize) -> PyResult<(Put, usize)> {
    let (put, next) = call(thread, errors, error, len, ("encoding", "str/bytes"))?;
    let put = match put.downcast::<PyStr>() {
        Ok(text) => Put::Text(text),
        Err(other) => match other.downcast::<PyBytes>() {
            Ok(bytes) => Put::Bytes(bytes),
            Err(_) => {
                let message = "encoding error handler must return (str/bytes, int) tuple";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        },
    };
    Ok((put, next))
}

/// What a handler puts for bytes that cannot be decoded, and the byte to go on with.
pub fn for_decoding(
    thread: &Thread,
    errors: &str,
    error: Value,
    len: usize,
) -> PyResult<(Owned<PyStr>, usize)> {
    let (put, next) = call(thread, errors, error, len, ("decoding", "str"))?;
    match put.downcast::<PyStr>() {
        Ok(text) => Ok((text, next)),
        Err(_) => {
            let message = "decoding error handler must return (str, int) tuple";
            Err(raise!(thread, TYPE_ERROR, "{message}"))
        }
    }
}

/// The bytes of what was put; none if the encoding does not take a character of it.
pub(super) fn bytes_of(
    put: &Put,
    takes: impl Fn(u32) -> bool,
    push: impl Fn(&mut Vec<u8>, u32),
) -> Option<Vec<u8>> {
    match put {
        Put::Bytes(bytes) => Some(bytes.as_slice().to_vec()),
        Put::Text(text) => {
            let mut bytes = Vec::new();
            for c in code_points(text) {
                if !takes(c) {
                    return None;
                }
                push(&mut bytes, c);
            }
            Some(bytes)
        }
    }
}
