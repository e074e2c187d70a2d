//! Where pages come from: arenas of 16 pages, straight from the system, for an allocator that is asked for one
//! page aligned to its size takes up to two. An arena of which no page is in use goes back to the system.
//! Invariant: a bit of `free` is set for each page of the arena that nobody has.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::NonNull;

use super::page::SIZE;

/// Pages of an arena.
const PAGES: usize = 16;

/// Sixteen pages.
struct Arena {
    base: NonNull<u8>,
    free: u16,
}

/// The arenas of a heap.
#[derive(Default)]
pub(super) struct Arenas {
    all: Vec<Arena>,
    /// The arena that had a free page last.
    at: usize,
}

fn layout() -> Layout {
    const LAYOUT: Result<Layout, std::alloc::LayoutError> = Layout::from_size_align(SIZE * PAGES, SIZE);
    const { assert!(LAYOUT.is_ok()) };
    LAYOUT.unwrap_or(Layout::new::<u8>())
}

impl Arenas {
    /// A page that nobody has.
    pub(super) fn take(&mut self) -> Option<NonNull<u8>> {
        if self.all.get(self.at).is_none_or(|arena| arena.free == 0) {
            self.at = match self.all.iter().position(|arena| arena.free != 0) {
                Some(at) => at,
                None => self.grow()?,
            };
        }
        let arena = self.all.get_mut(self.at)?;
        let page = arena.free.trailing_zeros() as usize;
        arena.free &= arena.free - 1;
        // SAFETY: a page of the arena.
        Some(unsafe { arena.base.byte_add(page * SIZE) })
    }

    fn grow(&mut self) -> Option<usize> {
        self.all.try_reserve(1).ok()?;
        // SAFETY: the layout is not empty.
        let base = NonNull::new(unsafe { System.alloc(layout()) })?;
        self.all.push(Arena { base, free: u16::MAX });
        Some(self.all.len() - 1)
    }

    /// Takes a page back.
    ///
    /// # Safety
    /// The page came from here, and nothing refers into it any more.
    pub(super) unsafe fn give(&mut self, page: NonNull<u8>) {
        let inside = |arena: &Arena| {
            let offset = page.addr().get().wrapping_sub(arena.base.addr().get());
            (offset < SIZE * PAGES).then_some(offset / SIZE)
        };
        let found = self.all.iter().enumerate().find_map(|(at, arena)| Some((at, inside(arena)?)));
        let Some((at, number)) = found else { return };
        if let Some(arena) = self.all.get_mut(at) {
            arena.free |= 1 << number;
            if arena.free == u16::MAX {
                // SAFETY: allocated with this layout; no page of it is in use.
                unsafe { System.dealloc(arena.base.as_ptr(), layout()) };
                self.all.swap_remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arena_lives_as_long_as_one_of_its_pages() {
        let mut arenas = Arenas::default();
        let pages: Vec<_> = (0..PAGES + 1).map(|_| arenas.take().unwrap()).collect();
        assert_eq!(arenas.all.len(), 2);
        assert!(pages.iter().all(|page| page.addr().get() % SIZE == 0));
        // SAFETY: each page is given back once.
        unsafe {
            arenas.give(pages[3]);
            assert_eq!(arenas.take(), Some(pages[PAGES].map_addr(|at| at.saturating_add(SIZE))));
        }
        for page in pages.iter().enumerate().filter(|(at, _)| *at != 3).map(|(_, page)| page) {
            // SAFETY: as above.
            unsafe { arenas.give(*page) };
        }
        assert_eq!(arenas.all.len(), 1);
    }
}
