//! Going through what an object refers to. Invariant: a `tp_traverse` visits every counted reference that
//! the object owns to objects that may be part of a cycle, once each, and nothing else; immediates and null
//! are skipped.

use std::ffi::c_void;
use std::ptr::NonNull;

use crate::header::PyObject;
use crate::slot::Slot;
use crate::types::layout::VisitProc;
use crate::word::Word;

/// Calls `visit` with everything that an object refers to.
///
/// # Safety
/// The object is alive and whole; `visit` runs no Python code.
#[inline]
pub(crate) unsafe fn traverse<F: FnMut(NonNull<PyObject>)>(object: NonNull<PyObject>, mut visit: F) {
    unsafe extern "C" fn call<F: FnMut(NonNull<PyObject>)>(object: *mut PyObject, visit: *mut c_void) -> i32 {
        if let Some(object) = NonNull::new(object) {
            // SAFETY: `visit` is the closure below, which outlives the traversal.
            unsafe { (*visit.cast::<F>())(object) }
        }
        0
    }
    // SAFETY: a type's `tp_traverse` takes objects of the type.
    unsafe {
        if let Some(traverse) = object.as_ref().ty().tp_traverse.get() {
            traverse(object.as_ptr(), call::<F>, (&raw mut visit).cast());
        }
    }
}

/// Visits what a slot holds.
///
/// # Safety
/// `visit` and `arg` are those that a `tp_traverse` was given.
#[inline(always)]
pub(crate) unsafe fn visit_slot(slot: &Slot, visit: VisitProc, arg: *mut c_void) -> i32 {
    match slot.peek_object() {
        // SAFETY: the slot holds a live object.
        Some(object) => unsafe { visit(object.as_ptr(), arg) },
        None => 0,
    }
}

/// Visits what words hold.
///
/// # Safety
/// As for `visit_slot`; the words are alive.
#[inline]
pub(crate) unsafe fn visit_words(words: &[Option<Word>], visit: VisitProc, arg: *mut c_void) -> i32 {
    for object in words.iter().filter_map(|word| word.and_then(Word::as_object)) {
        // SAFETY: by contract.
        let stop = unsafe { visit(object.as_ptr(), arg) };
        if stop != 0 {
            return stop;
        }
    }
    0
}

/// A `tp_traverse` over the named slots of a layout.
macro_rules! traverse_slots {
    ($name:ident, $ty:ty: $($field:ident),* $(,)?) => {
        /// `tp_traverse`.
        ///
        /// # Safety
        /// The object is alive and of this layout; `visit` takes `arg`.
        pub(crate) unsafe extern "C" fn $name(
            object: *mut $crate::header::PyObject,
            visit: $crate::types::layout::VisitProc,
            arg: *mut std::ffi::c_void,
        ) -> i32 {
            // SAFETY: by contract.
            unsafe {
                let object = &*object.cast::<$ty>();
                $(
                    let stop = $crate::gc::visit::visit_slot(&object.$field, visit, arg);
                    if stop != 0 { return stop; }
                )*
            }
            0
        }
    };
}
pub(crate) use traverse_slots;

/// A `tp_clear` over the named slots of a layout.
macro_rules! clear_slots {
    ($name:ident, $ty:ty: $($field:ident),* $(,)?) => {
        /// `tp_clear`.
        ///
        /// # Safety
        /// The object is alive and of this layout, and kept alive by the caller.
        pub(crate) unsafe extern "C" fn $name(object: *mut $crate::header::PyObject) -> i32 {
            // SAFETY: by contract.
            let object = unsafe { &*object.cast::<$ty>() };
            $( drop(object.$field.take()); )*
            0
        }
    };
}
pub(crate) use clear_slots;

/// A `tp_dealloc` that releases the named slots of a layout and frees the object.
macro_rules! dealloc_slots {
    ($name:ident, $ty:ty: $($field:ident),* $(,)?) => {
        /// `tp_dealloc`.
        ///
        /// # Safety
        /// The object is of this layout and its last reference is gone.
        pub(crate) unsafe extern "C" fn $name(object: *mut $crate::header::PyObject) {
            // SAFETY: by contract; untracked first, so that nothing finds the object any more.
            unsafe {
                if let Some(pointer) = std::ptr::NonNull::new(object) {
                    $crate::gc::untrack(pointer);
                    let this = &*object.cast::<$ty>();
                    $( drop(this.$field.take()); )*
                    // an exact object has the size of its struct; those of derived types may be longer
                    if pointer.as_ref().is_exact(<$ty as $crate::value::Layout>::ty()) {
                        let kind = $crate::heap::Kind::Gc;
                        $crate::types::lifecycle::free_sized(pointer, kind, size_of::<$ty>());
                    } else {
                        $crate::types::lifecycle::free(pointer);
                    }
                }
            }
        }
    };
}
pub(crate) use dealloc_slots;
