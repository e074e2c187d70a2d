//! `PyTypeObject` and `PyHeapTypeObject`, byte for byte as extensions compiled for CPython 3.14 see them.
//! Invariants: all fields are cells; a static type changes only while the process is set up; `tp_mro` is
//! a real tuple, `tp_dict` a real dict, and `tp_cache` the side table ([`TypeCore`]) as soon as the type
//! is ready.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::AtomicPtr;

use super::core::TypeCore;
use crate::header::{PyObject, PyVarObject};

/// A C function pointer of whatever signature; null until there is something to point to.
pub type CSlot = Option<unsafe extern "C" fn()>;
/// `destructor`.
pub type Destructor = unsafe extern "C" fn(*mut PyObject);
/// `visitproc`.
pub type VisitProc = unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int;
/// `traverseproc`.
pub type TraverseProc = unsafe extern "C" fn(*mut PyObject, VisitProc, *mut c_void) -> c_int;
/// `inquiry`.
pub type Inquiry = unsafe extern "C" fn(*mut PyObject) -> c_int;
/// `allocfunc`.
pub type AllocFunc = unsafe extern "C" fn(*mut PyTypeObject, isize) -> *mut PyObject;
/// `freefunc`.
pub type FreeFunc = unsafe extern "C" fn(*mut c_void);

/// A type object.
#[repr(C)]
pub struct PyTypeObject {
    /// The head.
    pub base: PyVarObject,
    pub(crate) tp_name: Cell<*const c_char>,
    pub(crate) tp_basicsize: Cell<isize>,
    pub(crate) tp_itemsize: Cell<isize>,
    pub(crate) tp_dealloc: Cell<Option<Destructor>>,
    pub(crate) tp_vectorcall_offset: Cell<isize>,
    pub(crate) tp_getattr: Cell<CSlot>,
    pub(crate) tp_setattr: Cell<CSlot>,
    pub(crate) tp_as_async: Cell<*const PyAsyncMethods>,
    pub(crate) tp_repr: Cell<CSlot>,
    pub(crate) tp_as_number: Cell<*const PyNumberMethods>,
    pub(crate) tp_as_sequence: Cell<*const PySequenceMethods>,
    pub(crate) tp_as_mapping: Cell<*const PyMappingMethods>,
    pub(crate) tp_hash: Cell<CSlot>,
    pub(crate) tp_call: Cell<CSlot>,
    pub(crate) tp_str: Cell<CSlot>,
    pub(crate) tp_getattro: Cell<CSlot>,
    pub(crate) tp_setattro: Cell<CSlot>,
    pub(crate) tp_as_buffer: Cell<*const PyBufferProcs>,
    pub(crate) tp_flags: Cell<u64>,
    pub(crate) tp_doc: Cell<*const c_char>,
    pub(crate) tp_traverse: Cell<Option<TraverseProc>>,
    pub(crate) tp_clear: Cell<Option<Inquiry>>,
    pub(crate) tp_richcompare: Cell<CSlot>,
    pub(crate) tp_weaklistoffset: Cell<isize>,
    pub(crate) tp_iter: Cell<CSlot>,
    pub(crate) tp_iternext: Cell<CSlot>,
    pub(crate) tp_methods: Cell<*const c_void>,
    pub(crate) tp_members: Cell<*const c_void>,
    pub(crate) tp_getset: Cell<*const c_void>,
    pub(crate) tp_base: Cell<*const PyTypeObject>,
    /// Null in a static type until it is first asked for.
    pub(crate) tp_dict: AtomicPtr<PyObject>,
    pub(crate) tp_descr_get: Cell<CSlot>,
    pub(crate) tp_descr_set: Cell<CSlot>,
    pub(crate) tp_dictoffset: Cell<isize>,
    pub(crate) tp_init: Cell<CSlot>,
    pub(crate) tp_alloc: Cell<Option<AllocFunc>>,
    pub(crate) tp_new: Cell<CSlot>,
    pub(crate) tp_free: Cell<Option<FreeFunc>>,
    pub(crate) tp_is_gc: Cell<Option<Inquiry>>,
    pub(crate) tp_bases: Cell<*const PyObject>,
    pub(crate) tp_mro: Cell<*const PyObject>,
    pub(crate) tp_cache: Cell<*const TypeCore>,
    pub(crate) tp_subclasses: Cell<*const c_void>,
    pub(crate) tp_weaklist: Cell<*const PyObject>,
    pub(crate) tp_del: Cell<CSlot>,
    pub(crate) tp_version_tag: Cell<u32>,
    pub(crate) tp_finalize: Cell<Option<Destructor>>,
    pub(crate) tp_vectorcall: Cell<CSlot>,
    pub(crate) tp_watched: Cell<u8>,
    pub(crate) tp_versions_used: Cell<u16>,
}

