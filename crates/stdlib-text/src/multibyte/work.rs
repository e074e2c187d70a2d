//! Encodes and decodes, and asks error handlers what is to be put for what cannot be.

use taipan_charsets::{Codec, Failure, State};
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::exceptions::unicode::{decode_error, encode_error};
use taipan_runtime_builtins::text;

/// What is put for what cannot be read or written: the reference looks for other handlers when they are needed.
#[derive(Clone)]
pub(super) enum Errors {
    Strict,
    Ignore,
    Replace,
    Named(Value),
}

impl Errors {
    /// The handler of a name, which may be none.
    pub(super) fn of(name: Option<Ref<'_>>) -> Errors {
        let Some(name) = name else { return Errors::Strict };
        let Some(text) = name.get::<PyStr>() else { return Errors::Strict };
        match text.as_ascii() {
            Some("strict") => Errors::Strict,
            Some("ignore") => Errors::Ignore,
            Some("replace") => Errors::Replace,
            _ => Errors::Named(name.to_value()),
        }
    }
}

/// The argument `errors` of a function.
pub(super) fn errors_argument<'a>(
    thread: &Thread,
    function: &str,
    value: Option<Ref<'a>>,
) -> PyResult<Option<Ref<'a>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    match value.get::<PyStr>() {
        Some(_) => Ok(Some(value)),
        None => {
            let argument = "argument 'errors'";
            let wanted = "str or None";
            Err(taipan_runtime_builtins::arguments::wrong_type(thread, function, argument, wanted, value))
        }
    }
}

/// The text of an argument, which may be any object.
pub(super) fn text_of(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    match value.get::<PyStr>() {
        Some(text) => Ok(Owned::new_ref(text)),
        None => text::str(thread, value),
    }
}

pub(super) fn points(text: &PyStr) -> Vec<u32> {
    (0..text.len()).filter_map(|at| text.char_at(at)).collect()
}

fn reason(failure: Failure, rest: usize) -> (&'static str, usize) {
    match failure {
        Failure::Illegal(len) => ("illegal multibyte sequence", len.min(rest)),
        Failure::Incomplete => ("incomplete multibyte sequence", rest),
    }
}

/// What a handler gave, and the place to go on.
fn handled(thread: &Thread, name: &Value, error: Value, len: usize, kind: &str) -> PyResult<(Value, usize)> {
    let name = name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy).unwrap_or_default();
    let handler = (thread.interp().hooks.error_handler.get())(thread, &name)?;
    let result = protocol::call(thread, handler.as_ref(), &[error], None)?;
    let parts = result.as_ref().get::<PyTuple>().filter(|parts| parts.len() == 2);
    let parts = parts.and_then(|parts| Some((parts.get(0)?, parts.get(1)?)));
    let is_text = |put: &Value| {
        let put = put.as_ref();
        put.get::<PyStr>().is_some() || (kind == "encoding" && put.get::<PyBytes>().is_some())
    };
    let Some((put, at)) = parts.filter(|(put, at)| is_text(put) && at.as_ref().is_int()) else {
        return Err(raise!(thread, TYPE_ERROR, "{kind} error handler must return (str, int) tuple"));
    };
    // one that is too large is none
    let at = at.as_ref().to_i64().map_or(-1, |at| if at < 0 { at.saturating_add(len as i64) } else { at });
    match usize::try_from(at).ok().filter(|at| *at <= len) {
        Some(at) => Ok((put, at)),
        None => Err(raise!(thread, INDEX_ERROR, "position {at} from error handler out of bounds")),
    }
}

/// A text that is encoded.
pub(super) struct Encoding<'a> {
    pub(super) codec: Codec,
    pub(super) errors: &'a Errors,
    pub(super) text: &'a PyStr,
}

