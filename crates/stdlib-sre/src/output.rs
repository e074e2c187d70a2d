//! Putting a string together from parts of any kind, as `join` does it: what does not fit is only complained of when
//! all parts are there.

use taipan_object::bytes::PyBytes;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::subject::{Subject, bytes_of};

enum Parts {
    Text(StrBuilder),
    Bytes(Vec<u8>),
}

/// A string, or bytes, in the making.
pub(crate) struct Output {
    parts: Parts,
    /// How many parts there are.
    count: usize,
    /// The first one that does not fit: its number and its type.
    misfit: Option<(usize, String)>,
}

impl Output {
    /// Nothing yet.
    pub(crate) fn new(is_bytes: bool) -> Output {
        let parts = if is_bytes { Parts::Bytes(Vec::new()) } else { Parts::Text(StrBuilder::new()) };
        Output { parts, count: 0, misfit: None }
    }

    /// Whether these are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        matches!(self.parts, Parts::Bytes(_))
    }

    fn push_bytes(to: &mut Vec<u8>, thread: &Thread, bytes: &[u8]) -> PyResult<()> {
        to.try_reserve(bytes.len()).map_err(|_| thread.raise_memory_error())?;
        to.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends a value.
    pub(crate) fn push(&mut self, thread: &Thread, part: Ref<'_>) -> PyResult<()> {
        let number = self.count;
        self.count += 1;
        match &mut self.parts {
            Parts::Text(builder) => {
                if let Some(text) = part.get::<PyStr>() {
                    return builder.push(thread, text);
                }
            }
            Parts::Bytes(to) => {
                if let Some(bytes) = bytes_of(thread, part)? {
                    return Output::push_bytes(to, thread, &bytes);
                }
            }
        }
        if self.misfit.is_none() {
            self.misfit = Some((number, part.ty().name().to_string()));
        }
        Ok(())
    }

    /// Appends a part of what is searched; a part of the other kind does not fit.
    pub(crate) fn push_part(
        &mut self,
        thread: &Thread,
        subject: &Subject<'_>,
        start: usize,
        end: usize,
    ) -> PyResult<()> {
        let end = end.min(subject.len());
        let start = start.min(end);
        match (&mut self.parts, subject.as_text(), subject.chars()) {
            (Parts::Text(builder), Some(text), _) => builder.push_part(thread, text, start, end)?,
            (Parts::Bytes(to), None, taipan_object::str::Chars::One(bytes)) => {
                Output::push_bytes(to, thread, bytes.get(start..end).unwrap_or_default())?;
            }
            _ => {
                let part = subject.part(thread, start, end)?;
                return self.push(thread, part.as_ref());
            }
        }
        self.count += 1;
        Ok(())
    }

    /// The whole.
    ///
    /// # Errors
    /// `TypeError` if something did not fit.
    pub(crate) fn finish(self, thread: &Thread) -> PyResult<Value> {
        if let Some((number, name)) = self.misfit {
            return Err(match self.parts {
                Parts::Text(_) => {
                    raise!(thread, TYPE_ERROR, "sequence item {number}: expected str instance, {name} found")
                }
                Parts::Bytes(_) => raise!(
                    thread,
                    TYPE_ERROR,
                    "sequence item {number}: expected a bytes-like object, {name} found"
                ),
            });
        }
        match self.parts {
            Parts::Text(builder) => Ok(builder.finish(thread)?.into_value()),
            Parts::Bytes(bytes) => Ok(PyBytes::new(thread, &bytes)?.into_value()),
        }
    }
}
