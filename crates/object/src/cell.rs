//! `cell`: a variable that functions share. Invariant: an empty cell is a variable without value.

use crate::error::PyResult;
use crate::gc::visit::{clear_slots, dealloc_slots, traverse_slots};
use crate::header::PyObject;
use crate::heap::Kind;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore};
use crate::value::{Layout, Owned, Value};

/// A cell.
#[repr(C)]
pub struct PyCell {
    base: PyObject,
    ob_ref: Slot,
}

crate::types::layout::offsets!(PyCell, 24: ob_ref 16);

/// `cell`.
pub static CELL: PyTypeObject =
    StaticType::new(c"cell", 24, dealloc_cell, &CELL_CORE).collected(traverse_cell, Some(clear_cell)).build();
static CELL_CORE: TypeCore = TypeCore::new(slots_of! { hash: crate::protocol::no_hash });

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyCell {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &CELL
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        std::ptr::eq(ty, &CELL)
    }
}

traverse_slots!(traverse_cell, PyCell: ob_ref);
clear_slots!(clear_cell, PyCell: ob_ref);
dealloc_slots!(dealloc_cell, PyCell: ob_ref);

impl PyCell {
    /// A cell.
    #[inline]
    pub fn new(thread: &Thread, value: Option<Value>) -> PyResult<Owned<PyCell>> {
        let size = size_of::<PyCell>();
        let object = crate::types::lifecycle::allocate::<PyCell>(thread, &CELL, Kind::Gc, size)?;
        // SAFETY: fresh, of this size; tracked when whole.
        unsafe {
            (&raw mut (*object.as_ptr()).ob_ref).write(Slot::from_option(value));
            thread.interp().gc.track(thread, object.cast());
            Ok(Owned::from_ptr(object))
        }
    }

    /// The variable.
    #[inline(always)]
    pub fn slot(&self) -> &Slot {
        &self.ob_ref
    }
}
