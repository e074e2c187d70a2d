//! Large blocks: from the system's allocator, behind a header of 32 bytes that names the heap, the size
//! and the place in the heap's table.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::NonNull;

use super::{Heap, Kind, MAX_SIZE};
use crate::gc::pre_header::{FREE, PreHeader};

/// The header of a large block.
#[repr(C, align(16))]
pub(super) struct LargeHeader {
    heap: *const Heap,
    size: usize,
    /// Where the block stands in the heap's table.
    index: Cell<u32>,
    kind: u8,
}

const HEADER: usize = size_of::<LargeHeader>();
const _: () = assert!(HEADER == 32);

fn layout(size: usize) -> Option<Layout> {
    if size > MAX_SIZE {
        return None;
    }
    Layout::from_size_align(size + HEADER, align_of::<LargeHeader>()).ok()
}

/// The header of a block.
///
/// # Safety
/// The block is a large one.
unsafe fn header(block: NonNull<u8>) -> NonNull<LargeHeader> {
    // SAFETY: large blocks stand behind their header.
    unsafe { block.byte_sub(HEADER).cast() }
}

/// The heap of a large block.
///
/// # Safety
/// The block is a large one and alive.
pub(super) unsafe fn heap_of(block: NonNull<u8>) -> *const Heap {
    // SAFETY: by contract.
    unsafe { header(block).as_ref().heap }
}

/// Kind, block and size behind a header.
///
/// # Safety
/// The block is alive.
pub(super) unsafe fn parts(header: NonNull<LargeHeader>) -> (Kind, NonNull<u8>, usize) {
    // SAFETY: by contract.
    unsafe {
        let known = header.as_ref();
        (Kind::from_u8(known.kind), header.byte_add(HEADER).cast(), known.size)
    }
}

/// Gives a block back to the system.
///
/// # Safety
/// The block is alive, and nothing refers to it any more.
pub(super) unsafe fn release(header: NonNull<LargeHeader>) {
    // SAFETY: by contract; the layout is the one that it was allocated with.
    unsafe {
        if let Some(layout) = layout(header.as_ref().size) {
            System.dealloc(header.as_ptr().cast(), layout);
        }
    }
}

impl Heap {
    #[cold]
    #[inline(never)]
    pub(super) fn alloc_large(&self, kind: Kind, size: usize) -> Option<NonNull<u8>> {
        let layout = layout(size)?;
        let mut table = self.large.borrow_mut();
        table.try_reserve(1).ok()?;
        let index = u32::try_from(table.len()).ok()?;
        self.charge(layout.size())?;
        // SAFETY: the layout is not empty.
        let Some(memory) = NonNull::new(unsafe { System.alloc(layout) }) else {
            self.held.set(self.held.get() - layout.size());
            return None;
        };
        let header = memory.cast::<LargeHeader>();
        // SAFETY: just allocated, with room for the header and the block.
        unsafe {
            header.write(LargeHeader {
                heap: std::ptr::from_ref(self),
                size,
                index: Cell::new(index),
                kind: kind as u8,
            });
            let block = header.byte_add(HEADER).cast::<u8>();
            mark(kind, block, size);
            table.push(header);
            Some(block)
        }
    }

    /// Gives back a large block.
    ///
    /// # Safety
    /// The block is a large one of this heap, and nothing refers to it any more.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn free_large(&self, block: NonNull<u8>) {
        // SAFETY: by contract a live block of this heap, which stands in the table.
        unsafe {
            let header = header(block);
            let (index, size) = (header.as_ref().index.get(), header.as_ref().size);
            let mut table = self.large.borrow_mut();
            debug_assert_eq!(table.get(index as usize), Some(&header));
            table.swap_remove(index as usize);
            if let Some(moved) = table.get(index as usize) {
                moved.as_ref().index.set(index);
            }
            self.held.set(self.held.get() - size - HEADER);
            #[cfg(debug_assertions)]
            std::ptr::write_bytes(block.as_ptr(), super::page::POISON, size.min(4096));
            release(header);
        }
    }

    /// A large raw block with another size.
    ///
    /// # Safety
    /// As for `realloc`; the block is a large one.
    pub(super) unsafe fn realloc_large(&self, block: NonNull<u8>, new: usize) -> Option<NonNull<u8>> {
        // SAFETY: by contract a live large block of this heap.
        unsafe {
            let old_header = header(block);
            let (old, index) = (old_header.as_ref().size, old_header.as_ref().index.get());
            let (old_layout, new_layout) = (layout(old)?, layout(new)?);
            self.charge(new_layout.size())?;
            let memory = System.realloc(old_header.as_ptr().cast(), old_layout, new_layout.size());
            let Some(memory) = NonNull::new(memory) else {
                self.held.set(self.held.get() - new_layout.size());
                return None;
            };
            self.held.set(self.held.get() - old_layout.size());
            let mut header = memory.cast::<LargeHeader>();
            header.as_mut().size = new;
            if let Some(slot) = self.large.borrow_mut().get_mut(index as usize) {
                *slot = header;
            }
            Some(header.byte_add(HEADER).cast())
        }
    }
}

/// Marks a block that is not an object yet as free, for whoever walks the heap meanwhile.
///
/// # Safety
/// The block was just allocated with `size` bytes.
unsafe fn mark(kind: Kind, block: NonNull<u8>, size: usize) {
    // SAFETY: the block holds its prefix, or at least two words when it is an object.
    unsafe {
        match kind {
            Kind::Raw => {}
            Kind::Plain if size < 16 => {}
            Kind::Plain => block.cast::<[usize; 2]>().write([0, 0]),
            Kind::Gc | Kind::Managed => {
                let pre = block.byte_add(kind.prefix() - size_of::<PreHeader>()).cast::<PreHeader>();
                (*pre.as_ptr()).state.set(FREE);
            }
        }
    }
}
