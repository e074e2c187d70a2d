//! How an object dies: its last reference goes, and its type's `tp_dealloc` is called, here and nowhere else.
//! Invariant: however deep the structure, the native stack holds at most [`DEPTH`] deallocations of
//! containers; the others wait in a list that is linked through their first word. So a structure of any
//! depth is taken down in a loop.

use std::ptr::NonNull;

use super::pre_header::{DYING, PreHeader, UNTRACKED};
use crate::header::PyObject;
use crate::thread::Thread;
use crate::types::flags;

/// Deallocations of containers that nest on the native stack.
const DEPTH: u32 = 40;

/// Ends an object whose last reference is gone (`_Py_Dealloc`).
///
/// # Safety
/// The count is zero and nobody else is ending the object.
#[cold]
#[inline(never)]
pub unsafe fn dealloc(object: NonNull<PyObject>) {
    // SAFETY: alive until its `tp_dealloc` has run.
    let head = unsafe { object.as_ref() };
    let ty = head.ty();
    if ty.has_flag(flags::HAVE_GC) {
        // SAFETY: as above.
        return unsafe { dealloc_container(object) };
    }
    debug_assert_closed();
    if let Some(dealloc) = ty.tp_dealloc.get() {
        // SAFETY: a type's `tp_dealloc` ends objects of the type.
        unsafe { dealloc(object.as_ptr()) }
    }
}

/// Stops debug builds when something dies while a container is half changed.
#[inline(always)]
fn debug_assert_closed() {
    #[cfg(debug_assertions)]
    Thread::current(|thread| {
        assert_eq!(thread.open_containers.get(), 0, "an object died while a container was half changed");
    });
}

/// The same for objects with a pre-header, which may hold others.
///
/// # Safety
/// As for `dealloc`.
unsafe fn dealloc_container(object: NonNull<PyObject>) {
    debug_assert_closed();
    let done = Thread::current(|thread| {
        let depth = thread.dealloc_depth.get();
        if depth >= DEPTH {
            // SAFETY: by contract nobody else refers to the object.
            return unsafe { postpone(thread, object) };
        }
        thread.dealloc_depth.set(depth + 1);
        // SAFETY: as above. No collection sees a dying object; one that its finalizer saves is tracked again.
        unsafe {
            super::track::untrack_in(thread, object);
            end(object);
        }
        thread.dealloc_depth.set(depth);
        if depth == 0 && !thread.delete_later.get().is_null() {
            drain(thread);
        }
    });
    // without a thread state nothing of Python can run: the object is left as it is
    debug_assert!(done.is_some(), "objects die while a thread state is attached");
}

/// # Safety
/// As for `dealloc`.
unsafe fn end(object: NonNull<PyObject>) {
    // SAFETY: a type's `tp_dealloc` ends objects of the type.
    unsafe {
        if let Some(dealloc) = object.as_ref().ty().tp_dealloc.get() {
            dealloc(object.as_ptr());
        }
    }
}

/// Puts an object on the list of those that wait.
///
/// # Safety
/// As for `dealloc`.
unsafe fn postpone(thread: &Thread, object: NonNull<PyObject>) {
    // SAFETY: the object has a pre-header; the first word of the dead one is free to hold the link.
    unsafe {
        super::untrack(object);
        PreHeader::of(object).set_state(DYING, 0);
        object.cast::<*mut PyObject>().write(thread.delete_later.get());
    }
    thread.delete_later.set(object.as_ptr());
}

/// Ends the objects that wait, and those that come to wait meanwhile.
#[cold]
fn drain(thread: &Thread) {
    // as long as this is on the stack, what is nested waits here and not in another loop
    thread.dealloc_depth.set(1);
    while let Some(object) = NonNull::new(thread.delete_later.get()) {
        // SAFETY: what stands on the list is dead but whole; its first word is the link, then zero again:
        // a count of zero and no flags.
        unsafe {
            thread.delete_later.set(object.cast::<*mut PyObject>().read());
            object.cast::<u64>().write(0);
            PreHeader::of(object).set_state(UNTRACKED, 0);
            end(object);
        }
    }
    thread.dealloc_depth.set(0);
}

/// Runs what an object's end calls: Python code, in which objects die as they do elsewhere. What dies in it does not
/// wait for the end of what runs around it, or a finalizer that makes an object of its own kind would go on for ever,
/// not until the recursion limit.
pub(crate) fn apart<R>(thread: &Thread, act: impl FnOnce() -> R) -> R {
    // natives that release what they hold nest here without limit, unless what is released begins to wait again
    if !thread.has_stack() {
        return act();
    }
    let (depth, later) = (thread.dealloc_depth.replace(0), thread.delete_later.replace(std::ptr::null_mut()));
    let result = act();
    debug_assert!(thread.delete_later.get().is_null(), "the outermost deallocation ends those that wait");
    thread.dealloc_depth.set(depth);
    thread.delete_later.set(later);
    result
}

/// Calls the finalizer of a dying object, once in its life. Says whether the object has come back to life.
///
/// # Safety
/// The count is zero; the caller is the object's `tp_dealloc`, which stops if this is true.
pub unsafe fn finalize_dying(thread: &Thread, object: NonNull<PyObject>) -> bool {
    // SAFETY: alive until its `tp_dealloc` goes on.
    let head = unsafe { object.as_ref() };
    head.refcount.set(1);
    call_finalizer(thread, head);
    let left = head.refcount.get() - 1;
    head.refcount.set(left);
    if left != 0 && head.ty().has_flag(flags::HAVE_GC) {
        // SAFETY: alive again, with a pre-header.
        unsafe {
            if !PreHeader::of(object).is_tracked() {
                thread.interp().gc.track(thread, object);
            }
        }
    }
    left != 0
}

/// Reports what a finalizer raised.
fn report(thread: &Thread, raised: crate::Raised, ty: &crate::PyTypeObject) {
    let exception = thread.catch(raised);
    // the lookup of a name that the type has does not fail
    let method = ty.lookup(thread, crate::str::statics::names::__del__.get()).ok().flatten();
    let raised = thread.raise(exception);
    let method = method.as_ref().map(crate::Value::as_ref);
    thread.unraisable(raised, Some("while calling deallocator"), method);
}

/// Calls the finalizer, unless it was called before. The object has a pre-header.
pub fn call_finalizer(thread: &Thread, head: &PyObject) {
    let ty = head.ty();
    let Some(finalize) = ty.slots().finalize.get() else { return };
    if ty.has_flag(flags::HAVE_GC) {
        // SAFETY: an object of such a type that is not static: static ones never die.
        let pre = unsafe { PreHeader::of(head.as_ptr()) };
        if pre.has(super::pre_header::FINALIZED) {
            return;
        }
        pre.set(super::pre_header::FINALIZED);
    }
    let pending = thread.take_exception();
    let finalize = || finalize(thread, crate::Ref::from_head(head));
    // those of built-in types make no objects of their own kind
    let result = if ty.has_flag(flags::HEAPTYPE) { apart(thread, finalize) } else { finalize() };
    if let Err(raised) = result {
        report(thread, raised, ty);
    }
    if let Some(pending) = pending {
        let _raised = thread.raise(pending);
    }
}
