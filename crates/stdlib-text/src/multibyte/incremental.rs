//! The codecs that are fed in pieces.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, wrong_type};
use taipan_runtime_builtins::exceptions::unicode::decode_error;

use super::Names;
use super::codec::bytes_argument;
use super::incremental_state::{Kept, MOST_BYTES, MOST_CHARACTERS, set_errors};

/// One that encodes.
#[derive(Default)]
pub(crate) struct Encoder(Kept);

/// One that decodes.
#[derive(Default)]
pub(crate) struct Decoder(Kept);

native_type! {
    /// `_multibytecodec.MultibyteIncrementalEncoder`
    pub(super) static ENCODER: Encoder = "_multibytecodec.MultibyteIncrementalEncoder", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, arguments, names| {
            let kept = Kept::new(thread, class, "IncrementalEncoder", arguments, names)?;
            Ok(Native::new_in(thread, class, Encoder(kept))?.into_value())
        },
        init: |_, _, _, _| Ok(()),
    }
}

native_type! {
    /// `_multibytecodec.MultibyteIncrementalDecoder`
    pub(super) static DECODER: Decoder = "_multibytecodec.MultibyteIncrementalDecoder", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, arguments, names| {
            let kept = Kept::new(thread, class, "IncrementalDecoder", arguments, names)?;
            Ok(Native::new_in(thread, class, Decoder(kept))?.into_value())
        },
        init: |_, _, _, _| Ok(()),
    }
}

macro_rules! native_kept {
    ($($state:ident $static:ident),*) => {
        $(
            impl NativeType for $state {
                fn definition() -> &'static NativeStatic<$state> {
                    &$static
                }

                fn traverse(&self, visitor: &mut Visitor) {
                    visitor.slot(&self.0.errors);
                }

                fn clear(&self) {
                    drop(self.0.errors.take());
                }
            }
        )*
    };
}

native_kept!(Encoder ENCODER, Decoder DECODER);

method_table! { ENCODER_METHODS:
    Instance Keywords c"encode" "($self, /, input, final=False)" encode, c"Encodes more text.";
    Instance None c"getstate" "($self, /)" encoder_state, c"What is kept, as a number.";
    Instance One c"setstate" "($self, state, /)" set_encoder_state, c"Takes what was kept.";
    Instance None c"reset" "($self, /)" reset_encoder, c"Begins anew.";
}

method_table! { DECODER_METHODS:
    Instance Keywords c"decode" "($self, /, input, final=False)" decode, c"Decodes more bytes.";
    Instance None c"getstate" "($self, /)" decoder_state, c"The bytes that wait, and what else is kept as a number.";
    Instance One c"setstate" "($self, state, /)" set_decoder_state, c"Takes what was kept.";
    Instance None c"reset" "($self, /)" reset_decoder, c"Begins anew.";
}

attribute_table! { ENCODER_ATTRIBUTES:
    "errors" |thread, this| Ok(receiver::<Encoder>(thread, this)?.0.errors.get().unwrap_or_else(Value::none)), Some(|thread, this, value| set_errors(thread, &receiver::<Encoder>(thread, this)?.0.errors, value)), "How errors are treated.";
}

attribute_table! { DECODER_ATTRIBUTES:
    "errors" |thread, this| Ok(receiver::<Decoder>(thread, this)?.0.errors.get().unwrap_or_else(Value::none)), Some(|thread, this, value| set_errors(thread, &receiver::<Decoder>(thread, this)?.0.errors, value)), "How errors are treated.";
}

const fn parameters(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["input", "final"], positional_only: 0, positional: 2, required: 1 }
}

const ENCODE: Parameters<2> = parameters("encode");
const DECODE: Parameters<2> = parameters("decode");

