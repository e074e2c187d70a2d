//! Reading: what was read ahead, and getting more. Invariant: of `ahead` the bytes before `read_at` were given out.

use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::{Buffered, Reader, Stream};
use crate::bytes_like::{Target, reserve, zeros};
use crate::call;
use crate::file_io::FileIo;

impl Buffered {
    /// Has a look at what was read ahead.
    fn with_ahead<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        let ahead = self.ahead.take();
        let result = look(ahead.get(self.read_at.get()..).unwrap_or_default());
        self.ahead.set(ahead);
        result
    }

    /// Forgets what was read ahead.
    pub(super) fn forget_ahead(&self) {
        let mut ahead = self.ahead.take();
        ahead.clear();
        self.ahead.set(ahead);
        self.read_at.set(0);
    }

    /// Takes up to so many bytes of what was read ahead, behind what is there.
    fn take_ahead(&self, thread: &Thread, most: usize, to: &mut Vec<u8>) -> PyResult<usize> {
        let count = self.with_ahead(|ahead| {
            let part = ahead.get(..most).unwrap_or(ahead);
            if to.try_reserve(part.len()).is_err() {
                return None;
            }
            to.extend_from_slice(part);
            Some(part.len())
        });
        let Some(count) = count else { return Err(thread.raise_memory_error()) };
        self.read_at.set(self.read_at.get() + count);
        Ok(count)
    }
}

