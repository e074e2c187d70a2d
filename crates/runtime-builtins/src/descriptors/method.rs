//! `types.MethodType`: attributes are those of the function, except what the type itself has.

use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::method::{METHOD, PyMethod};
use taipan_object::protocol::{self, attribute};
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, hash, raise};

use super::wrapper::bound_by_getattr;
use crate::arguments::check_count;
use crate::install::fields;
use crate::methods::method_table;

static ATTRIBUTES: [GetSetDef; 1] =
    [GetSetDef { name: "__doc__", get: doc, set: None, doc: "The documentation of the function." }];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
}

pub(super) fn install_slots() {
    let slots = METHOD.slots();
    slots.new.set(Some(new));
    slots.hash.set(Some(hash_method));
    slots.richcompare.set(Some(compare));
    slots.getattr.set(Some(get));
    slots.descr_get.set(Some(|_, this, _, _| Ok(this.to_value())));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &METHOD;
    crate::install::methods(thread, ty, &METHODS)?;
    let both = [("__func__", 16, MemberKind::Object, true), ("__self__", 24, MemberKind::Object, true)];
    fields(thread, ty, &both)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

fn new(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    if keywords.is_some_and(|keywords| !keywords.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "method() takes no keyword arguments"));
    }
    check_count(thread, "method", arguments.len(), 2, 2)?;
    let [function, this] = arguments else { return Ok(Value::none()) };
    if function.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "first argument must be callable"));
    }
    if this.as_ref().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "instance must not be None"));
    }
    Ok(PyMethod::new(thread, function.clone(), this.clone())?.into_value())
}

fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    if let Some(found) = this.ty().lookup(thread, name)? {
        return match found.as_ref().ty().slots().descr_get.get() {
            Some(get) => get(thread, found.as_ref(), Some(this), Some(as_ref(this.ty()))),
            None => Ok(found),
        };
    }
    match this.get::<PyMethod>() {
        Some(method) => protocol::get_attribute(thread, method.function().as_ref(), name),
        None => attribute::generic_get(thread, this, name),
    }
}

fn doc(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match this.get::<PyMethod>() {
        Some(method) => protocol::get_attribute(thread, method.function().as_ref(), names::__doc__.get()),
        None => Ok(Value::none()),
    }
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(method) = this.get::<PyMethod>() else { return Ok(Value::none()) };
    let name = protocol::get_attribute(thread, method.function().as_ref(), names::__name__.get())?;
    bound_by_getattr(thread, method.this(), name)
}

fn hash_method(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let Some(method) = this.get::<PyMethod>() else { return Ok(0) };
    let both =
        hash::of_address(method.this().word().bits()) ^ protocol::hash(thread, method.function().as_ref())?;
    Ok(if both == -1 { -2 } else { both })
}

/// Equal if the functions are, and the instance is the same.
fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y), CompareOp::Eq | CompareOp::Ne) = (a.get::<PyMethod>(), b.get::<PyMethod>(), op)
    else {
        return Ok(Value::not_implemented());
    };
    let (f, g) = (x.function(), y.function());
    let equal =
        protocol::same_or_equal(thread, f.as_ref(), g.as_ref())? && x.this().as_ref().is(y.this().as_ref());
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}
