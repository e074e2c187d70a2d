//! A block of bytes that grows and can be lent: what native types that export a buffer keep in their state.
//! Invariants: while a buffer over it lives, the block neither moves nor changes its length, and nobody has a slice of
//! it; its bytes are copied in and out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::error::PyResult;
use crate::raise;
use crate::thread::Thread;

/// A shared handle on the bytes; a clone is the same block.
#[derive(Clone, Default)]
pub struct Block {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    bytes: RefCell<Vec<u8>>,
    exports: Cell<usize>,
}

impl Block {
    /// A block of these bytes.
    pub fn new(bytes: Vec<u8>) -> Block {
        Block { inner: Rc::new(Inner { bytes: RefCell::new(bytes), exports: Cell::new(0) }) }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.inner.bytes.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many bytes there is room without growing.
    pub fn capacity(&self) -> usize {
        self.inner.bytes.borrow().capacity()
    }

    /// Whether buffers look into the block.
    pub fn is_lent(&self) -> bool {
        self.inner.exports.get() > 0
    }

    /// # Errors
    /// `BufferError` while buffers look into the block.
    pub fn check_not_lent(&self, thread: &Thread) -> PyResult<()> {
        if self.is_lent() {
            return Err(raise!(thread, BUFFER_ERROR, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Where the bytes stand now.
    pub fn address(&self) -> usize {
        self.inner.bytes.borrow().as_ptr().addr()
    }

    /// Shows the bytes to a function, which must not change the block. Those of a block that is lent are a copy.
    pub fn with<R>(&self, show: impl FnOnce(&[u8]) -> R) -> R {
        let bytes = self.inner.bytes.borrow();
        if !self.is_lent() {
            return show(&bytes);
        }
        let copy: Vec<u8> = (0..bytes.len()).filter_map(|at| self.byte(&bytes, at)).collect();
        show(&copy)
    }

    /// One byte, which others may have written through a buffer.
    fn byte(&self, bytes: &[u8], at: usize) -> Option<u8> {
        // SAFETY: within the block.
        (at < bytes.len()).then(|| unsafe { bytes.as_ptr().add(at).read_volatile() })
    }

    /// Copies the bytes from a place on to `to`; says whether there are as many.
    pub fn read(&self, at: usize, to: &mut [u8]) -> bool {
        let bytes = self.inner.bytes.borrow();
        let within = at.checked_add(to.len()).is_some_and(|end| end <= bytes.len());
        if within {
            // SAFETY: within the block, of which nobody has a slice that can be written.
            unsafe { bytes.as_ptr().add(at).copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) };
        }
        within
    }

    /// Writes bytes at a place, as many as there is room for; says how many.
    pub fn write(&self, at: usize, bytes: &[u8]) -> usize {
        let mut own = self.inner.bytes.borrow_mut();
        let room = own.len().saturating_sub(at).min(bytes.len());
        if room > 0 {
            // SAFETY: within the block, of which nobody has a slice; `bytes` is none of it.
            unsafe { own.as_mut_ptr().add(at).copy_from_nonoverlapping(bytes.as_ptr(), room) };
        }
        room
    }

    /// A copy of the bytes from `start` to before `end`, both brought within the block.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn copy(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Vec<u8>> {
        let mut copy = Vec::new();
        self.with(|bytes| {
            let end = end.min(bytes.len());
            let part = bytes.get(start.min(end)..end).unwrap_or_default();
            copy.try_reserve_exact(part.len()).map_err(|_| thread.raise_memory_error())?;
            copy.extend_from_slice(part);
            Ok(())
        })?;
        Ok(copy)
    }

    /// Puts `new` where the bytes from `start` to before `end` are, both brought within the block.
    ///
    /// # Errors
    /// `BufferError` if the length changes while the block is lent, `MemoryError`.
    pub fn splice(&self, thread: &Thread, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let len = self.len();
        let end = end.min(len);
        let start = start.min(end);
        if end - start == new.len() {
            self.write(start, new);
            return Ok(());
        }
        if self.is_lent() {
            return Err(raise!(thread, BUFFER_ERROR, "cannot resize an array that is exporting buffers"));
        }
        let mut bytes = self.inner.bytes.borrow_mut();
        bytes.try_reserve(new.len()).map_err(|_| thread.raise_memory_error())?;
        drop(bytes.splice(start..end, new.iter().copied()));
        Ok(())
    }

    /// Lets a function change the bytes and how many they are; it must not run Python code.
    ///
    /// # Errors
    /// `BufferError` while buffers look into the block.
    pub fn change<R>(&self, thread: &Thread, change: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        self.check_not_lent(thread)?;
        Ok(change(&mut self.inner.bytes.borrow_mut()))
    }

    /// Where the bytes begin and how many they are, for a buffer that counts as one more that looks into them.
    pub(super) fn lend(&self) -> (*mut u8, usize) {
        self.inner.exports.set(self.inner.exports.get() + 1);
        let mut bytes = self.inner.bytes.borrow_mut();
        (bytes.as_mut_ptr(), bytes.len())
    }

    /// One buffer less looks into them.
    pub(super) fn take_back(&self) {
        self.inner.exports.set(self.inner.exports.get() - 1);
    }
}
