//! Methods and attributes of `float` and `complex`, in CPython's order.

mod hex;
mod round;

use taipan_object::complex::PyComplex;
use taipan_object::descriptor::GetSetDef;
use taipan_object::protocol::number::{self, BinaryOp};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::method_table;

method_table! { METHODS:
    Instance None c"conjugate" "($self, /)" exact, c"The number itself.";
    Instance None c"__trunc__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?), c"The number without its fraction.";
    Instance None c"__floor__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?.floor()), c"The next int below.";
    Instance None c"__ceil__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?.ceil()), c"The next int above.";
    Instance Positional c"__round__" "($self, ndigits=None, /)" round::round, c"Rounded to so many decimal digits, ties to even.";
    Instance None c"as_integer_ratio" "($self, /)" as_integer_ratio, c"Two ints whose quotient is the number.";
    Instance None c"hex" "($self, /)" hex::hex, c"The number in hexadecimal.";
    Instance None c"is_integer" "($self, /)" is_integer, c"Whether there is no fraction.";
}

method_table! { COMPLEX_METHODS:
    Instance None c"conjugate" "($self, /)" conjugate, c"The number with the imaginary part negated.";
    Instance None c"__complex__" "($self, /)" |thread, this| complex(thread, parts(thread, this)?), c"The number itself.";
}

/// The attributes of `float`.
pub(super) static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef { name: "real", get: exact, set: None, doc: "the real part of a complex number" },
    GetSetDef {
        name: "imag",
        get: |thread, _| Value::float(thread, 0.0),
        set: None,
        doc: "the imaginary part of a complex number",
    },
];

/// The attributes of `complex`, which CPython has as members.
pub(super) static COMPLEX_ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef {
        name: "real",
        get: |thread, this| Value::float(thread, parts(thread, this)?[0]),
        set: None,
        doc: "the real part of a complex number",
    },
    GetSetDef {
        name: "imag",
        get: |thread, this| Value::float(thread, parts(thread, this)?[1]),
        set: None,
        doc: "the imaginary part of a complex number",
    },
];

fn receiver(thread: &Thread, this: Ref<'_>) -> PyResult<f64> {
    let found = this.to_f64();
    found.ok_or_else(|| {
        raise!(thread, TYPE_ERROR, "'float' object expected, not '{}'", this.ty().short_name())
    })
}

fn exact(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::float(thread, receiver(thread, this)?)
}

fn is_integer(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = receiver(thread, this)?;
    Ok(Value::bool(value.is_finite() && value.fract() == 0.0))
}

fn as_integer_ratio(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = receiver(thread, this)?;
    if value.is_nan() {
        return Err(raise!(thread, VALUE_ERROR, "cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(raise!(thread, OVERFLOW_ERROR, "cannot convert Infinity to integer ratio"));
    }
    if value.fract() == 0.0 {
        return Ok(
            PyTuple::pack(thread, [Value::int_from_f64(thread, value)?, Value::small(1)])?.into_value()
        );
    }
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i64);
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    // there is a fraction, so the power is negative behind the zeros as well
    let zeros = mantissa.trailing_zeros();
    let power = exponent.max(1) - 1075 + i64::from(zeros);
    let numerator = (mantissa >> zeros) as i64;
    let (one, power) = (Value::small(1), Value::int(thread, -power)?);
    let denominator = number::binary(thread, one.as_ref(), power.as_ref(), BinaryOp::Lshift)?;
    let numerator = Value::int(thread, if value < 0.0 { -numerator } else { numerator })?;
    Ok(PyTuple::pack(thread, [numerator, denominator])?.into_value())
}

fn parts(thread: &Thread, this: Ref<'_>) -> PyResult<[f64; 2]> {
    let found = this.get::<PyComplex>().map(PyComplex::parts);
    found.ok_or_else(|| {
        raise!(thread, TYPE_ERROR, "'complex' object expected, not '{}'", this.ty().short_name())
    })
}

fn complex(thread: &Thread, [real, imaginary]: [f64; 2]) -> PyResult<Value> {
    Ok(PyComplex::new(thread, real, imaginary)?.into_value())
}

fn conjugate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [real, imaginary] = parts(thread, this)?;
    complex(thread, [real, -imaginary])
}
