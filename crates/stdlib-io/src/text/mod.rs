//! `TextIOWrapper`: text over a buffered stream of bytes. `new.rs` makes it, `coding.rs` has its encoder and decoder,
//! `write.rs` and `read.rs` the two ways, `position.rs` `tell` and `seek`, `methods.rs` the rest.
//!
//! Encodings without a state between parts are those of `runtime-builtins`, others by what `codecs.lookup` gives. A stream
//! over an exact `BufferedReader` or `BufferedWriter` calls it without going through Python. Invariant: what is taken
//! out of a cell is put back before anything runs Python code.

mod coding;
mod methods;
mod new;
pub(crate) mod newline;
pub(crate) mod newline_decoder;
mod position;
mod read;
mod tables;
mod write;

pub(crate) use new::{Options, optional_text, wrapper};
pub(crate) use tables::tables;
pub(crate) use write::with_ends;

use std::cell::Cell;

use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

use crate::base::TEXT_IO_BASE;
use crate::errors;
use newline::Newlines;
use taipan_object::declare::{native_state, receiver};
use taipan_runtime_builtins::codecs::Encoding;

/// What is written at the end of a line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum LineEnd {
    /// `\n`.
    #[default]
    Lf,
    /// `\r`.
    Cr,
    /// `\r\n`.
    CrLf,
}

impl LineEnd {
    pub(crate) fn text(self) -> &'static str {
        match self {
            LineEnd::Lf => "\n",
            LineEnd::Cr => "\r",
            LineEnd::CrLf => "\r\n",
        }
    }
}

/// How lines end, as the argument `newline` says it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct LineMode {
    /// Whether all ends are known when reading.
    pub(crate) universal: bool,
    /// Whether they become `\n` when reading.
    pub(crate) translates: bool,
    /// What `\n` becomes when writing.
    pub(crate) written: LineEnd,
    /// What ends a line when reading, unless all do.
    pub(crate) read: LineEnd,
}

impl LineMode {
    /// The mode of an argument; none if it is no end of a line.
    pub(crate) fn of(newline: Option<&str>) -> Option<LineMode> {
        let all = LineMode { universal: true, translates: true, ..LineMode::default() };
        let only = |end| LineMode { written: end, read: end, ..LineMode::default() };
        Some(match newline {
            None => all,
            Some("") => LineMode { translates: false, ..all },
            Some("\n") => only(LineEnd::Lf),
            Some("\r") => only(LineEnd::Cr),
            Some("\r\n") => only(LineEnd::CrLf),
            Some(_) => return None,
        })
    }
}

/// The state of a wrapper.
#[derive(Default)]
pub struct Wrapper {
    buffer: Slot,
    detached: Cell<bool>,
    finalizing: Cell<bool>,
    encoding: Slot,
    errors: Slot,
    /// The encoding, if it is one of ours.
    codec: Cell<Option<Encoding>>,
    /// The encoder of another encoding.
    encoder: Slot,
    /// The decoder of another encoding.
    decoder: Slot,
    reads: Cell<bool>,
    writes: Cell<bool>,
    mode: Cell<LineMode>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    seekable: Cell<bool>,
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    chunk_size: Cell<usize>,
    /// Bytes for a character, as the last part that was read had them.
    ratio: Cell<f64>,
    /// What is to be given to the buffer.
    pending: Cell<Vec<u8>>,
    /// Bytes that were read and are not a whole character.
    tail: Cell<Vec<u8>>,
    newlines: Cell<Newlines>,
    /// Text that was read, of which the first `used` characters were given out.
    decoded: Slot,
    used: Cell<usize>,
    /// The state of the decoder before the last part that was read: a number, and bytes with that part behind them.
    snapshot: Slot,
    snapshot_flags: Cell<i64>,
}

