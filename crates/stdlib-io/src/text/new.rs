//! Making wrappers, and changing how they work.

use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::{LineMode, TextStream, Wrapper};
use crate::{buffered, call, errors};
use taipan_object::declare::receiver;

/// How a wrapper works.
#[derive(Clone, Copy, Default)]
pub(crate) struct Options<'a> {
    /// The name of the encoding; the default one without.
    pub(crate) encoding: Option<&'a str>,
    /// The name of the handler of errors; `strict` without.
    pub(crate) errors: Option<&'a str>,
    /// The end of lines.
    pub(crate) newline: Option<&'a str>,
    /// Whether every end of a line flushes.
    pub(crate) line_buffering: bool,
    /// Whether nothing is held back.
    pub(crate) write_through: bool,
}

const INIT: Parameters<6> = Parameters {
    function: "TextIOWrapper",
    names: ["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"],
    positional_only: 0,
    positional: 6,
    required: 1,
};

/// The default encoding, as the attribute shows it.
const DEFAULT_ENCODING: &str = "UTF-8";

/// An argument that is text or `None`.
pub(crate) fn optional_text(
    thread: &Thread,
    function: &str,
    name: &str,
    value: Option<Ref<'_>>,
) -> PyResult<Option<String>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let Some(text) = value.get::<PyStr>() else {
        let ty = value.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "{function}() argument '{name}' must be str or None, not {ty}"
        ));
    };
    let text = text.to_text_lossy();
    if text.contains('\0') {
        return Err(raise!(thread, VALUE_ERROR, "embedded null character"));
    }
    Ok(Some(text))
}

pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let [buffer, encoding, errors, newline, line_buffering, write_through] =
        INIT.bind(thread, arguments, names)?;
    let text = |name, value| optional_text(thread, "TextIOWrapper", name, value);
    let encoding = text("encoding", encoding)?;
    let errors = text("errors", errors)?;
    let newline = text("newline", newline)?;
    let flag = |value: Option<Ref<'_>>| value.map_or(Ok(false), |value| protocol::truth(thread, value));
    let options = Options {
        encoding: encoding.as_deref(),
        errors: errors.as_deref(),
        newline: newline.as_deref(),
        line_buffering: flag(line_buffering)?,
        write_through: flag(write_through)?,
    };
    let state = receiver::<Wrapper>(thread, this)?;
    set_up(thread, state, buffer.unwrap_or(this), options)
}

/// A wrapper of a buffer.
pub(crate) fn wrapper(
    thread: &Thread,
    buffer: Ref<'_>,
    options: Options<'_>,
) -> PyResult<Owned<Native<Wrapper>>> {
    let wrapper = Native::new(thread, Wrapper::default())?;
    set_up(thread, &wrapper, buffer, options)?;
    Ok(wrapper)
}

/// The mode of an end of lines; `ValueError` if it is none.
fn line_mode(thread: &Thread, newline: Option<&str>) -> PyResult<LineMode> {
    match LineMode::of(newline) {
        Some(mode) => Ok(mode),
        None => {
            let text = newline.unwrap_or_default();
            Err(raise!(thread, VALUE_ERROR, "illegal newline value: {text}"))
        }
    }
}

fn set_up(thread: &Thread, state: &Native<Wrapper>, buffer: Ref<'_>, options: Options<'_>) -> PyResult<()> {
    drop(state.buffer.take());
    state.detached.set(false);
    let stream = TextStream { this: as_ref(state), state };
    state.mode.set(line_mode(thread, options.newline)?);
    let encoding = options.encoding.filter(|name| *name != "locale").unwrap_or(DEFAULT_ENCODING);
    let errors = options.errors.unwrap_or("strict");
    let encoding_text = PyStr::from_text(thread, encoding)?;
    drop(state.encoding.replace(Some(encoding_text.into_value())));
    drop(state.errors.replace(Some(PyStr::from_text(thread, errors)?.into_value())));
    state.chunk_size.set(8192);
    state.line_buffering.set(options.line_buffering);
    state.write_through.set(options.write_through);
    state.pending.set(Vec::new());
    stream.set_decoded(None);
    stream.set_snapshot(None);
    let known = buffered::abilities(thread, buffer)?;
    let ask = |at: usize, question| match known {
        Some(abilities) => Ok(abilities[at]),
        None => call::ask(thread, buffer, question),
    };
    state.reads.set(ask(0, "readable")?);
    state.writes.set(ask(1, "writable")?);
    stream.set_coding(thread, encoding, errors)?;
    let seekable = ask(2, "seekable")?;
    state.seekable.set(seekable);
    state.telling.set(seekable);
    state.has_read1.set(known.is_some() || call::find(thread, buffer, "read1")?.is_some());
    drop(state.buffer.replace(Some(buffer.to_value())));
    stream.fix_encoder(thread)
}

