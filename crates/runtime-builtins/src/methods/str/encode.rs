//! `encode`, and how arguments are read that name an encoding or an error handler.

use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::receiver;
use crate::arguments::{Parameters, expect_str};
use crate::codecs;

const ENCODE: Parameters<2> = Parameters {
    function: "encode",
    names: ["encoding", "errors"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// A text argument that C would read as a string: without null characters. None if it was not given.
pub(crate) fn text_argument(
    thread: &Thread,
    function: &str,
    name: &str,
    value: Option<Ref<'_>>,
) -> PyResult<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    let which = format!("argument '{name}'");
    let text = expect_str(thread, function, &which, value)?.to_text_lossy();
    if text.contains('\0') {
        return Err(raise!(thread, VALUE_ERROR, "embedded null character"));
    }
    Ok(Some(text))
}

pub(super) fn encode(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [encoding, errors] = ENCODE.bind(thread, arguments, names)?;
    let encoding = text_argument(thread, "encode", "encoding", encoding)?;
    let errors = text_argument(thread, "encode", "errors", errors)?;
    let (encoding, errors) = (encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"));
    let bytes = codecs::encode(thread, receiver(thread, this)?, encoding, errors)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}
