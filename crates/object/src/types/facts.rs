//! What the layer above asks a type, and sets in a class: layout, names, flags. Invariant: nothing here changes what
//! a cached lookup may have found.

use std::ffi::CString;

use super::class::solid_base;
use super::{PyTypeObject, flags};
use crate::error::PyResult;
use crate::raise;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Owned, Value, as_ref};

impl PyTypeObject {
    /// Whether instances begin with what decides the layout of another type's instances.
    pub fn has_layout_of(&self, other: &PyTypeObject) -> bool {
        let wanted = solid_base(other);
        std::iter::successors(Some(solid_base(self)), |ty| ty.base_type()).any(|ty| std::ptr::eq(ty, wanted))
    }

    /// Where the slots stand in instances that the class itself adds.
    pub fn first_member_offset(&self) -> u32 {
        self.core().members.get().0
    }

    /// How many slots of one word the class itself adds.
    pub fn member_count(&self) -> u32 {
        self.core().members.get().1
    }

    /// Whether instances have a dict: their own, or one that a built-in type gives them.
    pub fn instances_have_dict(&self) -> bool {
        self.tp_dictoffset.get() != 0 || self.has_flag(flags::MANAGED_DICT)
    }

    /// Whether instances can be referred to weakly.
    pub fn instances_have_weakrefs(&self) -> bool {
        self.tp_weaklistoffset.get() != 0 || self.has_flag(flags::MANAGED_WEAKREF)
    }

    /// `__dictoffset__` and `__weakrefoffset__`.
    pub fn offsets(&self) -> (isize, isize) {
        (self.tp_dictoffset.get(), self.tp_weaklistoffset.get())
    }

    /// Sets or clears flags of a class.
    pub fn set_flags(&self, flags: u64, on: bool) {
        if self.has_flag(flags::HEAPTYPE) {
            self.tp_flags.set(if on { self.flags() | flags } else { self.flags() & !flags });
        }
    }

    /// The qualified name with the module before it, unless that is `builtins` or `__main__`: how some messages name a
    /// type. What cannot be found out is left out.
    pub fn full_name(&self, thread: &Thread) -> String {
        let text = |value: &Value| value.as_ref().get::<PyStr>().map(PyStr::to_text_lossy);
        if !self.has_flag(flags::HEAPTYPE) {
            return self.name().strip_prefix("builtins.").unwrap_or(self.name()).to_owned();
        }
        let name =
            self.qualified_name().as_ref().and_then(text).unwrap_or_else(|| self.short_name().to_owned());
        let key = as_ref(crate::str::statics::names::__module__.get());
        let module = match self.dict().map(|dict| dict.get(thread, key)) {
            Some(Ok(module)) => module,
            Some(Err(raised)) => {
                drop(thread.catch(raised));
                None
            }
            None => None,
        };
        match module.as_ref().and_then(text) {
            Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
            _ => name,
        }
    }

    /// Sets `__qualname__` of a class; the old one is a string, whose end runs no code.
    pub fn set_qualified_name(&self, name: Owned<PyStr>) {
        if let Some(heap) = self.heap_part() {
            drop(heap.ht_qualname.replace(Some(name.into_value())));
        }
    }

    /// `__name__` of a class as it was given.
    pub fn given_name(&self) -> Option<Value> {
        self.heap_part()?.ht_name.get()
    }

    /// Sets `__name__` of a class, which contains no NUL.
    pub fn set_given_name(&self, thread: &Thread, name: Owned<PyStr>) -> PyResult<()> {
        let Some(heap) = self.heap_part() else { return Ok(()) };
        let Ok(text) = CString::new(name.to_text_lossy()) else {
            return Err(raise!(thread, VALUE_ERROR, "type name must not contain null characters"));
        };
        let old = heap.ht_tpname.replace(text.into_raw());
        self.tp_name.set(heap.ht_tpname.get());
        drop(heap.ht_name.replace(Some(name.into_value())));
        // SAFETY: made by `CString::into_raw`, and no longer the type's.
        drop(unsafe { CString::from_raw(old.cast_mut()) });
        Ok(())
    }

    /// The sorted names of `__slots__` that became fields; none if the class has no such fields.
    pub fn slot_names(&self) -> Option<Value> {
        self.heap_part()?.ht_slots.get()
    }

    /// Sets them: a tuple of strings.
    pub fn set_slot_names(&self, names: Owned<PyTuple>) {
        if let Some(heap) = self.heap_part() {
            drop(heap.ht_slots.replace(Some(names.into_value())));
        }
    }
}
