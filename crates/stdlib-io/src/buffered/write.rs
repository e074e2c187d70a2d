//! Writing: what is pending, and giving it to the raw stream. Invariant: what the raw stream took is not pending any
//! more, even if an error came after it.

use taipan_object::exception::BLOCKING_IOERROR;
use taipan_object::native::Native;
use taipan_object::{PyResult, Ref, Thread};

use super::{Buffered, Stream, Writer};
use crate::bytes_like::reserve;
use crate::errors::{caught, would_block};

const WOULD_BLOCK: &str = "write could not complete without blocking";

impl Buffered {
    /// How many bytes are pending.
    pub(super) fn pending_len(&self) -> usize {
        let pending = self.pending.take();
        let len = pending.len();
        self.pending.set(pending);
        len
    }

    /// Makes more bytes pending; false if they do not fit, and nothing changed.
    #[inline]
    fn push_if_fits(&self, thread: &Thread, bytes: &[u8]) -> PyResult<bool> {
        let mut pending = self.pending.take();
        let size = self.size.get();
        let fits = bytes.len() <= size.saturating_sub(pending.len());
        let mut reserved = Ok(());
        if fits {
            if pending.capacity() - pending.len() < bytes.len() {
                // the whole buffer at once, unless it is larger than usual
                let more =
                    if size <= crate::DEFAULT_BUFFER_SIZE { size - pending.len() } else { bytes.len() };
                reserved = reserve(thread, &mut pending, more);
            }
            if reserved.is_ok() {
                pending.extend_from_slice(bytes);
            }
        }
        self.pending.set(pending);
        reserved.map(|()| fits)
    }

    /// Forgets the first bytes of what is pending.
    fn written(&self, count: usize) {
        let mut pending = self.pending.take();
        pending.drain(..count.min(pending.len()));
        self.pending.set(pending);
    }
}

impl Stream<'_> {
    /// Gives what is pending to the raw stream. The caller has entered.
    pub(super) fn flush_pending(&self, thread: &Thread) -> PyResult<()> {
        while self.state.pending_len() > 0 {
            // the raw stream is given a buffer that nobody else has
            let bytes = self.state.pending.take();
            let count = self.raw_write(thread, &bytes);
            self.state.pending.set(bytes);
            match count? {
                Some(count) => self.state.written(count),
                None => return Err(would_block(thread, self.wait_errno(), WOULD_BLOCK, 0)),
            }
        }
        Ok(())
    }

    /// The number in an error that says that the raw stream would have to wait: a stream in Python gives none.
    fn wait_errno(&self) -> i32 {
        let raw = self.raw();
        match raw.as_ref().get_exact::<Native<crate::file_io::FileIo>>() {
            Some(_) => taipan_host::numbers::EAGAIN,
            None => 0,
        }
    }

    /// Moves the raw stream back to where this one is, if it has read ahead. The caller has entered.
    pub(super) fn rewind(&self, thread: &Thread) -> PyResult<()> {
        let unread = self.unread();
        if unread > 0 {
            self.raw_seek(thread, -(unread as i64), taipan_host::numbers::SEEK_CUR)?;
        }
        self.state.forget_ahead();
        Ok(())
    }

    /// `write(bytes)`.
    #[inline]
    pub(crate) fn write(&self, thread: &Thread, bytes: &[u8]) -> PyResult<usize> {
        if self.state.busy.get() == 0
            && (!self.state.readable.get() || self.unread() == 0)
            && self.state.push_if_fits(thread, bytes)?
        {
            return Ok(bytes.len());
        }
        self.write_slowly(thread, bytes)
    }

    fn write_slowly(&self, thread: &Thread, bytes: &[u8]) -> PyResult<usize> {
        let _busy = self.enter(thread)?;
        if self.state.readable.get() {
            self.rewind(thread)?;
        }
        if self.state.push_if_fits(thread, bytes)? {
            return Ok(bytes.len());
        }
        if let Err(raised) = self.flush_pending(thread) {
            caught(thread, raised, &BLOCKING_IOERROR)?;
            let room = self.state.size.get().saturating_sub(self.state.pending_len());
            let taken = bytes.get(..room).unwrap_or(bytes);
            self.state.push_if_fits(thread, taken)?;
            return match taken.len() == bytes.len() {
                true => Ok(bytes.len()),
                false => Err(would_block(thread, self.wait_errno(), WOULD_BLOCK, taken.len())),
            };
        }
        self.write_straight(thread, bytes)
    }

    /// Writes what is longer than a buffer without one; nothing is pending.
    fn write_straight(&self, thread: &Thread, bytes: &[u8]) -> PyResult<usize> {
        let size = self.state.size.get();
        let mut rest = bytes;
        while rest.len() > size {
            match self.raw_write(thread, rest)? {
                Some(count) => rest = rest.get(count..).unwrap_or_default(),
                None => {
                    let taken = rest.get(..size).unwrap_or(rest);
                    self.state.push_if_fits(thread, taken)?;
                    let written = bytes.len() - rest.len() + taken.len();
                    return Err(would_block(thread, self.wait_errno(), WOULD_BLOCK, written));
                }
            }
        }
        self.state.push_if_fits(thread, rest)?;
        Ok(bytes.len())
    }

    /// `flush()`: nothing is pending, and the raw stream is where this one is.
    pub(crate) fn flush(&self, thread: &Thread) -> PyResult<()> {
        let _busy = self.enter(thread)?;
        self.flush_pending(thread)?;
        if self.state.readable.get() { self.rewind(thread) } else { Ok(()) }
    }
}

/// The stream behind an exact `BufferedWriter`, for those who write to it without going through Python.
#[inline]
pub(crate) fn as_plain(this: Ref<'_>) -> Option<Stream<'_>> {
    let writer = this.get_exact::<Native<Writer>>()?;
    writer.0.raw.peek().is_some().then_some(Stream { this, state: &writer.0 })
}
