//! Arguments that are bytes. Invariant: bytes of an object that may change are
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
