//! A collection, in the order of CPython 3.13:
//!
//! 1. take the objects of the generations out; count down, for each reference between them, a copy of the
//!    target's count: what is left comes from outside;
//! 2. what something outside refers to, and all that follows from it, survives and grows older;
//! 3. the others are condemned: their weak references are cleared, then the callbacks are called of weak
//!    references that themselves survive;
//! 4. finalizers are called, once in an object's life; who is reachable again afterwards survives;
//! 5. `tp_clear` of each takes the cycles apart, and reference counting does the rest.
//!
//! Invariant: Python code runs in 3, 4 and 5 only; whatever it does to condemned objects, the vector of the
//! condemned stays true, for an object that dies takes itself out.

use std::ptr::NonNull;

use super::death::call_finalizer;
use super::pre_header::{COLLECTING, FROZEN, PreHeader};
use super::track::{CONDEMNED, MIDDLE, OLD};
use super::visit::traverse;
use super::{DEBUG_SAVEALL, Gc, Phase};
use crate::header::PyObject;
use crate::heap::Kind;
use crate::list::PyList;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Ref, Value};
use crate::weakref;

/// What a collection did.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Collected {
    /// Unreachable objects that were freed.
    pub collected: usize,
    /// Unreachable objects that could not be.
    pub uncollectable: usize,
}

/// Runs the collection that is due, if one is: the oldest generation whose threshold is passed.
pub fn collect_due(thread: &Thread) {
    let gc = &thread.interp().gc;
    if !gc.enabled.get() || gc.collecting.get() || !gc.young.is_due() {
        return;
    }
    let passed = |n: usize| gc.counts[n - 1].get() > gc.thresholds[n].get();
    let generation = if passed(2) && gc.long_lived_pending.get() >= gc.long_lived.get() / 4 {
        2
    } else {
        usize::from(passed(1))
    };
    collect(thread, generation);
}

/// So many old objects are looked at in each collection of a run under stress; more of them are left alone from then on.
const STRESS_LIMIT: usize = 1500;

/// Collections of a run under stress after which all objects are looked at.
#[cfg(debug_assertions)]
const STRESS_CHECK: u32 = 512;

/// Collects what a run under stress has made, at every safepoint, if collections start by themselves.
pub fn collect_in_stress(thread: &Thread) {
    let gc = &thread.interp().gc;
    if !gc.enabled.get() || gc.collecting.get() {
        return;
    }
    collect(thread, 2);
    // what a program imports would be looked at again at every instruction
    if gc.long_lived.get() > STRESS_LIMIT {
        gc.freeze(thread);
        gc.long_lived.set(0);
    }
    gc.stressed.set(gc.stressed.get().wrapping_add(1));
    #[cfg(debug_assertions)]
    if gc.stressed.get().is_multiple_of(STRESS_CHECK) {
        let mut problems = thread.heap().check().problems;
        // what is ending has none, and its finalizer may be what runs
        problems.retain(|problem| !problem.ends_with("no references, but alive"));
        assert!(problems.is_empty(), "{problems:?}");
    }
}

/// Collects a generation (0, 1 or 2) and those younger. Nothing happens while a collection runs.
pub fn collect(thread: &Thread, generation: usize) -> Collected {
    let gc = &thread.interp().gc;
    if gc.collecting.replace(true) {
        return Collected::default();
    }
    let generation = generation.min(2);
    if let Some(hook) = gc.phase_hook.get() {
        hook(thread, Phase::Start(generation));
    }
    let pending = thread.take_exception();
    let collected = run(thread, gc, generation);
    if let Some(pending) = pending {
        let _raised = thread.raise(pending);
    }
    gc.note(generation, collected);
    if generation == 2 {
        thread.interp().method_cache.clear();
        thread.interp().interned_lately.clear();
        thread.heap().trim();
    }
    if let Some(hook) = gc.phase_hook.get() {
        hook(thread, Phase::Stop(generation, collected));
    }
    gc.collecting.set(false);
    collected
}

