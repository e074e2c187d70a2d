//! What an interpreter keeps about static types, which are shared and immutable: their subclasses and the
//! weak references to them. Invariant: the table has a row for every static type.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use super::PyTypeObject;
use crate::weakref::PyWeakReference;

/// Classes that derive from a type. They are not owned: a class takes itself out when it dies.
pub(crate) type Subclasses = RefCell<Vec<NonNull<PyTypeObject>>>;

/// What changes about a static type.
pub(crate) struct StaticTypeState {
    /// The classes that derive from it.
    pub(crate) subclasses: Subclasses,
    /// The first weak reference to the type.
    pub(crate) weak: Cell<*const PyWeakReference>,
}

/// The rows, by `static_index`.
pub(crate) struct StaticTypeStates {
    rows: Box<[StaticTypeState]>,
}

impl StaticTypeStates {
    pub(crate) fn new() -> StaticTypeStates {
        let row = || StaticTypeState { subclasses: RefCell::default(), weak: Cell::new(std::ptr::null()) };
        StaticTypeStates { rows: std::iter::repeat_with(row).take(super::statics::count()).collect() }
    }

    /// The row of a static type.
    pub(crate) fn row(&self, index: u32) -> Option<&StaticTypeState> {
        self.rows.get(index as usize)
    }
}
