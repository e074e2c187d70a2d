//! The cycle collector, and the one way in which objects die. Generational by trial deletion over
//! `tp_traverse`, with the semantics of CPython 3.13 (and 3.14.5 and later): three generations,
//! finalizers once (PEP 442), weak references cleared before finalizers run.
//!
//! Invariants:
//! - the collector never runs inside an allocation: one that passes the threshold sets the safepoint word;
//! - a tracked object stands in the vector of its generation, at the index that its pre-header names, or is
//!   old: the old are found by walking the heap's pages;
//! - immortal objects are never looked at; static types have no pre-header;
//! - between an object's untracking and its end no collection sees it.
//!
//! [`collect`](mod@collect) has the algorithm, [`death`] how objects die, [`track`] the vectors, [`inspect`] what
//! the module `gc` shows.

mod collect;
pub mod death;
pub mod inspect;
mod order;
pub mod pre_header;
mod silent;
#[cfg(test)]
mod tests;
mod track;
pub mod visit;

pub use collect::{Collected, collect, collect_due, collect_in_stress, shut_down};
pub use death::dealloc;
pub use order::order_from;
pub use silent::ends_silently;
pub(crate) use track::untrack;

use std::cell::{Cell, RefCell};

use crate::slot::Slot;
use crate::thread::Thread;
use track::Vector;

/// How many collections a generation had, and what they found.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Stats {
    /// Collections.
    pub collections: u64,
    /// Objects collected.
    pub collected: u64,
    /// Objects that could not be.
    pub uncollectable: u64,
}

/// What is told to [`Gc::phase_hook`]: `gc.callbacks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// A collection of the generation begins.
    Start(usize),
    /// It ends.
    Stop(usize, Collected),
}

/// Is told of the phases of collections.
pub type PhaseHook = fn(&Thread, Phase);

/// `gc.DEBUG_SAVEALL`: what was found goes to `gc.garbage` instead of being freed.
pub const DEBUG_SAVEALL: u32 = 32;

/// The collector of an interpreter.
pub struct Gc {
    young: Vector,
    middle: Vector,
    /// The objects that a collection has found unreachable, while it runs.
    condemned: Vector,
    thresholds: [Cell<u32>; 3],
    /// Collections of the generation before, since the last one of this.
    counts: [Cell<u32>; 2],
    enabled: Cell<bool>,
    collecting: Cell<bool>,
    /// Old objects at the last full collection, and those that became old since.
    long_lived: Cell<usize>,
    long_lived_pending: Cell<usize>,
    frozen: Cell<usize>,
    /// Collections of a run under stress.
    stressed: Cell<u32>,
    stats: RefCell<[Stats; 3]>,
    /// `gc.get_debug()`.
    pub debug: Cell<u32>,
    /// The list `gc.garbage`, made on demand.
    pub garbage: Slot,
    /// Called at the beginning and the end of collections.
    pub phase_hook: Cell<Option<PhaseHook>>,
}

impl Gc {
    pub(crate) fn new() -> Gc {
        Gc {
            young: Vector::new(),
            middle: Vector::new(),
            condemned: Vector::new(),
            thresholds: [Cell::new(2000), Cell::new(10), Cell::new(10)],
            counts: [Cell::new(0), Cell::new(0)],
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            long_lived: Cell::new(0),
            long_lived_pending: Cell::new(0),
            frozen: Cell::new(0),
            stressed: Cell::new(0),
            stats: RefCell::default(),
            debug: Cell::new(0),
            garbage: Slot::empty(),
            phase_hook: Cell::new(None),
        }
    }

    /// Whether collections start by themselves.
    pub fn is_enabled(&self) -> bool {
        self.enabled.get()
    }

    /// Lets collections start by themselves, or not.
    pub fn set_enabled(&self, enabled: bool) {
        self.enabled.set(enabled);
        self.young.set_trigger(self.thresholds[0].get());
    }

    /// The thresholds: young objects, young collections, middle collections.
    pub fn thresholds(&self) -> [u32; 3] {
        self.thresholds.each_ref().map(Cell::get)
    }

    /// Sets the thresholds; a first one of zero disables.
    pub fn set_thresholds(&self, thresholds: [u32; 3]) {
        for (cell, value) in self.thresholds.iter().zip(thresholds) {
            cell.set(value);
        }
        self.young.set_trigger(thresholds[0]);
    }

    /// Young objects, collections of the young and of the middle since the next older one.
    pub fn counts(&self) -> [usize; 3] {
        [self.young.live(), self.counts[0].get() as usize, self.counts[1].get() as usize]
    }

    /// What was done so far, by generation.
    pub fn stats(&self) -> [Stats; 3] {
        *self.stats.borrow()
    }

    /// Whether a collection runs.
    pub fn is_collecting(&self) -> bool {
        self.collecting.get()
    }

    pub(crate) fn forget_references(&self) {
        std::mem::forget(self.garbage.take());
    }
}
