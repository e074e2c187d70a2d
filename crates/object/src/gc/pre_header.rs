//! The 16 bytes before every object that the collector may have to do with. They are private to the
//! VM. Invariant: the state is `FREE` exactly in blocks that are no object.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::header::PyObject;

/// A block that is not an object.
pub const FREE: u16 = 0;
/// An object that the collector leaves alone.
pub const UNTRACKED: u16 = 1;
/// An object that the collector looks at.
pub const TRACKED: u16 = 2;
/// An object whose last reference is gone and that waits for its turn.
pub const DYING: u16 = 3;
/// The bits that hold one of the four.
pub const STATE: u16 = 3;

/// The generation, two bits; see [`PreHeader::generation`].
const GENERATION_SHIFT: u16 = 2;
/// The bits that hold the generation; none set in young objects.
pub(crate) const GENERATION: u16 = 3 << GENERATION_SHIFT;
/// The object's finalizer was called: it is not called again (PEP 442).
pub const FINALIZED: u16 = 1 << 4;
/// C may hold a pointer into the object: it holds no immediates from then on.
pub const EXPORTED: u16 = 1 << 5;
/// The object is in the set that is being collected.
pub const COLLECTING: u16 = 1 << 6;
/// Nothing outside of the set refers to the object, as far as is known.
pub const UNREACHABLE: u16 = 1 << 7;
/// The object is in the permanent generation (`gc.freeze`).
pub const FROZEN: u16 = 1 << 8;

/// The pre-header.
#[repr(C)]
pub struct PreHeader {
    /// While a collection runs: how many references are not accounted for.
    pub(crate) refs: Cell<u64>,
    pub(crate) state: Cell<u16>,
    /// How many attribute values stand in the instance itself; none once its dict exists.
    pub(crate) inline_capacity: Cell<u8>,
    /// How many the instance was made with room for.
    pub(crate) allocated_capacity: Cell<u8>,
    /// Where the object stands in its generation's vector.
    pub(crate) index: Cell<u32>,
}

const _: () = assert!(size_of::<PreHeader>() == 16);

impl PreHeader {
    /// The pre-header of an object.
    ///
    /// # Safety
    /// The object is alive and of a type with `HAVE_GC`, and not static.
    #[inline(always)]
    pub unsafe fn of<'a>(object: NonNull<PyObject>) -> &'a PreHeader {
        // SAFETY: by contract the pre-header stands there.
        unsafe { object.cast::<PreHeader>().sub(1).as_ref() }
    }

    /// The object behind a pre-header.
    #[inline(always)]
    pub fn object(&self) -> NonNull<PyObject> {
        // SAFETY: the object follows its pre-header.
        unsafe { NonNull::from(self).add(1).cast() }
    }

    /// Makes a fresh block one of an untracked object.
    #[inline(always)]
    pub(crate) fn init(&self) {
        self.state.set(UNTRACKED);
        self.inline_capacity.set(0);
        self.allocated_capacity.set(0);
        self.index.set(0);
    }

    #[inline(always)]
    pub(crate) fn is_tracked(&self) -> bool {
        self.state.get() & STATE == TRACKED
    }

    #[inline(always)]
    pub(crate) fn has(&self, flag: u16) -> bool {
        self.state.get() & flag != 0
    }

    #[inline(always)]
    pub(crate) fn set(&self, flag: u16) {
        self.state.set(self.state.get() | flag);
    }

    #[inline(always)]
    pub(crate) fn unset(&self, flag: u16) {
        self.state.set(self.state.get() & !flag);
    }

    /// 0 young, 1 middle, 2 old: what a vector holds and what only the pages do.
    #[inline(always)]
    pub(crate) fn generation(&self) -> u16 {
        (self.state.get() & GENERATION) >> GENERATION_SHIFT
    }

    #[inline(always)]
    pub(crate) fn set_state(&self, state: u16, generation: u16) {
        let kept = self.state.get() & !(STATE | GENERATION);
        self.state.set(kept | state | generation << GENERATION_SHIFT);
    }
}
