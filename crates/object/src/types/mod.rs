//! Types: their layout, their slots, how names are looked up along the MRO. Start with [`layout`] for what
//! C sees, [`slots`] for how the VM calls, [`ready`] for how a static type comes to be, [`class`] for how a
//! class does. Invariant: a ready type has its side table, a real MRO tuple that begins with itself, and a
//! dict; whatever changes a type's dict or bases calls `modified`.

pub mod blank;
pub mod class;
pub mod contents;
pub mod core;
mod facts;
pub mod flags;
pub mod layout;
pub mod lifecycle;
pub mod lookup;
pub mod mro;
pub mod ready;
pub mod rebase;
pub mod slots;
pub mod state;
pub mod statics;
#[cfg(test)]
mod tests;
pub mod traps;

pub use core::TypeCore;
pub use layout::{PyHeapTypeObject, PyTypeObject};

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::dict::PyDict;
use crate::header::{PyObject, PyVarObject};
use crate::tuple::PyTuple;
use crate::value::Layout;
use layout::{Destructor, Inquiry, TraverseProc};

/// What a static type is made from.
pub(crate) struct StaticType {
    pub(crate) name: &'static CStr,
    pub(crate) size: isize,
    pub(crate) item: isize,
    pub(crate) flags: u64,
    pub(crate) base: Option<&'static PyTypeObject>,
    pub(crate) dealloc: Destructor,
    pub(crate) traverse: Option<TraverseProc>,
    pub(crate) clear: Option<Inquiry>,
    pub(crate) dict_offset: isize,
    pub(crate) weak_offset: isize,
    pub(crate) core: &'static TypeCore,
}

impl StaticType {
    /// A type of objects of `size` bytes that derives from `object`.
    pub(crate) const fn new(
        name: &'static CStr,
        size: usize,
        dealloc: Destructor,
        core: &'static TypeCore,
    ) -> StaticType {
        StaticType {
            name,
            size: size as isize,
            item: 0,
            flags: flags::STATIC,
            base: Some(&statics::OBJECT),
            dealloc,
            traverse: None,
            clear: None,
            dict_offset: 0,
            weak_offset: 0,
            core,
        }
    }

    pub(crate) const fn item(self, item: isize) -> StaticType {
        StaticType { item, ..self }
    }

    pub(crate) const fn flags(self, more: u64) -> StaticType {
        StaticType { flags: self.flags | more, ..self }
    }

    pub(crate) const fn base(self, base: &'static PyTypeObject) -> StaticType {
        StaticType { base: Some(base), ..self }
    }

    /// Gives its objects to the collector.
    pub(crate) const fn collected(self, traverse: TraverseProc, clear: Option<Inquiry>) -> StaticType {
        StaticType { traverse: Some(traverse), clear, flags: self.flags | flags::HAVE_GC, ..self }
    }

    pub(crate) const fn offsets(self, dict: isize, weak: isize) -> StaticType {
        StaticType { dict_offset: dict, weak_offset: weak, ..self }
    }

    /// The type, not ready yet.
    pub(crate) const fn build(self) -> PyTypeObject {
        let base: *const PyTypeObject = match self.base {
            Some(base) => base,
            None => std::ptr::null(),
        };
        let mut ty = PyTypeObject::zeroed();
        ty.base = PyVarObject::immortal(&statics::TYPE, 0);
        ty.tp_name = Cell::new(self.name.as_ptr());
        ty.tp_basicsize = Cell::new(self.size);
        ty.tp_itemsize = Cell::new(self.item);
        ty.tp_dealloc = Cell::new(Some(self.dealloc));
        ty.tp_flags = Cell::new(self.flags);
        ty.tp_traverse = Cell::new(self.traverse);
        ty.tp_clear = Cell::new(self.clear);
        ty.tp_base = Cell::new(base);
        ty.tp_dictoffset = Cell::new(self.dict_offset);
        ty.tp_weaklistoffset = Cell::new(self.weak_offset);
        ty.tp_cache = Cell::new(self.core);
        ty
    }
}

impl PyTypeObject {
    /// All fields null, of type `type`.
    pub(crate) const fn zeroed() -> PyTypeObject {
        use std::ptr::null;
        PyTypeObject {
            base: PyVarObject::immortal(&statics::TYPE, 0),
            tp_name: Cell::new(c"".as_ptr()),
            tp_basicsize: Cell::new(0),
            tp_itemsize: Cell::new(0),
            tp_dealloc: Cell::new(None),
            tp_vectorcall_offset: Cell::new(0),
            tp_getattr: Cell::new(None),
            tp_setattr: Cell::new(None),
            tp_as_async: Cell::new(null()),
            tp_repr: Cell::new(None),
            tp_as_number: Cell::new(null()),
            tp_as_sequence: Cell::new(null()),
            tp_as_mapping: Cell::new(null()),
            tp_hash: Cell::new(None),
            tp_call: Cell::new(None),
            tp_str: Cell::new(None),
            tp_getattro: Cell::new(None),
            tp_setattro: Cell::new(None),
            tp_as_buffer: Cell::new(null()),
            tp_flags: Cell::new(0),
            tp_doc: Cell::new(null()),
            tp_traverse: Cell::new(None),
            tp_clear: Cell::new(None),
            tp_richcompare: Cell::new(None),
            tp_weaklistoffset: Cell::new(0),
            tp_iter: Cell::new(None),
            tp_iternext: Cell::new(None),
            tp_methods: Cell::new(null()),
            tp_members: Cell::new(null()),
            tp_getset: Cell::new(null()),
            tp_base: Cell::new(null()),
            tp_dict: AtomicPtr::new(std::ptr::null_mut()),
            tp_descr_get: Cell::new(None),
            tp_descr_set: Cell::new(None),
            tp_dictoffset: Cell::new(0),
            tp_init: Cell::new(None),
            tp_alloc: Cell::new(None),
            tp_new: Cell::new(None),
            tp_free: Cell::new(None),
            tp_is_gc: Cell::new(None),
            tp_bases: Cell::new(null()),
            tp_mro: Cell::new(null()),
            tp_cache: Cell::new(null()),
            tp_subclasses: Cell::new(null()),
            tp_weaklist: Cell::new(null()),
            tp_del: Cell::new(None),
            tp_version_tag: Cell::new(0),
            tp_finalize: Cell::new(None),
            tp_vectorcall: Cell::new(None),
            tp_watched: Cell::new(0),
            tp_versions_used: Cell::new(0),
        }
    }

