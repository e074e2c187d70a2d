//! `bytearray`: a block of bytes that grows. Invariants: while `ob_exports` is not zero the block neither
//! moves nor changes its length; a NUL stands behind the bytes; no slice into the block is handed out, bytes
//! are copied in and out.

mod operators;
pub(crate) mod slots;

use std::cell::Cell;
use std::ptr::NonNull;

use crate::buffer::Buffer;
use crate::error::PyResult;
use crate::header::{PyObject, PyVarObject};
use crate::heap::{Heap, Kind, MAX_SIZE};
use crate::raise;
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned};

/// A bytearray.
#[repr(C)]
pub struct PyByteArray {
    base: PyVarObject,
    ob_alloc: Cell<isize>,
    ob_bytes: Cell<*mut u8>,
    ob_start: Cell<*mut u8>,
    ob_exports: Cell<isize>,
}

crate::types::layout::offsets!(PyByteArray, 56: ob_alloc 24, ob_bytes 32, ob_start 40, ob_exports 48);

/// `bytearray`.
pub static BYTEARRAY: PyTypeObject = StaticType::new(c"bytearray", 56, dealloc_bytearray, &BYTEARRAY_CORE)
    .flags(flags::BASETYPE | flags::MATCH_SELF)
    .build();
static BYTEARRAY_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: crate::protocol::no_hash,
    richcompare: crate::bytes::compare::compare_slot,
    contains: crate::bytes::compare::contains_slot,
    iter: crate::iterators::slots::bytearray,
    length: |_, array| Ok(array.get::<PyByteArray>().map_or(0, PyByteArray::len)),
    subscript: slots::subscript,
    concat: operators::concat,
    repeat: operators::repeat,
    inplace_concat: operators::inplace_concat,
    inplace_repeat: operators::inplace_repeat,
    set_subscript: slots::set_subscript,
    get_buffer: |thread, array, request| {
        Buffer::of_bytearray(thread, receiver::<PyByteArray>(thread, array)?, request)
    },
    // that a buffer is gone, the array is told by the buffer itself
    release_buffer: |_, _| {},
});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyByteArray {
    fn ty() -> &'static PyTypeObject {
        &BYTEARRAY
    }
}

