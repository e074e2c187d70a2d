//! An allocator for embedders that asks for no memory which the system only promises. Some allocators map memory without
//! reserving it: a request far beyond what there is succeeds then, and the process is killed while it writes. What is
//! large goes to the system's allocator here, which is refused such requests.

use std::alloc::{GlobalAlloc, Layout, System};

/// From this size on a request is the system's.
const LARGE: usize = 1 << 30;

/// An allocator but for large requests.
pub struct Modest<A>(pub A);

// SAFETY: whose a block is follows from its size, which whoever gives it back says; both allocators keep the contract.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Modest<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        unsafe { if layout.size() < LARGE { self.0.alloc(layout) } else { System.alloc(layout) } }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller's.
        unsafe {
            if layout.size() < LARGE { self.0.dealloc(block, layout) } else { System.dealloc(block, layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        unsafe {
            if layout.size() < LARGE { self.0.alloc_zeroed(layout) } else { System.alloc_zeroed(layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller's.
        unsafe {
            match (layout.size() < LARGE, size < LARGE) {
                (true, true) => self.0.realloc(block, layout, size),
                (false, false) => System.realloc(block, layout, size),
                _ => moved(self, block, layout, size),
            }
        }
    }
}

/// Moves a block from one allocator to the other.
///
/// # Safety
/// As for `realloc`.
#[cold]
unsafe fn moved(allocator: &impl GlobalAlloc, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    // SAFETY: by contract the size with this alignment is a layout; both blocks hold what is copied.
    unsafe {
        let fresh = allocator.alloc(Layout::from_size_align_unchecked(size, layout.align()));
        if !fresh.is_null() {
            std::ptr::copy_nonoverlapping(block, fresh, layout.size().min(size));
            allocator.dealloc(block, layout);
        }
        fresh
    }
}
