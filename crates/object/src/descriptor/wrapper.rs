//! `wrapper_descriptor`: a slot of a built-in type as a method (`int.__add__`).

use crate::builtin::MethodDef;
use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, as_ref};

object! {
    /// A slot as a method.
    pub struct PyWrapperDescr = WRAPPER_DESCRIPTOR WRAPPER_DESCRIPTOR_CORE "wrapper_descriptor" 56 {
        /// `__objclass__`.
        d_type 16: Slot,
        /// `__name__`.
        d_name 24: Slot,
        /// `__qualname__`.
        d_qualname 32: Slot,
        /// How to call the slot with the arguments of a method.
        d_base 40: Word,
        /// Which slot it is, for whoever looks for overridden ones.
        d_wrapped 48: Word,
    }
    slots { d_type, d_name, d_qualname }
    flags flags::METHOD_DESCRIPTOR | flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does {}
}

impl PyWrapperDescr {
    /// A slot of a type, called through `definition`.
    pub fn new(
        thread: &Thread,
        owner: &PyTypeObject,
        definition: &'static MethodDef,
        slot: usize,
    ) -> PyResult<Owned<PyWrapperDescr>> {
        let name = crate::str::intern::intern(thread, PyStr::from_text(thread, definition.name())?)?;
        let wrapper = PyWrapperDescr::blank(thread)?;
        wrapper.d_type.init(as_ref(owner).to_value());
        wrapper.d_name.init(name.into_value());
        wrapper.d_base.set(std::ptr::from_ref(definition).expose_provenance());
        wrapper.d_wrapped.set(slot);
        Ok(wrapper)
    }

    /// How to call it.
    #[inline]
    pub fn definition(&self) -> &'static MethodDef {
        // SAFETY: set by `new`, from a static definition.
        unsafe { &*std::ptr::with_exposed_provenance(self.d_base.get()) }
    }
}
