//! A block of bytes that grows and can be lent: what native types that export a buffer keep in their state.
//! Invariants: while a buffer over it lives, the block neither moves nor changes its length; bytes are copied in and
//! out, or seen as cells.

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
    bytes: RefCell<Vec<Cell<u8>>>,
    exports: Cell<usize>,
}

impl Block {
    /// A block of these bytes.
    pub fn new(bytes: Vec<u8>) -> Block {
        let block = Block::default();
        *block.inner.bytes.borrow_mut() = bytes.into_iter().map(Cell::new).collect();
        block
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.inner.bytes.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many buffers look into the block.
    pub fn exports(&self) -> usize {
        self.inner.exports.get()
    }

    /// Shows the bytes to a function, which must not run Python code.
    pub fn with<R>(&self, show: impl FnOnce(&[Cell<u8>]) -> R) -> R {
        show(&self.inner.bytes.borrow())
    }

    /// A copy of the bytes from `start` to before `end`, both brought within the block.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn copy(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Vec<u8>> {
        let bytes = self.inner.bytes.borrow();
        let end = end.min(bytes.len());
        let part = bytes.get(start.min(end)..end).unwrap_or_default();
        let mut copy = Vec::new();
        copy.try_reserve_exact(part.len()).map_err(|_| thread.raise_memory_error())?;
        copy.extend(part.iter().map(Cell::get));
        Ok(copy)
    }

    /// Writes bytes at a place, as many as there is room for; says how many.
    pub fn write(&self, at: usize, bytes: &[u8]) -> usize {
        let own = self.inner.bytes.borrow();
        let room = own.get(at..).unwrap_or_default();
        room.iter().zip(bytes).for_each(|(cell, byte)| cell.set(*byte));
        room.len().min(bytes.len())
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
        if self.exports() > 0 {
            let message = "cannot resize an array that is exporting buffers";
            return Err(raise!(thread, BUFFER_ERROR, "{message}"));
        }
        let mut bytes = self.inner.bytes.borrow_mut();
        bytes.try_reserve(new.len()).map_err(|_| thread.raise_memory_error())?;
        drop(bytes.splice(start..end, new.iter().copied().map(Cell::new)));
        Ok(())
    }

    /// Where the bytes begin and how many they are, for a buffer that counts as one more that looks into them.
    pub(super) fn lend(&self) -> (*mut u8, usize) {
        self.inner.exports.set(self.inner.exports.get() + 1);
        let bytes = self.inner.bytes.borrow();
        (bytes.as_ptr().cast::<u8>().cast_mut(), bytes.len())
    }

    /// One buffer less looks into them.
    pub(super) fn take_back(&self) {
        self.inner.exports.set(self.inner.exports.get() - 1);
    }
}
