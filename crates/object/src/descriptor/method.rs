//! `method_descriptor`: a built-in method in the dict of its type.

use crate::builtin::{MethodDef, PyCFunction};
use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::{PyTypeObject, flags, traps};
use crate::value::{Owned, Ref, Value, as_ref};

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
    does { descr_get: bind, call: call }
}

/// The method bound to an instance of its type.
fn bind(thread: &Thread, method: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(this), Some(object)) = (method.get::<PyMethodDescr>(), object) else {
        return Ok(method.to_value());
    };
    this.check(thread, object)?;
    Ok(PyCFunction::new(thread, this.definition(), Some(object.to_value()), None)?.into_value())
}

/// Called by itself, the first argument is the instance.
fn call(thread: &Thread, method: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some(this) = method.get::<PyMethodDescr>() else { return Ok(Value::not_implemented()) };
    let Some((first, rest)) = arguments.split_first() else {
        let owner = this.d_type.get();
        let owner = owner.as_ref().and_then(|owner| owner.as_ref().get::<PyTypeObject>());
        let (owner, name) = (owner.map_or("?", PyTypeObject::short_name), this.definition().name());
        return Err(crate::raise!(thread, TYPE_ERROR, "unbound method {owner}.{name}() needs an argument"));
    };
    this.check(thread, first.as_ref())?;
    this.definition().call(thread, first.as_ref(), rest, names)
}

impl PyMethodDescr {
    #[inline]
    fn check(&self, thread: &Thread, object: Ref<'_>) -> PyResult<()> {
        let (Some(name), Some(owner)) = (self.d_name.get(), self.d_type.get()) else { return Ok(()) };
        crate::protocol::attribute::check_owner(thread, name, owner, object)
    }

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