impl Stream<'_> {
    /// How many bytes were read ahead.
    pub(super) fn unread(&self) -> usize {
        self.state.with_ahead(<[u8]>::len)
    }

    /// Fills the buffer by one call; none if the raw stream would have to wait. Nothing was left in it.
    fn fill(&self, thread: &Thread) -> PyResult<Option<usize>> {
        let mut buffer = self.state.ahead.take();
        self.state.read_at.set(0);
        let size = self.state.size.get();
        if buffer.capacity() < size {
            buffer = Vec::new();
            reserve(thread, &mut buffer, size)?;
        }
        buffer.resize(size, 0);
        let count = self.raw_read(thread, &mut buffer);
        buffer.truncate(count.as_ref().ok().copied().flatten().unwrap_or(0));
        self.state.ahead.set(buffer);
        count
    }

    /// Up to so many bytes of what was read ahead.
    pub(super) fn take_bytes(&self, thread: &Thread, most: usize) -> PyResult<Owned<PyBytes>> {
        let bytes =
            self.state.with_ahead(|ahead| PyBytes::new(thread, ahead.get(..most).unwrap_or(ahead)))?;
        self.state.read_at.set(self.state.read_at.get() + bytes.as_slice().len());
        Ok(bytes)
    }

    /// `read(size)`.
    pub(super) fn read(&self, thread: &Thread, size: usize) -> PyResult<Value> {
        if size <= self.unread() {
            return Ok(self.take_bytes(thread, size)?.into_value());
        }
        let _busy = self.enter(thread)?;
        self.flush_pending(thread)?;
        let mut data = Vec::new();
        self.state.take_ahead(thread, size, &mut data)?;
        let held = self.state.size.get().max(1);
        while data.len() < size {
            let left = size - data.len();
            // whole buffers are read straight
            let count = if left >= held {
                let len = data.len();
                reserve(thread, &mut data, left - left % held)?;
                data.resize(len + (left - left % held), 0);
                let count = self.raw_read(thread, data.get_mut(len..).unwrap_or_default());
                data.truncate(len + count.as_ref().ok().copied().flatten().unwrap_or(0));
                count?
            } else {
                let count = self.fill(thread)?;
                self.state.take_ahead(thread, left, &mut data)?;
                count
            };
            match count {
                Some(0) => break,
                None if data.is_empty() => return Ok(Value::none()),
                None => break,
                Some(_) => {}
            }
        }
        Ok(PyBytes::new(thread, &data)?.into_value())
    }

    /// `read()`.
    pub(super) fn read_all(&self, thread: &Thread) -> PyResult<Value> {
        let _busy = self.enter(thread)?;
        self.flush_pending(thread)?;
        let mut data = Vec::new();
        self.state.take_ahead(thread, usize::MAX, &mut data)?;
        self.state.forget_ahead();
        let raw = self.raw();
        if let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() {
            let all = file.read_all(thread, &data)?;
            return Ok(all.map_or_else(Value::none, Owned::into_value));
        }
        match call::find(thread, raw.as_ref(), "readall")? {
            Some(readall) => self.read_rest(thread, data, readall.as_ref()),
            None => self.read_parts(thread, data, raw.as_ref()),
        }
    }

    fn read_rest(&self, thread: &Thread, data: Vec<u8>, readall: Ref<'_>) -> PyResult<Value> {
        let rest = taipan_object::protocol::call(thread, readall, &[], None)?;
        if rest.as_ref().is_none() {
            return if data.is_empty() { Ok(rest) } else { Ok(PyBytes::new(thread, &data)?.into_value()) };
        }
        match rest.as_ref().get::<PyBytes>() {
            Some(bytes) => Ok(PyBytes::concat(thread, &data, bytes.as_slice())?.into_value()),
            None => Err(raise!(thread, TYPE_ERROR, "readall() should return bytes")),
        }
    }

    fn read_parts(&self, thread: &Thread, mut data: Vec<u8>, raw: Ref<'_>) -> PyResult<Value> {
        loop {
            let part = call::method(thread, raw, "read", &[])?;
            if part.as_ref().is_none() {
                return match data.is_empty() {
                    true => Ok(part),
                    false => Ok(PyBytes::new(thread, &data)?.into_value()),
                };
            }
            let Some(bytes) = part.as_ref().get::<PyBytes>() else {
                return Err(raise!(thread, TYPE_ERROR, "read() should return bytes"));
            };
            if bytes.as_slice().is_empty() {
                return Ok(PyBytes::new(thread, &data)?.into_value());
            }
            reserve(thread, &mut data, bytes.as_slice().len())?;
            data.extend_from_slice(bytes.as_slice());
        }
    }

    /// `read1(size)`: what is there, or what one call gives.
    pub(crate) fn read_once(&self, thread: &Thread, size: Option<usize>) -> PyResult<Owned<PyBytes>> {
        self.check_open(thread, "read of closed file")?;
        let size = size.unwrap_or(self.state.size.get());
        if size == 0 {
            return PyBytes::new(thread, b"");
        }
        if self.unread() > 0 {
            return self.take_bytes(thread, size);
        }
        let _busy = self.enter(thread)?;
        if self.unread() > 0 {
            // another thread has read meanwhile
            return self.take_bytes(thread, size);
        }
        self.flush_pending(thread)?;
        self.state.forget_ahead();
        let mut buffer = zeros(thread, size)?;
        let count = self.raw_read(thread, &mut buffer)?.unwrap_or(0);
        PyBytes::new(thread, buffer.get(..count).unwrap_or_default())
    }

    /// `peek()`: what was read ahead, after one call if there is nothing.
    pub(super) fn peek(&self, thread: &Thread) -> PyResult<Value> {
        if self.unread() == 0 {
            let _busy = self.enter(thread)?;
            if self.unread() == 0 {
                self.flush_pending(thread)?;
                self.fill(thread)?;
            }
        }
        self.state.with_ahead(|ahead| Ok(PyBytes::new(thread, ahead)?.into_value()))
    }

    /// `readinto` and `readinto1`; none if the raw stream would have to wait.
    pub(super) fn read_into(&self, thread: &Thread, target: &Target, once: bool) -> PyResult<Option<usize>> {
        let size = target.len();
        let mut data = Vec::new();
        self.state.take_ahead(thread, size, &mut data)?;
        let mut would_wait = false;
        if data.len() < size {
            let _busy = self.enter(thread)?;
            self.flush_pending(thread)?;
            // another thread may have read meanwhile
            self.state.take_ahead(thread, size - data.len(), &mut data)?;
            while data.len() < size {
                let left = size - data.len();
                let begun = !data.is_empty();
                let count = if left > self.state.size.get() {
                    let mut part = zeros(thread, left)?;
                    let count = self.raw_read(thread, &mut part)?;
                    reserve(thread, &mut data, left)?;
                    data.extend_from_slice(part.get(..count.unwrap_or(0)).unwrap_or_default());
                    count
                } else if once && begun {
                    break;
                } else {
                    let count = self.fill(thread)?;
                    self.state.take_ahead(thread, left, &mut data)?;
                    count
                };
                would_wait = count.is_none();
                if once || count.is_none_or(|count| count == 0) {
                    break;
                }
            }
        }
        if would_wait && data.is_empty() {
            return Ok(None);
        }
        Ok(Some(target.put(0, &data)))
    }

    /// `readline(size)`.
    pub(super) fn read_line(&self, thread: &Thread, limit: Option<usize>) -> PyResult<Value> {
        let end_of_line = |most: usize| {
            self.state.with_ahead(|ahead| {
                let part = ahead.get(..most).unwrap_or(ahead);
                (memchr::memchr(b'\n', part).map(|at| at + 1), part.len())
            })
        };
        let limit = limit.unwrap_or(usize::MAX);
        if let (Some(len), _) = end_of_line(limit) {
            return Ok(self.take_bytes(thread, len)?.into_value());
        }
        let _busy = self.enter(thread)?;
        self.flush_pending(thread)?;
        let mut line = Vec::new();
        loop {
            let left = limit - line.len();
            let (end, len) = end_of_line(left);
            self.state.take_ahead(thread, end.unwrap_or(len), &mut line)?;
            if end.is_some() || line.len() >= limit {
                break;
            }
            match self.fill(thread)? {
                Some(0) | None => break,
                Some(_) => {}
            }
        }
        Ok(PyBytes::new(thread, &line)?.into_value())
    }
}

/// The stream behind an exact `BufferedReader`, for those who read from it without going through Python.
pub(crate) fn as_plain(this: Ref<'_>) -> Option<Stream<'_>> {
    let reader = this.get_exact::<Native<Reader>>()?;
    reader.0.raw.peek().is_some().then_some(Stream { this, state: &reader.0 })
}
