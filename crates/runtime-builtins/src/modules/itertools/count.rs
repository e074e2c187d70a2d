//! `count` and `repeat`.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::slot::Slot;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};

use super::itself;
use crate::arguments::{Parameters, to_size};
use crate::construct::exact_index;
use crate::methods::method_table;
use crate::text;
use taipan_object::declare::{native_state, receiver};

/// The next number and the step.
#[derive(Default)]
pub(super) struct Count {
    number: Slot,
    step: Slot,
}

native_type! {
    /// `count`.
    pub(super) static COUNT: Count = "itertools.count", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new, repr: repr }
}

native_state!(Count in COUNT: number, step);

const COUNT_PARAMETERS: Parameters<2> = Parameters {
    function: "count",
    names: ["start", "step"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

fn is_number(value: Ref<'_>) -> bool {
    let slots = value.ty().slots();
    slots.index.get().is_some()
        || slots.int.get().is_some()
        || slots.float.get().is_some()
        || value.get::<taipan_object::complex::PyComplex>().is_some()
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [start, step] = COUNT_PARAMETERS.bind(thread, arguments, names)?;
    let start = start.map_or(Value::small(0), Ref::to_value);
    let step = step.map_or(Value::small(1), Ref::to_value);
    if !is_number(start.as_ref()) || !is_number(step.as_ref()) {
        return Err(raise!(thread, TYPE_ERROR, "a number is required"));
    }
    let exact = |value: Value| match value.as_ref().is_int() {
        true => exact_index(thread, value.as_ref()),
        false => Ok(value),
    };
    let (start, step) = (exact(start)?, exact(step)?);
    let state = Count { number: Slot::new(start), step: Slot::new(step) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Count>(thread, this)?;
    let (Some(number), Some(step)) = (this.number.get(), this.step.get()) else { return Ok(None) };
    let next = match (number.word().as_int(), step.word().as_int()) {
        (Some(number), Some(1)) => Value::int(thread, number + 1)?,
        _ => binary(thread, number.as_ref(), step.as_ref(), BinaryOp::Add)?,
    };
    drop(this.number.replace(Some(next)));
    Ok(Some(number))
}

/// `name(first)` or `name(first, second)`
fn call_text(thread: &Thread, name: &str, first: Value, second: Option<Value>) -> PyResult<Value> {
    let mut builder = StrBuilder::new();
    builder.push_str(thread, name)?;
    builder.push_str(thread, "(")?;
    let first: Owned<PyStr> = text::repr(thread, first.as_ref())?;
    builder.push(thread, &first)?;
    if let Some(second) = second {
        builder.push_str(thread, ", ")?;
        let second = text::repr(thread, second.as_ref())?;
        builder.push(thread, &second)?;
    }
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let count = receiver::<Count>(thread, this)?;
    let step = count.step.get_or_none();
    let is_one = step.word().as_int() == Some(1);
    call_text(thread, this.ty().short_name(), count.number.get_or_none(), (!is_one).then_some(step))
}

/// The element and how often it comes; negative for always.
#[derive(Default)]
pub(super) struct Repeat {
    element: Slot,
    left: Cell<isize>,
}

native_type! {
    /// `repeat`.
    pub(super) static REPEAT: Repeat = "itertools.repeat", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: repeat_next, new: repeat_new, repr: repeat_repr }
}

native_state!(Repeat in REPEAT: element);

method_table! { REPEAT_METHODS:
    Instance None c"__length_hint__" "($self, /)" length_hint, c"How many items are left.";
}

const REPEAT_PARAMETERS: Parameters<2> = Parameters {
    function: "repeat",
    names: ["object", "times"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn repeat_new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [element, times] = REPEAT_PARAMETERS.bind(thread, arguments, names)?;
    let left = times.map_or(Ok(-1), |times| Ok(to_size(thread, times)?.max(0)))?;
    let state = Repeat { element: Slot::from_option(element.map(Ref::to_value)), left: Cell::new(left) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn repeat_next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Repeat>(thread, this)?;
    let left = this.left.get();
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        this.left.set(left - 1);
    }
    Ok(this.element.get())
}

fn length_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver::<Repeat>(thread, this)?.left.get() {
        ..0 => Err(raise!(thread, TYPE_ERROR, "len() of unsized object")),
        left => Value::int(thread, left as i64),
    }
}

fn repeat_repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let repeat = receiver::<Repeat>(thread, this)?;
    let left = match repeat.left.get() {
        ..0 => None,
        left => Some(Value::int(thread, left as i64)?),
    };
    call_text(thread, this.ty().short_name(), repeat.element.get_or_none(), left)
}
