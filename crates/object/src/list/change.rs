//! Changing a list's length. Each method leaves the list whole before anything is released, and hands what
//! it took out to the caller.

use std::ptr::NonNull;

use super::PyList;
use crate::error::PyResult;
use crate::heap::{Kind, MAX_SIZE};
use crate::items::{Block, admit, is_exported, load_item, store_item};
use crate::thread::Thread;
use crate::value::Value;
use crate::word::Word;

/// Room for `len` items and some more, as CPython gives it.
fn generous(len: usize) -> usize {
    (len + (len >> 3) + 6) & !3
}

impl PyList {
    /// Appends.
    #[inline(always)]
    pub fn push(&self, thread: &Thread, value: Value) -> PyResult<()> {
        let value = admit(thread, &self.base.base, value)?;
        let len = self.len();
        if len == self.capacity() {
            self.grow(thread, len + 1)?;
        }
        // SAFETY: there is room behind the last item.
        unsafe { store_item(self.ob_item.get(), len, value) };
        self.base.size.set(len as isize + 1);
        Ok(())
    }

    /// Makes room for `len` items in all.
    #[cold]
    #[inline(never)]
    fn grow(&self, thread: &Thread, len: usize) -> PyResult<()> {
        self.reserve_exact(thread, generous(len))
    }

    fn reserve_exact(&self, thread: &Thread, capacity: usize) -> PyResult<()> {
        if capacity > MAX_SIZE / 8 {
            return Err(thread.raise_memory_error());
        }
        let heap = thread.heap();
        let moved = match NonNull::new(self.ob_item.get()) {
            None => heap.alloc(Kind::Raw, capacity * 8),
            // SAFETY: the list's own block, of this size; items move as they are.
            Some(block) => unsafe { heap.realloc(block.cast(), self.capacity() * 8, capacity * 8) },
        };
        let Some(block) = moved else { return Err(thread.raise_memory_error()) };
        self.ob_item.set(block.as_ptr().cast());
        self.allocated.set(capacity as isize);
        Ok(())
    }

    /// Makes room for so many items more.
    pub fn reserve(&self, thread: &Thread, more: usize) -> PyResult<()> {
        match self.len().checked_add(more) {
            Some(len) if len <= self.capacity() => Ok(()),
            Some(len) => self.grow(thread, len),
            None => Err(thread.raise_memory_error()),
        }
    }

    /// Inserts before an index, at the end if there is no such item.
    pub fn insert(&self, thread: &Thread, at: usize, value: Value) -> PyResult<()> {
        let value = admit(thread, &self.base.base, value)?;
        let len = self.len();
        let at = at.min(len);
        if len == self.capacity() {
            self.grow(thread, len + 1)?;
        }
        // SAFETY: there is room for one more; the items behind move up.
        unsafe {
            let place = self.ob_item.get().add(at);
            place.copy_to(place.add(1), len - at);
            store_item(self.ob_item.get(), at, value);
        }
        self.base.size.set(len as isize + 1);
        Ok(())
    }

    /// Takes the item at an index out.
    pub fn remove(&self, at: usize) -> Option<Value> {
        let word = self.raw(at)?;
        let len = self.len();
        // SAFETY: the item is moved out, those behind move down.
        unsafe {
            let place = self.ob_item.get().add(at);
            place.add(1).copy_to(place, len - at - 1);
            self.base.size.set(len as isize - 1);
            Some(self.moved_out(word))
        }
    }

    /// Takes the last item out.
    #[inline]
    pub fn pop(&self) -> Option<Value> {
        let last = self.len().checked_sub(1)?;
        let word = self.raw(last)?;
        self.base.size.set(last as isize);
        // SAFETY: the item is moved out.
        Some(unsafe { self.moved_out(word) })
    }

    /// Puts the items of a block where those from `start` to before `end` are, and hands those out. Both are
    /// brought within the list first.
    pub fn splice(&self, thread: &Thread, start: usize, end: usize, mut new: Block) -> PyResult<Block> {
        if is_exported(&self.base.base) {
            new.box_all(thread)?;
        }
        let len = self.len();
        let end = end.min(len);
        let start = start.min(end);
        let (removed, added) = (end - start, new.len());
        if added == removed {
            // as many come as go: they change places
            for (at, word) in (start..end).zip(new.words_mut()) {
                // SAFETY: within the block; both places own what they hold, before and after.
                unsafe { self.ob_item.get().add(at).swap(word) };
            }
            return Ok(new);
        }
        let mut old = Block::with_capacity(thread, removed)?;
        if added > removed {
            self.reserve(thread, added - removed)?;
        }
        let (from, _, capacity) = new.into_parts();
        if len + added > removed {
            // SAFETY: there is room for what is added; each item is moved once, to or from a place that is
            // within its block.
            unsafe {
                let items = self.ob_item.get();
                for at in start..end {
                    if let Some(word) = load_item(items, at) {
                        // room was made above
                        drop(old.push(Value::from_word(word)).err());
                    }
                }
                items.add(end).copy_to(items.add(start + added), len - end);
                if added > 0 {
                    items.add(start).copy_from_nonoverlapping(from, added);
                }
                self.base.size.set((len + added - removed) as isize);
            }
        } else {
            drop(old);
            old = self.take();
        }
        // SAFETY: the items have moved; the memory is left.
        drop(unsafe { Block::from_parts(from, 0, capacity) });
        Ok(old)
    }

    /// Turns the order round.
    pub fn reverse(&self) {
        if self.len() > 1 {
            // SAFETY: the list's own items; nothing else runs meanwhile.
            let items: &mut [Option<Word>] =
                unsafe { std::slice::from_raw_parts_mut(self.ob_item.get(), self.len()) };
            items.reverse();
        }
    }

    /// A block with the items from `start` to before `end`, both brought within the list.
    pub fn copy(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Block> {
        let end = end.min(self.len());
        let start = start.min(end);
        self.copy_by_step(thread, start, 1, end - start)
    }

    /// A copy of so many items from `start` on, each `step` places behind the last one. Places outside of the list
    /// are left out.
    pub fn copy_by_step(&self, thread: &Thread, start: usize, step: isize, count: usize) -> PyResult<Block> {
        let mut copy = Block::with_capacity(thread, count)?;
        let mut at = start;
        if is_exported(&self.base.base) {
            for _ in 0..count {
                if let Some(item) = self.get(at) {
                    // SAFETY: room for all was made above, and nothing has run since.
                    unsafe { copy.push_unchecked(item) };
                }
                at = at.wrapping_add_signed(step);
            }
            return Ok(copy);
        }
        let (items, len) = (self.ob_item.get(), self.len());
        for _ in 0..count {
            // SAFETY: within the list, whose items are alive; room for all was made above, and nothing has run since.
            unsafe {
                if at < len
                    && let Some(word) = load_item(items, at)
                {
                    copy.push_unchecked(Value::from_borrowed(word));
                }
            }
            at = at.wrapping_add_signed(step);
        }
        Ok(copy)
    }
}
