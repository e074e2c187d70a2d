//! `classmethod_descriptor`: a built-in method that is bound to the class (`dict.fromkeys`).

use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};

/// A method of a static type.
#[derive(Default)]
pub(crate) struct ClassMethodDescr {
    method: Option<(&'static PyTypeObject, &'static MethodDef)>,
}

native_type! {
    /// `classmethod_descriptor`.
    pub(crate) static CLASS_METHOD_DESCRIPTOR: ClassMethodDescr = "classmethod_descriptor",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { descr_get: bind, call: call }
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
}

fn method(this: Ref<'_>) -> Option<(&'static PyTypeObject, &'static MethodDef)> {
    this.get::<Native<ClassMethodDescr>>()?.method
}

fn bind(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, class: Option<Ref<'_>>) -> PyResult<Value> {
    let class = class.or_else(|| object.map(|object| as_ref(object.ty())));
    match (method(this), class) {
        (Some((_, definition)), Some(class)) => {
            Ok(PyCFunction::new(thread, definition, Some(class.to_value()), None)?.into_value())
        }
        _ => Ok(this.to_value()),
    }
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some((owner, definition)) = method(this) else { return Ok(Value::none()) };
    match arguments.split_first() {
        Some((class, rest)) => definition.call(thread, class.as_ref(), rest, names),
        None => {
            let (owner, name) = (owner.short_name(), definition.name());
            Err(raise!(thread, TYPE_ERROR, "descriptor '{name}' of '{owner}' object needs an argument"))
        }
    }
}
