//! What is searched: a string, or the bytes of an object that lends them. Strings and `bytes` are read where they are;
//! bytes that may change are copied, and their object can't be resized meanwhile.

use std::rc::Rc;

use taipan_object::buffer::{Buffer, Order, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::str::{Chars, PyStr};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

/// Bytes of an object.
#[derive(Clone)]
pub(crate) enum Bytes<'a> {
    /// Those of an object that does not change.
    Lent(&'a [u8]),
    /// A copy.
    Copied(Rc<Copied>),
}

/// Bytes as they were, and what keeps the object from being resized.
pub(crate) struct Copied {
    bytes: Vec<u8>,
    _buffer: Buffer,
}

impl std::ops::Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Lent(bytes) => bytes,
            Bytes::Copied(copied) => &copied.bytes,
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

/// The memory that an object lends; none if it lends none that will do.
fn buffer_of(thread: &Thread, object: Ref<'_>) -> PyResult<Option<Buffer>> {
    if object.ty().slots().get_buffer.get().is_none() {
        return Ok(None);
    }
    match Buffer::get(thread, object, Request::SIMPLE) {
        Ok(buffer) => Ok(Some(buffer)),
        Err(raised) => {
            drop(thread.catch(raised));
            Ok(None)
        }
    }
}

/// The bytes of an object; none if it has none.
pub(crate) fn bytes_of<'a>(thread: &Thread, object: Ref<'a>) -> PyResult<Option<Bytes<'a>>> {
    if let Some(bytes) = object.get::<PyBytes>() {
        return Ok(Some(Bytes::Lent(bytes.as_slice())));
    }
    let Some(buffer) = buffer_of(thread, object)? else { return Ok(None) };
    let bytes = buffer.geometry().to_vec(thread, Order::C)?;
    Ok(Some(Bytes::Copied(Rc::new(Copied { bytes, _buffer: buffer }))))
}

#[cold]
fn not_searchable(thread: &Thread, object: Ref<'_>) -> Raised {
    let name = object.ty().name();
    raise!(thread, TYPE_ERROR, "expected string or bytes-like object, got '{name}'")
}

/// A part of an object that was searched; bounds beyond its end are brought within.
pub(crate) fn part_of(thread: &Thread, object: Ref<'_>, start: usize, end: usize) -> PyResult<Value> {
    if let Some(text) = object.get::<PyStr>() {
        let end = end.min(text.len());
        return Ok(text.slice(thread, start.min(end), end)?.into_value());
    }
    if object.get::<PyBytes>().is_some() {
        return Subject::new(thread, object)?.part(thread, start, end);
    }
    let Some(buffer) = buffer_of(thread, object)? else { return Err(not_searchable(thread, object)) };
    let Some(memory) = buffer.contiguous() else { return Err(not_searchable(thread, object)) };
    let end = end.min(memory.len());
    let start = start.min(end);
    let part = PyBytes::build(thread, end - start, |to| {
        to.iter_mut().zip(memory.iter().skip(start)).for_each(|(to, byte)| *to = byte);
        Ok(())
    })?;
    Ok(part.into_value())
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
            None => Err(not_searchable(thread, object)),
        }
    }

    /// An object whose bytes were copied before.
    pub(crate) fn with_copy(object: Ref<'a>, copied: Rc<Copied>) -> Subject<'a> {
        Subject { object, data: Data::Bytes(Bytes::Copied(copied)) }
    }

    /// The copy of the bytes, if there is one.
    pub(crate) fn copied(&self) -> Option<Rc<Copied>> {
        match &self.data {
            Data::Bytes(Bytes::Copied(copied)) => Some(copied.clone()),
            _ => None,
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