const RECONFIGURE: Parameters<5> = Parameters {
    function: "reconfigure",
    names: ["encoding", "errors", "newline", "line_buffering", "write_through"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

pub(super) fn reconfigure(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [encoding, errors, newline, line_buffering, write_through] =
        RECONFIGURE.bind(thread, arguments, names)?;
    let stream = TextStream::of(thread, this)?;
    let state = stream.state;
    let has_newline = newline.is_some();
    let text = |name, value| optional_text(thread, "reconfigure", name, value);
    let encoding = text("encoding", encoding)?;
    let errors = text("errors", errors)?;
    let newline = text("newline", newline)?;
    let changes = encoding.is_some() || errors.is_some() || has_newline;
    let has_begun = state.decoded.peek().is_some() || state.snapshot.peek().is_some();
    if changes && has_begun && state.reads.get() {
        return Err(errors::unsupported(
            thread,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let mode = if has_newline { Some(line_mode(thread, newline.as_deref())?) } else { None };
    let flag = |value: Option<Ref<'_>>, now: bool| match value.filter(|value| !value.is_none()) {
        Some(value) => Ok(taipan_runtime_builtins::arguments::to_int(thread, value)? != 0),
        None => Ok(now),
    };
    let line_buffering = flag(line_buffering, state.line_buffering.get())?;
    let write_through = flag(write_through, state.write_through.get())?;
    drop(call::method(thread, this, "flush", &[])?);
    if let Some(mode) = mode {
        state.mode.set(mode);
    }
    if changes {
        stream.change_coding(thread, encoding, errors)?;
    }
    state.line_buffering.set(line_buffering);
    state.write_through.set(write_through);
    Ok(Value::none())
}

impl TextStream<'_> {
    /// Sets encoding and handler; what is not given stays, but a new encoding begins with `strict`.
    fn change_coding(
        &self,
        thread: &Thread,
        encoding: Option<String>,
        errors: Option<String>,
    ) -> PyResult<()> {
        let known = self.state.encoding.get();
        let known = known.as_ref().and_then(|text| text.as_ref().get::<PyStr>()).map(PyStr::to_text_lossy);
        let errors = match (&encoding, errors) {
            (_, Some(errors)) => errors,
            (Some(_), None) => "strict".to_owned(),
            (None, None) => self.errors(),
        };
        let encoding = match encoding {
            Some(name) if name == "locale" => DEFAULT_ENCODING.to_owned(),
            Some(name) => name,
            None => known.unwrap_or_else(|| DEFAULT_ENCODING.to_owned()),
        };
        let name = PyStr::from_text(thread, &encoding)?;
        self.set_coding(thread, &encoding, &errors)?;
        drop(self.state.encoding.replace(Some(name.into_value())));
        drop(self.state.errors.replace(Some(PyStr::from_text(thread, &errors)?.into_value())));
        self.fix_encoder(thread)
    }

    /// Tells the encoder that it is not at the beginning of the file, if so.
    fn fix_encoder(&self, thread: &Thread) -> PyResult<()> {
        if !self.state.seekable.get() || self.state.encoder.peek().is_none() {
            return Ok(());
        }
        let buffer = self.buffer();
        let at = call::method(thread, buffer.as_ref(), "tell", &[])?;
        match at.as_ref().to_i64() {
            Some(0) | None => Ok(()),
            Some(_) => self.set_encoder_start(thread, false),
        }
    }
}
