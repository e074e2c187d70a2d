//! `text % values` and `bytes % values`: the formatting of C's `printf`, with names. One engine walks code points of
//! either; `convert.rs` makes the text of one value.

mod convert;
mod field;

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::protocol::subscript;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::chars::{code_points, with_chars};
use crate::format::markup::Char;
use field::{Field, Reader};

/// What is formatted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Bytes: characters up to U+00FF stand for them.
    Bytes,
}

/// The values, and which is next.
pub(super) struct Values<'a> {
    kind: Kind,
    all: Ref<'a>,
    tuple: Option<&'a PyTuple>,
    next: usize,
    /// The value that a name named, until it is used.
    named: Option<Option<Value>>,
}

impl<'a> Values<'a> {
    fn new(kind: Kind, all: Ref<'a>) -> Values<'a> {
        Values { kind, all, tuple: all.get::<PyTuple>(), next: 0, named: None }
    }

    /// The next value.
    pub(super) fn take(&mut self, thread: &Thread) -> PyResult<Value> {
        let found = match (&mut self.named, self.tuple) {
            (Some(named), _) => named.take(),
            (None, Some(tuple)) => tuple.get(self.next),
            (None, None) if self.next == 0 => Some(self.all.to_value()),
            _ => None,
        };
        self.next += 1;
        found.ok_or_else(|| {
            thread.raise_message(&TYPE_ERROR, format_args!("not enough arguments for format string"))
        })
    }

    /// Whether values can be named.
    fn is_mapping(&self) -> bool {
        let is_bytes = self.all.get::<PyBytes>().is_some() || self.all.get::<PyByteArray>().is_some();
        let is_text = self.all.get::<PyStr>().is_some() || self.kind == Kind::Bytes && is_bytes;
        self.tuple.is_none() && !is_text && self.all.ty().slots().subscript.get().is_some()
    }

    /// Looks a name up; it is the next value.
    pub(super) fn name(&mut self, thread: &Thread, name: &[u32]) -> PyResult<()> {
        if !self.is_mapping() {
            return Err(raise!(thread, TYPE_ERROR, "format requires a mapping"));
        }
        let key = match self.kind {
            Kind::Text => PyStr::from_code_points(thread, name)?.into_value(),
            Kind::Bytes => PyBytes::new(thread, &to_bytes(name.iter().copied()))?.into_value(),
        };
        self.named = Some(Some(subscript(thread, self.all, key.as_ref())?));
        Ok(())
    }

    /// Whether something is left over.
    fn is_left(&self) -> bool {
        match self.tuple {
            _ if self.named.is_some() => false,
            Some(tuple) => self.next < tuple.len(),
            None => self.next == 0 && !self.is_mapping(),
        }
    }
}

fn to_bytes(chars: impl Iterator<Item = u32>) -> Vec<u8> {
    chars.map(|c| c as u8).collect()
}

/// Formats; `push` adds the part of the format from one place to before another.
fn percent<C: Char>(
    thread: &Thread,
    kind: Kind,
    format: &[C],
    values: Ref<'_>,
    push: impl Fn(&mut StrBuilder, usize, usize) -> PyResult<()>,
) -> PyResult<taipan_object::Owned<PyStr>> {
    let mut builder = StrBuilder::new();
    let mut values = Values::new(kind, values);
    let mut reader = Reader::new(format);
    loop {
        let (start, end) = reader.literal();
        if start < end {
            push(&mut builder, start, end)?;
        }
        if reader.is_at_end() {
            break;
        }
        if reader.doubled() {
            builder.push_char(thread, u32::from('%'))?;
            continue;
        }
        let field = Field::read(thread, &mut reader, &mut values)?;
        let value = values.take(thread)?;
        convert::push(thread, kind, &mut builder, &field, value)?;
    }
    if values.is_left() {
        let what = if kind == Kind::Text { "string" } else { "bytes" };
        return Err(raise!(thread, TYPE_ERROR, "not all arguments converted during {what} formatting"));
    }
    builder.finish(thread)
}

/// The `remainder` slot of `str`.
pub(crate) fn str_remainder(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(format) = a.get::<PyStr>() else { return Ok(Value::not_implemented()) };
    let push = |builder: &mut StrBuilder, start, end| builder.push_part(thread, format, start, end);
    let made = with_chars!(format, chars => percent(thread, Kind::Text, chars, b, push))?;
    Ok(made.into_value())
}

/// The `remainder` slot of `bytes` and `bytearray`.
pub(crate) fn bytes_remainder(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(format) = crate::methods::bytes_like(thread, a)? else { return Ok(Value::not_implemented()) };
    let _held = crate::methods::hold_bytes(thread, a)?;
    let push = |builder: &mut StrBuilder, start, end| {
        let part: &[u8] = format.get(start..end).unwrap_or_default();
        builder.push_code_points(thread, &part.iter().map(|&byte| byte.into()).collect::<Vec<u32>>())
    };
    let made = percent(thread, Kind::Bytes, &format, b, push)?;
    let made = to_bytes(code_points(&made).into_iter());
    match a.get::<PyByteArray>() {
        Some(_) => Ok(PyByteArray::new(thread, &made)?.into_value()),
        None => Ok(PyBytes::new(thread, &made)?.into_value()),
    }
}
