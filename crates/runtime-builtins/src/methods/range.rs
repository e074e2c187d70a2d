//! Methods and attributes of `range`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::protocol::{self, BinaryOp, binary};
use taipan_object::range::PyRange;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use super::method_table;
use crate::iterate::for_each;
use crate::iterators::range_reversed;

method_table! { METHODS:
    Instance None c"__reversed__" "($self, /)" |thread, this| range_reversed(thread, receiver(thread, this)?), c"An iterator over the range from its end on.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the range again from.";
    Instance One c"count" "($self, value, /)" count, c"How many items are the value.";
    Instance One c"index" "($self, value, /)" index, c"The index of the value; ValueError if it is not there.";
}

/// The attributes, which CPython has as members.
pub(super) static ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef {
        name: "start",
        get: |thread, this| part(thread, this, 0),
        set: None,
        doc: "the first number",
    },
    GetSetDef {
        name: "stop",
        get: |thread, this| part(thread, this, 1),
        set: None,
        doc: "the end, not included",
    },
    GetSetDef { name: "step", get: |thread, this| part(thread, this, 2), set: None, doc: "the distance" },
];

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyRange> {
    let found = this.get::<PyRange>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'range' object expected, not '{}'", this.ty().name()))
}

fn part(thread: &Thread, this: Ref<'_>, at: usize) -> PyResult<Value> {
    let parts = receiver(thread, this)?.parts();
    Ok(parts.into_iter().nth(at).unwrap_or_else(Value::none))
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [start, stop, step, _] = receiver(thread, this)?.parts();
    let parts = PyTuple::pack(thread, [start, stop, step])?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), parts])?.into_value())
}

fn count(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    if wanted.is_int() {
        return Value::int(thread, protocol::contains(thread, this, wanted)?.into());
    }
    let mut count = 0;
    for_each(thread, this, |item| {
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), wanted)?);
        Ok(true)
    })?;
    Value::int(thread, count)
}

fn index(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let range = receiver(thread, this)?;
    if !wanted.is_int() {
        let (mut at, mut found) = (0, None);
        for_each(thread, this, |item| {
            if protocol::same_or_equal(thread, item.as_ref(), wanted)? {
                found = Some(at);
            }
            at += 1;
            Ok(found.is_none())
        })?;
        return match found {
            Some(at) => Value::int(thread, at),
            None => Err(raise!(thread, VALUE_ERROR, "sequence.index(x): x not in sequence")),
        };
    }
    if !protocol::contains(thread, this, wanted)? {
        return Err(raise!(thread, VALUE_ERROR, "range.index(x): x not in range"));
    }
    let [start, _, step, _] = range.parts();
    let distance = binary(thread, wanted, start.as_ref(), BinaryOp::Subtract)?;
    binary(thread, distance.as_ref(), step.as_ref(), BinaryOp::FloorDivide)
}
