//! `TemplateIter`: the strings of a template that are not empty and its interpolations, in order.

use std::cell::Cell;

use taipan_object::declare::{native_state, receiver};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type};

/// Both tuples, and the number of the next part: strings have even ones.
#[derive(Default)]
pub(super) struct TemplateIter {
    strings: Slot,
    interpolations: Slot,
    at: Cell<usize>,
}

native_type! {
    /// `string.templatelib.TemplateIter`.
    pub(super) static TEMPLATE_ITER: TemplateIter = "string.templatelib.TemplateIter",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

native_state!(TemplateIter in TEMPLATE_ITER: strings, interpolations);

/// An iterator that is before the first part.
pub(super) fn over(
    thread: &Thread,
    strings: Owned<PyTuple>,
    interpolations: Owned<PyTuple>,
) -> PyResult<Value> {
    let state = TemplateIter {
        strings: Slot::new(strings.into_value()),
        interpolations: Slot::new(interpolations.into_value()),
        at: Cell::new(0),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<TemplateIter>(thread, this)?;
    loop {
        let at = this.at.get();
        let part = if at.is_multiple_of(2) { this.strings.get() } else { this.interpolations.get() };
        let item = part.as_ref().and_then(|part| part.as_ref().get::<PyTuple>()?.get(at / 2));
        let Some(item) = item else { return Ok(None) };
        this.at.set(at + 1);
        if !item.as_ref().get_exact::<PyStr>().is_some_and(PyStr::is_empty) {
            return Ok(Some(item));
        }
    }
}
