//! The encoder and the decoder of a wrapper: ours, or objects of Python.

use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::codecs::{Encoding, Order};

use super::newline::Newlines;
use super::{TextStream, newline_decoder};
use crate::bytes_like::reserve;
use crate::{call, errors};

/// Whether an encoding needs to know nothing of what came before.
fn is_stateless(encoding: Encoding) -> bool {
    match encoding {
        Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1 => true,
        Encoding::Utf16(order) | Encoding::Utf32(order) => order != Order::Marked,
        Encoding::UnicodeEscape | Encoding::RawUnicodeEscape | Encoding::Utf7 => false,
    }
}

/// What `codecs.lookup` says of an encoding.
fn lookup(thread: &Thread, encoding: &str) -> PyResult<Value> {
    let unknown = |thread: &Thread| raise!(thread, LOOKUP_ERROR, "unknown encoding: {encoding}");
    let Some(modules) = thread.interp().modules.get() else { return Err(unknown(thread)) };
    for name in ["codecs", "_codecs"] {
        let key = intern_text(thread, name)?;
        let Some(dict) = modules.as_ref().get::<taipan_object::dict::PyDict>().map(Owned::new_ref) else {
            break;
        };
        if let Some(module) = dict.get(thread, key.as_ref())? {
            let name = PyStr::from_text(thread, encoding)?.into_value();
            return call::method(thread, module.as_ref(), "lookup", &[name]);
        }
    }
    Err(unknown(thread))
}

