//! `hex`.

use taipan_object::bytes::PyBytes;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::bytes_of;
use crate::arguments::{Parameters, to_int};

const HEX: Parameters<2> = Parameters {
    function: "hex",
    names: ["sep", "bytes_per_sep"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// The character that stands between groups.
fn separator(thread: &Thread, value: Ref<'_>) -> PyResult<u32> {
    let Some(length) = value.ty().slots().length.get() else {
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "object of type '{name}' has no len()"));
    };
    if length(thread, value)? != 1 {
        return Err(raise!(thread, VALUE_ERROR, "sep must be length 1."));
    }
    let c = match (value.get::<PyStr>(), value.get::<PyBytes>()) {
        (Some(text), _) => text.char_at(0),
        (_, Some(bytes)) => bytes.as_slice().first().map(|&byte| byte.into()),
        _ => return Err(raise!(thread, TYPE_ERROR, "sep must be str or bytes.")),
    };
    let c = c.filter(|&c| c < 0x80);
    c.ok_or_else(|| raise!(thread, VALUE_ERROR, "sep must be ASCII."))
}

pub(super) fn hex(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let _held = super::find::hold(thread, this)?;
    hex_of(thread, &bytes_of(thread, this)?, arguments, names)
}

/// Bytes in hexadecimal, as the arguments of `hex` want them.
pub(crate) fn hex_of(
    thread: &Thread,
    bytes: &[u8],
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [sep, size] = HEX.bind(thread, arguments, names)?;
    let size = size.map_or(Ok(1), |size| to_int(thread, size))?;
    let sep = sep.map(|sep| separator(thread, sep)).transpose()?;
    let group = size.unsigned_abs() as usize;
    if sep.is_none() {
        return digits_of(thread, bytes);
    }
    let mut builder = StrBuilder::new();
    for (at, byte) in bytes.iter().enumerate() {
        // groups of a positive size are counted from the end
        let place = if size > 0 { bytes.len() - at } else { at };
        if let Some(sep) = sep
            && at > 0
            && group > 0
            && place % group == 0
        {
            builder.push_char(thread, sep)?;
        }
        for digit in digits(*byte) {
            builder.push_char(thread, digit.into())?;
        }
    }
    builder.finish(thread).map(Owned::into_value)
}

/// Two digits for each byte, one behind the other.
fn digits_of(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    let mut text: Vec<[u8; 2]> = Vec::new();
    if text.try_reserve_exact(bytes.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    text.extend(bytes.iter().map(|byte| digits(*byte)));
    let text = std::str::from_utf8(text.as_flattened()).unwrap_or_default();
    PyStr::from_text(thread, text).map(Owned::into_value)
}

/// The two digits of a byte.
fn digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| if digit < 10 { b'0' + digit } else { b'a' - 10 + digit })
}
