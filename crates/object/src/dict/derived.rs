//! Built-in types that derive from `dict`: `defaultdict` and `OrderedDict`. Both are a dict with a few fields behind
//! it; the order of an `OrderedDict` is that of its dict.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use super::{DICT, PyDict, clear_dict, traverse_dict};
use crate::gc::visit::visit_slot;
use crate::header::PyObject;
use crate::layouts::Weak;
use crate::slot::Slot;
use crate::types::blank::Blank;
use crate::types::layout::{VisitProc, offsets};
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::Layout;

/// A `defaultdict`.
#[repr(C)]
pub struct PyDefaultDict {
    base: PyDict,
    default_factory: Slot,
}

offsets!(PyDefaultDict, 56: default_factory 48);

/// `collections.defaultdict`.
pub static DEFAULT_DICT: PyTypeObject =
    StaticType::new(c"collections.defaultdict", 56, dealloc_default, &DEFAULT_DICT_CORE)
        .base(&DICT)
        .flags(flags::BASETYPE)
        .collected(traverse_default, Some(clear_default))
        .build();
static DEFAULT_DICT_CORE: TypeCore = TypeCore::new(slots_of! {});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyDefaultDict {
    fn ty() -> &'static PyTypeObject {
        &DEFAULT_DICT
    }
}

// SAFETY: an empty dict, and a slot that is empty.
unsafe impl Blank for PyDefaultDict {}

impl PyDefaultDict {
    /// The dict.
    pub fn dict(&self) -> &PyDict {
        &self.base
    }

    /// `default_factory`.
    pub fn default_factory(&self) -> &Slot {
        &self.default_factory
    }
}

/// An `OrderedDict`.
#[repr(C)]
pub struct PyOrderedDict {
    base: PyDict,
    nodes: [usize; 2],
    od_keys: Cell<usize>,
    od_state: Cell<usize>,
    ends: [usize; 2],
    od_inst_dict: Slot,
    od_weakreflist: Weak,
}

offsets!(PyOrderedDict, 112: od_state 72, od_inst_dict 96, od_weakreflist 104);

/// `collections.OrderedDict`.
pub static ORDERED_DICT: PyTypeObject =
    StaticType::new(c"collections.OrderedDict", 112, dealloc_ordered, &ORDERED_DICT_CORE)
        .base(&DICT)
        .flags(flags::BASETYPE)
        .collected(traverse_ordered, Some(clear_ordered))
        .offsets(96, 104)
        .build();
static ORDERED_DICT_CORE: TypeCore = TypeCore::new(slots_of! {});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyOrderedDict {
    fn ty() -> &'static PyTypeObject {
        &ORDERED_DICT
    }
}

// SAFETY: an empty dict, and fields that are empty.
unsafe impl Blank for PyOrderedDict {}

impl PyOrderedDict {
    /// The dict.
    pub fn dict(&self) -> &PyDict {
        &self.base
    }

    /// Counts the changes of its keys and their order.
    pub fn state(&self) -> usize {
        self.od_state.get()
    }

    /// How many keys came in by methods of this type and did not leave by them.
    pub fn known(&self) -> usize {
        self.od_keys.get()
    }

    /// Notes a change that leaves so many keys.
    pub fn note(&self, keys: usize) {
        self.od_keys.set(keys);
        self.od_state.set(self.od_state.get().wrapping_add(1));
    }
}

macro_rules! derived {
    ($ty:ident $slot:ident $traverse:ident $clear:ident $dealloc:ident) => {
        /// `tp_traverse`.
        ///
        /// # Safety
        /// A live object of the layout; `visit` takes `arg`.
        unsafe extern "C" fn $traverse(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
            // SAFETY: by contract.
            unsafe {
                let stop = visit_slot(&(*object.cast::<$ty>()).$slot, visit, arg);
                if stop != 0 {
                    return stop;
                }
                traverse_dict(object, visit, arg)
            }
        }

        /// `tp_clear`.
        ///
        /// # Safety
        /// A live object of the layout.
        unsafe extern "C" fn $clear(object: *mut PyObject) -> i32 {
            // SAFETY: by contract.
            unsafe {
                drop((*object.cast::<$ty>()).$slot.take());
                clear_dict(object)
            }
        }

        /// `tp_dealloc`.
        ///
        /// # Safety
        /// An object of the layout whose last reference is gone.
        unsafe extern "C" fn $dealloc(object: *mut PyObject) {
            let Some(pointer) = NonNull::new(object) else { return };
            // SAFETY: by contract; untracked first, so that nothing finds the object any more.
            unsafe {
                crate::gc::untrack(pointer);
                crate::weakref::clear_dying_object(object);
                $clear(object);
                lifecycle::free(pointer);
            }
        }
    };
}

derived!(PyDefaultDict default_factory traverse_default clear_default dealloc_default);
derived!(PyOrderedDict od_inst_dict traverse_ordered clear_ordered dealloc_ordered);
