//! An allocator that holds readers to what they have left to read, and measures what a piece of work takes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use taipan_artifact::probe;

/// What any allocation may take: a code object, the first items of a stack.
pub const FLOOR: usize = 4096;

thread_local! {
    /// Bytes that one byte left may lead to; 0 while nothing is held to it.
    static FACTOR: Cell<usize> = const { Cell::new(0) };
    /// The first allocation that was too large, and the bytes left then.
    static EXCESS: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
    static IN_USE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, watched thread by thread.
pub struct Watched;

fn count(bytes: isize) {
    let _ = IN_USE.try_with(|cell| {
        cell.set(cell.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(cell.get())));
    });
}

fn watch(size: usize) {
    count(size as isize);
    let factor = FACTOR.try_with(Cell::get).unwrap_or(0);
    if factor > 0 {
        let left = probe::left();
        if size > left.saturating_mul(factor).max(FLOOR) {
            let _ = EXCESS.try_with(|cell| cell.set(cell.get().or(Some((size, left)))));
        }
    }
}

// SAFETY: all is left to the system's allocator; growing in place counts as a new allocation.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        watch(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs `work`, in which no allocation may be larger than `factor` times the bytes left.
pub fn held<T>(factor: usize, work: impl FnOnce() -> T) -> Result<T, String> {
    EXCESS.with(|cell| cell.set(None));
    FACTOR.with(|cell| cell.set(factor));
    let result = work();
    FACTOR.with(|cell| cell.set(0));
    match EXCESS.with(Cell::get) {
        None => Ok(result),
        Some((size, left)) => Err(format!("an allocation of {size} with {left} bytes left")),
    }
}

/// Runs `work` and returns the peak of what it had allocated at a time, in bytes.
pub fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = IN_USE.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    let result = work();
    (result, (PEAK.with(Cell::get) - before) as usize)
}