/// A type object on the heap: a class.
#[repr(C)]
pub struct PyHeapTypeObject {
    /// The type.
    pub ty: PyTypeObject,
    pub(crate) as_async: PyAsyncMethods,
    pub(crate) as_number: PyNumberMethods,
    pub(crate) as_mapping: PyMappingMethods,
    pub(crate) as_sequence: PySequenceMethods,
    pub(crate) as_buffer: PyBufferProcs,
    pub(crate) ht_name: crate::slot::Slot,
    pub(crate) ht_slots: crate::slot::Slot,
    pub(crate) ht_qualname: crate::slot::Slot,
    pub(crate) ht_cached_keys: Cell<*const c_void>,
    pub(crate) ht_module: crate::slot::Slot,
    pub(crate) ht_tpname: Cell<*const c_char>,
    pub(crate) ht_token: Cell<*const c_void>,
    pub(crate) spec_cache: [Cell<usize>; 3],
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident $size:literal { $($field:ident),* $(,)? })*) => {
        $($(#[$doc])*
        #[repr(C)]
        #[derive(Default)]
        pub struct $name { $(pub(crate) $field: Cell<CSlot>),* }
        const _: () = assert!(size_of::<$name>() == $size);)*
    };
}

tables! {
    /// `PyAsyncMethods`.
    PyAsyncMethods 32 { am_await, am_aiter, am_anext, am_send }
    /// `PyNumberMethods`.
    PyNumberMethods 288 {
        nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod, nb_power, nb_negative, nb_positive,
        nb_absolute, nb_bool, nb_invert, nb_lshift, nb_rshift, nb_and, nb_xor, nb_or, nb_int, nb_reserved,
        nb_float, nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder,
        nb_inplace_power, nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor,
        nb_inplace_or, nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide,
        nb_index, nb_matrix_multiply, nb_inplace_matrix_multiply,
    }
    /// `PySequenceMethods`.
    PySequenceMethods 80 {
        sq_length, sq_concat, sq_repeat, sq_item, was_sq_slice, sq_ass_item, was_sq_ass_slice, sq_contains,
        sq_inplace_concat, sq_inplace_repeat,
    }
    /// `PyMappingMethods`.
    PyMappingMethods 24 { mp_length, mp_subscript, mp_ass_subscript }
    /// `PyBufferProcs`.
    PyBufferProcs 16 { bf_getbuffer, bf_releasebuffer }
}

/// Asserts offsets against those that gcc gives for CPython's headers.
macro_rules! offsets {
    ($ty:ty, $size:literal: $($field:ident $offset:literal),* $(,)?) => {
        const _: () = {
            assert!(size_of::<$ty>() == $size);
            $(assert!(std::mem::offset_of!($ty, $field) == $offset);)*
        };
    };
}
pub(crate) use offsets;

offsets!(PyTypeObject, 416: tp_name 24, tp_basicsize 32, tp_itemsize 40, tp_dealloc 48,
    tp_vectorcall_offset 56, tp_getattr 64, tp_setattr 72, tp_as_async 80, tp_repr 88, tp_as_number 96,
    tp_as_sequence 104, tp_as_mapping 112, tp_hash 120, tp_call 128, tp_str 136, tp_getattro 144,
    tp_setattro 152, tp_as_buffer 160, tp_flags 168, tp_doc 176, tp_traverse 184, tp_clear 192,
    tp_richcompare 200, tp_weaklistoffset 208, tp_iter 216, tp_iternext 224, tp_methods 232,
    tp_members 240, tp_getset 248, tp_base 256, tp_dict 264, tp_descr_get 272, tp_descr_set 280,
    tp_dictoffset 288, tp_init 296, tp_alloc 304, tp_new 312, tp_free 320, tp_is_gc 328, tp_bases 336,
    tp_mro 344, tp_cache 352, tp_subclasses 360, tp_weaklist 368, tp_del 376, tp_version_tag 384,
    tp_finalize 392, tp_vectorcall 400, tp_watched 408, tp_versions_used 410);
offsets!(PyHeapTypeObject, 936: as_async 416, as_number 448, as_mapping 736, as_sequence 760,
    as_buffer 840, ht_name 856, ht_slots 864, ht_qualname 872, ht_cached_keys 880, ht_module 888,
    ht_tpname 896, ht_token 904, spec_cache 912);
offsets!(PyNumberMethods, 288: nb_add 0, nb_bool 72, nb_int 128, nb_float 144, nb_index 264,
    nb_matrix_multiply 272);
offsets!(PySequenceMethods, 80: sq_item 24, sq_contains 56);

// SAFETY: as for `PyObject`: a heap type is reached by one thread at a time, a static type's cells are
// written while the process is set up and only read after that.
unsafe impl Sync for PyTypeObject {}
