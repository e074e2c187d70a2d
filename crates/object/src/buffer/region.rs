//! Memory that the system mapped: what `mmap` shows and lends. Invariants: the memory stays mapped while a handle on
//! it lives, and neither moves nor changes its length while a buffer over it lives; other processes may change its
//! bytes at any time, so they are copied in and out and never borrowed.

use std::cell::Cell;
use std::rc::Rc;

use super::{BYTES_FORMAT, Buffer, Keep, Request, check_writable};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Ref;

/// Bytes that are looked through at once.
const PART: usize = 1 << 16;

/// Gives memory back to the system.
pub type Unmap = fn(*mut u8, usize);

/// A shared handle on mapped memory; a clone is the same memory.
#[derive(Clone)]
pub struct Region {
    inner: Rc<Inner>,
}

struct Inner {
    start: Cell<*mut u8>,
    len: Cell<usize>,
    writable: bool,
    exports: Cell<usize>,
    unmap: Unmap,
}

impl Drop for Inner {
    fn drop(&mut self) {
        (self.unmap)(self.start.get(), self.len.get());
    }
}

impl Region {
    /// A handle on so many bytes at `start`.
    ///
    /// # Safety
    /// They may be read, and written if `writable`, until `unmap` is called with what [`range`](Region::range) gives
    /// then; nobody has a slice of them.
    pub unsafe fn new(start: *mut u8, len: usize, writable: bool, unmap: Unmap) -> Region {
        let (start, len, exports) = (Cell::new(start), Cell::new(len), Cell::new(0));
        Region { inner: Rc::new(Inner { start, len, writable, exports, unmap }) }
    }

    /// Where the bytes begin, and how many they are.
    pub fn range(&self) -> (*mut u8, usize) {
        (self.inner.start.get(), self.inner.len.get())
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.inner.len.get()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether buffers look into the memory.
    pub fn is_lent(&self) -> bool {
        self.inner.exports.get() > 0
    }

    /// Has the memory mapped anew, elsewhere perhaps. Nothing happens while buffers look into it: none is the answer
    /// then.
    ///
    /// # Safety
    /// `remap` gives the new range, of which the same holds as in [`new`](Region::new), or fails and leaves the old
    /// one as it is.
    pub unsafe fn change<E>(
        &self,
        remap: impl FnOnce(*mut u8, usize) -> Result<(*mut u8, usize), E>,
    ) -> Option<Result<(), E>> {
        if self.is_lent() {
            return None;
        }
        let (start, len) = self.range();
        Some(remap(start, len).map(|(start, len)| {
            self.inner.start.set(start);
            self.inner.len.set(len);
        }))
    }

    /// One byte.
    pub fn get(&self, at: usize) -> Option<u8> {
        // SAFETY: within the memory.
        (at < self.len()).then(|| unsafe { self.inner.start.get().add(at).read_volatile() })
    }

    /// Copies the bytes from a place on to `to`, as many as there are; says how many.
    pub fn read(&self, at: usize, to: &mut [u8]) -> usize {
        let count = self.len().saturating_sub(at).min(to.len());
        if count > 0 {
            // SAFETY: within the memory, of which nobody has a slice.
            unsafe { self.inner.start.get().add(at).copy_to_nonoverlapping(to.as_mut_ptr(), count) };
        }
        count
    }

    /// Writes bytes at a place, as many as there is room for; says how many. None go into what is read-only.
    pub fn write(&self, at: usize, bytes: &[u8]) -> usize {
        let room = self.len().saturating_sub(at).min(bytes.len());
        if room == 0 || !self.inner.writable {
            return 0;
        }
        // SAFETY: within the memory, which may be written, and of which nobody has a slice.
        unsafe { self.inner.start.get().add(at).copy_from_nonoverlapping(bytes.as_ptr(), room) };
        room
    }

    /// Copies bytes within the memory, where both parts may overlap; false if they are not within it.
    pub fn shift(&self, to: usize, from: usize, count: usize) -> bool {
        let len = self.len();
        let fits = |at: usize| at.checked_add(count).is_some_and(|end| end <= len);
        if !self.inner.writable || !fits(to) || !fits(from) {
            return false;
        }
        let start = self.inner.start.get();
        // SAFETY: both parts are within the memory, which may be written.
        unsafe { start.add(to).copy_from(start.add(from), count) };
        true
    }

    /// A copy of the bytes from `start` to before `end`, both brought within the memory.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn copy(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Vec<u8>> {
        let count = end.min(self.len()).saturating_sub(start);
        let mut copy: Vec<u8> = Vec::new();
        copy.try_reserve_exact(count).map_err(|_| thread.raise_memory_error())?;
        copy.resize(count, 0);
        self.read(start, &mut copy);
        Ok(copy)
    }

