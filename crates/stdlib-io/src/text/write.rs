//! Writing text.

use taipan_object::bytes::PyBytes;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, Value};

use super::newline::{find, has};
use super::{LineEnd, TextStream};
use crate::{buffered, call, errors};

/// `write(text)`.
pub(super) fn write(thread: &Thread, this: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let text = taipan_runtime_builtins::arguments::expect_str(thread, "write", "argument", text)?;
    let stream = TextStream::of(thread, this)?;
    stream.check_open(thread)?;
    stream.write(thread, text)?;
    Value::int(thread, text.len() as i64)
}

impl TextStream<'_> {
    /// Writes a text.
    #[inline]
    pub(super) fn write(&self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let state = self.state;
        if !state.writes.get() {
            return Err(errors::unsupported(thread, "not writable"));
        }
        let end = state.mode.get().written;
        let mut flushes = false;
        if state.line_buffering.get() {
            flushes = has(text, b'\n') || has(text, b'\r');
        }
        if end != LineEnd::Lf && has(text, b'\n') {
            let text = with_ends(thread, text, end)?;
            self.encode(thread, &text)?;
        } else {
            self.encode(thread, text)?;
        }
        if state.reads.get() {
            self.forget_reading(thread)?;
        }
        let pending = state.pending.take();
        let is_full = pending.len() >= state.chunk_size.get();
        state.pending.set(pending);
        if is_full || flushes || state.write_through.get() {
            self.flush_pending(thread)?;
        }
        if flushes {
            self.flush_buffer(thread)?;
        }
        Ok(())
    }

    /// What was read ahead is worth nothing once something was written.
    fn forget_reading(&self, thread: &Thread) -> PyResult<()> {
        // while positions cannot be told, what was read stays, as the reference has it
        if self.state.snapshot.peek().is_some() {
            self.set_decoded(None);
            self.set_snapshot(None);
        }
        self.reset_decoder(thread)
    }

    /// Gives what is pending to the buffer.
    pub(super) fn flush_pending(&self, thread: &Thread) -> PyResult<()> {
        let mut pending = self.state.pending.take();
        if pending.is_empty() {
            self.state.pending.set(pending);
            return Ok(());
        }
        let buffer = self.buffer();
        match buffered::plain_writer(buffer.as_ref()) {
            Some(writer) => {
                let written = writer.write(thread, &pending);
                // the memory is used again, unless another thread has begun anew
                pending.clear();
                let begun = self.state.pending.take();
                self.state.pending.set(if begun.is_empty() { pending } else { begun });
                written.map(drop)
            }
            None => {
                let bytes = PyBytes::new(thread, &pending)?.into_value();
                call::method(thread, buffer.as_ref(), "write", &[bytes]).map(drop)
            }
        }
    }

    fn flush_buffer(&self, thread: &Thread) -> PyResult<()> {
        let buffer = self.buffer();
        match buffered::plain_writer(buffer.as_ref()) {
            Some(writer) => writer.flush(thread),
            None => call::method(thread, buffer.as_ref(), "flush", &[]).map(drop),
        }
    }

    /// `flush()`.
    pub(super) fn flush(&self, thread: &Thread) -> PyResult<()> {
        self.check_open(thread)?;
        self.state.telling.set(self.state.seekable.get());
        self.flush_pending(thread)?;
        self.flush_buffer(thread)
    }
}

/// A text with other ends of lines.
pub(crate) fn with_ends(thread: &Thread, text: &PyStr, end: LineEnd) -> PyResult<Owned<PyStr>> {
    let mut built = StrBuilder::new();
    let mut from = 0;
    while let Some(at) = find(text, b'\n', from) {
        built.push(thread, &*text.slice(thread, from, at)?)?;
        built.push_str(thread, end.text())?;
        from = at + 1;
    }
    built.push(thread, &*text.slice(thread, from, text.len())?)?;
    built.finish(thread)
}
