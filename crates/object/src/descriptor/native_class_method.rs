//! `classmethod_descriptor`: a built-in method that is bound to the class (`dict.fromkeys`), in the dict of its type.

use crate::builtin::{MethodDef, PyCFunction};
use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::{PyTypeObject, flags, statics, traps};
use crate::value::{Owned, Ref, Value, as_ref};

object! {
    /// A built-in method of the class that is not bound.
    pub struct PyClassMethodDescr = CLASS_METHOD_DESCRIPTOR CLASS_METHOD_DESCRIPTOR_CORE "classmethod_descriptor" 56 {
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
    flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does { descr_get: bind, call: call }
}

impl PyClassMethodDescr {
    /// A method of a type.
    pub fn new(
        thread: &Thread,
        owner: &'static PyTypeObject,
        definition: &'static MethodDef,
    ) -> PyResult<Owned<PyClassMethodDescr>> {
        let name = crate::str::intern::intern_text(thread, definition.name())?;
        let method = PyClassMethodDescr::blank(thread)?;
        method.d_type.init(as_ref(owner).to_value());
        method.d_name.init(name.into_value());
        method.d_method.set(std::ptr::from_ref(definition).expose_provenance());
        method.vectorcall.set(Some(traps::Call));
        Ok(method)
    }

    /// The definition.
    pub fn definition(&self) -> &'static MethodDef {
        // SAFETY: set by `new`, from a static definition.
        unsafe { &*std::ptr::with_exposed_provenance(self.d_method.get()) }
    }

    /// The type that has the method.
    pub fn owner(&self) -> &'static PyTypeObject {
        let owner = self.d_type.peek_object();
        // SAFETY: `new` takes static types only.
        owner.map_or(&statics::OBJECT, |owner| unsafe { owner.cast().as_ref() })
    }
}

fn bind(
    thread: &Thread,
    method: Ref<'_>,
    object: Option<Ref<'_>>,
    class: Option<Ref<'_>>,
) -> PyResult<Value> {
    let Some(this) = method.get::<PyClassMethodDescr>() else { return Ok(method.to_value()) };
    let (definition, owner) = (this.definition(), this.owner());
    let class = class.or_else(|| object.map(|object| as_ref(object.ty())));
    let (name, owner_name) = (definition.name(), owner.short_name());
    let Some(class) = class else {
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' for type '{owner_name}' needs either an object or a type"
        ));
    };
    let Some(class) = class.get::<PyTypeObject>() else {
        let ty = class.ty().name();
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' for type '{owner_name}' needs a type, not a '{ty}' as arg 2"
        ));
    };
    if !class.is_subtype(owner) {
        let class = class.name();
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' requires a subtype of '{owner_name}' but received '{class}'"
        ));
    }
    Ok(PyCFunction::new(thread, definition, Some(as_ref(class).to_value()), None)?.into_value())
}

/// Called by itself, the first argument is the class.
fn call(thread: &Thread, method: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some(this) = method.get::<PyClassMethodDescr>() else { return Ok(method.to_value()) };
    let Some((class, rest)) = arguments.split_first() else {
        let (name, owner) = (this.definition().name(), this.owner().short_name());
        return Err(crate::raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' of '{owner}' object needs an argument"
        ));
    };
    let bound = bind(thread, method, None, Some(class.as_ref()))?;
    crate::protocol::call(thread, bound.as_ref(), rest, names)
}