impl Encoding<'_> {
    /// Encodes; how many characters were taken. Unless it is the end, some may wait for more.
    pub(super) fn run(&self, thread: &Thread, state: &mut State, is_end: bool) -> PyResult<(Vec<u8>, usize)> {
        let all = points(self.text);
        let (mut bytes, mut at) = (Vec::new(), 0);
        while let Some(rest) = all.get(at..).filter(|rest| !rest.is_empty()) {
            let (taken, result) = self.codec.encode(state, rest, is_end, &mut bytes);
            at += taken;
            match result {
                Ok(()) => break,
                Err(Failure::Incomplete) if !is_end => break,
                Err(failure) => at = self.recover(thread, state, (at, all.len()), failure, &mut bytes)?,
            }
        }
        if is_end {
            self.codec.reset(state, &mut bytes);
        }
        Ok((bytes, at))
    }

    fn recover(
        &self,
        thread: &Thread,
        state: &mut State,
        (at, len): (usize, usize),
        failure: Failure,
        bytes: &mut Vec<u8>,
    ) -> PyResult<usize> {
        let (reason, count) = reason(failure, len - at);
        let error = |thread| encode_error(thread, self.codec.name(), self.text, at, at + count, reason);
        match self.errors {
            Errors::Strict => Err(thread.raise(error(thread)?)),
            Errors::Ignore => Ok(at + count),
            Errors::Replace => {
                let before = bytes.len();
                if self.codec.encode(state, &[u32::from(b'?')], true, bytes).1.is_err() {
                    bytes.truncate(before);
                    bytes.push(b'?');
                }
                Ok(at + count)
            }
            Errors::Named(name) => {
                let (put, next) = handled(thread, name, error(thread)?, len, "encoding")?;
                if let Some(put) = put.as_ref().get::<PyBytes>() {
                    bytes.extend_from_slice(put.as_slice());
                } else if let Some(text) = put.as_ref().get::<PyStr>() {
                    let inner = Encoding { codec: self.codec, errors: &Errors::Strict, text };
                    bytes.extend(inner.put(thread, state)?);
                }
                Ok(next)
            }
        }
    }

    /// Encodes what a handler put, in the state that there is.
    fn put(&self, thread: &Thread, state: &mut State) -> PyResult<Vec<u8>> {
        let all = points(self.text);
        let mut bytes = Vec::new();
        match self.codec.encode(state, &all, true, &mut bytes) {
            (_, Ok(())) => Ok(bytes),
            (at, Err(failure)) => {
                self.recover(thread, state, (at, all.len()), failure, &mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

/// Bytes that are decoded.
pub(super) struct Decoding<'a> {
    pub(super) codec: Codec,
    pub(super) errors: &'a Errors,
    pub(super) bytes: &'a [u8],
}

impl Decoding<'_> {
    /// Decodes; how many bytes were taken. Unless it is the end, some may wait for more.
    pub(super) fn run(
        &self,
        thread: &Thread,
        state: &mut State,
        is_end: bool,
        text: &mut Vec<u32>,
    ) -> PyResult<usize> {
        let mut at = 0;
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let (taken, result) = self.codec.decode(state, rest, text);
            at += taken;
            match result {
                Ok(()) => break,
                Err(Failure::Incomplete) if !is_end => break,
                Err(failure) => at = self.recover(thread, at, failure, text)?,
            }
        }
        Ok(at)
    }

    fn recover(&self, thread: &Thread, at: usize, failure: Failure, text: &mut Vec<u32>) -> PyResult<usize> {
        let (reason, count) = reason(failure, self.bytes.len() - at);
        let error = |thread: &Thread| {
            let object = PyBytes::new(thread, self.bytes)?.into_value();
            decode_error(thread, self.codec.name(), object, at, at + count, reason)
        };
        match self.errors {
            Errors::Strict => Err(thread.raise(error(thread)?)),
            Errors::Ignore => Ok(at + count),
            Errors::Replace => {
                text.push(0xfffd);
                Ok(at + count)
            }
            Errors::Named(name) => {
                let len = self.bytes.len();
                let (put, next) = handled(thread, name, error(thread)?, len, "decoding")?;
                if let Some(put) = put.as_ref().get::<PyStr>() {
                    text.extend(points(put));
                }
                Ok(next)
            }
        }
    }
}

/// `UnicodeError` with a message.
#[cold]
pub(super) fn unicode_error(thread: &Thread, message: &str) -> Raised {
    raise!(thread, UNICODE_ERROR, "{message}")
}