fn run(thread: &Thread, gc: &Gc, generation: usize) -> Collected {
    let Some(mut set) = gc.take_generations(thread, generation) else { return Collected::default() };
    let survivors_go_to = if generation == 0 { MIDDLE } else { OLD };
    count_references(&set);
    let found = separate(gc, &mut set, survivors_go_to);
    if generation == 2 {
        gc.long_lived.set(gc.long_lived_pending.get());
        gc.long_lived_pending.set(0);
    }
    gc.young.reuse(set);
    if found == 0 {
        return Collected::default();
    }
    if let Some(condemned) = gc.condemned_now() {
        weakref::clear_condemned(thread, &condemned, is_condemned);
        drop(condemned);
        if finalize_all(thread, gc) {
            rescue(gc);
        }
    }
    let Some(dying) = gc.condemned_now() else {
        // no memory to hold them meanwhile: they are found again
        gc.release_condemned();
        return Collected::default();
    };
    let collected = Collected { collected: dying.len(), uncollectable: 0 };
    if gc.debug.get() & DEBUG_SAVEALL != 0 {
        save_all(thread, gc, dying);
    } else {
        take_apart(thread, dying);
    }
    gc.release_condemned();
    collected
}

fn is_condemned(object: NonNull<PyObject>) -> bool {
    pre_header(object).is_some_and(|pre| pre.is_tracked() && pre.generation() == CONDEMNED)
}

/// The pre-header of an object that the collector may look at.
#[inline]
pub(super) fn pre_header<'a>(object: NonNull<PyObject>) -> Option<&'a PreHeader> {
    // SAFETY: traversals and vectors give live objects; immortals aside, the flag says that there is one.
    unsafe {
        let head = object.as_ref();
        (head.ty().has_flag(flags::HAVE_GC) && !head.is_immortal()).then(|| PreHeader::of(object))
    }
}

impl Gc {
    /// Takes the objects of a generation and those younger out of their vectors, marked as the set; none
    /// when there is no memory to do so.
    pub(super) fn take_generations(&self, thread: &Thread, generation: usize) -> Option<Vec<*mut PyObject>> {
        let mut room = self.middle.len();
        if generation == 2 {
            self.for_each_old(thread, |_| room += 1);
        }
        let mut set = self.young.take();
        if set.try_reserve(room).is_err() {
            // the objects stay where they are
            self.young.put_back(set);
            return None;
        }
        set.retain(|object| !object.is_null());
        if generation > 0 {
            set.extend(self.middle.take().into_iter().filter(|object| !object.is_null()));
        }
        if generation == 2 {
            self.for_each_old(thread, |object| set.push(object.as_ptr()));
        }
        Some(set)
    }

    /// Calls `visit` with the old objects that are not frozen.
    pub(super) fn for_each_old(&self, thread: &Thread, mut visit: impl FnMut(NonNull<PyObject>)) {
        for kind in [Kind::Gc, Kind::Managed] {
            thread.heap().for_each_object(kind, |object| {
                // SAFETY: an object of these kinds has a pre-header.
                let pre = unsafe { PreHeader::of(object) };
                if pre.is_tracked() && pre.generation() == OLD && !pre.has(FROZEN) {
                    visit(object);
                }
            });
        }
    }

    /// The condemned, each kept alive; none when there is no memory for the list.
    fn condemned_now(&self) -> Option<Vec<Value>> {
        let mut held = Vec::new();
        held.try_reserve_exact(self.condemned.live()).ok()?;
        let all = (0..self.condemned.len()).filter_map(|at| self.condemned.get(at));
        // SAFETY: the vector holds live objects.
        held.extend(all.map(|object| unsafe { Ref::from_head(object.as_ref()) }.to_value()));
        Some(held)
    }

    /// Lets the condemned that still live grow old.
    fn release_condemned(&self) {
        for object in self.condemned.take().into_iter().filter_map(NonNull::new) {
            if let Some(pre) = pre_header(object) {
                self.place(object, pre, OLD);
            }
        }
    }

    fn note(&self, generation: usize, done: Collected) {
        let mut stats = self.stats.borrow_mut();
        if let Some(stats) = stats.get_mut(generation) {
            stats.collections += 1;
            stats.collected += done.collected as u64;
            stats.uncollectable += done.uncollectable as u64;
        }
        for (older, count) in self.counts.iter().enumerate() {
            count.set(if older < generation { 0 } else { count.get() + u32::from(older == generation) });
        }
    }
}

