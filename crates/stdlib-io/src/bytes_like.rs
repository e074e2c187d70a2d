//! Arguments that are bytes, and those that bytes are read into. Invariant: bytes of an object that may change are
//! copied before anything else happens.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::{PyResult, Ref, Thread, raise};

/// Bytes that were given to a method.
pub(crate) enum Bytes<'a> {
    /// Those of an object that does not change.
    Borrowed(&'a [u8]),
    /// A copy.
    Copied(Vec<u8>),
}

impl std::ops::Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Borrowed(bytes) => bytes,
            Bytes::Copied(bytes) => bytes,
        }
    }
}

/// The bytes of an argument.
pub(crate) fn read<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Bytes<'a>> {
    if let Some(bytes) = value.get::<PyBytes>() {
        return Ok(Bytes::Borrowed(bytes.as_slice()));
    }
    if let Some(array) = value.get::<PyByteArray>() {
        return Ok(Bytes::Copied(array.copy(thread, 0, usize::MAX)?));
    }
    let name = value.ty().name();
    Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{name}'"))
}

/// What bytes are read into.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    array: &'a PyByteArray,
}

impl<'a> Target<'a> {
    /// The target that an argument of a method is.
    pub(crate) fn new(thread: &Thread, function: &str, value: Ref<'a>) -> PyResult<Target<'a>> {
        match value.get::<PyByteArray>() {
            Some(array) => Ok(Target { array }),
            None => {
                let name = if value.is_none() { "None" } else { value.ty().name() };
                Err(raise!(thread, TYPE_ERROR, "{function} must be read-write bytes-like object, not {name}"))
            }
        }
    }

    /// How many bytes there is room for.
    pub(crate) fn len(self) -> usize {
        self.array.len()
    }

    /// Puts bytes in at a place, as many as there is room for; says how many.
    pub(crate) fn put(self, thread: &Thread, at: usize, bytes: &[u8]) -> PyResult<usize> {
        let room = self.array.len().saturating_sub(at);
        let part = bytes.get(..room).unwrap_or(bytes);
        self.array.splice(thread, at, at + part.len(), part)?;
        Ok(part.len())
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
