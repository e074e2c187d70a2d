//! `weakref.ref`: what the type does beyond being called and hashed.

use taipan_object::descriptor::GetSetDef;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::weakref::{PyWeakReference, REFERENCE};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, positional_count};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::special::find_special;

use crate::call;

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__callback__",
    get: |_, this| {
        let callback = this.get::<PyWeakReference>().and_then(PyWeakReference::callback);
        Ok(callback.unwrap_or_else(Value::none))
    },
    set: None,
    doc: "What is called when the object is gone.",
}];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let slots = REFERENCE.slots();
    slots.new.set(Some(new));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    slots.richcompare.set(Some(compare));
    install::attributes(thread, &REFERENCE, &ATTRIBUTES)
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let given = positional_count(arguments, names);
    check_count(thread, "__new__", given, 1, 2)?;
    let Some(object) = arguments.first() else { return Ok(Value::none()) };
    let callback = arguments.get(1).filter(|callback| given > 1 && !callback.as_ref().is_none()).cloned();
    Ok(PyWeakReference::derived(thread, class, object.as_ref(), callback)?.into_value())
}

fn init(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "ref() takes no keyword arguments"));
    }
    check_count(thread, "__init__", arguments.len(), 1, 2)
}

fn address(object: Ref<'_>) -> u64 {
    object.word().bits()
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let target = this.get::<PyWeakReference>().and_then(PyWeakReference::target);
    let own = address(this);
    let Some(target) = target else {
        return call::text(thread, &format!("<weakref at {own:#x}; dead>"));
    };
    let name = find_special(thread, target.as_ref(), &*intern_text(thread, "__name__")?)?;
    let name = name.and_then(|name| name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy));
    let (ty, at) = (target.as_ref().ty().name(), address(target.as_ref()));
    let name = name.map_or_else(String::new, |name| format!(" ({name})"));
    call::text(thread, &format!("<weakref at {own:#x}; to '{ty}' at {at:#x}{name}>"))
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(one), Some(two)) = (this.get::<PyWeakReference>(), other.get::<PyWeakReference>()) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    match (one.target(), two.target()) {
        (Some(one), Some(two)) => protocol::compare(thread, one.as_ref(), two.as_ref(), op),
        _ => Ok(Value::bool(this.is(other) == (op == CompareOp::Eq))),
    }
}