native_type! {
    /// `_io.TextIOWrapper`.
    pub static TEXT_IO_WRAPPER: Wrapper = "_io.TextIOWrapper", flags flags::BASETYPE, dict true, weak true,
    base TEXT_IO_BASE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Wrapper::default())?.into_value()),
        init: new::init,
        repr: methods::repr,
        next: read::next,
    }
}

native_state!(Wrapper in TEXT_IO_WRAPPER: buffer, encoding, errors, encoder, decoder, decoded, snapshot);

/// A wrapper and its state, at work.
#[derive(Clone, Copy)]
pub(crate) struct TextStream<'a> {
    this: Ref<'a>,
    state: &'a Native<Wrapper>,
}

/// The buffer of a stream of exactly this type.
pub(crate) fn buffer_of(stream: Ref<'_>) -> Option<Value> {
    stream.get_exact::<Native<Wrapper>>()?.buffer.get()
}

/// Flushes a stream of exactly this type unless it is closed; says whether it was one.
pub(crate) fn flush_plain(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    if this.get_exact::<Native<Wrapper>>().is_none() {
        return Ok(false);
    }
    let stream = TextStream::of(thread, this)?;
    if !stream.is_closed(thread)? {
        stream.flush(thread)?;
    }
    Ok(true)
}

impl<'a> TextStream<'a> {
    /// The receiver of a method; `ValueError` if it has no buffer.
    fn of(thread: &Thread, this: Ref<'a>) -> PyResult<TextStream<'a>> {
        let state = receiver::<Wrapper>(thread, this)?;
        if state.buffer.peek().is_some() {
            return Ok(TextStream { this, state });
        }
        Err(match state.detached.get() {
            true => raise!(thread, VALUE_ERROR, "underlying buffer has been detached"),
            false => errors::uninitialized(thread),
        })
    }

    /// The buffer.
    fn buffer(&self) -> Value {
        self.state.buffer.get().unwrap_or_else(Value::none)
    }

    /// Whether the stream is closed: its buffer says so.
    fn is_closed(&self, thread: &Thread) -> PyResult<bool> {
        let buffer = self.buffer();
        if let Some(stream) = crate::buffered::plain_writer(buffer.as_ref()) {
            return stream.is_closed(thread);
        }
        if let Some(stream) = crate::buffered::plain_reader(buffer.as_ref()) {
            return stream.is_closed(thread);
        }
        crate::call::flag(thread, buffer.as_ref(), "closed")
    }

    fn check_open(&self, thread: &Thread) -> PyResult<()> {
        let is_plain = std::ptr::eq(self.this.ty(), &*TEXT_IO_WRAPPER);
        if !is_plain {
            return crate::base::check_closed(thread, self.this);
        }
        if self.is_closed(thread)? { Err(errors::closed(thread)) } else { Ok(()) }
    }

    /// The name of the handler of errors.
    fn errors(&self) -> String {
        let errors = self.state.errors.get();
        let text = errors.as_ref().and_then(|errors| errors.as_ref().get::<PyStr>());
        text.map_or_else(|| "strict".to_owned(), PyStr::to_text_lossy)
    }

    /// Text that was read and not given out, and how much of it was.
    fn decoded(&self) -> Option<(Owned<PyStr>, usize)> {
        Some((self.state.decoded.get()?.downcast().ok()?, self.state.used.get()))
    }

    fn set_decoded(&self, text: Option<Owned<PyStr>>) {
        self.state.used.set(0);
        drop(self.state.decoded.replace(text.map(Owned::into_value)));
    }

    /// The snapshot: the flags and the bytes.
    fn snapshot(&self) -> Option<(i64, Owned<PyBytes>)> {
        Some((self.state.snapshot_flags.get(), self.state.snapshot.get()?.downcast().ok()?))
    }

    fn set_snapshot(&self, snapshot: Option<(i64, Owned<PyBytes>)>) {
        let (flags, bytes) = snapshot.unzip();
        self.state.snapshot_flags.set(flags.unwrap_or(0));
        drop(self.state.snapshot.replace(bytes.map(Owned::into_value)));
    }
}
