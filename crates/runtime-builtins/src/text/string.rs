//! `repr` of strings and bytes: quotes and escapes. Invariant: the result is printable, and reads back.

use std::fmt::Write;

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, Value};
use taipan_unicode::is_printable;

use super::ascii;
use crate::chars::{code_points, with_chars};

/// The quote that needs fewer escapes: the single one, unless only it stands in the text.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// The escape of a code point that has none of its own.
fn push_number(text: &mut String, code_point: u32) {
    // writing to a string does not fail
    let _ = match code_point {
        0..0x100 => write!(text, "\\x{code_point:02x}"),
        0x100..0x1_0000 => write!(text, "\\u{code_point:04x}"),
        _ => write!(text, "\\U{code_point:08x}"),
    };
}

/// The escape of a character in quotes; none if it stands for itself.
fn escape(text: &mut String, code_point: u32, quote: char) -> bool {
    match char::from_u32(code_point) {
        Some('\t') => text.push_str("\\t"),
        Some('\n') => text.push_str("\\n"),
        Some('\r') => text.push_str("\\r"),
        Some(c) if c == '\\' || c == quote => text.extend(['\\', c]),
        _ => return false,
    }
    true
}

/// `repr` of a string.
pub fn quoted(thread: &Thread, text: &PyStr) -> PyResult<Owned<PyStr>> {
    quoted_where(thread, text, is_printable)
}

/// `ascii` of a string.
pub fn quoted_ascii(thread: &Thread, text: &PyStr) -> PyResult<Owned<PyStr>> {
    quoted_where(thread, text, |c| (0x20..0x7F).contains(&c))
}

fn quoted_where(thread: &Thread, text: &PyStr, shown: fn(u32) -> bool) -> PyResult<Owned<PyStr>> {
    let quote = quote_for(text.find_char(0x27, 0).is_some(), text.find_char(0x22, 0).is_some());
    let plain = |c: u32| shown(c) && c != u32::from(quote) && c != 0x5C;
    let mut builder = StrBuilder::new();
    builder.push_char(thread, quote.into())?;
    if with_chars!(text, chars => chars.iter().all(|&c| plain(u32::from(c)))) {
        builder.push(thread, text)?;
    } else {
        let mut pending = String::new();
        for c in code_points(text) {
            pending.clear();
            if plain(c) {
                builder.push_char(thread, c)?;
                continue;
            }
            if !escape(&mut pending, c, quote) {
                push_number(&mut pending, c);
            }
            builder.push_str(thread, &pending)?;
        }
    }
    builder.push_char(thread, quote.into())?;
    builder.finish(thread)
}

pub(super) fn str_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyStr>() {
        Some(text) => Ok(quoted(thread, text)?.into_value()),
        None => Ok(Value::not_implemented()),
    }
}

/// `str(value)` of a string: itself, without what a derived class adds.
pub(super) fn str_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match value.get::<PyStr>() {
        Some(text) if value.get_exact::<PyStr>().is_none() => {
            Ok(PyStr::from_code_points(thread, &code_points(text))?.into_value())
        }
        _ => Ok(value.to_value()),
    }
}

/// Bytes as a literal.
pub fn bytes_literal(bytes: &[u8]) -> String {
    bytes_quoted(bytes, |_| false)
}

fn bytes_quoted(bytes: &[u8], is_escaped: fn(u8) -> bool) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut text = String::from("b");
    text.push(quote);
    for &byte in bytes {
        if !escape(&mut text, byte.into(), quote) {
            match byte {
                _ if is_escaped(byte) => text.extend(['\\', byte.into()]),
                0x20..0x7F => text.push(byte.into()),
                _ => push_number(&mut text, byte.into()),
            }
        }
    }
    text.push(quote);
    text
}

pub(super) fn bytes_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    ascii(thread, &bytes_literal(value.get::<PyBytes>().map_or(&[], PyBytes::as_slice)))
}

pub(super) fn bytearray_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let bytes = match value.get::<PyByteArray>() {
        Some(array) => array.copy(thread, 0, array.len())?,
        None => Vec::new(),
    };
    // a single quote is escaped even between double ones, as the reference has it
    let literal = bytes_quoted(&bytes, |byte| byte == b'\'');
    ascii(thread, &format!("{}({literal})", value.ty().short_name()))
}