/// Step 1: `refs` of each object becomes the number of references to it from outside of the set.
fn count_references(set: &[*mut PyObject]) {
    for object in set.iter().copied().filter_map(NonNull::new) {
        // SAFETY: the set holds live objects with pre-headers.
        let (pre, head) = unsafe { (PreHeader::of(object), object.as_ref()) };
        pre.refs.set(u64::from(head.refcount()));
        pre.set(COLLECTING);
    }
    for object in set.iter().copied().filter_map(NonNull::new) {
        // SAFETY: as above; counting runs no Python code.
        unsafe {
            traverse(object, |target| {
                if let Some(pre) = pre_header(target).filter(|pre| pre.has(COLLECTING)) {
                    debug_assert!(pre.refs.get() > 0, "more references than are counted");
                    pre.refs.set(pre.refs.get().saturating_sub(1));
                }
            });
        }
    }
}

/// Step 2: sends survivors to their generation, the others to the vector of the condemned. The set is empty
/// afterwards. Says how many are condemned.
fn separate(gc: &Gc, set: &mut Vec<*mut PyObject>, survivors_go_to: u16) -> usize {
    let mut work: Vec<NonNull<PyObject>> = Vec::new();
    // without memory for the work list nobody is condemned
    let mut has_memory = true;
    for start in set.iter().copied().filter_map(NonNull::new) {
        // SAFETY: the set holds live objects with pre-headers.
        let pre = unsafe { PreHeader::of(start) };
        if pre.refs.get() == 0 || !pre.has(COLLECTING) {
            continue;
        }
        pre.unset(COLLECTING);
        has_memory &= work.try_reserve(1).is_ok();
        if !has_memory {
            break;
        }
        work.push(start);
        while let Some(object) = work.pop() {
            // SAFETY: reached from a live object, so alive; marking runs no Python code.
            unsafe {
                traverse(object, |target| {
                    if let Some(pre) = pre_header(target).filter(|pre| pre.has(COLLECTING)) {
                        pre.unset(COLLECTING);
                        has_memory &= work.try_reserve(1).is_ok();
                        if has_memory {
                            work.push(target);
                        }
                    }
                });
            }
        }
    }
    let mut found = 0;
    for object in set.drain(..).filter_map(NonNull::new) {
        // SAFETY: as above.
        let pre = unsafe { PreHeader::of(object) };
        let is_reached = !pre.has(COLLECTING);
        pre.unset(COLLECTING);
        if !is_reached && has_memory {
            gc.place(object, pre, CONDEMNED);
            found += 1;
        } else {
            gc.place(object, pre, survivors_go_to);
        }
    }
    found
}

/// Step 4: calls the finalizers of the condemned. Says whether one was called.
fn finalize_all(thread: &Thread, gc: &Gc) -> bool {
    let mut called = false;
    for object in gc.condemned_now().unwrap_or_default() {
        if let Some(head) = object.as_ref().head()
            && head.ty().slots().finalize.get().is_some()
        {
            called = true;
            call_finalizer(thread, head);
        }
    }
    called
}

/// After finalizers: who is reachable again, and what follows from it, survives (its weak references were
/// cleared, though).
fn rescue(gc: &Gc) {
    let mut set = gc.condemned.take();
    count_references(&set);
    separate(gc, &mut set, OLD);
}

/// Step 5: takes the cycles apart. All are held while they are cleared, and released one by one.
fn take_apart(thread: &Thread, dying: Vec<Value>) {
    // what dies with a cycle must not call back what was taken apart before
    weakref::disarm(thread, &dying);
    for object in &dying {
        if let Some(object) = object.word().as_object() {
            // SAFETY: held by `dying`; a type's `tp_clear` takes objects of the type.
            unsafe {
                if let Some(clear) = object.as_ref().ty().tp_clear.get() {
                    clear(object.as_ptr());
                }
            }
        }
    }
}

fn save_all(thread: &Thread, gc: &Gc, dying: Vec<Value>) {
    if gc.garbage.peek().is_none()
        && let Ok(list) = PyList::new(thread)
    {
        drop(gc.garbage.replace(Some(list.into_value())));
    }
    if let Some(list) = gc.garbage.get()
        && let Some(list) = list.as_ref().get::<PyList>()
    {
        for object in dying {
            if list.push(thread, object).is_err() {
                drop(thread.take_exception());
            }
        }
    }
}

/// Runs the last collections before an interpreter goes, so that what can be finalized is.
pub fn shut_down(thread: &Thread) {
    for _ in 0..5 {
        if collect(thread, 2).collected == 0 {
            break;
        }
    }
}
