//! What the module `gc` shows of the collector: tracked objects, who refers to whom, the permanent
//! generation. Invariant: nothing here runs Python code, so what it walks does not move.

use std::ptr::NonNull;

use super::Gc;
use super::collect::pre_header;
use super::pre_header::{FROZEN, PreHeader};
use super::track::OLD;
use super::visit::traverse;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// Whether the collector looks at an object: `gc.is_tracked`.
pub fn is_tracked(object: Ref<'_>) -> bool {
    object.head().and_then(|head| pre_header(head.as_ptr())).is_some_and(PreHeader::is_tracked)
}

/// Whether the object's finalizer was called: `gc.is_finalized`.
pub fn is_finalized(object: Ref<'_>) -> bool {
    let pre = object.head().and_then(|head| pre_header(head.as_ptr()));
    pre.is_some_and(|pre| pre.has(super::pre_header::FINALIZED))
}

/// What an object refers to directly: `gc.get_referents`.
pub fn referents(object: Ref<'_>) -> Vec<Value> {
    let mut found = Vec::new();
    if let Some(head) = object.head() {
        // SAFETY: a live object; collecting references runs no Python code. A null or dying target does not
        // occur: a live object refers to live ones.
        unsafe {
            traverse(head.as_ptr(), |target| found.push(Ref::from_head(target.as_ref()).to_value()));
        }
    }
    found
}

impl Gc {
    /// The tracked objects of a generation, or of all: `gc.get_objects`.
    pub fn objects(&self, thread: &Thread, generation: Option<usize>) -> Vec<Value> {
        let mut found = Vec::new();
        self.for_each_tracked(thread, |object, pre| {
            if generation.is_none_or(|wanted| usize::from(pre.generation()) == wanted) {
                // SAFETY: tracked objects are alive.
                found.push(unsafe { Ref::from_head(object.as_ref()) }.to_value());
            }
        });
        found
    }

    /// The tracked objects that refer to one of `targets` directly: `gc.get_referrers`.
    pub fn referrers(&self, thread: &Thread, targets: &[Value]) -> Vec<Value> {
        let mut found = Vec::new();
        self.for_each_tracked(thread, |object, _| {
            let mut refers = false;
            // SAFETY: tracked objects are alive; comparing runs no Python code.
            unsafe {
                traverse(object, |to| {
                    refers |= targets.iter().any(|target| target.word().as_object() == Some(to));
                });
                if refers {
                    found.push(Ref::from_head(object.as_ref()).to_value());
                }
            }
        });
        found
    }

    /// Calls `visit` with each tracked object. It runs no Python code, and allocates no object.
    pub(crate) fn for_each_tracked(
        &self,
        thread: &Thread,
        mut visit: impl FnMut(NonNull<PyObject>, &PreHeader),
    ) {
        for kind in [Kind::Gc, Kind::Managed] {
            thread.heap().for_each_object(kind, |object| {
                // SAFETY: an object of these kinds has a pre-header.
                let pre = unsafe { PreHeader::of(object) };
                if pre.is_tracked() {
                    visit(object, pre);
                }
            });
        }
    }

    /// What is wrong with the vectors of the generations, in words; nothing if all is well.
    pub fn check(&self, thread: &Thread) -> Vec<String> {
        let mut problems = Vec::new();
        let mut counted = [0; 4];
        self.for_each_tracked(thread, |object, pre| {
            let generation = pre.generation();
            if let Some(vector) = self.vector(generation) {
                if let Some(count) = counted.get_mut(usize::from(generation)) {
                    *count += 1;
                }
                if vector.get(pre.index.get() as usize) != Some(object) {
                    problems.push(format!("{object:p}: not where its pre-header says"));
                }
            }
        });
        for (generation, count) in counted.into_iter().enumerate() {
            if let Some(vector) = self.vector(generation as u16)
                && vector.live() != count
            {
                problems.push(format!("generation {generation}: {} noted, {count} there", vector.live()));
            }
        }
        problems
    }

    /// Moves all tracked objects to the permanent generation: `gc.freeze`.
    pub fn freeze(&self, thread: &Thread) {
        drop((self.young.take(), self.middle.take()));
        let mut count = 0;
        self.for_each_tracked(thread, |_, pre| {
            pre.set_state(super::pre_header::TRACKED, OLD);
            pre.set(FROZEN);
            count += 1;
        });
        self.frozen.set(count);
    }

    /// Moves the permanent generation to the oldest: `gc.unfreeze`.
    pub fn unfreeze(&self, thread: &Thread) {
        self.for_each_tracked(thread, |_, pre| pre.unset(FROZEN));
        self.frozen.set(0);
    }

    /// Objects of the permanent generation: `gc.get_freeze_count`.
    pub fn freeze_count(&self, thread: &Thread) -> usize {
        if self.frozen.get() == 0 {
            return 0;
        }
        let mut count = 0;
        self.for_each_tracked(thread, |_, pre| count += usize::from(pre.has(FROZEN)));
        count
    }
}
