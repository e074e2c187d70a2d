//! Strings one behind the other with another between them.

use super::new::write_any;
use super::{Kind, PyStr};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Owned;

/// Writes a few bytes without a call.
///
/// # Safety
/// `from` is readable for `len` bytes, `to` writable, and they do not overlap.
#[inline(always)]
unsafe fn copy_bytes(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: by contract; two words that may overlap have all bytes between 8 and 16, and so on.
    unsafe {
        match len {
            0..=3 => {
                for at in 0..len {
                    to.add(at).write(from.add(at).read());
                }
            }
            4..=7 => {
                let (first, last) = (from.cast::<u32>(), from.add(len - 4).cast::<u32>());
                let (first, last) = (first.read_unaligned(), last.read_unaligned());
                to.cast::<u32>().write_unaligned(first);
                to.add(len - 4).cast::<u32>().write_unaligned(last);
            }
            8..=16 => {
                let (first, last) = (from.cast::<u64>(), from.add(len - 8).cast::<u64>());
                let (first, last) = (first.read_unaligned(), last.read_unaligned());
                to.cast::<u64>().write_unaligned(first);
                to.add(len - 8).cast::<u64>().write_unaligned(last);
            }
            _ => to.copy_from_nonoverlapping(from, len),
        }
    }
}

/// Where the next string of a longer one is written.
struct End {
    to: *mut u8,
    kind: Kind,
    /// Characters that there is room for.
    left: usize,
    max: u32,
}

impl End {
    /// Writes a string, unless it is not as it was when its length was counted.
    ///
    /// # Safety
    /// There is room for `left` characters of the kind.
    #[inline(always)]
    unsafe fn push(&mut self, text: &PyStr) {
        let len = text.len();
        if len > self.left || text.max_class() & !self.max != 0 {
            return;
        }
        // SAFETY: by contract; a narrow string fits in any kind.
        unsafe {
            match self.kind {
                Kind::One => copy_bytes(text.raw_bytes().as_ptr(), self.to, len),
                kind => write_any(self.to, kind, text.chars()),
            }
            self.to = self.to.byte_add(len * self.kind as usize);
        }
        self.left -= len;
    }
}

impl PyStr {
    /// The first `count` strings that `part` gives, this one between them: `self.join(parts)`. `part` gives the same
    /// when it is asked again.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn join<'p>(
        &self,
        thread: &Thread,
        count: usize,
        part: impl Fn(usize) -> Option<&'p PyStr>,
    ) -> PyResult<Owned<PyStr>> {
        let mut len = self.len().saturating_mul(count.saturating_sub(1));
        let mut max = if len == 0 { 0 } else { self.max_class() };
        for text in (0..count).filter_map(&part) {
            len = len.saturating_add(text.len());
            max |= text.max_class();
        }
        if len < 2 {
            let of_parts = (0..count).filter_map(&part).find_map(|text| text.char_at(0));
            return match of_parts.or(self.char_at(0)) {
                Some(only) if len == 1 => PyStr::from_code_point(thread, only),
                _ => Ok(super::statics::empty()),
            };
        }
        let object = PyStr::make(thread, len, max)?;
        let kind = Kind::of(max);
        // SAFETY: fresh, made for so many characters of the widest kind; what is not written is zeros.
        unsafe {
            let mut end = End { to: PyStr::data_mut(object), kind, left: len, max };
            for at in 0..count {
                if at != 0 && !self.is_empty() {
                    end.push(self);
                }
                if let Some(text) = part(at) {
                    end.push(text);
                }
            }
            debug_assert_eq!(end.left, 0, "parts are the same when they are asked for again");
            end.to.write_bytes(0, end.left * kind as usize);
            Ok(Owned::from_ptr(object))
        }
    }
}
