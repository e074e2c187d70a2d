//! What is searched: a string, or the bytes of an object. Neither is converted. Invariant: the characters that are
//! lent stay as they are while the object is held: bytes that may change are copied first.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::str::{Chars, PyStr};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

/// Bytes of an object.
pub(crate) enum Bytes<'a> {
    /// Those of an object that does not change.
    Lent(&'a [u8]),
    /// A copy.
    Copied(Vec<u8>),
}

impl std::ops::Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Lent(bytes) => bytes,
            Bytes::Copied(bytes) => bytes,
        }
    }
}

enum Data<'a> {
    Text(&'a PyStr),
    Bytes(Bytes<'a>),
}

/// What is searched.
pub(crate) struct Subject<'a> {
    object: Ref<'a>,
    data: Data<'a>,
}

/// The bytes of an object; none if it has none.
pub(crate) fn bytes_of<'a>(thread: &Thread, object: Ref<'a>) -> PyResult<Option<Bytes<'a>>> {
    if let Some(bytes) = object.get::<PyBytes>() {
        return Ok(Some(Bytes::Lent(bytes.as_slice())));
    }
    match object.get::<PyByteArray>() {
        Some(array) => Ok(Some(Bytes::Copied(array.copy(thread, 0, usize::MAX)?))),
        None => Ok(None),
    }
}

impl<'a> Subject<'a> {
    /// An object as what is searched.
    ///
    /// # Errors
    /// `TypeError` if it is neither a string nor bytes.
    pub(crate) fn new(thread: &Thread, object: Ref<'a>) -> PyResult<Subject<'a>> {
        if let Some(text) = object.get::<PyStr>() {
            return Ok(Subject { object, data: Data::Text(text) });
        }
        match bytes_of(thread, object)? {
            Some(bytes) => Ok(Subject { object, data: Data::Bytes(bytes) }),
            None => {
                let name = object.ty().name();
                Err(raise!(thread, TYPE_ERROR, "expected string or bytes-like object, got '{name}'"))
            }
        }
    }

    /// The object itself.
    pub(crate) fn object(&self) -> Ref<'a> {
        self.object
    }

    /// Whether these are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        matches!(self.data, Data::Bytes(_))
    }

    /// The string, if it is one.
    pub(crate) fn as_text(&self) -> Option<&'a PyStr> {
        match self.data {
            Data::Text(text) => Some(text),
            Data::Bytes(_) => None,
        }
    }

    /// The characters.
    #[inline]
    pub(crate) fn chars(&self) -> Chars<'_> {
        match &self.data {
            Data::Text(text) => text.chars(),
            Data::Bytes(bytes) => Chars::One(bytes),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match &self.data {
            Data::Text(text) => text.len(),
            Data::Bytes(bytes) => bytes.len(),
        }
    }

    /// A part as a string, or as bytes; bounds beyond the end are brought within.
    pub(crate) fn part(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Value> {
        let end = end.min(self.len());
        let start = start.min(end);
        match &self.data {
            Data::Text(text) => Ok(text.slice(thread, start, end)?.into_value()),
            Data::Bytes(bytes) => {
                let is_all = start == 0 && end == bytes.len();
                if is_all && self.object.get_exact::<PyBytes>().is_some() {
                    return Ok(self.object.to_value());
                }
                Ok(PyBytes::new(thread, bytes.get(start..end).unwrap_or_default())?.into_value())
            }
        }
    }
}
