//! Bytes of a buffer. They are read and written one by one or copied, never borrowed: they may be those of an object
//! that changes whenever Python code runs.

use std::marker::PhantomData;

/// Bytes that stay where they are for `'a`.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    start: *mut u8,
    len: usize,
    writable: bool,
    memory: PhantomData<&'a [u8]>,
}

impl<'a> Memory<'a> {
    /// So many bytes at `start`.
    ///
    /// # Safety
    /// They stay for `'a` and nobody has a slice of them, but for bytes that never change if not `writable`; `start`
    /// may be anything if there are none.
    pub(super) unsafe fn new(start: *mut u8, len: usize, writable: bool) -> Memory<'a> {
        Memory { start, len, writable, memory: PhantomData }
    }

    /// How many bytes there are.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The byte at an index.
    pub fn get(self, at: usize) -> Option<u8> {
        // SAFETY: within the bytes.
        (at < self.len).then(|| unsafe { self.start.add(at).read() })
    }

    /// The bytes, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = u8> + 'a {
        // SAFETY: within the bytes.
        (0..self.len).map(move |at| unsafe { self.start.add(at).read() })
    }

    /// The first bytes, copied to `to`; says how many.
    pub fn copy_to(self, to: &mut [u8]) -> usize {
        let len = self.len.min(to.len());
        if len > 0 {
            // SAFETY: within both; nobody has a slice of the memory that may be written.
            unsafe { self.start.copy_to_nonoverlapping(to.as_mut_ptr(), len) };
        }
        len
    }

    /// All bytes, behind those of `bytes`, which has room for them.
    pub fn append_to(self, bytes: &mut Vec<u8>) {
        let before = bytes.len();
        bytes.resize(before + self.len, 0);
        if let Some(room) = bytes.get_mut(before..) {
            self.copy_to(room);
        }
    }

    /// Writes bytes at a place, as many as there is room for; says how many. None go into what is read-only.
    pub fn write(self, at: usize, bytes: &[u8]) -> usize {
        if !self.writable || at >= self.len {
            return 0;
        }
        let len = bytes.len().min(self.len - at);
        // SAFETY: within the memory, which may be written, and of which nobody has a slice.
        unsafe { self.start.add(at).copy_from_nonoverlapping(bytes.as_ptr(), len) };
        len
    }
}
