//! What codecs that are fed in pieces keep: the state, and what waits for more.

use std::cell::{Cell, RefCell};

use taipan_charsets::{Codec, State};
use taipan_object::bytes::PyBytes;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::Names;
use super::codec;
use super::work::{Decoding, Encoding, Errors, points, text_of, unicode_error};

/// Characters that may wait.
pub(super) const MOST_CHARACTERS: usize = 2;
/// Bytes that may wait.
pub(super) const MOST_BYTES: usize = 8;

/// What is kept of a codec that is fed in pieces.
#[derive(Default)]
pub(super) struct Kept {
    codec: Cell<Option<Codec>>,
    state: Cell<State>,
    /// The name of the error handler.
    pub(super) errors: Slot,
    /// Characters that wait, of one that encodes.
    characters: RefCell<Vec<u32>>,
    /// Bytes that wait, of one that decodes.
    bytes: RefCell<Vec<u8>>,
}

impl Kept {
    /// What a new object of a class keeps.
    pub(super) fn new(
        thread: &Thread,
        class: &PyTypeObject,
        function: &'static str,
        arguments: &[Value],
        names: Names<'_>,
    ) -> PyResult<Kept> {
        let parameters =
            Parameters { function, names: ["errors"], positional_only: 0, positional: 1, required: 0 };
        let [errors] = parameters.bind(thread, arguments, names)?;
        let kept = Kept::of(thread, class, None)?;
        if let Some(errors) = errors {
            taipan_runtime_builtins::arguments::expect_str(thread, function, "argument 1", errors)?;
            drop(kept.errors.replace(Some(errors.to_value())));
        }
        Ok(kept)
    }

    /// The same with the error handler of a name.
    pub(super) fn of(thread: &Thread, class: &PyTypeObject, errors: Option<Ref<'_>>) -> PyResult<Kept> {
        let codec = codec::of_class(thread, class)?;
        let kept =
            Kept { codec: Cell::new(Some(codec)), state: Cell::new(codec.initial()), ..Kept::default() };
        let errors = match errors {
            Some(errors) => errors.to_value(),
            None => intern_text(thread, "strict")?.into_value(),
        };
        drop(kept.errors.replace(Some(errors)));
        Ok(kept)
    }

    fn codec(&self, thread: &Thread) -> PyResult<Codec> {
        self.codec.get().ok_or_else(|| raise!(thread, TYPE_ERROR, "codec is unexpected type"))
    }

    fn handler(&self) -> Errors {
        Errors::of(self.errors.get().as_ref().map(Value::as_ref))
    }

    /// Encodes more; at the end nothing waits any more.
    pub(super) fn encode(&self, thread: &Thread, input: Ref<'_>, is_end: bool) -> PyResult<Vec<u8>> {
        let codec = self.codec(thread)?;
        let mut text = text_of(thread, input)?;
        let waiting = self.characters.borrow().clone();
        if !waiting.is_empty() {
            let all: Vec<u32> = waiting.into_iter().chain(points(&text)).collect();
            text = PyStr::from_code_points(thread, &all)?;
        }
        let mut state = self.state.get();
        let encoding = Encoding { codec, errors: &self.handler(), text: &text };
        let result = encoding.run(thread, &mut state, is_end);
        self.state.set(state);
        let (bytes, at) = result?;
        let rest = points(&text).get(at..).unwrap_or_default().to_vec();
        if rest.len() > MOST_CHARACTERS {
            return Err(unicode_error(thread, "pending buffer overflow"));
        }
        self.characters.replace(rest);
        Ok(bytes)
    }

    /// Decodes more.
    pub(super) fn decode(&self, thread: &Thread, input: &[u8], is_end: bool) -> PyResult<Owned<PyStr>> {
        let mut text = Vec::new();
        self.decode_into(thread, input, is_end, &mut text)?;
        PyStr::from_code_points(thread, &text)
    }

    fn decode_into(&self, thread: &Thread, input: &[u8], is_end: bool, text: &mut Vec<u32>) -> PyResult<()> {
        let codec = self.codec(thread)?;
        let mut bytes = self.bytes.borrow().clone();
        bytes.extend_from_slice(input);
        let mut state = self.state.get();
        let decoding = Decoding { codec, errors: &self.handler(), bytes: &bytes };
        let result = decoding.run(thread, &mut state, is_end, text);
        self.state.set(state);
        let rest = bytes.get(result?..).unwrap_or_default().to_vec();
        if rest.len() > MOST_BYTES {
            return Err(unicode_error(thread, "pending buffer overflow"));
        }
        self.bytes.replace(rest);
        Ok(())
    }

    /// Whether characters wait.
    pub(super) fn has_characters(&self) -> bool {
        !self.characters.borrow().is_empty()
    }

    /// Begins anew; the state of one that encodes.
    pub(super) fn reset_encoding(&self) {
        let mut state = self.state.get();
        if let Some(codec) = self.codec.get() {
            codec.reset(&mut state, &mut Vec::new());
        }
        self.state.set(state);
        self.characters.take();
    }

    /// Begins anew; the state of one that decodes.
    pub(super) fn reset_decoding(&self) {
        let mut state = self.state.get();
        if let Some(codec) = self.codec.get() {
            codec.reset_decoding(&mut state);
        }
        self.state.set(state);
        self.bytes.take();
    }

    /// The state of one that encodes, as bytes: how many wait, those as UTF-8, the state itself.
    pub(super) fn encoder_state(&self, thread: &Thread) -> PyResult<Vec<u8>> {
        let waiting = PyStr::from_code_points(thread, &self.characters.borrow())?;
        let Some(text) = waiting.as_utf8(thread)? else {
            return Err(unicode_error(thread, "pending buffer too large"));
        };
        let mut bytes = vec![text.len() as u8];
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(&self.state.get());
        Ok(bytes)
    }

    /// Takes such bytes.
    pub(super) fn set_encoder_state(&self, thread: &Thread, bytes: &[u8]) -> PyResult<()> {
        let count = usize::from(bytes.first().copied().unwrap_or(0));
        if count > MOST_CHARACTERS * 4 {
            return Err(unicode_error(thread, "pending buffer too large"));
        }
        let text = bytes.get(1..=count).unwrap_or_default();
        let text = taipan_runtime_builtins::codecs::decode(thread, text, "utf-8", "strict")?;
        self.characters.replace(points(&text));
        self.set_state(bytes.get(1 + count..).unwrap_or_default());
        Ok(())
    }

    fn set_state(&self, bytes: &[u8]) {
        let mut state = State::default();
        state.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self.state.set(state);
    }

    /// The bytes that wait, and the state as a number.
    pub(super) fn decoder_state(&self, thread: &Thread) -> PyResult<(Value, Value)> {
        let waiting = PyBytes::new(thread, &self.bytes.borrow())?.into_value();
        Ok((waiting, Value::uint(thread, u64::from_le_bytes(self.state.get()))?))
    }

    /// Takes bytes that wait and a state.
    pub(super) fn set_decoder_state(&self, bytes: &[u8], state: u64) {
        self.bytes.replace(bytes.to_vec());
        self.state.set(state.to_le_bytes());
    }

    /// The name of the codec.
    pub(super) fn name(&self) -> &'static str {
        self.codec.get().map_or("", Codec::name)
    }
}

/// Sets the attribute `errors`.
pub(super) fn set_errors(thread: &Thread, slot: &Slot, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "cannot delete attribute"));
    };
    if value.as_ref().get::<PyStr>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "errors must be a string"));
    }
    drop(slot.replace(Some(value)));
    Ok(())
}
