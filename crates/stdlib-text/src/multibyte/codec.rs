//! The codecs, which keep nothing between calls.

use std::cell::Cell;

use taipan_charsets::Codec;
use taipan_object::buffer::{bytes_of, is_bytes_like};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::work::{Decoding, Encoding, Errors, errors_argument, text_of};

/// A codec; nothing only where nobody set it yet.
#[derive(Default)]
pub(crate) struct MultibyteCodec {
    codec: Cell<Option<Codec>>,
}

native_type! {
    /// `_multibytecodec.MultibyteCodec`
    pub(super) static CODEC: MultibyteCodec = "_multibytecodec.MultibyteCodec",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

native_state!(MultibyteCodec in CODEC:);

method_table! { METHODS:
    Instance Keywords c"encode" "($self, /, input, errors=None)" encode, c"The bytes of a text, and how many characters it was.";
    Instance Keywords c"decode" "($self, /, input, errors=None)" decode, c"The text of bytes, and how many they were.";
}

impl MultibyteCodec {
    pub(super) fn of(codec: Codec) -> MultibyteCodec {
        MultibyteCodec { codec: Cell::new(Some(codec)) }
    }
}

fn codec_of(thread: &Thread, this: Ref<'_>) -> PyResult<Codec> {
    let codec = receiver::<MultibyteCodec>(thread, this)?.codec.get();
    codec.ok_or_else(|| unexpected(thread))
}

#[cold]
fn unexpected(thread: &Thread) -> Raised {
    raise!(thread, TYPE_ERROR, "codec is unexpected type")
}

/// The codec that a class has as its attribute.
pub(super) fn of_class(thread: &Thread, class: &PyTypeObject) -> PyResult<Codec> {
    let codec = protocol::get_attribute(thread, as_ref(class), &*intern_text(thread, "codec")?)?;
    let known = codec.as_ref().get::<Native<MultibyteCodec>>().and_then(|codec| codec.codec.get());
    known.ok_or_else(|| unexpected(thread))
}

const ENCODE: Parameters<2> = Parameters {
    function: "encode",
    names: ["input", "errors"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn encode(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [input, errors] = ENCODE.bind(thread, arguments, names)?;
    let codec = codec_of(thread, this)?;
    let errors = Errors::of(errors_argument(thread, "encode", errors)?);
    let Some(input) = input else { return Ok(Value::none()) };
    let text = text_of(thread, input)?;
    let encoding = Encoding { codec, errors: &errors, text: &text };
    let (bytes, _) = encoding.run(thread, &mut codec.initial(), true)?;
    let bytes = PyBytes::new(thread, &bytes)?.into_value();
    Ok(PyTuple::pack(thread, [bytes, Value::uint(thread, text.len() as u64)?])?.into_value())
}

const DECODE: Parameters<2> = Parameters {
    function: "decode",
    names: ["input", "errors"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

/// Bytes of an argument, copied: handlers may change them.
pub(super) fn bytes_argument(thread: &Thread, input: Ref<'_>) -> PyResult<Vec<u8>> {
    if !is_bytes_like(input) {
        let ty = input.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{ty}'"));
    }
    Ok(bytes_of(thread, input)?.into_owned())
}

fn decode(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [input, errors] = DECODE.bind(thread, arguments, names)?;
    let codec = codec_of(thread, this)?;
    let errors = Errors::of(errors_argument(thread, "decode", errors)?);
    let Some(input) = input else { return Ok(Value::none()) };
    let bytes = bytes_argument(thread, input)?;
    let decoding = Decoding { codec, errors: &errors, bytes: &bytes };
    let mut text = Vec::new();
    decoding.run(thread, &mut codec.initial(), true, &mut text)?;
    let text = PyStr::from_code_points(thread, &text)?.into_value();
    Ok(PyTuple::pack(thread, [text, Value::uint(thread, bytes.len() as u64)?])?.into_value())
}
