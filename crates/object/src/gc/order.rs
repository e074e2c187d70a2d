//! The order in which the last collection of an interpreter finds objects: owners before what they own, as far as
//! there is such an order, so that a buffer is written out before the file under it is closed.

use std::ptr::NonNull;

use super::collect::pre_header;
use super::pre_header::{COLLECTING, PreHeader};
use super::track::MIDDLE;
use super::visit::traverse;
use crate::header::PyObject;
use crate::thread::Thread;
use crate::value::Value;

/// Orders all objects by the number of steps that lead to them from the roots; those that no way leads to come last.
/// The next collection of everything finds them in this order. Nothing happens while a collection runs, or when there
/// is no memory for it.
pub fn order_from(thread: &Thread, roots: &[Value]) {
    let gc = &thread.interp().gc;
    if gc.is_collecting() {
        return;
    }
    let Some(set) = gc.take_generations(thread, 2) else { return };
    for object in set.iter().copied().filter_map(NonNull::new) {
        // SAFETY: the set holds live objects with pre-headers.
        unsafe { PreHeader::of(object) }.set(COLLECTING);
    }
    let mut ordered: Vec<NonNull<PyObject>> = Vec::new();
    // all fit, or none is ordered
    if ordered.try_reserve_exact(set.len()).is_ok() {
        let reach = |target: NonNull<PyObject>, ordered: &mut Vec<NonNull<PyObject>>| {
            if let Some(pre) = pre_header(target).filter(|pre| pre.has(COLLECTING)) {
                pre.unset(COLLECTING);
                ordered.push(target);
            }
        };
        for root in roots.iter().filter_map(|root| root.word().as_object()) {
            reach(root, &mut ordered);
        }
        let mut at = 0;
        while let Some(&object) = ordered.get(at) {
            at += 1;
            // SAFETY: of the set, so alive; nothing is released here and no Python code runs.
            unsafe { traverse(object, |target| reach(target, &mut ordered)) };
        }
    }
    for object in ordered {
        // SAFETY: as above.
        gc.place(object, unsafe { PreHeader::of(object) }, MIDDLE);
    }
    for object in set.into_iter().filter_map(NonNull::new) {
        // SAFETY: as above.
        let pre = unsafe { PreHeader::of(object) };
        if pre.has(COLLECTING) {
            pre.unset(COLLECTING);
            gc.place(object, pre, MIDDLE);
        }
    }
}
