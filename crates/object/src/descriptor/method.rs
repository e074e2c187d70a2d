//! `method_descriptor`: a built-in method in the dict of its type.

use crate::builtin::MethodDef;
use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags, traps};
use crate::value::{Owned, as_ref};

object! {
    /// A built-in method that is not bound.
    pub struct PyMethodDescr = METHOD_DESCRIPTOR METHOD_DESCRIPTOR_CORE "method_descriptor" 56 {
        /// `__objclass__`.
        d_type 16: Slot,
        /// `__name__`.
        d_name 24: Slot,
        /// `__qualname__`.
        d_qualname 32: Slot,
        /// The definition.
        d_method 40: Word,
        /// For C callers.
        vectorcall 48: Call,
    }
    slots { d_type, d_name, d_qualname }
    flags flags::METHOD_DESCRIPTOR | flags::HAVE_VECTORCALL | flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does {}
}

impl PyMethodDescr {
    /// A method of a type.
    pub fn new(
        thread: &Thread,
        owner: &PyTypeObject,
        definition: &'static MethodDef,
    ) -> PyResult<Owned<PyMethodDescr>> {
        let name = crate::str::intern::intern(thread, PyStr::from_text(thread, definition.name())?)?;
        let method = PyMethodDescr::blank(thread)?;
        method.d_type.init(as_ref(owner).to_value());
        method.d_name.init(name.into_value());
        method.d_method.set(std::ptr::from_ref(definition).expose_provenance());
        method.vectorcall.set(Some(traps::Call));
        Ok(method)
    }

    /// The definition.
    #[inline]
    pub fn definition(&self) -> &'static MethodDef {
        // SAFETY: set by `new`, from a static definition.
        unsafe { &*std::ptr::with_exposed_provenance(self.d_method.get()) }
    }
}