fn flag(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<bool> {
    value.map_or(Ok(false), |value| protocol::truth(thread, value))
}

fn encode(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [input, is_end] = ENCODE.bind(thread, arguments, names)?;
    let encoder = receiver::<Encoder>(thread, this)?;
    let is_end = flag(thread, is_end)?;
    let Some(input) = input else { return Ok(Value::none()) };
    let bytes = encoder.0.encode(thread, input, is_end)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn decode(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [input, is_end] = DECODE.bind(thread, arguments, names)?;
    let decoder = receiver::<Decoder>(thread, this)?;
    let is_end = flag(thread, is_end)?;
    let Some(input) = input else { return Ok(Value::none()) };
    let bytes = bytes_argument(thread, input)?;
    Ok(decoder.0.decode(thread, &bytes, is_end)?.into_value())
}

/// `int.from_bytes(bytes, "little")`
fn number(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    let mut wide = [0; 16];
    if bytes.len() <= wide.len() {
        wide.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        let number = u128::from_le_bytes(wide);
        let (high, low) = ((number >> 64) as u64, number as u64);
        return join(thread, high, low);
    }
    let (low, high) = bytes.split_at(wide.len());
    let high = number(thread, high)?;
    let low = number(thread, low)?;
    shifted(thread, high, 128, low)
}

fn join(thread: &Thread, high: u64, low: u64) -> PyResult<Value> {
    let low = Value::uint(thread, low)?;
    if high == 0 {
        return Ok(low);
    }
    shifted(thread, Value::uint(thread, high)?, 64, low)
}

fn shifted(thread: &Thread, high: Value, bits: i32, low: Value) -> PyResult<Value> {
    let high =
        protocol::binary(thread, high.as_ref(), Value::small(bits).as_ref(), protocol::BinaryOp::Lshift)?;
    protocol::binary(thread, high.as_ref(), low.as_ref(), protocol::BinaryOp::Or)
}

fn encoder_state(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = receiver::<Encoder>(thread, this)?.0.encoder_state(thread)?;
    number(thread, &bytes)
}

/// Bytes of a state: how many wait, as many as may, the state itself.
const STATE_BYTES: usize = 1 + MOST_CHARACTERS * 4 + MOST_BYTES;

fn set_encoder_state(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let encoder = receiver::<Encoder>(thread, this)?;
    if !state.is_int() {
        return Err(wrong_type(thread, "setstate", "argument", "int", state));
    }
    let Some(digits) = state.int_to_text(16) else { return Ok(Value::none()) };
    if digits.starts_with('-') {
        return Err(raise!(thread, OVERFLOW_ERROR, "can't convert negative int to unsigned"));
    }
    if digits.len() > STATE_BYTES * 2 {
        return Err(raise!(thread, OVERFLOW_ERROR, "int too big to convert"));
    }
    let padded = format!("{digits:0>width$}", width = STATE_BYTES * 2);
    let byte = |at: usize| padded.get(at * 2..at * 2 + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok());
    let bytes: Vec<u8> = (0..STATE_BYTES).rev().filter_map(byte).collect();
    encoder.0.set_encoder_state(thread, &bytes)?;
    Ok(Value::none())
}

fn reset_encoder(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Encoder>(thread, this)?.0.reset_encoding();
    Ok(Value::none())
}

fn decoder_state(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (waiting, state) = receiver::<Decoder>(thread, this)?.0.decoder_state(thread)?;
    Ok(PyTuple::pack(thread, [waiting, state])?.into_value())
}

fn set_decoder_state(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let decoder = receiver::<Decoder>(thread, this)?;
    let Some(parts) = state.get::<PyTuple>() else {
        return Err(wrong_type(thread, "setstate", "argument", "tuple", state));
    };
    let (Some(waiting), Some(number), 2) = (parts.borrow(0), parts.borrow(1), parts.len()) else {
        return Err(raise!(thread, TYPE_ERROR, "setstate(): illegal state argument"));
    };
    let (Some(bytes), true) = (waiting.get::<PyBytes>(), number.is_int()) else {
        return Err(raise!(thread, TYPE_ERROR, "setstate(): illegal state argument"));
    };
    let number = match number.int_to_text(16) {
        Some(digits) if digits.starts_with('-') => {
            return Err(raise!(thread, OVERFLOW_ERROR, "can't convert negative int to unsigned"));
        }
        Some(digits) => u64::from_str_radix(&digits, 16).ok(),
        None => None,
    };
    let Some(number) = number else {
        return Err(raise!(thread, OVERFLOW_ERROR, "int too big to convert"));
    };
    if bytes.as_slice().len() > MOST_BYTES {
        let reason = "pending buffer too large";
        let len = bytes.as_slice().len();
        let error = decode_error(thread, decoder.0.name(), waiting.to_value(), 0, len, reason)?;
        return Err(thread.raise(error));
    }
    decoder.0.set_decoder_state(bytes.as_slice(), number);
    Ok(Value::none())
}

fn reset_decoder(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Decoder>(thread, this)?.0.reset_decoding();
    Ok(Value::none())
}
