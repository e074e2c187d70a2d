//! `types.CellType`.

use taipan_object::cell::{CELL, PyCell};
use taipan_object::descriptor::GetSetDef;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::check_count;

static ATTRIBUTES: [GetSetDef; 1] =
    [GetSetDef { name: "cell_contents", get: contents, set: Some(set_contents), doc: "What it holds." }];

pub(super) fn install_slots() {
    let slots = CELL.slots();
    slots.new.set(Some(new));
    slots.richcompare.set(Some(compare));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::attributes(thread, &CELL, &ATTRIBUTES)
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "cell() takes no keyword arguments"));
    }
    check_count(thread, "cell", arguments.len(), 0, 1)?;
    Ok(PyCell::new(thread, arguments.first().cloned())?.into_value())
}

fn held(this: Ref<'_>) -> Option<Value> {
    this.get::<PyCell>().and_then(|cell| cell.slot().get())
}

fn contents(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    held(this).ok_or_else(|| raise!(thread, VALUE_ERROR, "Cell is empty"))
}

fn set_contents(_: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    if let Some(cell) = this.get::<PyCell>() {
        drop(cell.slot().replace(value));
    }
    Ok(())
}

/// By what they hold; an empty one is less than all others.
fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    if a.get::<PyCell>().is_none() || b.get::<PyCell>().is_none() {
        return Ok(Value::not_implemented());
    }
    match (held(a), held(b)) {
        (Some(a), Some(b)) => protocol::compare(thread, a.as_ref(), b.as_ref(), op),
        (a, b) => Ok(Value::bool(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}
