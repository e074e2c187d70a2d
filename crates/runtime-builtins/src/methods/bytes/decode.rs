//! `decode`, `fromhex`, `maketrans`, and what pickle and `sys.getsizeof` ask.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::{BYTEARRAY, BYTES};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::{bytes_of, is_space, peek};
use crate::arguments::Parameters;
use crate::chars::code_points;
use crate::codecs;
use crate::iterators::instance_state;
use crate::methods::text_argument;

const DECODE: Parameters<2> = Parameters {
    function: "decode",
    names: ["encoding", "errors"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

pub(super) fn decode(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [encoding, errors] = DECODE.bind(thread, arguments, names)?;
    let encoding = text_argument(thread, "decode", "encoding", encoding)?;
    let errors = text_argument(thread, "decode", "errors", errors)?;
    let (encoding, errors) = (encoding.as_deref().unwrap_or("utf-8"), errors.as_deref().unwrap_or("strict"));
    Ok(codecs::decode(thread, &bytes_of(thread, this)?, encoding, errors)?.into_value())
}

/// The digits of a text or of bytes.
fn digits_of(thread: &Thread, source: Ref<'_>) -> PyResult<Vec<u32>> {
    if let Some(text) = source.get::<PyStr>() {
        return Ok(code_points(text));
    }
    match peek(thread, source)? {
        Some(bytes) => Ok(bytes.iter().map(|&byte| byte.into()).collect()),
        None => {
            let got = source.ty().name();
            Err(raise!(thread, TYPE_ERROR, "fromhex() argument must be str or bytes-like, not {got}"))
        }
    }
}

pub(super) fn fromhex(thread: &Thread, class: Ref<'_>, source: Ref<'_>) -> PyResult<Value> {
    let digits = digits_of(thread, source)?;
    let value = |at: usize| digits.get(at).and_then(|&c| char::from_u32(c)?.to_digit(16));
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(&c) = digits.get(at) {
        if u8::try_from(c).is_ok_and(is_space) {
            at += 1;
            continue;
        }
        let wrong = |at: usize| match digits.get(at) {
            Some(_) => {
                raise!(thread, VALUE_ERROR, "non-hexadecimal number found in fromhex() arg at position {at}")
            }
            None => {
                raise!(thread, VALUE_ERROR, "fromhex() arg must contain an even number of hexadecimal digits")
            }
        };
        let high = value(at).ok_or_else(|| wrong(at))?;
        let low = value(at + 1).ok_or_else(|| wrong(at + 1))?;
        bytes.try_reserve(1).map_err(|_| thread.raise_memory_error())?;
        bytes.push((high << 4 | low) as u8);
        at += 2;
    }
    let is_array = class.get::<PyTypeObject>().is_some_and(|class| class.is_subtype(&BYTEARRAY));
    if is_array && class.is(as_ref(&BYTEARRAY)) {
        return Ok(PyByteArray::new(thread, &bytes)?.into_value());
    }
    let made = PyBytes::new(thread, &bytes)?.into_value();
    match class.is(as_ref(&BYTES)) {
        true => Ok(made),
        false => protocol::call(thread, class, &[made], None),
    }
}

pub(super) fn maketrans(thread: &Thread, _: Ref<'_>, from: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let (from, to) = (bytes_of(thread, from)?, bytes_of(thread, to)?);
    if from.len() != to.len() {
        return Err(raise!(thread, VALUE_ERROR, "maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(to.iter()) {
        if let Some(place) = table.get_mut(usize::from(from)) {
            *place = to;
        }
    }
    Ok(PyBytes::new(thread, &table)?.into_value())
}

pub(super) fn sizeof(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let len = bytes_of(thread, this)?.len() as i64;
    match this.get::<PyByteArray>() {
        Some(_) => Value::int(thread, 56 + allocated(len)),
        None => Value::int(thread, 33 + len),
    }
}

/// The bytes and the zero behind them.
fn allocated(len: i64) -> i64 {
    if len == 0 { 0 } else { len + 1 }
}

pub(super) fn alloc(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, allocated(bytes_of(thread, this)?.len() as i64))
}

pub(super) fn exact(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match this.get_exact::<PyBytes>() {
        Some(_) => Ok(this.to_value()),
        None => Ok(PyBytes::new(thread, &bytes_of(thread, this)?)?.into_value()),
    }
}

pub(super) fn newargs(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(PyTuple::pack(thread, [exact(thread, this)?])?.into_value())
}

/// The class, the text of the bytes in Latin-1, and the dict of the instance.
pub(super) fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    let text = bytes.iter().map(|&byte| byte.into()).collect::<Vec<u32>>();
    let text = PyStr::from_code_points(thread, &text)?.into_value();
    let encoding = PyStr::from_text(thread, "latin-1")?.into_value();
    let arguments = match bytes.is_empty() {
        true => PyTuple::empty(),
        false => PyTuple::pack(thread, [text, encoding])?,
    };
    let dict = instance_state(thread, this)?;
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments.into_value(), dict])?.into_value())
}