    /// The first or last place of `wanted` between `start` and `end`.
    pub fn find(&self, wanted: &[u8], start: usize, end: usize, last: bool) -> Option<usize> {
        let end = end.min(self.len());
        // a place of which one part ends may stand across two parts
        let more = wanted.len().saturating_sub(1);
        let places = end.checked_sub(wanted.len())?.checked_add(1)?.checked_sub(start)?;
        let mut part = Vec::new();
        let mut done = 0;
        while done < places {
            let count = PART.min(places - done);
            let at = if last { start + places - done - count } else { start + done };
            part.resize(count + more, 0);
            self.read(at, &mut part);
            let found = match last {
                true => memchr::memmem::rfind(&part, wanted),
                false => memchr::memmem::find(&part, wanted),
            };
            if let Some(found) = found {
                // an empty one is found behind all
                return Some(at + found.min(count - 1));
            }
            done += count;
        }
        None
    }

    /// A buffer over all bytes in the name of `owner`; until it is dropped the memory can't be changed.
    ///
    /// # Errors
    /// `BufferError` if it is to be written and is read-only.
    pub fn lend(
        &self,
        thread: &Thread,
        owner: Ref<'_>,
        readonly: bool,
        request: Request,
    ) -> PyResult<Buffer> {
        let readonly = readonly || !self.inner.writable;
        check_writable(thread, readonly, request)?;
        self.inner.exports.set(self.inner.exports.get() + 1);
        let (start, len) = self.range();
        Ok(Buffer {
            owner: Some(owner.to_value()),
            keep: Keep::Region(self.clone()),
            start,
            readonly,
            item_size: 1,
            format: BYTES_FORMAT,
            shape: vec![len as isize],
            strides: vec![1],
        })
    }

    /// One buffer less looks into the memory.
    pub(super) fn take_back(&self) {
        self.inner.exports.set(self.inner.exports.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn give_back(start: *mut u8, len: usize) {
        // SAFETY: what `region` leaked.
        drop(unsafe { Vec::from_raw_parts(start, len, len) });
    }

    fn region(bytes: &[u8]) -> Region {
        let bytes = Box::leak(bytes.to_vec().into_boxed_slice());
        // SAFETY: leaked, so it stays until it is given back.
        unsafe { Region::new(bytes.as_mut_ptr(), bytes.len(), true, give_back) }
    }

    #[test]
    fn bytes_are_found_across_parts() {
        let mut bytes = vec![b'.'; 3 * PART];
        for at in [PART - 1, 2 * PART - 2] {
            bytes[at..at + 3].copy_from_slice(b"abc");
        }
        let all = region(&bytes);
        assert_eq!(all.find(b"abc", 0, usize::MAX, false), Some(PART - 1));
        assert_eq!(all.find(b"abc", 0, usize::MAX, true), Some(2 * PART - 2));
        assert_eq!(all.find(b"abc", PART, 2 * PART, true), None);
        assert_eq!(all.find(b"", 5, 7, false), Some(5));
        assert_eq!(all.find(b"", 5, 7, true), Some(7));
        assert_eq!(all.find(b"x", 7, 5, false), None);
    }

    #[test]
    fn nothing_is_written_outside() {
        let all = region(b"0123456789");
        assert!(all.shift(2, 0, 5));
        assert!(!all.shift(6, 0, 5));
        assert!(!all.shift(0, usize::MAX, 5));
        assert_eq!(all.write(8, b"xyz"), 2);
        let mut read = [0; 12];
        assert_eq!(all.read(0, &mut read), 10);
        assert_eq!(&read[..10], b"01012347xy");
    }
}
