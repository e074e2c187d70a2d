//! The vectors of the generations. Invariant: `items[pre.index]` is the object whenever its generation is
//! that of the vector; an object that left leaves null behind. (Vectors beat linked lists here: to track is
//! one store and no neighbour's cache line, and a young collection reads them in order.)

use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

use super::Gc;
use super::pre_header::{GENERATION, PreHeader, STATE, TRACKED, UNTRACKED};
use crate::header::PyObject;
use crate::heap::Heap;
use crate::interp::Interp;
use crate::thread::{Thread, safepoint};

/// Numbers of the generations as pre-headers have them.
pub(super) const YOUNG: u16 = 0;
pub(super) const MIDDLE: u16 = 1;
pub(super) const OLD: u16 = 2;
pub(super) const CONDEMNED: u16 = 3;

/// Objects, null where one left.
pub(super) struct Vector {
    items: UnsafeCell<Vec<*mut PyObject>>,
    dead: Cell<usize>,
    /// `track` takes its slow path when the vector is this long: no more room, or the threshold.
    limit: Cell<usize>,
    trigger: Cell<usize>,
}

impl Vector {
    pub(super) const fn new() -> Vector {
        Vector {
            items: UnsafeCell::new(Vec::new()),
            dead: Cell::new(0),
            limit: Cell::new(0),
            trigger: Cell::new(2000),
        }
    }

    #[expect(clippy::mut_from_ref, reason = "the borrow ends within each method, none calls out")]
    #[inline(always)]
    fn items(&self) -> &mut Vec<*mut PyObject> {
        // SAFETY: one thread at a time; every use ends before anything else of this type is called.
        unsafe { &mut *self.items.get() }
    }

    #[inline]
    pub(super) fn live(&self) -> usize {
        self.items().len() - self.dead.get()
    }

    pub(super) fn len(&self) -> usize {
        self.items().len()
    }

    pub(super) fn get(&self, at: usize) -> Option<NonNull<PyObject>> {
        self.items().get(at).copied().and_then(NonNull::new)
    }

    pub(super) fn set_trigger(&self, threshold: u32) {
        self.trigger.set(if threshold == 0 { usize::MAX } else { threshold as usize });
        self.limit.set(0);
    }

    /// Whether as many are alive as the threshold says.
    pub(super) fn is_due(&self) -> bool {
        self.live() > self.trigger.get()
    }

    /// Makes room for one more; false when there is no memory.
    #[cold]
    #[inline(never)]
    fn make_room(&self) -> bool {
        if self.dead.get() * 2 > self.len() {
            self.compact();
        }
        if self.items().try_reserve(1).is_err() {
            return false;
        }
        let capacity = self.items().capacity();
        let trigger = self.trigger.get();
        self.limit.set(if self.len() <= trigger {
            capacity.min(trigger.saturating_add(1))
        } else {
            capacity
        });
        true
    }

    /// Closes the gaps.
    pub(super) fn compact(&self) {
        let items = self.items();
        items.retain(|object| !object.is_null());
        for (index, object) in items.iter().enumerate() {
            // SAFETY: the vector holds live objects with pre-headers.
            unsafe { PreHeader::of(NonNull::new_unchecked(*object)) }.index.set(index as u32);
        }
        self.dead.set(0);
    }

    /// Appends a tracked object; false when there is no room.
    #[inline]
    pub(super) fn push(&self, object: NonNull<PyObject>, pre: &PreHeader) -> bool {
        let items = self.items();
        if items.len() == items.capacity() && items.try_reserve(1).is_err() {
            return false;
        }
        pre.index.set(items.len() as u32);
        items.push(object.as_ptr());
        true
    }

    /// Takes out the object at an index; false if another one stands there.
    #[inline]
    fn remove(&self, index: usize, object: *mut PyObject) -> bool {
        let items = self.items();
        if items.get(index) != Some(&object) {
            return false;
        }
        if index + 1 == items.len() {
            items.pop();
        } else if let Some(item) = items.get_mut(index) {
            *item = std::ptr::null_mut();
            self.dead.set(self.dead.get() + 1);
        }
        true
    }

    /// Takes all out.
    pub(super) fn take(&self) -> Vec<*mut PyObject> {
        self.dead.set(0);
        self.limit.set(0);
        std::mem::take(self.items())
    }

    /// Puts back what was taken, as it was.
    pub(super) fn put_back(&self, items: Vec<*mut PyObject>) {
        self.dead.set(items.iter().filter(|object| object.is_null()).count());
        *self.items() = items;
    }

