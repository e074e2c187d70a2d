//! A page: 64 KiB, aligned to as much, a header of 64 bytes and blocks of one size and kind. Blocks are
//! put on the free list a few at a time; behind `used` the page was never touched.

use std::cell::Cell;
use std::ptr::NonNull;

use super::{FreeBlock, Heap, Kind};
use crate::gc::pre_header::{FREE, PreHeader};

/// Bytes of a page, and its alignment.
pub(super) const SIZE: usize = 64 * 1024;
/// Bytes of the header; the blocks follow.
const HEADER: usize = 64;
/// What freed memory is filled with in debug builds.
#[cfg(debug_assertions)]
pub(super) const POISON: u8 = 0xDB;
/// How many bytes of blocks are put on the free list at once.
const CHUNK: usize = 2048;

/// The header of a page.
#[repr(C, align(64))]
pub(super) struct Page {
    heap: *const Heap,
    pub(super) block_size: usize,
    /// Bytes of blocks that have been on the free list at least once.
    pub(super) used: Cell<usize>,
    pub(super) kind: Kind,
    /// While the heap is trimmed: how many blocks are free.
    pub(super) free: Cell<u32>,
    /// Bytes of blocks that [`Heap::for_each_new_block`] need not look at again.
    pub(super) settled: Cell<usize>,
}

const _: () = assert!(size_of::<Page>() == HEADER);

/// A page without used blocks.
pub(super) fn new(heap: &Heap, kind: Kind, block_size: usize) -> Option<NonNull<Page>> {
    let page = heap.arenas.borrow_mut().take()?.cast::<Page>();
    let header = Page {
        heap: std::ptr::from_ref(heap),
        block_size,
        used: Cell::new(0),
        kind,
        free: Cell::new(0),
        settled: Cell::new(0),
    };
    // SAFETY: the page is nobody's, larger than its header.
    unsafe { page.write(header) };
    Some(page)
}

/// Gives a page back.
///
/// # Safety
/// The page came from `new` of this heap, and nothing refers into it any more.
pub(super) unsafe fn release(heap: &Heap, page: NonNull<Page>) {
    // SAFETY: by contract.
    unsafe { heap.arenas.borrow_mut().give(page.cast()) }
}

/// Where the blocks begin.
#[inline]
pub(super) fn first_block(page: NonNull<Page>) -> NonNull<u8> {
    // SAFETY: a page is longer than its header.
    unsafe { page.cast::<u8>().byte_add(HEADER) }
}

/// The heap of a small block.
///
/// # Safety
/// The block came from a page.
#[inline(always)]
pub(super) unsafe fn heap_of(block: NonNull<u8>) -> *const Heap {
    // SAFETY: by contract.
    unsafe { (*of(block)).heap }
}

/// The page of a small block.
#[inline(always)]
pub(super) fn of(block: NonNull<u8>) -> *const Page {
    // pages are aligned to their size and begin with their header
    block.as_ptr().map_addr(|address| address & !(SIZE - 1)).cast()
}

/// Puts the next few unused blocks on the free list, in ascending order; says whether some are left.
///
/// # Safety
/// The page is alive and has at least one unused block.
pub(super) unsafe fn thread_blocks(page: NonNull<Page>, list: &Cell<*mut FreeBlock>) -> bool {
    // SAFETY: alive, by contract.
    let header = unsafe { page.as_ref() };
    let (size, used) = (header.block_size, header.used.get());
    let all = (SIZE - HEADER) / size * size;
    let count = (CHUNK / size).max(1).min((all - used) / size);
    debug_assert!(count > 0);
    for i in (0..count).rev() {
        // SAFETY: `used` and `count` keep within the page; the block was never used.
        unsafe {
            let block = first_block(page).byte_add(used + i * size);
            block.cast().write(FreeBlock { next: list.get(), no_type: 0 });
            mark_free(header.kind, block);
            list.set(block.as_ptr().cast());
        }
    }
    header.used.set(used + count * size);
    header.used.get() < all
}