impl PyByteArray {
    /// A copy of bytes.
    pub fn new(thread: &Thread, bytes: &[u8]) -> PyResult<Owned<PyByteArray>> {
        let size = size_of::<PyByteArray>();
        let object = lifecycle::allocate::<PyByteArray>(thread, &BYTEARRAY, Kind::Plain, size)?;
        // SAFETY: fresh, of this size.
        let array = unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).base.size).write(Cell::new(0));
            (&raw mut (*this).ob_alloc).write(Cell::new(0));
            (&raw mut (*this).ob_bytes).write(Cell::new(std::ptr::null_mut()));
            (&raw mut (*this).ob_start).write(Cell::new(std::ptr::null_mut()));
            (&raw mut (*this).ob_exports).write(Cell::new(0));
            Owned::from_ptr(object)
        };
        array.splice(thread, 0, 0, bytes)?;
        Ok(array)
    }

    /// Number of bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.base.size().unsigned_abs()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The byte at an index.
    #[inline]
    pub fn get(&self, at: usize) -> Option<u8> {
        // SAFETY: within the block.
        (at < self.len()).then(|| unsafe { self.ob_start.get().add(at).read() })
    }

    /// Sets the byte at an index; says whether there is one.
    pub fn set(&self, at: usize, byte: u8) -> bool {
        let within = at < self.len();
        if within {
            // SAFETY: within the block.
            unsafe { self.ob_start.get().add(at).write(byte) };
        }
        within
    }

    /// A copy of the bytes from `start` to before `end`, both brought within the array.
    pub fn copy(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Vec<u8>> {
        let end = end.min(self.len());
        let start = start.min(end);
        let mut copy = Vec::new();
        if copy.try_reserve_exact(end - start).is_err() {
            return Err(thread.raise_memory_error());
        }
        // SAFETY: within the block, which nothing changes meanwhile; there is room for so many bytes.
        unsafe {
            self.ob_start.get().add(start).copy_to_nonoverlapping(copy.as_mut_ptr(), end - start);
            copy.set_len(end - start);
        }
        Ok(copy)
    }

    /// Sets `count` bytes, the first at `start` and each `step` behind the one before, to the first of `bytes`; says
    /// whether all of them are within the array, and there are as many bytes. Else nothing is changed.
    pub(crate) fn set_each(&self, start: usize, step: isize, count: usize, bytes: &[u8]) -> bool {
        let Some(last) = count.checked_sub(1) else { return true };
        let last = (last as isize).checked_mul(step).and_then(|way| start.checked_add_signed(way));
        if start >= self.len() || last.is_none_or(|last| last >= self.len()) || bytes.len() < count {
            return false;
        }
        // SAFETY: the first and the last place are within the block, and so all between them.
        unsafe {
            let mut to = self.ob_start.get().add(start);
            for &byte in bytes.iter().take(count) {
                to.write(byte);
                to = to.wrapping_offset(step);
            }
        }
        true
    }

    /// Where the bytes begin; anything if there are none.
    pub(crate) fn start(&self) -> *mut u8 {
        self.ob_start.get()
    }

    /// Counts a view of the bytes, or one less; while there is one the array cannot be resized.
    pub(crate) fn export(&self, by: isize) {
        self.ob_exports.set(self.ob_exports.get() + by);
    }

    /// Puts `new` where the bytes from `start` to before `end` are, both brought within the array.
    pub fn splice(&self, thread: &Thread, start: usize, end: usize, new: &[u8]) -> PyResult<()> {
        let len = self.len();
        let end = end.min(len);
        let start = start.min(end);
        let Some(total) = (len - (end - start)).checked_add(new.len()) else {
            return Err(thread.raise_memory_error());
        };
        if total != len && self.ob_exports.get() > 0 {
            return Err(raise!(thread, BUFFER_ERROR, "Existing exports of data: object cannot be re-sized"));
        }
        self.reserve(thread, total)?;
        // SAFETY: there is room for `total` bytes and a NUL; what is behind moves, then the gap is filled.
        // `new` is not part of the block, for no slice of it is handed out.
        unsafe {
            let bytes = self.ob_start.get();
            bytes.add(end).copy_to(bytes.add(start + new.len()), len - end);
            bytes.add(start).copy_from_nonoverlapping(new.as_ptr(), new.len());
            bytes.add(total).write(0);
        }
        self.base.size.set(total as isize);
        Ok(())
    }

    fn reserve(&self, thread: &Thread, len: usize) -> PyResult<()> {
        let room = self.ob_alloc.get().unsigned_abs();
        if len < room {
            return Ok(());
        }
        if len > MAX_SIZE / 4 {
            return Err(thread.raise_memory_error());
        }
        let wanted = if len <= room + room / 8 && room > 0 { len + len / 8 + 7 } else { len + 1 };
        let moved = match NonNull::new(self.ob_bytes.get()) {
            None => thread.heap().alloc(Kind::Raw, wanted),
            // SAFETY: the array's own block, of this size.
            Some(block) => unsafe { thread.heap().realloc(block, room, wanted) },
        };
        let Some(block) = moved else { return Err(thread.raise_memory_error()) };
        self.ob_bytes.set(block.as_ptr());
        self.ob_start.set(block.as_ptr());
        self.ob_alloc.set(wanted as isize);
        Ok(())
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// A bytearray whose last reference is gone.
unsafe extern "C" fn dealloc_bytearray(object: *mut PyObject) {
    // SAFETY: by contract.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        let array = &*object.cast::<PyByteArray>();
        if let Some(block) = NonNull::new(array.ob_bytes.get()) {
            Heap::free_anywhere(Kind::Raw, block, array.ob_alloc.get().unsigned_abs());
        }
        lifecycle::free(pointer);
    }
}
