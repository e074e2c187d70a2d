//! Attributes that descriptors of built-in types share: whose they are, what they are called, what they say of
//! themselves.

use taipan_object::descriptor::get_set::GETSET_DESCRIPTOR;
use taipan_object::descriptor::member::{MEMBER_DESCRIPTOR, MemberKind};
use taipan_object::descriptor::method::METHOD_DESCRIPTOR;
use taipan_object::descriptor::native_class_method::CLASS_METHOD_DESCRIPTOR;
use taipan_object::descriptor::wrapper::WRAPPER_DESCRIPTOR;
use taipan_object::descriptor::{
    GetSetDef, PyClassMethodDescr, PyGetSetDescr, PyMemberDescr, PyMethodDescr, PyWrapperDescr,
};
use taipan_object::str::{PyStr, statics::names};
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::wrapper::bound_by_getattr;
use crate::methods::method_table;

const FIELDS: [crate::install::Field; 2] =
    [("__objclass__", 16, MemberKind::Object, true), ("__name__", 24, MemberKind::Object, true)];

static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef { name: "__doc__", get: doc, set: None, doc: "The documentation." },
    GetSetDef { name: "__qualname__", get: qualname, set: None, doc: "The name behind that of the type." },
];

static SIGNATURE: [GetSetDef; 1] =
    [GetSetDef { name: "__text_signature__", get: signature, set: None, doc: "The signature as text." }];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let callable: [&'static PyTypeObject; 3] =
        [&METHOD_DESCRIPTOR, &WRAPPER_DESCRIPTOR, &CLASS_METHOD_DESCRIPTOR];
    let others: [&'static PyTypeObject; 2] = [&GETSET_DESCRIPTOR, &MEMBER_DESCRIPTOR];
    for ty in callable.into_iter().chain(others) {
        crate::install::fields(thread, ty, &FIELDS)?;
        crate::install::attributes(thread, ty, &ATTRIBUTES)?;
    }
    for ty in callable {
        crate::install::attributes(thread, ty, &SIGNATURE)?;
    }
    for ty in [callable[0], callable[1], others[1]] {
        crate::install::methods(thread, ty, &METHODS)?;
    }
    Ok(())
}

/// What a descriptor says of itself.
#[derive(Default)]
struct About {
    owner: Option<Value>,
    name: Option<Value>,
    doc: &'static str,
    signature: &'static str,
}

fn about(this: Ref<'_>) -> About {
    if let Some(this) = this.get::<PyMethodDescr>() {
        let definition = this.definition();
        let (owner, name) = (this.d_type().get(), this.d_name().get());
        About { owner, name, doc: definition.doc(), signature: definition.signature }
    } else if let Some(this) = this.get::<PyWrapperDescr>() {
        let definition = this.definition();
        let (owner, name) = (this.d_type().get(), this.d_name().get());
        About { owner, name, doc: definition.doc, signature: definition.signature }
    } else if let Some(this) = this.get::<PyGetSetDescr>() {
        let (owner, name) = (this.d_type().get(), this.d_name().get());
        About { owner, name, doc: this.definition().doc, signature: "" }
    } else if let Some(this) = this.get::<PyMemberDescr>() {
        About { owner: this.d_type().get(), name: this.d_name().get(), ..About::default() }
    } else if let Some(this) = this.get::<PyClassMethodDescr>() {
        let definition = this.definition();
        let (owner, name) = (this.d_type().get(), this.d_name().get());
        About { owner, name, doc: definition.doc(), signature: definition.signature }
    } else {
        About::default()
    }
}

/// A text, or `None` where there is none.
pub(super) fn text_or_none(thread: &Thread, text: &str) -> PyResult<Value> {
    if text.is_empty() { Ok(Value::none()) } else { Ok(PyStr::from_text(thread, text)?.into_value()) }
}

fn doc(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    text_or_none(thread, about(this).doc)
}

fn signature(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    text_or_none(thread, about(this).signature)
}

fn qualname(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let about = about(this);
    let (Some(owner), Some(name)) = (about.owner, about.name) else { return Ok(Value::none()) };
    behind(thread, owner.as_ref(), name.as_ref())
}

/// A name behind the qualified name of a type.
pub(super) fn behind(thread: &Thread, owner: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let owner = protocol::get_attribute(thread, owner, names::__qualname__.get())?;
    let text = |value: Ref<'_>| Ok(crate::text::str(thread, value)?.to_text_lossy());
    let whole = format!("{}.{}", text(owner.as_ref())?, text(name)?);
    Ok(PyStr::from_text(thread, &whole)?.into_value())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let about = about(this);
    let (owner, name) = (about.owner.unwrap_or_else(Value::none), about.name.unwrap_or_else(Value::none));
    bound_by_getattr(thread, owner, name)
}
