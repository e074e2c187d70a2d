//! The head of every heap object: 16 bytes, as CPython's `PyObject`, and the reference count.
//! Invariants: the count of a mortal object that is reachable is at least the number of references
//! that something owns; the four bytes behind it are zero in every mortal object (old extensions count
//! in 64 bits); an immortal's count is never written.
//!
//! Counts are not atomic: an object belongs to one interpreter, whose threads take turns. Immortal
//! objects are shared by all interpreters, and only ever read.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::NonNull;

use crate::types::PyTypeObject;

/// The head of an object.
#[repr(C)]
pub struct PyObject {
    pub(crate) refcount: Cell<u32>,
    pub(crate) overflow: Cell<u16>,
    pub(crate) flags: Cell<u16>,
    pub(crate) ty: Cell<*const PyTypeObject>,
}

/// The head of an object of variable size.
#[repr(C)]
pub struct PyVarObject {
    /// The common head.
    pub base: PyObject,
    pub(crate) size: Cell<isize>,
}

const _: () = assert!(size_of::<PyObject>() == 16 && align_of::<PyObject>() == 8);
const _: () = assert!(offset_of!(PyObject, overflow) == 4 && offset_of!(PyObject, flags) == 6);
const _: () = assert!(offset_of!(PyObject, ty) == 8);
const _: () = assert!(size_of::<PyVarObject>() == 24 && offset_of!(PyVarObject, size) == 16);

/// From here a count is that of an immortal: not incremented.
pub const IMMORTAL: u32 = 3 << 30;
/// What a static object's `ob_flags` say: immortal, and static.
const STATIC_FLAGS: u16 = 4 | 1;

// SAFETY: heap objects are reached by the one thread that holds their interpreter's GIL; statics of
// this type are immortal, whose cells are written before a second interpreter exists and never after.
unsafe impl Sync for PyObject {}
// SAFETY: as above.
unsafe impl Sync for PyVarObject {}

impl PyObject {
    /// The head of a static, immortal object.
    pub const fn immortal(ty: &'static PyTypeObject) -> PyObject {
        PyObject {
            refcount: Cell::new(IMMORTAL),
            overflow: Cell::new(0),
            flags: Cell::new(STATIC_FLAGS),
            ty: Cell::new(ty),
        }
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &PyTypeObject {
        // SAFETY: a live object holds its type alive, and its type pointer is never null.
        unsafe { &*self.ty.get() }
    }

    /// The object's type as a pointer, to compare.
    #[inline(always)]
    pub fn type_ptr(&self) -> *const PyTypeObject {
        self.ty.get()
    }

    /// Whether the object is of exactly this type.
    #[inline(always)]
    pub fn is_exact(&self, ty: &PyTypeObject) -> bool {
        std::ptr::eq(self.ty.get(), ty)
    }

    /// The reference count.
    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        self.refcount.get()
    }

    /// Whether the object lives as long as the process.
    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.refcount.get() >= IMMORTAL
    }

    /// Makes a mortal object immortal, for what an interpreter keeps to its end.
    pub fn make_immortal(&self) {
        self.refcount.set(IMMORTAL);
    }

    /// Counts one more reference. A count that would pass the limit stays: the object leaks.
    #[inline(always)]
    pub fn incref(&self) {
        let count = self.refcount.get();
        if count < IMMORTAL {
            self.refcount.set(count + 1);
        }
    }

    /// The same object as a pointer.
    #[inline(always)]
    pub fn as_ptr(&self) -> NonNull<PyObject> {
        NonNull::from(self)
    }
}

impl PyVarObject {
    /// The head of a static, immortal object of `size` items.
    pub const fn immortal(ty: &'static PyTypeObject, size: isize) -> PyVarObject {
        PyVarObject { base: PyObject::immortal(ty), size: Cell::new(size) }
    }

    /// `ob_size`.
    #[inline(always)]
    pub fn size(&self) -> isize {
        self.size.get()
    }
}

/// Gives up one reference; the last one deallocates, which may run Python code.
///
/// # Safety
/// `object` is alive and the caller owns one reference, which it gives up.
#[inline(always)]
pub unsafe fn decref(object: NonNull<PyObject>) {
    // SAFETY: alive, by contract.
    let head = unsafe { object.as_ref() };
    let count = head.refcount.get();
    if (count as i32) < 0 {
        return;
    }
    head.refcount.set(count - 1);
    if count == 1 {
        // SAFETY: that was the last reference.
        unsafe { crate::gc::dealloc(object) };
    }
}
