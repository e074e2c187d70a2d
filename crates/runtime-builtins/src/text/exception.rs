//! `str` and `repr` of exceptions: of their arguments, or of the fields of those that have some.

use taipan_object::exception::PyBaseException;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{Owned, PyResult, Ref, Thread, Value};

use super::{ascii, repr, str};

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

/// `'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)`
pub(super) fn encode_error_str(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let args = args_of(value);
    let text = |at: usize| args.borrow(at).and_then(|arg| arg.get::<PyStr>());
    let place = |at: usize| args.borrow(at).and_then(|arg| usize::try_from(arg.to_i64()?).ok());
    let (Some(codec), Some(object), Some(start), Some(end), Some(reason)) =
        (text(0), text(1), place(2), place(3), text(4))
    else {
        return base_str(thread, value);
    };
    let (codec, reason) = (codec.to_text_lossy(), reason.to_text_lossy());
    let what = match object.char_at(start).filter(|_| end == start.saturating_add(1)) {
        Some(c @ 0..=0xFF) => format!("character '\\x{c:02x}' in position {start}"),
        Some(c @ 0x100..=0xFFFF) => format!("character '\\u{c:04x}' in position {start}"),
        Some(c) => format!("character '\\U{c:08x}' in position {start}"),
        None => format!("characters in position {start}-{}", end.saturating_sub(1)),
    };
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &format!("'{codec}' codec can't encode {what}: {reason}"))?;
    Ok(builder.finish(thread)?.into_value())
}
