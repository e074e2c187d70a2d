//! The heap of one interpreter: size-class free lists over 64 KiB pages, large blocks from the system's
//! allocator (the program's `#[global_allocator]`). Invariants:
//!
//! - a page is aligned to its size and holds blocks of one size class and one [`Kind`], so that pages
//!   can be walked and a block knows its heap by its address;
//! - a large block stands in the heap's table, at the index that its own header names;
//! - allocation fails by returning none, before anything else has changed; it never collects.
//!
//! Start reading at [`Heap::alloc`]. Under `--cfg taipan_system_alloc` every block is large, so that
//! AddressSanitizer sees each one.

// the compiler does not know the option, which is set by hand
#![allow(unexpected_cfgs)]

mod arena;
mod check;
mod large;
pub mod modest;
mod page;
#[cfg(test)]
mod tests;
mod trim;

pub use check::HeapReport;

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use crate::header::PyObject;
use arena::Arenas;
use large::LargeHeader;
use page::Page;

/// What the blocks of a page are, which says how many bytes stand before the object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Memory that is no object: item arrays, tables.
    Raw = 0,
    /// Objects that the collector does not know.
    Plain = 1,
    /// Objects with the collector's 16-byte pre-header.
    Gc = 2,
    /// The same, and before it a pointer to the instance's dict and one to its weak references.
    Managed = 3,
}

impl Kind {
    /// Bytes before the object.
    #[inline(always)]
    pub const fn prefix(self) -> usize {
        match self {
            Kind::Raw | Kind::Plain => 0,
            Kind::Gc => 16,
            Kind::Managed => 32,
        }
    }

    const fn from_u8(value: u8) -> Kind {
        match value {
            0 => Kind::Raw,
            1 => Kind::Plain,
            2 => Kind::Gc,
            _ => Kind::Managed,
        }
    }
}

/// Size of a class step; every block is aligned to it.
const GRANULE: usize = 16;
/// The largest block that comes from a page, prefix included.
#[cfg(not(taipan_system_alloc))]
pub const SMALL_MAX: usize = 512;
#[cfg(taipan_system_alloc)]
#[allow(missing_docs)]
pub const SMALL_MAX: usize = 0;
/// No block is larger, so that sizes never overflow an `isize`.
pub const MAX_SIZE: usize = isize::MAX as usize / 2;

const CLASSES: usize = 512 / GRANULE + 1;
const KINDS: usize = 4;

/// A block on a free list. The second word is zero, where a live object has its type.
#[repr(C)]
struct FreeBlock {
    next: *mut FreeBlock,
    no_type: usize,
}

/// The heap. It is used by one thread at a time: the one that holds the interpreter's GIL.
pub struct Heap {
    /// Free blocks by kind and class.
    free: [[Cell<*mut FreeBlock>; CLASSES]; KINDS],
    /// The page of each kind and class that has room that was never used.
    fresh: [[Cell<*mut Page>; CLASSES]; KINDS],
    pages: RefCell<Vec<NonNull<Page>>>,
    arenas: RefCell<Arenas>,
    large: RefCell<Vec<NonNull<LargeHeader>>>,
    /// Bytes that the heap holds from the system.
    held: Cell<usize>,
    limit: Cell<usize>,
    /// Tests make the allocation fail that this counts down to.
    #[cfg(debug_assertions)]
    fail_after: Cell<Option<usize>>,
}

