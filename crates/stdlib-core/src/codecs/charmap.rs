//! Encodings by a table: a text whose characters stand at the bytes, or a mapping.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::dict::PyDict;
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::codecs::Encoding;
use taipan_runtime_builtins::codecs::callback::{self, Put};
use taipan_runtime_builtins::exceptions::unicode::{decode_error, encode_error};

use super::{errors_of, pair, text_argument};
use crate::call;

/// What stands for no character in a table that is a text.
const UNDEFINED: u32 = 0xFFFE;
const REASON: &str = "character maps to <undefined>";

/// `{character: byte}` of a table that is a text.
pub(super) fn build(thread: &Thread, _: Ref<'_>, map: Ref<'_>) -> PyResult<Value> {
    let map = call::str_argument(thread, "charmap_build", "argument", map)?;
    let dict = PyDict::new(thread)?;
    for at in 0..map.len().min(256) {
        let Some(c) = map.char_at(at).filter(|&c| c != UNDEFINED) else { continue };
        let key = Value::int(thread, c.into())?;
        drop(dict.insert(thread, key.as_ref(), Value::small(at as i32))?);
    }
    Ok(dict.into_value())
}

/// What a mapping has for a number; none if it has nothing.
fn mapped(thread: &Thread, mapping: Ref<'_>, number: u32) -> PyResult<Option<Value>> {
    let key = Value::int(thread, number.into())?;
    match protocol::subscript(thread, mapping, key.as_ref()) {
        Ok(value) => Ok(Some(value).filter(|value| !value.as_ref().is_none())),
        Err(raised) => call::caught(thread, raised, &LOOKUP_ERROR).map(|()| None),
    }
}

/// The bytes of a character.
fn bytes_for(thread: &Thread, mapping: Ref<'_>, c: u32) -> PyResult<Option<Vec<u8>>> {
    let Some(found) = mapped(thread, mapping, c)? else { return Ok(None) };
    if let Some(bytes) = found.as_ref().get::<PyBytes>() {
        return Ok(Some(bytes.as_slice().to_vec()));
    }
    if !found.as_ref().is_int() {
        let ty = found.as_ref().ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "character mapping must return integer, bytes or None, not {ty}"
        ));
    }
    match found.as_ref().to_i64().and_then(|byte| u8::try_from(byte).ok()) {
        Some(byte) => Ok(Some(vec![byte])),
        None => Err(raise!(thread, TYPE_ERROR, "character mapping must be in range(256)")),
    }
}

pub(super) fn encode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "charmap_encode", arguments.len(), 1, 3)?;
    let Some(text) = arguments.first() else { return Ok(Value::none()) };
    let text = text_argument(thread, "charmap_encode", text)?;
    let errors = errors_of(thread, "charmap_encode", arguments.get(1))?;
    let bytes = match arguments.get(2).filter(|mapping| !mapping.as_ref().is_none()) {
        None => Encoding::Latin1.encode(thread, text, &errors)?,
        Some(mapping) => encode_by(thread, text, &errors, mapping.as_ref())?,
    };
    pair(thread, PyBytes::new(thread, &bytes)?.into_value(), text.len())
}

fn encode_by(thread: &Thread, text: &PyStr, errors: &str, mapping: Ref<'_>) -> PyResult<Vec<u8>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(c) = text.char_at(at) {
        if let Some(bytes) = bytes_for(thread, mapping, c)? {
            out.extend(bytes);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while let Some(c) = text.char_at(end)
            && bytes_for(thread, mapping, c)?.is_none()
        {
            end += 1;
        }
        let error = encode_error(thread, "charmap", text, at, end, REASON)?;
        let (put, next) = callback::for_encoding(thread, errors, error.clone(), text.len())?;
        match put {
            Put::Bytes(bytes) => out.extend_from_slice(bytes.as_slice()),
            Put::Text(put) => {
                for c in (0..put.len()).filter_map(|at| put.char_at(at)) {
                    match bytes_for(thread, mapping, c)? {
                        Some(bytes) => out.extend(bytes),
                        None => return Err(thread.raise(error)),
                    }
                }
            }
        }
        at = next;
    }
    Ok(out)
}

/// The characters of a byte.
fn chars_for(thread: &Thread, mapping: Ref<'_>, byte: u8) -> PyResult<Option<Vec<u32>>> {
    if let Some(table) = mapping.get_exact::<PyStr>() {
        let found = table.char_at(byte.into()).filter(|&c| c != UNDEFINED);
        return Ok(found.map(|c| vec![c]));
    }
    let Some(found) = mapped(thread, mapping, byte.into())? else { return Ok(None) };
    if let Some(text) = found.as_ref().get::<PyStr>() {
        let chars: Vec<u32> = (0..text.len()).filter_map(|at| text.char_at(at)).collect();
        return Ok(Some(chars).filter(|chars| chars.as_slice() != [UNDEFINED]));
    }
    if !found.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "character mapping must return integer, None or str"));
    }
    match found.as_ref().to_i64().filter(|c| (0..0x11_0000).contains(c)) {
        Some(c) => Ok(Some(vec![c as u32]).filter(|chars| chars.as_slice() != [UNDEFINED])),
        None => Err(raise!(thread, TYPE_ERROR, "character mapping must be in range(0x110000)")),
    }
}

pub(super) fn decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "charmap_decode", arguments.len(), 1, 3)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let errors = errors_of(thread, "charmap_decode", arguments.get(1))?;
    let bytes = bytes_of(thread, data.as_ref())?;
    let Some(mapping) = arguments.get(2).filter(|mapping| !mapping.as_ref().is_none()) else {
        let (text, used) = Encoding::Latin1.decode(thread, &bytes, &errors, true)?;
        return pair(thread, text.into_value(), used);
    };
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        if let Some(chars) = chars_for(thread, mapping.as_ref(), byte)? {
            out.extend(chars);
            at += 1;
            continue;
        }
        let object = PyBytes::new(thread, &bytes)?.into_value();
        let error = decode_error(thread, "charmap", object, at, at + 1, REASON)?;
        let (put, next) = callback::for_decoding(thread, &errors, error, bytes.len())?;
        out.extend((0..put.len()).filter_map(|at| put.char_at(at)));
        at = next;
    }
    pair(thread, PyStr::from_code_points(thread, &out)?.into_value(), bytes.len())
}
