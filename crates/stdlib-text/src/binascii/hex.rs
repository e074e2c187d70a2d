//! Hexadecimal digits.

use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol};
use taipan_runtime_builtins::arguments::Parameters;

use super::{ascii, error};

/// `a2b_hex`
pub(super) fn decode(thread: &Thread, _: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let data = ascii(thread, data)?;
    if !data.len().is_multiple_of(2) {
        return Err(error(thread, "Odd-length string"));
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => u8::MAX,
    };
    let mut out = Vec::with_capacity(data.len() / 2);
    for pair in data.as_chunks::<2>().0 {
        let [high, low] = pair.map(digit);
        if high | low == u8::MAX {
            return Err(error(thread, "Non-hexadecimal digit found"));
        }
        out.push(high << 4 | low);
    }
    Ok(PyBytes::new(thread, &out)?.into_value())
}

/// `b2a_hex`
pub(super) fn encode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    encoded(thread, "b2a_hex", arguments, names)
}

/// `hexlify`
pub(super) fn hexlify(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    encoded(thread, "hexlify", arguments, names)
}

/// What `bytes.hex` gives, as bytes.
fn encoded(
    thread: &Thread,
    function: &'static str,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let parameters = Parameters {
        function,
        names: ["data", "sep", "bytes_per_sep"],
        positional_only: 0,
        positional: 3,
        required: 1,
    };
    let [data, separator, group] = parameters.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let bytes = PyBytes::new(thread, &buffer::bytes_of(thread, data)?)?.into_value();
    let group = match group {
        Some(group) => Value::small(taipan_runtime_builtins::arguments::to_int(thread, group)?),
        None => Value::small(1),
    };
    let method = intern_text(thread, "hex")?;
    let beyond = separator.and_then(beyond_ascii);
    let text = match separator {
        Some(_) if beyond.is_some() => {
            let stand_in = PyStr::from_text(thread, "-")?.into_value();
            protocol::call_method(thread, bytes.as_ref(), &method, &[stand_in, group])?
        }
        Some(separator) => {
            protocol::call_method(thread, bytes.as_ref(), &method, &[separator.to_value(), group])?
        }
        None => protocol::call_method(thread, bytes.as_ref(), &method, &[])?,
    };
    let mut text =
        text.as_ref().get::<PyStr>().and_then(PyStr::as_ascii).unwrap_or_default().as_bytes().to_vec();
    if let Some(separator) = beyond {
        text.iter_mut().filter(|byte| **byte == b'-').for_each(|byte| *byte = separator);
    }
    Ok(PyBytes::new(thread, &text)?.into_value())
}

/// A separator that is a byte, but no ASCII: `bytes.hex` takes none.
fn beyond_ascii(separator: Ref<'_>) -> Option<u8> {
    let byte = match (separator.get::<PyStr>(), separator.get::<PyBytes>()) {
        (Some(text), _) if text.len() == 1 => u8::try_from(text.char_at(0)?).ok()?,
        (_, Some(bytes)) if bytes.as_slice().len() == 1 => *bytes.as_slice().first()?,
        _ => return None,
    };
    (!byte.is_ascii()).then_some(byte)
}