impl TextStream<'_> {
    /// Sets the encoding up: ours, or that of Python's codecs.
    pub(super) fn set_coding(&self, thread: &Thread, encoding: &str, errors: &str) -> PyResult<()> {
        let ours = Encoding::named(encoding).filter(|encoding| is_stateless(*encoding));
        self.state.codec.set(ours);
        drop(self.state.encoder.take());
        drop(self.state.decoder.take());
        self.state.tail.set(Vec::new());
        let translates = self.state.mode.get().translates;
        self.state.newlines.set(Newlines { translates, ..Newlines::default() });
        if ours.is_some() {
            return Ok(());
        }
        let info = lookup(thread, encoding)?;
        if let Some(is_text) = call::find(thread, info.as_ref(), "_is_text_encoding")?
            && !protocol::truth(thread, is_text.as_ref())?
        {
            return Err(raise!(
                thread,
                LOOKUP_ERROR,
                "'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
            ));
        }
        let errors = PyStr::from_text(thread, errors)?.into_value();
        if self.state.reads.get() {
            let decoder =
                call::method(thread, info.as_ref(), "incrementaldecoder", std::slice::from_ref(&errors))?;
            let decoder = match self.state.mode.get().universal {
                true => newline_decoder::wrap(thread, decoder, translates)?,
                false => decoder,
            };
            drop(self.state.decoder.replace(Some(decoder)));
        }
        if self.state.writes.get() {
            let encoder =
                call::method(thread, info.as_ref(), "incrementalencoder", std::slice::from_ref(&errors))?;
            drop(self.state.encoder.replace(Some(encoder)));
        }
        Ok(())
    }

    /// Appends the bytes of a text to what is pending.
    #[inline]
    pub(super) fn encode(&self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        match self.state.codec.get() {
            Some(codec) => {
                let mut pending = self.state.pending.take();
                let done = codec.append_at_once(thread, text, &mut pending);
                self.state.pending.set(pending);
                if done? {
                    return Ok(());
                }
                let bytes = codec.encode(thread, text, &self.errors())?;
                self.push(thread, &bytes)
            }
            None => self.encode_by_object(thread, text),
        }
    }

    #[inline]
    fn push(&self, thread: &Thread, bytes: &[u8]) -> PyResult<()> {
        let mut pending = self.state.pending.take();
        let reserved = reserve(thread, &mut pending, bytes.len());
        if reserved.is_ok() {
            pending.extend_from_slice(bytes);
        }
        self.state.pending.set(pending);
        reserved
    }

    fn encode_by_object(&self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let Some(encoder) = self.state.encoder.get() else {
            return Err(errors::unsupported(thread, "not writable"));
        };
        let text = Owned::new_ref(text).into_value();
        let bytes = call::method(thread, encoder.as_ref(), "encode", &[text])?;
        match bytes.as_ref().get::<PyBytes>() {
            Some(bytes) => self.push(thread, bytes.as_slice()),
            None => {
                let name = bytes.as_ref().ty().name();
                Err(raise!(thread, TYPE_ERROR, "encoder should return a bytes object, not '{name}'"))
            }
        }
    }

    /// The text of a part that was read.
    pub(super) fn decode(&self, thread: &Thread, input: &PyBytes, is_final: bool) -> PyResult<Owned<PyStr>> {
        let Some(codec) = self.state.codec.get() else {
            return self.decode_by_object(thread, taipan_object::as_ref(input), is_final);
        };
        let tail = self.state.tail.take();
        let joined;
        let bytes = match tail.is_empty() {
            true => input.as_slice(),
            false => {
                joined = [&tail, input.as_slice()].concat();
                &joined
            }
        };
        let decoded = codec.decode(thread, bytes, &self.errors(), is_final);
        let (text, used) = match decoded {
            Ok(decoded) => decoded,
            Err(raised) => {
                self.state.tail.set(tail);
                return Err(raised);
            }
        };
        self.state.tail.set(bytes.get(used..).unwrap_or_default().to_vec());
        if !self.state.mode.get().universal {
            return Ok(text);
        }
        let mut newlines = self.state.newlines.get();
        let text = newlines.process(thread, text, is_final)?;
        self.state.newlines.set(newlines);
        Ok(text)
    }

    fn decode_by_object(&self, thread: &Thread, input: Ref<'_>, is_final: bool) -> PyResult<Owned<PyStr>> {
        let Some(decoder) = self.state.decoder.get() else {
            return Err(errors::unsupported(thread, "not readable"));
        };
        let text =
            call::method(thread, decoder.as_ref(), "decode", &[input.to_value(), Value::bool(is_final)])?;
        text.downcast::<PyStr>().map_err(|other| {
            let name = other.as_ref().ty().name();
            raise!(thread, TYPE_ERROR, "decoder should return a string result, not '{name}'")
        })
    }

    /// The state of the decoder: bytes that wait, and a number.
    pub(super) fn decoder_state(&self, thread: &Thread) -> PyResult<(Owned<PyBytes>, i64)> {
        if self.state.codec.get().is_some() {
            let tail = self.state.tail.take();
            let bytes = PyBytes::new(thread, &tail);
            self.state.tail.set(tail);
            return Ok((bytes?, i64::from(self.state.newlines.get().pending)));
        }
        let Some(decoder) = self.state.decoder.get() else {
            return Err(errors::unsupported(thread, "not readable"));
        };
        let both = call::method(thread, decoder.as_ref(), "getstate", &[])?;
        let (bytes, flags) = newline_decoder::unpack(thread, both.as_ref())?;
        let bytes = bytes.downcast::<PyBytes>().map_err(|other| {
            let name = other.as_ref().ty().name();
            raise!(
                thread,
                TYPE_ERROR,
                "illegal decoder state: the first item should be a bytes object, not '{name}'"
            )
        })?;
        Ok((bytes, flags))
    }

    /// Sets the state of the decoder.
    pub(super) fn set_decoder_state(&self, thread: &Thread, bytes: &[u8], flags: i64) -> PyResult<()> {
        if self.state.codec.get().is_some() {
            self.state.tail.set(bytes.to_vec());
            let mut newlines = self.state.newlines.get();
            newlines.pending = flags & 1 != 0;
            self.state.newlines.set(newlines);
            return Ok(());
        }
        let Some(decoder) = self.state.decoder.get() else { return Ok(()) };
        let state =
            PyTuple::pack(thread, [PyBytes::new(thread, bytes)?.into_value(), Value::int(thread, flags)?])?;
        call::method(thread, decoder.as_ref(), "setstate", &[state.into_value()]).map(drop)
    }

    /// Has the decoder begin anew: the ends of lines that were met are forgotten.
    pub(super) fn reset_decoder(&self, thread: &Thread) -> PyResult<()> {
        if self.state.codec.get().is_some() {
            self.state.tail.set(Vec::new());
            let translates = self.state.newlines.get().translates;
            self.state.newlines.set(Newlines { translates, ..Newlines::default() });
            return Ok(());
        }
        match self.state.decoder.get() {
            Some(decoder) => call::method(thread, decoder.as_ref(), "reset", &[]).map(drop),
            None => Ok(()),
        }
    }

    /// Sets the decoder up to begin at a position of the buffer.
    pub(super) fn start_decoder(&self, thread: &Thread, position: i64, flags: i64) -> PyResult<()> {
        match (position, flags) {
            (0, 0) => self.reset_decoder(thread),
            _ => self.set_decoder_state(thread, b"", flags),
        }
    }

    /// Tells an encoder whether it is at the beginning of a file.
    pub(super) fn set_encoder_start(&self, thread: &Thread, at_start: bool) -> PyResult<()> {
        let Some(encoder) = self.state.encoder.get() else { return Ok(()) };
        match at_start {
            true => call::method(thread, encoder.as_ref(), "reset", &[]).map(drop),
            false => call::method(thread, encoder.as_ref(), "setstate", &[Value::small(0)]).map(drop),
        }
    }
}