/// The object in a block that is in use.
fn object_in(kind: Kind, block: NonNull<u8>) -> NonNull<PyObject> {
    debug_assert_ne!(kind, Kind::Raw);
    // SAFETY: a block of the kind is longer than its prefix.
    unsafe { block.byte_add(kind.prefix()).cast() }
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

impl Heap {
    /// An empty heap without limit.
    pub fn new() -> Heap {
        Heap {
            free: std::array::from_fn(|_| std::array::from_fn(|_| Cell::new(std::ptr::null_mut()))),
            fresh: std::array::from_fn(|_| std::array::from_fn(|_| Cell::new(std::ptr::null_mut()))),
            pages: RefCell::default(),
            arenas: RefCell::default(),
            large: RefCell::default(),
            held: Cell::new(0),
            limit: Cell::new(usize::MAX),
            #[cfg(debug_assertions)]
            fail_after: Cell::new(None),
        }
    }

    /// Bytes that the heap holds from the system, pages in full.
    pub fn held(&self) -> usize {
        self.held.get()
    }

    /// Lets the heap hold at most so many bytes; what asks for more fails.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.set(bytes);
    }

    /// Lets the `count`-th allocation from now fail, and all after it, until called with none.
    #[cfg(debug_assertions)]
    pub fn fail_after(&self, count: Option<usize>) {
        self.fail_after.set(count);
    }

    /// A block of `size` bytes, the kind's prefix included; contents are arbitrary.
    #[inline(always)]
    pub fn alloc(&self, kind: Kind, size: usize) -> Option<NonNull<u8>> {
        #[cfg(debug_assertions)]
        self.count_down()?;
        if size > SMALL_MAX {
            return self.alloc_large(kind, size);
        }
        let class = size.div_ceil(GRANULE);
        let list = &self.free[kind as usize][class];
        let block = list.get();
        if block.is_null() {
            return self.refill(kind, class);
        }
        // SAFETY: blocks on a free list are free, of this class, and hold their link.
        list.set(unsafe { (*block).next });
        NonNull::new(block.cast())
    }

    /// Gives back a block.
    ///
    /// # Safety
    /// The block came from `alloc` of this heap with the same kind and a size of the same class, and
    /// nothing refers to it.
    #[inline(always)]
    pub unsafe fn free(&self, kind: Kind, block: NonNull<u8>, size: usize) {
        if size > SMALL_MAX {
            // SAFETY: by contract, a large block.
            return unsafe { self.free_large(block) };
        }
        let class = size.div_ceil(GRANULE);
        #[cfg(debug_assertions)]
        // SAFETY: the block is the caller's, and has the size of its class.
        unsafe {
            page::assert_in_page(self, kind, block, class);
            std::ptr::write_bytes(block.as_ptr(), page::POISON, class * GRANULE);
        }
        let list = &self.free[kind as usize][class];
        let free = block.as_ptr().cast::<FreeBlock>();
        // SAFETY: the block is the caller's to give up and at least one granule long.
        unsafe { free.write(FreeBlock { next: list.get(), no_type: 0 }) };
        page::mark_free(kind, block);
        list.set(free);
    }

    /// Gives back a block to the heap that it came from.
    ///
    /// # Safety
    /// As for `free`, but for the heap, which may be any.
    #[inline(always)]
    pub unsafe fn free_anywhere(kind: Kind, block: NonNull<u8>, size: usize) {
        // SAFETY: by contract a block of its size; the heap outlives it.
        unsafe { Heap::of_block(block, size).as_ref().free(kind, block, size) }
    }

    /// The heap that a block came from.
    ///
    /// # Safety
    /// The block came from a heap, with a size of the same class.
    #[inline(always)]
    pub(crate) unsafe fn of_block(block: NonNull<u8>, size: usize) -> NonNull<Heap> {
        // SAFETY: by contract; both headers name their heap, which is not null.
        unsafe {
            let heap = if size > SMALL_MAX { large::heap_of(block) } else { page::heap_of(block) };
            NonNull::new_unchecked(heap.cast_mut())
        }
    }

    /// A raw block with the contents of another one, which is gone; none leaves the old one as it is.
    ///
    /// # Safety
    /// `block` is a raw block of this heap of `old` bytes, and nothing refers into it.
    pub unsafe fn realloc(&self, block: NonNull<u8>, old: usize, new: usize) -> Option<NonNull<u8>> {
        let same_class = old.div_ceil(GRANULE) == new.div_ceil(GRANULE);
        if same_class && old <= SMALL_MAX && new <= SMALL_MAX {
            return Some(block);
        }
        if old > SMALL_MAX && new > SMALL_MAX {
            // SAFETY: a large raw block, by contract.
            return unsafe { self.realloc_large(block, new) };
        }
        let fresh = self.alloc(Kind::Raw, new)?;
        // SAFETY: both blocks are at least as long as what is copied; they are apart.
        unsafe {
            std::ptr::copy_nonoverlapping(block.as_ptr(), fresh.as_ptr(), old.min(new));
            self.free(Kind::Raw, block, old);
        }
        Some(fresh)
    }

    /// The same for an object that the collector does not know: it moves, so nothing else may refer to it.
    ///
    /// # Safety
    /// As for `realloc`, but a plain block, and one of another heap is refused.
    pub(crate) unsafe fn realloc_object(
        &self,
        block: NonNull<u8>,
        old: usize,
        new: usize,
    ) -> Option<NonNull<u8>> {
        // SAFETY: by contract.
        unsafe {
            if !std::ptr::eq(Heap::of_block(block, old).as_ptr(), self) {
                return None;
            }
            if old > SMALL_MAX && new > SMALL_MAX {
                return self.realloc_large(block, new);
            }
            if old <= SMALL_MAX && new <= SMALL_MAX && old.div_ceil(GRANULE) == new.div_ceil(GRANULE) {
                return Some(block);
            }
            let fresh = self.alloc(Kind::Plain, new)?;
            std::ptr::copy_nonoverlapping(block.as_ptr(), fresh.as_ptr(), old.min(new));
            self.free(Kind::Plain, block, old);
            Some(fresh)
        }
    }

    /// More free blocks of a class: from the page that has unused room, or from a new page.
    #[cold]
    #[inline(never)]
    fn refill(&self, kind: Kind, class: usize) -> Option<NonNull<u8>> {
        let class = class.max(1);
        let fresh = &self.fresh[kind as usize][class];
        let page = match NonNull::new(fresh.get()) {
            Some(page) => page,
            None => self.new_page(kind, class)?,
        };
        // SAFETY: pages live as long as the heap.
        let more = unsafe { page::thread_blocks(page, &self.free[kind as usize][class]) };
        fresh.set(if more { page.as_ptr() } else { std::ptr::null_mut() });
        let list = &self.free[kind as usize][class];
        let block = list.get();
        // SAFETY: as in `alloc`; a page threads at least one block.
        list.set(unsafe { (*block).next });
        NonNull::new(block.cast())
    }

    fn new_page(&self, kind: Kind, class: usize) -> Option<NonNull<Page>> {
        self.charge(page::SIZE)?;
        let mut pages = self.pages.borrow_mut();
        let page = pages.try_reserve(1).ok().and_then(|()| page::new(self, kind, class * GRANULE));
        match page {
            Some(page) => pages.push(page),
            None => self.held.set(self.held.get() - page::SIZE),
        }
        page
    }

    /// Counts bytes in, unless that would pass the limit.
    fn charge(&self, bytes: usize) -> Option<()> {
        let held = self.held.get().checked_add(bytes).filter(|held| *held <= self.limit.get())?;
        self.held.set(held);
        Some(())
    }

    #[cfg(debug_assertions)]
    fn count_down(&self) -> Option<()> {
        match self.fail_after.get() {
            None => Some(()),
            Some(0) => None,
            Some(left) => {
                self.fail_after.set(Some(left - 1));
                Some(())
            }
        }
    }

    /// Calls `visit` with every block of the kind that is in use and was not the last time, and perhaps with some that
    /// were. For a heap that gives nothing back which was visited.
    ///
    /// `visit` must not allocate from or free to this heap.
    fn for_each_new_block(&self, kind: Kind, mut visit: impl FnMut(NonNull<u8>, usize)) {
        for &page in self.pages.borrow().iter() {
            // SAFETY: pages live as long as the heap.
            let header = unsafe { page.as_ref() };
            if header.kind == kind {
                // SAFETY: as above.
                unsafe { page::visit_used(page, header.settled.get(), &mut visit) };
                // SAFETY: as above.
                header.settled.set(unsafe { page::first_free(page, header.settled.get()) });
            }
        }
        self.for_each_large(kind, visit);
    }

    /// Calls `visit` with every block of the kind that is in use.
    ///
    /// `visit` must not allocate from or free to this heap.
    pub(crate) fn for_each_block(&self, kind: Kind, mut visit: impl FnMut(NonNull<u8>, usize)) {
        for &page in self.pages.borrow().iter() {
            // SAFETY: pages live as long as the heap.
            let header = unsafe { page.as_ref() };
            if header.kind == kind {
                // SAFETY: as above.
                unsafe { page::visit_used(page, 0, &mut visit) };
            }
        }
        self.for_each_large(kind, visit);
    }

    /// Calls `visit` with every object of a kind that is no [`Kind::Raw`].
    ///
    /// `visit` must not allocate from or free to this heap.
    pub(crate) fn for_each_object(&self, kind: Kind, mut visit: impl FnMut(NonNull<PyObject>)) {
        self.for_each_block(kind, |block, _| visit(object_in(kind, block)));
    }

    /// The same of the blocks that [`Heap::for_each_new_block`] finds.
    pub(crate) fn for_each_new_object(&self, kind: Kind, mut visit: impl FnMut(NonNull<PyObject>)) {
        self.for_each_new_block(kind, |block, _| visit(object_in(kind, block)));
    }

    fn for_each_large(&self, kind: Kind, mut visit: impl FnMut(NonNull<u8>, usize)) {
        for &header in self.large.borrow().iter() {
            // SAFETY: the table holds live blocks only.
            let (block_kind, block, size) = unsafe { large::parts(header) };
            // SAFETY: as above.
            if block_kind == kind && unsafe { page::is_used(kind, block) } {
                visit(block, size);
            }
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for page in self.pages.take() {
            // SAFETY: the heap owns its pages and gives them up once.
            unsafe { page::release(self, page) };
        }
        for header in self.large.take() {
            // SAFETY: the table holds live blocks only, each once.
            unsafe { large::release(header) };
        }
    }
}
