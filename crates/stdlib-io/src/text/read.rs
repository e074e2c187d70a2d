//! Reading text.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::newline::find;
use super::{LineEnd, LineMode, TEXT_IO_WRAPPER, TextStream};
use crate::{buffered, call, errors};

impl TextStream<'_> {
    /// Takes up to so many characters of what was read.
    fn take_decoded(&self, thread: &Thread, most: usize) -> PyResult<Owned<PyStr>> {
        let Some((text, used)) = self.decoded() else { return PyStr::from_text(thread, "") };
        let end = text.len().min(used.saturating_add(most));
        self.state.used.set(end);
        text.slice(thread, used, end)
    }

    /// Reads bytes of the buffer, as many as one call gives.
    fn read_bytes(&self, thread: &Thread, size: usize) -> PyResult<Owned<PyBytes>> {
        let buffer = self.buffer();
        if let Some(reader) = buffered::plain_reader(buffer.as_ref()) {
            return reader.read_once(thread, Some(size));
        }
        let name = if self.state.has_read1.get() { "read1" } else { "read" };
        let bytes = call::method(thread, buffer.as_ref(), name, &[Value::int(thread, size as i64)?])?;
        match bytes.downcast::<PyBytes>() {
            Ok(bytes) => Ok(bytes),
            Err(other) if other.as_ref().get::<taipan_object::bytearray::PyByteArray>().is_some() => {
                PyBytes::new(thread, &bytes_of(thread, other.as_ref())?)
            }
            Err(other) => {
                let got = other.as_ref().ty().name();
                Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "underlying {name}() should have returned a bytes-like object, not '{got}'"
                ))
            }
        }
    }

    fn check_reads(&self, thread: &Thread) -> PyResult<()> {
        if self.state.reads.get() { Ok(()) } else { Err(errors::unsupported(thread, "not readable")) }
    }

    /// Reads and decodes a part; false at the end.
    fn read_chunk(&self, thread: &Thread, hint: usize) -> PyResult<bool> {
        self.check_reads(thread)?;
        let before = match self.state.telling.get() {
            true => Some(self.decoder_state(thread)?),
            false => None,
        };
        let hint = (self.state.ratio.get().max(1.0) * hint as f64) as usize;
        let input = self.read_bytes(thread, self.state.chunk_size.get().max(hint))?;
        let is_end = input.as_slice().is_empty();
        let text = self.decode(thread, &input, is_end)?;
        let is_empty = text.is_empty();
        let ratio = if is_empty { 0.0 } else { input.as_slice().len() as f64 / text.len() as f64 };
        self.state.ratio.set(ratio);
        self.set_decoded(Some(text));
        if let Some((bytes, flags)) = before {
            let all = match bytes.as_slice().is_empty() {
                true => input,
                false => PyBytes::concat(thread, bytes.as_slice(), input.as_slice())?,
            };
            self.set_snapshot(Some((flags, all)));
        }
        Ok(!is_end || !is_empty)
    }

    /// `read(size)`, or everything.
    fn read(&self, thread: &Thread, size: Option<usize>) -> PyResult<Owned<PyStr>> {
        self.check_open(thread)?;
        self.check_reads(thread)?;
        self.flush_pending(thread)?;
        let Some(size) = size else { return self.read_all(thread) };
        let first = self.take_decoded(thread, size)?;
        if first.len() == size {
            return Ok(first);
        }
        let mut built = StrBuilder::new();
        built.push(thread, &first)?;
        while built.len() < size {
            if !self.read_chunk(thread, size - built.len())? {
                break;
            }
            let part = self.take_decoded(thread, size - built.len())?;
            built.push(thread, &part)?;
        }
        built.finish(thread)
    }

    fn read_all(&self, thread: &Thread) -> PyResult<Owned<PyStr>> {
        let buffer = self.buffer();
        let bytes = call::method(thread, buffer.as_ref(), "read", &[])?;
        if bytes.as_ref().is_none() {
            return Err(raise!(thread, BLOCKING_IOERROR, "Read returned None."));
        }
        let input = match bytes.downcast::<PyBytes>() {
            Ok(bytes) => bytes,
            Err(other) if self.state.codec.get().is_none() => {
                let text = self.decode_object(thread, other.as_ref())?;
                return self.joined(thread, text);
            }
            Err(other) => PyBytes::new(thread, &bytes_of(thread, other.as_ref())?)?,
        };
        let text = self.decode(thread, &input, true)?;
        self.joined(thread, text)
    }

    fn decode_object(&self, thread: &Thread, input: Ref<'_>) -> PyResult<Owned<PyStr>> {
        let bytes = PyBytes::new(thread, &bytes_of(thread, input)?)?;
        self.decode(thread, &bytes, true)
    }

    /// What was read before, and the rest; nothing is left.
    fn joined(&self, thread: &Thread, rest: Owned<PyStr>) -> PyResult<Owned<PyStr>> {
        let first = self.take_decoded(thread, usize::MAX)?;
        self.set_decoded(None);
        self.set_snapshot(None);
        first.concat(thread, &rest)
    }

    /// `readline(limit)`.
    fn read_line(&self, thread: &Thread, limit: Option<usize>) -> PyResult<Owned<PyStr>> {
        self.check_open(thread)?;
        if self.state.writes.get() {
            self.flush_pending(thread)?;
        }
        let (mode, limit) = (self.state.mode.get(), limit.unwrap_or(usize::MAX));
        let mut line: Option<Owned<PyStr>> = None;
        loop {
            // a line of no characters needs nothing that is not there
            while self.decoded().is_none_or(|(text, used)| text.is_empty() || used >= text.len() && limit > 0)
            {
                if !self.read_chunk(thread, 0)? {
                    self.set_decoded(None);
                    self.set_snapshot(None);
                    return line.map_or_else(|| PyStr::from_text(thread, ""), Ok);
                }
            }
            let Some((text, used)) = self.decoded() else { continue };
            let (whole, from, before) = match line.take() {
                None => (text, used, 0),
                Some(line) => {
                    let rest = text.slice(thread, used, text.len())?;
                    let before = line.len();
                    (PyStr::append(line, thread, &rest)?, 0, before)
                }
            };
            // an end of two characters may have begun before
            let end = line_end(&whole, from + before.saturating_sub(1), mode);
            let most = from.saturating_add(limit).min(whole.len());
            let stop = match end {
                Some(end) => end.min(most),
                // what may be half of an end does not count yet
                None if whole.len() - usize::from(ends_in_half(&whole, mode))
                    >= from.saturating_add(limit) =>
                {
                    most
                }
                None => {
                    self.set_decoded(None);
                    line = Some(whole.slice(thread, from, whole.len())?);
                    continue;
                }
            };
            // characters of the part that was read last
            let taken = stop - from - before.min(stop - from);
            self.state.used.set(used + taken);
            return whole.slice(thread, from, stop);
        }
    }
}

