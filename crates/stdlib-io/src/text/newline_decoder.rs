//! `IncrementalNewlineDecoder`: a decoder behind another one, for ends of lines.

use std::cell::Cell;

use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::newline::Newlines;
use crate::call;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};

/// The state of a decoder.
#[derive(Default)]
pub struct NewlineDecoder {
    decoder: Slot,
    newlines: Cell<Newlines>,
}

native_type! {
    /// `_io.IncrementalNewlineDecoder`.
    pub static NEWLINE_DECODER: NewlineDecoder = "_io.IncrementalNewlineDecoder", flags flags::BASETYPE, dict false,
    weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, NewlineDecoder::default())?.into_value()),
        init: init,
    }
}

native_state!(NewlineDecoder in NEWLINE_DECODER: decoder);

method_table! { METHODS:
    Instance Keywords c"decode" "($self, /, input, final=False)" decode, c"The text of a part, with ends of lines noted or changed.";
    Instance None c"getstate" "($self, /)" getstate, c"Bytes that wait, and a number.";
    Instance One c"setstate" "($self, state, /)" setstate, c"Go on from such a state.";
    Instance None c"reset" "($self, /)" reset, c"Begin anew.";
}

attribute_table! { ATTRIBUTES:
    "newlines" |thread, this| receiver::<NewlineDecoder>(thread, this)?.newlines.get().value(thread), None, "The ends of lines that were met.";
}

const INIT: Parameters<3> = Parameters {
    function: "IncrementalNewlineDecoder",
    names: ["decoder", "translate", "errors"],
    positional_only: 0,
    positional: 3,
    required: 2,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [decoder, translates, _] = INIT.bind(thread, arguments, names)?;
    let translates = translates.map_or(Ok(false), |translates| protocol::truth(thread, translates))?;
    let state = receiver::<NewlineDecoder>(thread, this)?;
    state.newlines.set(Newlines { translates, ..Newlines::default() });
    drop(state.decoder.replace(decoder.map(Ref::to_value)));
    Ok(())
}

/// A decoder behind `decoder`.
pub(super) fn wrap(thread: &Thread, decoder: Value, translates: bool) -> PyResult<Value> {
    let state = NewlineDecoder {
        decoder: Slot::new(decoder),
        newlines: Cell::new(Newlines { translates, ..Newlines::default() }),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn inner(thread: &Thread, state: &NewlineDecoder) -> PyResult<Option<Value>> {
    match state.decoder.get() {
        Some(decoder) => Ok((!decoder.as_ref().is_none()).then_some(decoder)),
        None => Err(raise!(thread, VALUE_ERROR, "IncrementalNewlineDecoder.__init__() not called")),
    }
}

const DECODE: Parameters<2> = Parameters {
    function: "decode",
    names: ["input", "final"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn decode(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [input, is_final] = DECODE.bind(thread, arguments, names)?;
    let is_final = is_final.map_or(Ok(false), |is_final| protocol::truth(thread, is_final))?;
    let state = receiver::<NewlineDecoder>(thread, this)?;
    let input = input.unwrap_or(this);
    let text = match inner(thread, state)? {
        Some(decoder) => {
            let arguments = [input.to_value(), Value::bool(is_final)];
            call::method(thread, decoder.as_ref(), "decode", &arguments)?
        }
        None => input.to_value(),
    };
    let Some(text) = text.as_ref().get::<PyStr>() else {
        let name = text.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "decoder should return a string result, not '{name}'"));
    };
    let mut newlines = state.newlines.get();
    let text = newlines.process(thread, Owned::new_ref(text), is_final)?;
    state.newlines.set(newlines);
    Ok(text.into_value())
}

fn getstate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<NewlineDecoder>(thread, this)?;
    let (buffer, flag) = match inner(thread, state)? {
        Some(decoder) => {
            let both = call::method(thread, decoder.as_ref(), "getstate", &[])?;
            unpack(thread, both.as_ref())?
        }
        None => (PyBytes::new(thread, b"")?.into_value(), 0),
    };
    let flag = flag.wrapping_shl(1) | i64::from(state.newlines.get().pending);
    Ok(PyTuple::pack(thread, [buffer, Value::int(thread, flag)?])?.into_value())
}

/// The two parts of a decoder's state.
pub(super) fn unpack(thread: &Thread, state: Ref<'_>) -> PyResult<(Value, i64)> {
    let Some(pair) = state.get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "illegal decoder state"));
    };
    match (pair.get(0), pair.get(1).and_then(|flag| flag.as_ref().to_i64()), pair.len()) {
        (Some(buffer), Some(flag), 2) => Ok((buffer, flag)),
        _ => Err(raise!(thread, TYPE_ERROR, "illegal decoder state")),
    }
}

fn setstate(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<NewlineDecoder>(thread, this)?;
    if value.get::<PyTuple>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "state argument must be a tuple"));
    }
    let Ok((buffer, flag)) = unpack(thread, value) else {
        return Err(raise!(thread, TYPE_ERROR, "setstate(): illegal state argument"));
    };
    let decoder = inner(thread, state)?;
    let mut newlines = state.newlines.get();
    newlines.pending = flag & 1 != 0;
    state.newlines.set(newlines);
    if let Some(decoder) = decoder {
        let pair = PyTuple::pack(thread, [buffer, Value::int(thread, flag >> 1)?])?.into_value();
        return call::method(thread, decoder.as_ref(), "setstate", &[pair]);
    }
    Ok(Value::none())
}

fn reset(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<NewlineDecoder>(thread, this)?;
    let decoder = inner(thread, state)?;
    let mut newlines = state.newlines.get();
    (newlines.pending, newlines.seen) = (false, 0);
    state.newlines.set(newlines);
    match decoder {
        Some(decoder) => call::method(thread, decoder.as_ref(), "reset", &[]),
        None => Ok(Value::none()),
    }
}
