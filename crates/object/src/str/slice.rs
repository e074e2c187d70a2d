//! Parts of strings.

use super::{PyStr, with_chars};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Owned;

impl super::PyASCIIObject {
    /// The string of the character at an index; none beyond the end.
    #[inline]
    pub fn item(&self, thread: &Thread, index: usize) -> PyResult<Option<Owned<PyStr>>> {
        match self.char_at(index) {
            Some(c) => PyStr::from_code_point(thread, c).map(Some),
            None => Ok(None),
        }
    }

    /// The characters from `start` to before `end`, both within the string.
    pub fn slice(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Owned<PyStr>> {
        if start == 0 && end == self.len() && self.base.is_exact(&super::STR) {
            return Ok(Owned::new_ref(self));
        }
        if self.is_ascii() {
            // SAFETY: all characters are ASCII.
            return unsafe {
                PyStr::from_ascii(thread, self.raw_bytes().get(start..end).unwrap_or_default())
            };
        }
        with_chars!(self.chars(), chars => PyStr::from_chars(thread, chars.get(start..end).unwrap_or_default()))
    }

    /// Every `step`-th of `count` characters from `start` on.
    pub fn slice_by(
        &self,
        thread: &Thread,
        start: usize,
        step: isize,
        count: usize,
    ) -> PyResult<Owned<PyStr>> {
        if self.is_ascii()
            && let Some(made) = PyStr::ascii_by_step(thread, self.raw_bytes(), start, step, count)
        {
            return made;
        }
        with_chars!(self.chars(), chars => {
            let mut taken = Vec::new();
            if taken.try_reserve(count).is_err() {
                return Err(thread.raise_memory_error());
            }
            let places = (0..count).map(|i| start.wrapping_add_signed((i as isize).wrapping_mul(step)));
            taken.extend(places.filter_map(|at| chars.get(at).copied()));
            PyStr::from_chars(thread, &taken)
        })
    }
}
