//! Methods, attributes and comparison of `slice`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::protocol::number::{BinaryOp, binary, index};
use taipan_object::protocol::{self, compare};
use taipan_object::slice::PySlice;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};

use super::method_table;
use crate::construct::exact_index;

method_table! { METHODS:
    Instance One c"indices" "($self, length, /)" indices, c"Start, stop and step for a sequence of a length.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the slice again from.";
}

/// The attributes, which CPython has as members.
pub(super) static ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef {
        name: "start",
        get: |thread, this| Ok(receiver(thread, this)?.start()),
        set: None,
        doc: "the first index",
    },
    GetSetDef {
        name: "stop",
        get: |thread, this| Ok(receiver(thread, this)?.stop()),
        set: None,
        doc: "the end, not included",
    },
    GetSetDef {
        name: "step",
        get: |thread, this| Ok(receiver(thread, this)?.step()),
        set: None,
        doc: "the distance",
    },
];

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PySlice> {
    let found = this.get::<PySlice>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'slice' object expected, not '{}'", this.ty().name()))
}

fn parts(thread: &Thread, slice: &PySlice) -> PyResult<Owned<PyTuple>> {
    PyTuple::pack(thread, [slice.start(), slice.stop(), slice.step()])
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parts = parts(thread, receiver(thread, this)?)?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), parts])?.into_value())
}

/// Slices compare as tuples of their parts.
pub(super) fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(left), Some(right)) = (a.get::<PySlice>(), b.get::<PySlice>()) else {
        return Ok(Value::not_implemented());
    };
    if a.is(b) {
        return Ok(Value::bool(matches!(op, CompareOp::Eq | CompareOp::Le | CompareOp::Ge)));
    }
    let (left, right) = (parts(thread, left)?, parts(thread, right)?);
    compare(thread, left.as_ref(), right.as_ref(), op)
}

/// An int of any size.
struct Int<'a>(&'a Thread, Value);

impl Int<'_> {
    fn less(&self, other: &Value) -> PyResult<bool> {
        let result = compare(self.0, self.1.as_ref(), other.as_ref(), CompareOp::Lt)?;
        protocol::truth(self.0, result.as_ref())
    }

    fn plus(&self, other: &Value) -> PyResult<Value> {
        binary(self.0, self.1.as_ref(), other.as_ref(), BinaryOp::Add)
    }
}

/// A part of a slice as an int; none if it is `None`.
fn bound(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    if value.as_ref().is_none() {
        return Ok(None);
    }
    if !value.as_ref().is_int() && value.as_ref().ty().slots().index.get().is_none() {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "slice indices must be integers or None or have an __index__ method"
        ));
    }
    exact_index(thread, value.as_ref()).map(Some)
}

fn indices(thread: &Thread, this: Ref<'_>, length: Ref<'_>) -> PyResult<Value> {
    let slice = receiver(thread, this)?;
    let zero = Value::small(0);
    let length = index(thread, length)?;
    if Int(thread, length.clone()).less(&zero)? {
        return Err(raise!(thread, VALUE_ERROR, "length should not be negative"));
    }
    let step = bound(thread, slice.step())?.unwrap_or_else(|| Value::small(1));
    let down = Int(thread, step.clone()).less(&zero)?;
    if step.word().as_int() == Some(0) {
        return Err(raise!(thread, VALUE_ERROR, "slice step cannot be zero"));
    }
    let (lower, upper) = match down {
        true => (Value::small(-1), Int(thread, length.clone()).plus(&Value::small(-1))?),
        false => (zero.clone(), length.clone()),
    };
    let clip = |value: Value| -> PyResult<Value> {
        let int = Int(thread, value);
        if int.less(&zero)? {
            let counted = Int(thread, int.plus(&length)?);
            return Ok(if counted.less(&lower)? { lower.clone() } else { counted.1 });
        }
        Ok(if int.less(&upper)? { int.1 } else { upper.clone() })
    };
    let start = match bound(thread, slice.start())? {
        Some(start) => clip(start)?,
        None => {
            if down {
                upper.clone()
            } else {
                lower.clone()
            }
        }
    };
    let stop = match bound(thread, slice.stop())? {
        Some(stop) => clip(stop)?,
        None => {
            if down {
                lower.clone()
            } else {
                upper.clone()
            }
        }
    };
    Ok(PyTuple::pack(thread, [start, stop, step])?.into_value())
}
