//! Methods and attributes of `int`, in CPython's order.

mod bytes;
mod round;

use taipan_object::descriptor::GetSetDef;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol::number, raise};

use super::method_table;

method_table! { METHODS:
    Instance None c"conjugate" "($self, /)" exact, c"The number itself.";
    Instance None c"bit_length" "($self, /)" bit_length, c"How many bits the magnitude has.\n\n>>> (1000).bit_length()\n10";
    Instance None c"bit_count" "($self, /)" bit_count, c"How many bits of the magnitude are set.\n\n>>> (-7).bit_count()\n3";
    Instance Keywords c"to_bytes" "($self, /, length=1, byteorder='big', *, signed=False)" bytes::to_bytes, c"The number as bytes.";
    Class Keywords c"from_bytes" "($type, /, bytes, byteorder='big', *, signed=False)" bytes::from_bytes, c"The number that bytes stand for.";
    Instance None c"__getnewargs__" "($self, /)" |thread, this| Ok(PyTuple::pack(thread, [exact(thread, this)?])?.into_value()), c"What pickle calls the type with.";
    Instance None c"__sizeof__" "($self, /)" sizeof, c"How many bytes the number takes.";
    Instance None c"as_integer_ratio" "($self, /)" as_integer_ratio, c"The number and one.\n\n>>> (12).as_integer_ratio()\n(12, 1)";
    Instance None c"__trunc__" "($self, /)" exact, c"The number itself.";
    Instance None c"__floor__" "($self, /)" exact, c"The number itself.";
    Instance None c"__ceil__" "($self, /)" exact, c"The number itself.";
    Instance Positional c"__round__" "($self, ndigits=None, /)" round::round, c"The number, rounded to a power of ten if ndigits is negative.";
    Instance None c"is_integer" "($self, /)" |_, _| Ok(Value::bool(true)), c"True.";
}

/// The attributes.
pub(super) static ATTRIBUTES: [GetSetDef; 4] = [
    GetSetDef { name: "real", get: exact, set: None, doc: "the real part of a complex number" },
    GetSetDef {
        name: "imag",
        get: |_, _| Ok(Value::small(0)),
        set: None,
        doc: "the imaginary part of a complex number",
    },
    GetSetDef {
        name: "numerator",
        get: exact,
        set: None,
        doc: "the numerator of a rational number in lowest terms",
    },
    GetSetDef {
        name: "denominator",
        get: |_, _| Ok(Value::small(1)),
        set: None,
        doc: "the denominator of a rational number in lowest terms",
    },
];

/// The number without what a derived class adds.
fn exact(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    number::unary(thread, this, number::UnaryOp::Positive)
}

fn wrong(thread: &Thread, this: Ref<'_>) -> taipan_object::Raised {
    raise!(thread, TYPE_ERROR, "'int' object expected, not '{}'", this.ty().name())
}

fn bit_length(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, this.int_bit_length().ok_or_else(|| wrong(thread, this))?)
}

fn bit_count(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let digits = this.int_to_text(16).ok_or_else(|| wrong(thread, this))?;
    let count: u32 = digits.chars().filter_map(|digit| digit.to_digit(16)).map(u32::count_ones).sum();
    Value::int(thread, count.into())
}

fn as_integer_ratio(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(PyTuple::pack(thread, [exact(thread, this)?, Value::small(1)])?.into_value())
}

fn sizeof(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let digits = this.int_bit_length().ok_or_else(|| wrong(thread, this))?.div_ceil(30).max(1);
    Value::uint(thread, 24 + 4 * digits)
}