/// Calls `visit` with the blocks that are in use, from a place on.
///
/// # Safety
/// The page is alive, and a block begins at the place.
pub(super) unsafe fn visit_used(
    page: NonNull<Page>,
    from: usize,
    visit: &mut impl FnMut(NonNull<u8>, usize),
) {
    // SAFETY: alive, by contract.
    let header = unsafe { page.as_ref() };
    let (kind, size) = (header.kind, header.block_size);
    for at in (from..header.used.get()).step_by(size) {
        // SAFETY: the page has used that many bytes; blocks there were initialised when they were threaded.
        unsafe {
            let block = first_block(page).byte_add(at);
            if is_used(kind, block) {
                visit(block, size);
            }
        }
    }
}

/// Where the first block stands that is free, or was never used, from a place on.
///
/// # Safety
/// As for [`visit_used`].
pub(super) unsafe fn first_free(page: NonNull<Page>, from: usize) -> usize {
    // SAFETY: alive, by contract.
    let header = unsafe { page.as_ref() };
    let (kind, used) = (header.kind, header.used.get());
    // SAFETY: as in `visit_used`.
    let is_free = |at: &usize| unsafe { !is_used(kind, first_block(page).byte_add(*at)) };
    (from..used).step_by(header.block_size).find(is_free).unwrap_or(used)
}

/// Where the collector's pre-header stands in a block.
#[inline(always)]
fn pre_header(kind: Kind, block: NonNull<u8>) -> NonNull<PreHeader> {
    // SAFETY: blocks of these kinds begin with their prefix.
    unsafe { block.byte_add(kind.prefix() - size_of::<PreHeader>()).cast() }
}

/// Writes into a free block of the collector's kinds that it is free. The pre-header of a `Gc` block
/// holds the free list's link as well: the state is in the word behind it.
#[inline(always)]
pub(super) fn mark_free(kind: Kind, block: NonNull<u8>) {
    if matches!(kind, Kind::Gc | Kind::Managed) {
        // SAFETY: the block is free and begins with its prefix; the state is not where the link is.
        unsafe { (*pre_header(kind, block).as_ptr()).state.set(FREE) }
    }
}

/// Whether a block is in use. Raw blocks do not tell and count as used.
///
/// # Safety
/// The block was initialised by `thread_blocks`, or is a live large block.
pub(super) unsafe fn is_used(kind: Kind, block: NonNull<u8>) -> bool {
    // SAFETY: by contract; see `FreeBlock` and `mark_free` for where the mark stands.
    unsafe {
        match kind {
            Kind::Raw => true,
            Kind::Plain => block.cast::<FreeBlock>().as_ref().no_type != 0,
            Kind::Gc | Kind::Managed => pre_header(kind, block).as_ref().state.get() != FREE,
        }
    }
}

/// Stops when a block does not belong where it is given back.
///
/// # Safety
/// The block came from a page.
#[cfg(debug_assertions)]
pub(super) unsafe fn assert_in_page(heap: &Heap, kind: Kind, block: NonNull<u8>, class: usize) {
    let page = block.as_ptr().map_addr(|address| address & !(SIZE - 1)).cast::<Page>();
    // SAFETY: by contract.
    let header = unsafe { &*page };
    assert!(std::ptr::eq(header.heap, heap), "a block goes back to its own heap");
    assert_eq!(header.kind, kind, "a block goes back as what it was allocated");
    assert_eq!(header.block_size, class.max(1) * super::GRANULE, "a block goes back with its size");
    let offset = block.as_ptr() as usize - page as usize - HEADER;
    assert_eq!(offset % header.block_size, 0, "a block is given back by its beginning");
    // SAFETY: a used block of the page.
    assert!(unsafe { is_used(kind, block) }, "a block is given back once");
}
