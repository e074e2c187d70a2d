//! What bytes are read into, and room for them.

use taipan_object::buffer::{Buffer, Request};
use taipan_object::{PyResult, Ref, Thread, raise};

/// What bytes are read into.
pub(crate) struct Target {
    buffer: Buffer,
}

impl Target {
    /// The target that an argument of a method is.
    pub(crate) fn new(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<Target> {
        match Buffer::get(thread, value, Request::WRITABLE) {
            Ok(buffer) => Ok(Target { buffer }),
            Err(raised) => {
                drop(thread.catch(raised));
                let name = if value.is_none() { "None" } else { value.ty().name() };
                Err(raise!(thread, TYPE_ERROR, "{function} must be read-write bytes-like object, not {name}"))
            }
        }
    }

    /// How many bytes there is room for.
    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Puts bytes in at a place, as many as there is room for; says how many.
    pub(crate) fn put(&self, at: usize, bytes: &[u8]) -> usize {
        self.buffer.contiguous().map_or(0, |memory| memory.write(at, bytes))
    }
}

/// A buffer of zeros; `MemoryError` if there is no memory for it.
pub(crate) fn zeros(thread: &Thread, len: usize) -> PyResult<Vec<u8>> {
    let mut buffer = Vec::new();
    reserve(thread, &mut buffer, len)?;
    buffer.resize(len, 0);
    Ok(buffer)
}

/// Makes room for more bytes.
pub(crate) fn reserve(thread: &Thread, buffer: &mut Vec<u8>, more: usize) -> PyResult<()> {
    if more > isize::MAX as usize / 2 || buffer.try_reserve(more).is_err() {
        return Err(thread.raise_memory_error());
    }
    Ok(())
}
