//! How objects get their memory and lose it. Invariant: the heap kind and the size of an object follow from
//! its type, its item count and, for instances with attributes inside, its pre-header; so allocation and
//! deallocation agree.

use std::ffi::c_void;
use std::ptr::NonNull;

use super::{PyTypeObject, flags};
use crate::error::PyResult;
use crate::gc::pre_header::PreHeader;
use crate::header::{PyObject, PyVarObject};
use crate::heap::{Heap, Kind, MAX_SIZE};
use crate::instance;
use crate::thread::Thread;

/// The heap kind that follows from a type's flags.
pub(crate) fn kind_of(flags: u64) -> Kind {
    if flags & flags::HAVE_GC == 0 {
        Kind::Plain
    } else if flags & (flags::MANAGED_DICT | flags::MANAGED_WEAKREF) != 0 {
        Kind::Managed
    } else {
        Kind::Gc
    }
}

/// Bytes of an object of a type with so many items, attributes inside left out; none if too many.
#[inline]
pub fn size_with_items(ty: &PyTypeObject, items: usize) -> Option<usize> {
    let size = ty.item_size().checked_mul(items)?.checked_add(ty.basic_size())?;
    (size <= MAX_SIZE).then_some((size + 7) & !7)
}

/// A block for an object of `size` bytes, its head and pre-header written; the caller writes the rest.
///
/// `kind` and `size` are what [`kind_of`] and the size rules of the type say.
#[inline(always)]
pub(crate) fn allocate<T>(
    thread: &Thread,
    ty: &PyTypeObject,
    kind: Kind,
    size: usize,
) -> PyResult<NonNull<T>> {
    debug_assert!(size >= size_of::<PyObject>());
    let Some(block) = thread.heap().alloc(kind, size + kind.prefix()) else {
        return Err(thread.raise_memory_error());
    };
    // SAFETY: the block holds the kind's prefix and `size` bytes behind it, all of it ours.
    unsafe {
        let object = block.byte_add(kind.prefix()).cast::<PyObject>();
        if kind == Kind::Managed {
            block.cast::<[usize; 2]>().write([0, 0]);
        }
        init_head(object, ty);
        if kind != Kind::Plain {
            PreHeader::of(object).init();
        }
        Ok(object.cast())
    }
}

/// Writes the head of a fresh object: one reference, which the caller owns.
///
/// # Safety
/// The memory is the caller's.
#[inline(always)]
unsafe fn init_head(object: NonNull<PyObject>, ty: &PyTypeObject) {
    use std::cell::Cell;
    ty.head().incref();
    // SAFETY: by contract.
    unsafe {
        object.write(PyObject {
            refcount: Cell::new(1),
            overflow: Cell::new(0),
            flags: Cell::new(0),
            ty: Cell::new(ty),
        });
    }
}

/// The bytes of a live object behind its prefix.
pub(crate) fn size_of_object(head: &PyObject) -> usize {
    let ty = head.ty();
    if let Some(text) = crate::value::Ref::from_head(head).get_exact::<crate::str::PyStr>() {
        return text.compact_size();
    }
    let items = if ty.tp_itemsize.get() == 0 { 0 } else { item_count(head) };
    let size = size_with_items(ty, items).unwrap_or(MAX_SIZE);
    if ty.has_flag(flags::INLINE_VALUES) { size + instance::tail_size(head) } else { size }
}

/// How many items an object of variable size was made with.
fn item_count(head: &PyObject) -> usize {
    // SAFETY: a type with an item size has objects that begin with a `PyVarObject`, but for ints, whose
    // word at the same place says the number of digits.
    let word = unsafe { (*std::ptr::from_ref(head).cast::<PyVarObject>()).size.get() };
    if head.ty().has_flag(flags::LONG_SUBCLASS) {
        return ((word as usize) >> 3).max(1);
    }
    word.unsigned_abs()
}

