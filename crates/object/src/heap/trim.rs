//! Giving pages back to the system of which no block is in use. It takes time in proportion to the free blocks,
//! so it is done after full collections only.

use std::cell::Cell;
use std::ptr::NonNull;

use super::page::{self, Page};
use super::{FreeBlock, Heap};

impl Heap {
    /// Gives pages back that nobody uses; says how many bytes they were.
    pub fn trim(&self) -> usize {
        for page in self.pages.borrow().iter() {
            // SAFETY: pages live as long as the heap holds them.
            unsafe { page.as_ref() }.free.set(0);
        }
        for list in self.free.iter().flatten() {
            walk(list, |page| {
                page.free.set(page.free.get() + 1);
                true
            });
        }
        let is_unused = |page: &Page| {
            page.used.get() > 0 && page.free.get() as usize * page.block_size == page.used.get()
        };
        for list in self.free.iter().flatten() {
            walk(list, |page| !is_unused(page));
        }
        for fresh in self.fresh.iter().flatten() {
            // SAFETY: null, or a page of the heap.
            if unsafe { fresh.get().as_ref() }.is_some_and(is_unused) {
                fresh.set(std::ptr::null_mut());
            }
        }
        let mut released = 0;
        self.pages.borrow_mut().retain(|page| {
            // SAFETY: a page of the heap; an unused one is on no list any more.
            unsafe {
                let unused = is_unused(page.as_ref());
                if unused {
                    page::release(self, *page);
                    released += page::SIZE;
                }
                !unused
            }
        });
        self.held.set(self.held.get() - released);
        released
    }
}

/// Goes through a free list and takes out the blocks for whose page `keep` is false.
fn walk(list: &Cell<*mut FreeBlock>, mut keep: impl FnMut(&Page) -> bool) {
    let mut at = list.get();
    let mut last_kept: *mut FreeBlock = std::ptr::null_mut();
    list.set(std::ptr::null_mut());
    while let Some(block) = NonNull::new(at) {
        // SAFETY: blocks on a list are free, in pages that are alive, and hold their link.
        unsafe {
            at = block.as_ref().next;
            if !keep(&*page::of(block.cast())) {
                continue;
            }
            match last_kept.as_mut() {
                Some(last) => last.next = block.as_ptr(),
                None => list.set(block.as_ptr()),
            }
            last_kept = block.as_ptr();
            (*last_kept).next = std::ptr::null_mut();
        }
    }
}