/// Whether the last character may be the first of an end of a line of two.
fn ends_in_half(text: &PyStr, mode: LineMode) -> bool {
    let last = text.len().checked_sub(1).and_then(|last| text.char_at(last));
    !mode.universal && mode.read == LineEnd::CrLf && last == Some(u32::from('\r'))
}

/// The position behind the next end of a line.
pub(crate) fn line_end(text: &PyStr, from: usize, mode: LineMode) -> Option<usize> {
    if mode.universal && !mode.translates {
        let (lf, cr) = (find(text, b'\n', from), find(text, b'\r', from));
        return match (lf, cr) {
            (Some(lf), Some(cr)) if cr + 1 == lf => Some(lf + 1),
            (Some(lf), Some(cr)) => Some(lf.min(cr) + 1),
            (lf, cr) => lf.or(cr).map(|at| at + 1),
        };
    }
    if mode.universal {
        return find(text, b'\n', from).map(|at| at + 1);
    }
    match mode.read {
        LineEnd::Lf => find(text, b'\n', from).map(|at| at + 1),
        LineEnd::Cr => find(text, b'\r', from).map(|at| at + 1),
        LineEnd::CrLf => {
            let mut at = from;
            loop {
                at = find(text, b'\r', at)? + 1;
                if text.char_at(at) == Some(u32::from('\n')) {
                    return Some(at + 1);
                }
            }
        }
    }
}

/// `read(size=-1)`.
pub(super) fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    taipan_runtime_builtins::arguments::check_count(thread, "read", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    let stream = TextStream::of(thread, this)?;
    Ok(stream.read(thread, size)?.into_value())
}

/// `readline(size=-1)`.
pub(super) fn readline(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    taipan_runtime_builtins::arguments::check_count(thread, "readline", arguments.len(), 0, 1)?;
    let limit = call::size_or_all(thread, arguments.first())?;
    let stream = TextStream::of(thread, this)?;
    Ok(stream.read_line(thread, limit)?.into_value())
}

/// `__next__`.
pub(super) fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let stream = TextStream::of(thread, this)?;
    stream.state.telling.set(false);
    let line = match std::ptr::eq(this.ty(), &*TEXT_IO_WRAPPER) {
        true => stream.read_line(thread, None)?,
        false => call::method(thread, this, "readline", &[])?.downcast::<PyStr>().map_err(|other| {
            let name = other.as_ref().ty().name();
            raise!(thread, OS_ERROR, "readline() should have returned a str object, not '{name}'")
        })?,
    };
    if line.is_empty() {
        // the end: positions can be told again
        stream.set_snapshot(None);
        stream.state.telling.set(stream.state.seekable.get());
        return Ok(None);
    }
    Ok(Some(line.into_value()))
}
