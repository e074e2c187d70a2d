//! `str` and `repr` of exceptions: of their arguments, or of the fields of those that have some.

use taipan_object::bytes::PyBytes;
use taipan_object::exception::PyBaseException;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::{ascii, repr, str};
use crate::exceptions::unicode;

fn args_of(value: Ref<'_>) -> Owned<PyTuple> {
    let args = value.get::<PyBaseException>().and_then(PyBaseException::args);
    args.and_then(|args| args.downcast::<PyTuple>().ok()).unwrap_or_else(PyTuple::empty)
}

/// A field that is set, and not to `None`.
fn field(value: Ref<'_>, at: usize) -> Option<Value> {
    value.get::<PyBaseException>()?.field(at).filter(|field| !field.as_ref().is_none())
}

pub(super) fn base_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let args = args_of(value);
    Ok(match (args.len(), args.get(0)) {
        (1, Some(only)) => str(thread, only.as_ref())?.into_value(),
        (0, _) => return ascii(thread, ""),
        _ => str(thread, args.as_ref())?.into_value(),
    })
}

pub(super) fn base_repr(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let args = args_of(value);
    let name = value.ty().short_name();
    let mut builder = StrBuilder::new();
    builder.push_str(thread, name)?;
    match (args.len(), args.get(0)) {
        (1, Some(only)) => {
            builder.push_str(thread, "(")?;
            let only = repr(thread, only.as_ref())?;
            builder.push(thread, &only)?;
            builder.push_str(thread, ")")?;
        }
        _ => {
            let all = repr(thread, args.as_ref())?;
            builder.push(thread, &all)?;
        }
    }
    Ok(builder.finish(thread)?.into_value())
}

/// A missing key is shown so that `''` can be seen.
pub(super) fn key_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let args = args_of(value);
    match (args.len(), args.get(0)) {
        (1, Some(key)) => Ok(repr(thread, key.as_ref())?.into_value()),
        _ => base_str(thread, value),
    }
}

/// `message (3 sub-exceptions)`
pub(super) fn group_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(message) = field(value, 0) else { return base_str(thread, value) };
    let count = field(value, 1).and_then(|all| all.as_ref().get::<PyTuple>().map(PyTuple::len)).unwrap_or(0);
    let message = str(thread, message.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push(thread, &message)?;
    let plural = if count == 1 { "" } else { "s" };
    builder.push_str(thread, &format!(" ({count} sub-exception{plural})"))?;
    Ok(builder.finish(thread)?.into_value())
}

pub(super) fn import_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    match field(value, 0) {
        Some(message) if message.as_ref().get_exact::<PyStr>().is_some() => Ok(message),
        _ => base_str(thread, value),
    }
}

/// `[Errno 2] No such file or directory: 'a' -> 'b'`
pub(super) fn os_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(exception) = value.get::<PyBaseException>() else { return base_str(thread, value) };
    let (code, reason) = (exception.field(0), exception.field(1));
    let (first, second) = (field(value, 2), field(value, 3));
    let mut builder = StrBuilder::new();
    if first.is_none() && (code.is_none() || reason.is_none()) {
        return base_str(thread, value);
    }
    builder.push_str(thread, "[Errno ")?;
    let code = str(thread, code.unwrap_or_else(Value::none).as_ref())?;
    builder.push(thread, &code)?;
    builder.push_str(thread, "] ")?;
    let reason = str(thread, reason.unwrap_or_else(Value::none).as_ref())?;
    builder.push(thread, &reason)?;
    if let Some(first) = first {
        builder.push_str(thread, ": ")?;
        let first = repr(thread, first.as_ref())?;
        builder.push(thread, &first)?;
        if let Some(second) = second {
            builder.push_str(thread, " -> ")?;
            let second = repr(thread, second.as_ref())?;
            builder.push(thread, &second)?;
        }
    }
    Ok(builder.finish(thread)?.into_value())
}

/// `message (file.py, line 3)`
pub(super) fn syntax_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let file = field(value, 1).and_then(|file| {
        let text = file.as_ref().get::<PyStr>()?.to_text_lossy();
        Some(text.rsplit('/').next().unwrap_or_default().to_owned())
    });
    let line = field(value, 2).filter(|line| std::ptr::eq(line.as_ref().ty(), &raw const statics::INT));
    let line = line.and_then(|line| line.as_ref().to_i64());
    let place = match (file, line) {
        (Some(file), Some(line)) => format!(" ({file}, line {line})"),
        (Some(file), None) => format!(" ({file})"),
        (None, Some(line)) => format!(" (line {line})"),
        (None, None) => String::new(),
    };
    let message = value.get::<PyBaseException>().and_then(|exception| exception.field(0));
    let message = str(thread, message.unwrap_or_else(Value::none).as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push(thread, &message)?;
    builder.push_str(thread, &place)?;
    Ok(builder.finish(thread)?.into_value())
}

/// How a character is named in messages.
fn escaped(c: u32) -> String {
    match c {
        0..=0xFF => format!("'\\x{c:02x}'"),
        0x100..=0xFFFF => format!("'\\u{c:04x}'"),
        _ => format!("'\\U{c:08x}'"),
    }
}

/// `character '\xe9' in position 0: ordinal not in range(128)`, `bytes in position 0-1: …`
fn unicode_error(thread: &Thread, value: Ref<'_>, does: &str) -> PyResult<Value> {
    let Some(fields) = value.get::<PyBaseException>().and_then(unicode::fields) else {
        return ascii(thread, "");
    };
    let encoding = fields.encoding.map(|encoding| str(thread, encoding.as_ref())).transpose()?;
    let reason = str(thread, fields.reason.as_ref())?.to_text_lossy();
    // their texts may have been made by Python code that changed the exception
    let Some(fields) = value.get::<PyBaseException>().and_then(unicode::fields) else {
        return Err(raise!(thread, TYPE_ERROR, "UnicodeError 'object' attribute is not set"));
    };
    let (is_bytes, is_str) = (fields.object.as_ref().get::<PyBytes>(), fields.object.as_ref().get::<PyStr>());
    if does == "decode" && is_bytes.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "UnicodeError 'object' attribute must be a bytes"));
    }
    if does != "decode" && is_str.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "UnicodeError 'object' attribute must be a string"));
    }
    let (start, end) = (fields.start, fields.end);
    let only = usize::try_from(start).ok().filter(|_| end.wrapping_sub(start) == 1);
    let object = fields.object.as_ref();
    let byte = only.and_then(|at| object.get::<PyBytes>()?.as_slice().get(at).copied());
    let character = only.and_then(|at| object.get::<PyStr>()?.char_at(at));
    let what = match (byte, character) {
        (Some(byte), _) => format!("byte 0x{byte:02x} in position {start}"),
        (_, Some(c)) => format!("character {} in position {start}", escaped(c)),
        _ => {
            let what = if object.get::<PyBytes>().is_some() { "bytes" } else { "characters" };
            format!("{what} in position {start}-{}", end.wrapping_sub(1))
        }
    };
    let codec = encoding.map_or_else(String::new, |name| format!("'{}' codec ", name.to_text_lossy()));
    ascii(thread, &format!("{codec}can't {does} {what}: {reason}"))
}

pub(super) fn encode_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    unicode_error(thread, value, "encode")
}

pub(super) fn decode_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    unicode_error(thread, value, "decode")
}

pub(super) fn translate_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    unicode_error(thread, value, "translate")
}
