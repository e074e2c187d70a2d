//! Where a pickle is read from: bytes, or a file, of which no more is read than is needed.

use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::{Owned, PyResult, Thread, Value, buffer, protocol};

use crate::errors::unpickling;
use crate::unpickler::Unpickler;

/// Bytes that were taken from the file, or all there are.
#[derive(Default)]
pub(crate) struct Input {
    data: Vec<u8>,
    at: usize,
    /// Where the frame ends that is being read.
    frame: Option<usize>,
}

impl Input {
    /// Of all there is.
    pub(crate) fn of(data: Vec<u8>) -> Input {
        Input { data, at: 0, frame: None }
    }

    fn left(&self) -> usize {
        self.data.len() - self.at
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let end = (self.at + count).min(self.data.len());
        let part = self.data.get(self.at..end).map_or_else(Vec::new, <[u8]>::to_vec);
        self.at = end;
        if self.at == self.data.len() {
            *self = Input::default();
        }
        part
    }

    /// Whether so many bytes more are within the frame, if there is one.
    fn allows(&mut self, count: usize) -> bool {
        match self.frame {
            Some(end) if self.at < end => count <= end - self.at,
            _ => {
                self.frame = None;
                true
            }
        }
    }
}

fn exhausted(thread: &Thread) -> taipan_object::Raised {
    unpickling(thread, "pickle exhausted before end of frame")
}

fn truncated(thread: &Thread) -> taipan_object::Raised {
    unpickling(thread, "pickle data was truncated")
}

/// The next byte.
pub(crate) fn byte(thread: &Thread, state: &Native<Unpickler>) -> PyResult<u8> {
    {
        let mut input = state.input.borrow_mut();
        if let Some(byte) = input.data.get(input.at).copied() {
            input.at += 1;
            return Ok(byte);
        }
    }
    let bytes = read(thread, state, 1)?;
    bytes.first().copied().ok_or_else(|| truncated(thread))
}

/// So many bytes.
pub(crate) fn array<const N: usize>(thread: &Thread, state: &Native<Unpickler>) -> PyResult<[u8; N]> {
    {
        let mut input = state.input.borrow_mut();
        if let Some(part) =
            input.data.get(input.at..input.at + N).and_then(|part| <[u8; N]>::try_from(part).ok())
        {
            input.at += N;
            return Ok(part);
        }
    }
    let bytes = read(thread, state, N)?;
    <[u8; N]>::try_from(bytes.as_slice()).map_err(|_| truncated(thread))
}

/// So many bytes.
///
/// # Errors
/// `UnpicklingError` if there are not so many.
pub(crate) fn read(thread: &Thread, state: &Native<Unpickler>, count: usize) -> PyResult<Vec<u8>> {
    if !state.input.borrow_mut().allows(count) {
        return Err(exhausted(thread));
    }
    let left = state.input.borrow().left();
    if count <= left {
        return Ok(state.input.borrow_mut().take(count));
    }
    let Some(read) = state.read.get() else { return Err(truncated(thread)) };
    let mut bytes = state.input.borrow_mut().take(left);
    let more = Value::uint(thread, (count - left) as u64)?;
    let more = protocol::call(thread, read.as_ref(), &[more], None)?;
    bytes.extend_from_slice(&buffer::bytes_of(thread, more.as_ref())?);
    if bytes.len() < count {
        return Err(truncated(thread));
    }
    bytes.truncate(count);
    Ok(bytes)
}

/// So many bytes as text, if they are there and are UTF-8; else nothing was taken.
///
/// # Errors
/// `UnpicklingError` if they go beyond the frame.
pub(crate) fn text(
    thread: &Thread,
    state: &Native<Unpickler>,
    count: usize,
) -> PyResult<Option<Owned<PyStr>>> {
    let mut input = state.input.borrow_mut();
    if !input.allows(count) {
        return Err(exhausted(thread));
    }
    let end = input.at.saturating_add(count);
    let part = input.data.get(input.at..end).and_then(|part| std::str::from_utf8(part).ok());
    let text = part.map(|part| PyStr::from_text(thread, part)).transpose()?;
    if text.is_some() {
        input.at = end;
    }
    Ok(text)
}

/// The bytes up to the end of the line, which is not among them.
pub(crate) fn line(thread: &Thread, state: &Native<Unpickler>) -> PyResult<Vec<u8>> {
    let end = {
        let mut input = state.input.borrow_mut();
        let end = input.data.iter().skip(input.at).position(|byte| *byte == b'\n');
        let needed = end.map_or(input.left() + 1, |end| end + 1);
        if !input.allows(needed) {
            return Err(exhausted(thread));
        }
        end
    };
    let mut bytes = match (end, state.readline.get()) {
        (Some(end), _) => state.input.borrow_mut().take(end + 1),
        (None, None) => return Err(truncated(thread)),
        (None, Some(readline)) => {
            let left = state.input.borrow().left();
            let mut bytes = state.input.borrow_mut().take(left);
            let more = protocol::call(thread, readline.as_ref(), &[], None)?;
            bytes.extend_from_slice(&buffer::bytes_of(thread, more.as_ref())?);
            bytes
        }
    };
    if bytes.pop() != Some(b'\n') {
        return Err(truncated(thread));
    }
    Ok(bytes)
}

/// The same of a line that must not be empty.
pub(crate) fn full_line(thread: &Thread, state: &Native<Unpickler>) -> PyResult<Vec<u8>> {
    let bytes = line(thread, state)?;
    if bytes.is_empty() { Err(truncated(thread)) } else { Ok(bytes) }
}

/// Reads a frame: what it holds is read from memory then.
///
/// # Errors
/// `UnpicklingError` if the frame before has not ended.
pub(crate) fn frame(thread: &Thread, state: &Native<Unpickler>, count: usize) -> PyResult<()> {
    {
        let mut input = state.input.borrow_mut();
        if input.frame.is_some_and(|end| input.at < end) {
            return Err(unpickling(thread, "beginning of a new frame before end of current frame"));
        }
        input.frame = None;
        if count <= input.left() {
            input.frame = Some(input.at + count);
            return Ok(());
        }
    }
    let bytes = read(thread, state, count)?;
    let mut frame = Input::of(bytes);
    frame.frame = Some(count);
    state.input.replace(frame);
    Ok(())
}