/// Gives back the memory of an object. Its type's count is not touched.
///
/// # Safety
/// Nothing refers to the object, and what it owned is released or moved out.
#[inline]
pub(crate) unsafe fn free(object: NonNull<PyObject>) {
    // SAFETY: by contract the object's memory is still whole.
    unsafe {
        let head = object.as_ref();
        let kind = head.ty().core().kind.get();
        free_sized(object, kind, size_of_object(head));
    }
}

/// Gives back the memory of an object of known kind and size.
///
/// # Safety
/// As for `free`; kind and size are those that it was allocated with.
#[inline(always)]
pub(crate) unsafe fn free_sized(object: NonNull<PyObject>, kind: Kind, size: usize) {
    // SAFETY: by contract; the block begins with the kind's prefix.
    unsafe {
        let block = object.cast::<u8>().byte_sub(kind.prefix());
        Heap::free_anywhere(kind, block, size + kind.prefix());
    }
}

/// An object of a type with so many items, zeroed behind the head and tracked: `PyType_GenericAlloc`.
pub fn allocate_instance(thread: &Thread, ty: &PyTypeObject, items: usize) -> PyResult<NonNull<PyObject>> {
    if ty.core().is_plain.get() {
        return instance::new_plain(thread, ty);
    }
    let Some(size) = size_with_items(ty, items) else { return Err(thread.raise_memory_error()) };
    let tail = instance::tail_for_new(ty);
    let object = allocate::<PyObject>(thread, ty, ty.core().kind.get(), size + tail.bytes())?;
    // SAFETY: fresh, and as long as was asked for.
    unsafe {
        object.byte_add(size_of::<PyObject>()).cast::<u8>().write_bytes(0, size - size_of::<PyObject>());
        if ty.tp_itemsize.get() != 0 {
            object.cast::<PyVarObject>().as_ref().size.set(items as isize);
        }
        tail.init(object);
        if let Some(init) = ty.core().init.get() {
            init(object.as_ref());
        }
        if ty.has_flag(flags::HAVE_GC) {
            thread.interp().gc.track(thread, object);
        }
    }
    Ok(object)
}

/// `tp_alloc`.
///
/// # Safety
/// `ty` is a ready type, and a thread state is attached.
pub(crate) unsafe extern "C" fn generic_alloc(ty: *mut PyTypeObject, items: isize) -> *mut PyObject {
    Thread::current(|thread| {
        // SAFETY: by contract.
        let ty = unsafe { &*ty };
        allocate_instance(thread, ty, items.unsigned_abs()).map_or(std::ptr::null_mut(), NonNull::as_ptr)
    })
    .unwrap_or(std::ptr::null_mut())
}

/// `tp_free` of objects that the collector does not know.
///
/// # Safety
/// As for `free`.
pub(crate) unsafe extern "C" fn object_free(object: *mut c_void) {
    if let Some(object) = NonNull::new(object.cast::<PyObject>()) {
        // SAFETY: by contract.
        unsafe { free(object) }
    }
}

/// `tp_free` of objects that the collector knows: untracks first.
///
/// # Safety
/// As for `free`.
pub(crate) unsafe extern "C" fn gc_del(object: *mut c_void) {
    if let Some(object) = NonNull::new(object.cast::<PyObject>()) {
        // SAFETY: by contract.
        unsafe {
            crate::gc::untrack(object);
            free(object);
        }
    }
}

/// `tp_dealloc` of objects that own nothing but their memory.
///
/// # Safety
/// The object's last reference is gone.
pub(crate) unsafe extern "C" fn dealloc_plain(object: *mut PyObject) {
    if let Some(object) = NonNull::new(object) {
        // SAFETY: by contract.
        unsafe { free(object) }
    }
}

/// `tp_dealloc` of objects that never die.
///
/// # Safety
/// None is needed; it stops debug builds.
pub(crate) unsafe extern "C" fn dealloc_never(object: *mut PyObject) {
    debug_assert!(false, "an immortal died");
    if let Some(object) = NonNull::new(object) {
        // SAFETY: called with a live object.
        unsafe { object.as_ref() }.make_immortal();
    }
}
