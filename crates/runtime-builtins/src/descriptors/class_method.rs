//! `classmethod_descriptor`: a built-in method that is bound to the class (`dict.fromkeys`).

use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};

/// A method of a static type.
#[derive(Default)]
pub struct ClassMethodDescr {
    method: Option<(&'static PyTypeObject, &'static MethodDef)>,
}

native_type! {
    /// `classmethod_descriptor`.
    pub static CLASS_METHOD_DESCRIPTOR: ClassMethodDescr = "classmethod_descriptor",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { descr_get: bind, call: call, repr: repr }
}

impl NativeType for ClassMethodDescr {
    fn definition() -> &'static NativeStatic<ClassMethodDescr> {
        &CLASS_METHOD_DESCRIPTOR
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

impl ClassMethodDescr {
    /// The descriptor of a method.
    pub(crate) fn make(
        thread: &Thread,
        owner: &'static PyTypeObject,
        definition: &'static MethodDef,
    ) -> PyResult<Value> {
        Ok(Native::new(thread, ClassMethodDescr { method: Some((owner, definition)) })?.into_value())
    }

    /// The type that has the method, and its definition.
    pub(crate) fn parts(value: Ref<'_>) -> Option<(&'static PyTypeObject, &'static MethodDef)> {
        value.get::<Native<ClassMethodDescr>>()?.method
    }
}

fn bind(
    thread: &Thread,
    method: Ref<'_>,
    object: Option<Ref<'_>>,
    class: Option<Ref<'_>>,
) -> PyResult<Value> {
    let Some((owner, definition)) = ClassMethodDescr::parts(method) else { return Ok(method.to_value()) };
    let class = class.or_else(|| object.map(|object| as_ref(object.ty())));
    let (name, owner_name) = (definition.name(), owner.short_name());
    let Some(class) = class else {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' for type '{owner_name}' needs either an object or a type"
        ));
    };
    let Some(class) = class.get::<PyTypeObject>() else {
        let ty = class.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' for type '{owner_name}' needs a type, not a '{ty}' as arg 2"
        ));
    };
    if !class.is_subtype(owner) {
        let class = class.name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' requires a subtype of '{owner_name}' but received '{class}'"
        ));
    }
    Ok(PyCFunction::new(thread, definition, Some(as_ref(class).to_value()), None)?.into_value())
}

/// Called by itself, the first argument is the class.
fn call(thread: &Thread, method: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some((owner, definition)) = ClassMethodDescr::parts(method) else { return Ok(method.to_value()) };
    let Some((class, rest)) = arguments.split_first() else {
        let (name, owner) = (definition.name(), owner.short_name());
        return Err(raise!(thread, TYPE_ERROR, "descriptor '{name}' of '{owner}' object needs an argument"));
    };
    let bound = bind(thread, method, None, Some(class.as_ref()))?;
    taipan_object::protocol::call(thread, bound.as_ref(), rest, names)
}

fn repr(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    let (owner, name) = ClassMethodDescr::parts(method)
        .map_or(("?", "?"), |(owner, definition)| (owner.name(), definition.name()));
    Ok(PyStr::from_text(thread, &format!("<method '{name}' of '{owner}' objects>"))?.into_value())
}