    /// The name as C has it: with the module for static types, bare for classes.
    pub fn name(&self) -> &str {
        // SAFETY: `tp_name` is a NUL-terminated string that lives as long as the type.
        let name = unsafe { CStr::from_ptr(self.tp_name.get()) };
        name.to_str().unwrap_or("?")
    }

    /// The name without the module: `__name__`.
    pub fn short_name(&self) -> &str {
        let name = self.name();
        if self.has_flag(flags::HEAPTYPE) { name } else { name.rsplit('.').next().unwrap_or(name) }
    }

    /// `tp_flags`.
    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.tp_flags.get()
    }

    /// Whether one of the flags is set.
    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.tp_flags.get() & flag != 0
    }

    /// The slot table.
    #[inline(always)]
    pub fn slots(&self) -> &slots::Slots {
        &self.core().slots
    }

    /// The side table.
    #[inline(always)]
    pub fn core(&self) -> &TypeCore {
        debug_assert!(!self.tp_cache.get().is_null(), "{} has its side table", self.name());
        // SAFETY: static types have their side table from the start, heap types from their making.
        unsafe { &*self.tp_cache.get() }
    }

    /// `tp_base`.
    #[inline]
    pub fn base_type(&self) -> Option<&PyTypeObject> {
        // SAFETY: a type holds its base alive.
        unsafe { self.tp_base.get().as_ref() }
    }

    /// `__mro__`; none before the type is ready.
    #[inline]
    pub fn mro(&self) -> Option<&PyTuple> {
        // SAFETY: null or a tuple that the type owns.
        unsafe { self.tp_mro.get().cast::<PyTuple>().as_ref() }
    }

    /// `__bases__`; none before the type is ready.
    pub fn bases(&self) -> Option<&PyTuple> {
        // SAFETY: null or a tuple that the type owns.
        unsafe { self.tp_bases.get().cast::<PyTuple>().as_ref() }
    }

    /// The dict; none before the type is ready. When it changes, cached lookups through a heap type end. That of a
    /// static type is made when it is first asked for ([`contents`]).
    #[inline]
    pub fn dict(&self) -> Option<&PyDict> {
        // SAFETY: null or a dict that the type owns.
        match unsafe { self.tp_dict.load(Ordering::Acquire).cast::<PyDict>().as_ref() } {
            None => contents::dict_of(self),
            dict => dict,
        }
    }

    /// Size of an instance without items.
    pub fn basic_size(&self) -> usize {
        self.tp_basicsize.get().unsigned_abs()
    }

    /// Size of an item.
    pub fn item_size(&self) -> usize {
        self.tp_itemsize.get().unsigned_abs()
    }

    /// The head.
    #[inline(always)]
    pub fn head(&self) -> &PyObject {
        &self.base.base
    }

    /// The heap part; none for static types.
    pub fn heap_part(&self) -> Option<&PyHeapTypeObject> {
        // SAFETY: types with this flag are allocated as heap types.
        self.has_flag(flags::HEAPTYPE).then(|| unsafe { &*std::ptr::from_ref(self).cast() })
    }

    /// `__qualname__` of a class; none for static types, whose name is all there is.
    pub fn qualified_name(&self) -> Option<crate::value::Value> {
        self.heap_part()?.ht_qualname.get()
    }

    /// Whether objects of this type may be used where `other`'s are expected.
    #[inline]
    pub fn is_subtype(&self, other: &PyTypeObject) -> bool {
        std::ptr::eq(self, other) || mro::contains(self, other)
    }

    /// The type as a pointer without mutability of its own.
    pub(crate) fn as_object(&self) -> NonNull<PyObject> {
        NonNull::from(self).cast()
    }

    /// What a method definition's table or the like points to; nothing is behind it yet.
    pub(crate) fn set_free(&self) {
        self.tp_alloc.set(Some(lifecycle::generic_alloc));
        self.tp_free.set(Some(if self.has_flag(flags::HAVE_GC) {
            lifecycle::gc_del as unsafe extern "C" fn(*mut c_void)
        } else {
            lifecycle::object_free
        }));
    }
}

// SAFETY: types are `PyTypeObject`s, whose fields are cells.
unsafe impl Layout for PyTypeObject {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &statics::TYPE
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::TYPE_SUBCLASS)
    }
}