    /// Gives the buffer of a vector that was taken back, empty.
    pub(super) fn reuse(&self, mut buffer: Vec<*mut PyObject>) {
        if self.items().is_empty() {
            buffer.clear();
            *self.items() = buffer;
            self.limit.set(0);
        }
    }
}

impl Gc {
    /// Lets the collector look at an object from now on. The object is whole, and of a type with `HAVE_GC`.
    /// When there is no memory to note it, it stays untracked: a cycle through it is not found.
    ///
    /// # Safety
    /// The object is alive, untracked, and has a pre-header.
    #[inline(always)]
    pub unsafe fn track(&self, thread: &Thread, object: NonNull<PyObject>) {
        // SAFETY: by contract.
        let pre = unsafe { PreHeader::of(object) };
        debug_assert!(!pre.is_tracked());
        if self.young.items().len() >= self.young.limit.get() && !self.make_room(thread) {
            return;
        }
        let items = self.young.items();
        pre.index.set(items.len() as u32);
        debug_assert!(items.len() < items.capacity());
        // `limit` is at most the capacity, so this does not grow
        items.push(object.as_ptr());
        pre.set_state(TRACKED, YOUNG);
    }

    #[cold]
    #[inline(never)]
    fn make_room(&self, thread: &Thread) -> bool {
        let made = self.young.make_room();
        if self.young.live() >= self.young.trigger.get() && self.enabled.get() && !self.collecting.get() {
            thread.request(safepoint::COLLECT);
        }
        made
    }

    pub(super) fn vector(&self, generation: u16) -> Option<&Vector> {
        match generation {
            YOUNG => Some(&self.young),
            MIDDLE => Some(&self.middle),
            CONDEMNED => Some(&self.condemned),
            _ => None,
        }
    }

    /// Moves a tracked object that stands in no vector to a generation.
    pub(super) fn place(&self, object: NonNull<PyObject>, pre: &PreHeader, generation: u16) {
        let held = match self.vector(generation) {
            Some(vector) => vector.push(object, pre),
            None => false,
        };
        pre.set_state(TRACKED, if held { generation } else { OLD });
        if !held {
            self.long_lived_pending.set(self.long_lived_pending.get() + 1);
        }
    }
}

/// The interpreter that an object belongs to: another one than the thread's, when a value is dropped where it
/// does not belong.
///
/// # Safety
/// The object is alive or dying, and has a pre-header.
#[cold]
unsafe fn owner(object: NonNull<PyObject>) -> NonNull<Interp> {
    // SAFETY: by contract a block of a heap; the heap is the interpreter's first field.
    unsafe {
        let head = object.as_ref();
        let prefix = head.ty().core().kind.get().prefix();
        let size = crate::types::lifecycle::size_of_object(head) + prefix;
        Heap::of_block(object.cast::<u8>().byte_sub(prefix), size).cast()
    }
}

/// The same as `untrack` where the thread is known.
///
/// # Safety
/// As for `untrack`.
#[inline(always)]
pub(super) unsafe fn untrack_in(thread: &Thread, object: NonNull<PyObject>) {
    // SAFETY: by contract.
    let pre = unsafe { PreHeader::of(object) };
    if pre.state.get() & (STATE | GENERATION) != TRACKED {
        // SAFETY: by contract; old, untracked, or in another vector than that of the young.
        return unsafe { untrack(object) };
    }
    if thread.interp().gc.young.remove(pre.index.get() as usize, object.as_ptr()) {
        pre.set_state(UNTRACKED, YOUNG);
    } else {
        // SAFETY: by contract; it is another interpreter's.
        unsafe { untrack(object) }
    }
}

/// Lets the collector look at an object no more.
///
/// # Safety
/// The object is alive or about to die, and has a pre-header; nothing is done to untracked ones.
#[inline]
pub(crate) unsafe fn untrack(object: NonNull<PyObject>) {
    // SAFETY: by contract.
    let pre = unsafe { PreHeader::of(object) };
    if !pre.is_tracked() {
        return;
    }
    let generation = pre.generation();
    if generation != OLD {
        let index = pre.index.get() as usize;
        let remove = |gc: &Gc| gc.vector(generation).is_some_and(|v| v.remove(index, object.as_ptr()));
        if Thread::current(|thread| remove(&thread.interp().gc)) != Some(true) {
            // SAFETY: by contract; the interpreter outlives its objects.
            unsafe { remove(&owner(object).as_ref().gc) };
        }
    }
    pre.set_state(UNTRACKED, YOUNG);
}
