//! Bytes as they are written in sources.

use taipan_object::bytes::PyBytes;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{check_count, wrong_type};

use super::{bytes_or_text, errors_of, pair};

/// The bytes of an argument, a string as UTF-8, and how many they are.
pub(super) fn readbuffer(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readbuffer_encode", arguments.len(), 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let bytes = bytes_or_text(thread, data.as_ref())?;
    pair(thread, PyBytes::new(thread, &bytes)?.into_value(), bytes.len())
}

pub(super) fn encode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "escape_encode", arguments.len(), 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let Some(bytes) = data.as_ref().get::<PyBytes>() else {
        return Err(wrong_type(thread, "escape_encode", "argument 1", "bytes", data.as_ref()));
    };
    let mut out = Vec::with_capacity(bytes.as_slice().len());
    for &byte in bytes.as_slice() {
        match byte {
            b'\'' | b'\\' => out.extend([b'\\', byte]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    pair(thread, PyBytes::new(thread, &out)?.into_value(), bytes.as_slice().len())
}

pub(super) fn decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "escape_decode", arguments.len(), 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let errors = errors_of(thread, "escape_decode", arguments.get(1))?;
    let bytes = bytes_or_text(thread, data.as_ref())?;
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let Some(&escaped) = bytes.get(at + 1) else {
            return Err(raise!(thread, VALUE_ERROR, "Trailing \\ in string"));
        };
        at = one(thread, &bytes, (at, escaped), &errors, &mut out)?;
    }
    pair(thread, PyBytes::new(thread, &out)?.into_value(), bytes.len())
}

/// Reads an escape; gives where it goes on.
fn one(
    thread: &Thread,
    bytes: &[u8],
    (at, escaped): (usize, u8),
    errors: &str,
    out: &mut Vec<u8>,
) -> PyResult<usize> {
    let simple = match escaped {
        b'\n' => None,
        b'\\' | b'\'' | b'"' => Some(escaped),
        b'a' => Some(7),
        b'b' => Some(8),
        b'f' => Some(12),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        b'v' => Some(11),
        b'0'..=b'7' => {
            let digits = bytes.iter().skip(at + 1).take(3).take_while(|byte| matches!(byte, b'0'..=b'7'));
            let (value, count) = digits
                .fold((0_u32, 0), |(value, count), digit| (value * 8 + u32::from(digit - b'0'), count + 1));
            out.push(value as u8);
            return Ok(at + 1 + count);
        }
        b'x' => return hexadecimal(thread, bytes, at, errors, out),
        other => {
            out.extend([b'\\', other]);
            return Ok(at + 2);
        }
    };
    out.extend(simple);
    Ok(at + 2)
}

fn hexadecimal(thread: &Thread, bytes: &[u8], at: usize, errors: &str, out: &mut Vec<u8>) -> PyResult<usize> {
    let digit = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    if let (Some(high), Some(low)) = (digit(at + 2), digit(at + 3)) {
        out.push((high << 4 | low) as u8);
        return Ok(at + 4);
    }
    match errors {
        "strict" => return Err(raise!(thread, VALUE_ERROR, "invalid \\x escape at position {at}")),
        "replace" => out.push(b'?'),
        "ignore" => {}
        _ => {
            return Err(raise!(thread, VALUE_ERROR, "decoding error; unknown error handling code: {errors}"));
        }
    }
    Ok(if digit(at + 2).is_some() { at + 3 } else { at + 2 })
}
