//! `wrapper_descriptor`: a slot of a built-in type as a method (`int.__add__`). Invariant: the type that it stands
//! in has the slot, and a static type's slots do not change.

use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::slots::Slots;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, Ref, Value, as_ref};

/// Calls a slot of a type as a method: the slots of the type, `self`, the arguments behind it.
pub type Wrapper = fn(&Thread, &Slots, Ref<'_>, &[Value], Option<&PyTuple>) -> PyResult<Value>;

/// A slot as a method; static, in the table of special methods.
pub struct WrapperDef {
    /// The name of the method.
    pub name: &'static str,
    /// CPython's own text of the signature.
    pub signature: &'static str,
    /// The documentation.
    pub doc: &'static str,
    /// How to call the slot.
    pub call: Wrapper,
}

object! {
    /// A slot as a method.
    pub struct PyWrapperDescr = WRAPPER_DESCRIPTOR WRAPPER_DESCRIPTOR_CORE "wrapper_descriptor" 56 {
        /// `__objclass__`.
        d_type 16: Slot,
        /// `__name__`.
        d_name 24: Slot,
        /// `__qualname__`.
        d_qualname 32: Slot,
        /// The definition.
        d_base 40: Word,
        /// CPython's pointer to the slot.
        d_wrapped 48: Word,
    }
    slots { d_type, d_name, d_qualname }
    flags flags::METHOD_DESCRIPTOR | flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does { call: call }
}

/// Called by itself, the first argument is the instance.
fn call(thread: &Thread, wrapper: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some(this) = wrapper.get::<PyWrapperDescr>() else { return Ok(Value::not_implemented()) };
    let (owner, name) = (this.owner(), this.definition().name);
    let positional = arguments.len() - names.map_or(0, PyTuple::len).min(arguments.len());
    let Some((first, rest)) = arguments.split_first().filter(|_| positional > 0) else {
        let owner = owner.short_name();
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' of '{owner}' object needs an argument"
        ));
    };
    if !first.as_ref().ty().is_subtype(owner) {
        let (owner, ty) = (owner.name(), first.as_ref().ty().name());
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' requires a '{owner}' object but received a '{ty}'"
        ));
    }
    this.call_bound(thread, first.as_ref(), rest, names)
}

impl PyWrapperDescr {
    /// A slot of a static type.
    pub fn new(
        thread: &Thread,
        owner: &'static PyTypeObject,
        definition: &'static WrapperDef,
    ) -> PyResult<Owned<PyWrapperDescr>> {
        let name = crate::str::intern::intern(thread, PyStr::from_text(thread, definition.name)?)?;
        let wrapper = PyWrapperDescr::blank(thread)?;
        wrapper.d_type.init(as_ref(owner).to_value());
        wrapper.d_name.init(name.into_value());
        wrapper.d_base.set(std::ptr::from_ref(definition).expose_provenance());
        Ok(wrapper)
    }

    /// The definition.
    #[inline]
    pub fn definition(&self) -> &'static WrapperDef {
        // SAFETY: set by `new`, from a static definition.
        unsafe { &*std::ptr::with_exposed_provenance(self.d_base.get()) }
    }

    /// The type whose slot it is.
    pub fn owner(&self) -> &'static PyTypeObject {
        let owner = self.d_type.peek_object();
        // SAFETY: `new` takes static types only.
        owner.map_or(&crate::types::statics::OBJECT, |owner| unsafe { owner.cast().as_ref() })
    }

    /// Calls the slot with an instance of the type, which was checked.
    pub fn call_bound(
        &self,
        thread: &Thread,
        this: Ref<'_>,
        arguments: &[Value],
        names: Option<&PyTuple>,
    ) -> PyResult<Value> {
        if !this.ty().is_subtype(self.owner()) {
            return Ok(Value::not_implemented());
        }
        (self.definition().call)(thread, self.owner().slots(), this, arguments, names)
    }
}
