//! `builtin_function_or_method` as Python sees it.

use taipan_object::builtin::{BUILTIN_FUNCTION, Binding, PyCFunction};
use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::module::PyModule;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, hash};

use super::about::{behind, text_or_none};
use super::wrapper::bound_by_getattr;
use crate::install::fields;
use crate::methods::method_table;

static ATTRIBUTES: [GetSetDef; 5] = [
    GetSetDef { name: "__doc__", get: doc, set: None, doc: "The documentation." },
    GetSetDef { name: "__name__", get: name, set: None, doc: "The name." },
    GetSetDef { name: "__qualname__", get: qualname, set: None, doc: "The name behind that of the type." },
    GetSetDef { name: "__self__", get: this, set: None, doc: "What it is bound to." },
    GetSetDef { name: "__text_signature__", get: signature, set: None, doc: "The signature as text." },
];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
}

pub(super) fn install_slots() {
    let slots = BUILTIN_FUNCTION.slots();
    slots.hash.set(Some(hash_function));
    slots.richcompare.set(Some(compare));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &BUILTIN_FUNCTION;
    crate::install::methods(thread, ty, &METHODS)?;
    fields(thread, ty, &[("__module__", 32, MemberKind::Object, false)])?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

fn doc(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    text_or_none(thread, this.get::<PyCFunction>().map_or("", |this| this.definition().doc()))
}

fn name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    text_or_none(thread, this.get::<PyCFunction>().map_or("", |this| this.definition().name()))
}

fn signature(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    text_or_none(thread, this.get::<PyCFunction>().map_or("", |this| this.definition().signature))
}

fn qualname(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = name(thread, this)?;
    let Some(function) = this.get::<PyCFunction>() else { return Ok(name) };
    let bound = function.this();
    let bound = bound.as_ref();
    if bound.is_none() || bound.get::<PyModule>().is_some() {
        return Ok(name);
    }
    let owner = if bound.get::<PyTypeObject>().is_some() { bound } else { as_ref(bound.ty()) };
    behind(thread, owner, name.as_ref())
}

/// What it is bound to; a static method is bound to nothing.
fn this(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bound = this.get::<PyCFunction>().filter(|this| this.definition().binding() != Binding::Static);
    Ok(bound.map_or_else(Value::none, PyCFunction::this))
}

/// The name of a function, or the attribute of what a method is bound to.
fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = name(thread, this)?;
    let Some(function) = this.get::<PyCFunction>() else { return Ok(name) };
    let bound = function.this();
    if bound.as_ref().is_none() || bound.as_ref().get::<PyModule>().is_some() {
        return Ok(name);
    }
    bound_by_getattr(thread, bound, name)
}

fn hash_function(_: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let Some(function) = this.get::<PyCFunction>() else { return Ok(0) };
    let definition = std::ptr::from_ref(function.definition()).addr() as u64;
    let both = hash::of_address(function.this().word().bits()) ^ hash::of_address(definition);
    Ok(if both == -1 { -2 } else { both })
}

/// Equal if it is the same function of the same object.
fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<PyCFunction>(), b.get::<PyCFunction>()) else {
        return statics::identity_compare(thread, a, b, op);
    };
    let same = std::ptr::eq(x.definition(), y.definition()) && x.this().as_ref().is(y.this().as_ref());
    Ok(match op {
        CompareOp::Eq => Value::bool(same),
        CompareOp::Ne => Value::bool(!same),
        _ => Value::not_implemented(),
    })
}
