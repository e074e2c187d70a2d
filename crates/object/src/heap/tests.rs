//! Blocks: reuse, sizes, limits, walking.

use super::*;

#[test]
fn blocks_are_aligned_apart_and_reused() {
    let heap = Heap::new();
    for kind in [Kind::Raw, Kind::Plain, Kind::Gc, Kind::Managed] {
        for size in [40, 48, 64, 100, 511, 512, 513, 5000, 100_000] {
            let blocks: Vec<_> = (0..200).map(|_| heap.alloc(kind, size).unwrap()).collect();
            let mut sorted: Vec<usize> = blocks.iter().map(|block| block.as_ptr() as usize).collect();
            sorted.sort_unstable();
            assert!(sorted.iter().all(|address| address % 16 == 0));
            assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= size));
            let held = heap.held();
            for block in blocks {
                // SAFETY: from this heap, of this size, used by nobody; marked as in use first.
                unsafe {
                    mark_used(kind, block);
                    heap.free(kind, block, size);
                }
            }
            assert!(heap.held() <= held);
            let again = heap.alloc(kind, size).unwrap();
            // SAFETY: as above.
            unsafe {
                mark_used(kind, again);
                heap.free(kind, again, size);
            }
        }
    }
    let mut blocks = 0;
    for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
        heap.for_each_block(kind, |_, _| blocks += 1);
    }
    assert_eq!(blocks, 0, "nothing is in use");
}

/// What making an object of the block would do.
unsafe fn mark_used(kind: Kind, block: NonNull<u8>) {
    // SAFETY: the caller's block, longer than its prefix and two words.
    unsafe {
        match kind {
            Kind::Raw => {}
            Kind::Plain => block.cast::<[usize; 2]>().write([1, 1]),
            Kind::Gc | Kind::Managed => {
                let object = block.byte_add(kind.prefix()).cast();
                crate::gc::pre_header::PreHeader::of(object).init();
            }
        }
    }
}

#[test]
fn a_limit_fails_the_allocation_and_nothing_else() {
    let heap = Heap::new();
    heap.set_limit(1 << 20);
    assert!(heap.alloc(Kind::Raw, 2 << 20).is_none());
    assert_eq!(heap.held(), 0);
    let mut count = 0;
    while heap.alloc(Kind::Raw, 512).is_some() {
        count += 1;
    }
    assert!((1800..2048).contains(&count) || SMALL_MAX == 0, "{count}");
    assert!(heap.alloc(Kind::Raw, usize::MAX).is_none());
    assert!(heap.alloc(Kind::Raw, MAX_SIZE + 1).is_none());
    heap.set_limit(usize::MAX);
    assert!(heap.alloc(Kind::Raw, 512).is_some());
}

#[test]
fn a_block_keeps_its_contents_when_it_is_resized() {
    let heap = Heap::new();
    for (old, new) in
        [(24, 30), (24, 500), (500, 24), (400, 4000), (4000, 400), (4000, 40_000), (40_000, 600)]
    {
        let block = heap.alloc(Kind::Raw, old).unwrap();
        // SAFETY: blocks of these sizes, used by nobody else.
        unsafe {
            for i in 0..old {
                block.byte_add(i).write(i as u8);
            }
            let moved = heap.realloc(block, old, new).unwrap();
            for i in 0..old.min(new) {
                assert_eq!(moved.byte_add(i).read(), i as u8, "{old} to {new}");
            }
            heap.free(Kind::Raw, moved, new);
        }
    }
}

#[test]
#[cfg(debug_assertions)]
fn the_nth_allocation_fails_when_asked_to() {
    let heap = Heap::new();
    heap.fail_after(Some(2));
    assert!(heap.alloc(Kind::Raw, 16).is_some() && heap.alloc(Kind::Raw, 16).is_some());
    assert!(heap.alloc(Kind::Raw, 16).is_none());
    heap.fail_after(None);
    assert!(heap.alloc(Kind::Raw, 16).is_some());
}

#[test]
fn pages_that_nobody_uses_are_given_back() {
    let heap = Heap::new();
    let kept = heap.alloc(Kind::Raw, 64).unwrap();
    let blocks: Vec<_> = (0..10_000).map(|i| heap.alloc(Kind::Raw, 16 + i % 30 * 16).unwrap()).collect();
    let held = heap.held();
    for (i, block) in blocks.iter().enumerate() {
        // SAFETY: from this heap, of this size, used by nobody.
        unsafe { heap.free(Kind::Raw, *block, 16 + i % 30 * 16) };
    }
    let released = heap.trim();
    assert_eq!(heap.held() + released, held.min(heap.held() + released));
    assert!(SMALL_MAX == 0 || (heap.held() == page::SIZE && released > 1 << 20));
    let again: Vec<_> = (0..5000).map(|_| heap.alloc(Kind::Raw, 64).unwrap()).collect();
    assert!(!again.contains(&kept));
}
