//! Methods and attributes of `float` and `complex`, in CPython's order.

mod fromhex;
mod hex;
mod round;

use taipan_object::complex::PyComplex;
use taipan_object::descriptor::GetSetDef;
use taipan_object::protocol::number::{self, BinaryOp};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::FLOAT;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::method_table;
use crate::arguments::expect_str;
use crate::construct;

method_table! { METHODS:
    Instance None c"conjugate" "($self, /)" exact, c"The number itself.";
    Instance None c"__trunc__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?), c"The number without its fraction.";
    Instance None c"__floor__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?.floor()), c"The next int below.";
    Instance None c"__ceil__" "($self, /)" |thread, this| Value::int_from_f64(thread, receiver(thread, this)?.ceil()), c"The next int above.";
    Instance Positional c"__round__" "($self, ndigits=None, /)" round::round, c"Rounded to so many decimal digits, ties to even.";
    Instance None c"as_integer_ratio" "($self, /)" as_integer_ratio, c"Two ints whose quotient is the number.\n\n>>> (2.75).as_integer_ratio()\n(11, 4)";
    Instance None c"hex" "($self, /)" hex::hex, c"The number in hexadecimal.\n\n>>> (6.5).hex()\n'0x1.a000000000000p+2'";
    Instance None c"is_integer" "($self, /)" is_integer, c"Whether there is no fraction.";
    Class One c"from_number" "($type, number, /)" from_number, c"The float that a number is.";
    Class One c"fromhex" "($type, string, /)" fromhex::fromhex, c"The float of hexadecimal digits.\n\n>>> float.fromhex('0x1.ap+2')\n6.5";
    Class One c"__getformat__" "($type, typestr, /)" getformat, c"How C stores double or float.";
    Instance None c"__getnewargs__" "($self, /)" |thread, this| packed(thread, [exact(thread, this)?]), c"What pickle calls the type with.";
}

method_table! { COMPLEX_METHODS:
    Instance None c"conjugate" "($self, /)" conjugate, c"The number with the imaginary part negated.";
    Class One c"from_number" "($type, number, /)" complex_from_number, c"The complex number that a number is.";
    Instance None c"__getnewargs__" "($self, /)" complex_newargs, c"What pickle calls the type with.";
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
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'float' object expected, not '{}'", this.ty().name()))
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
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'complex' object expected, not '{}'", this.ty().name()))
}

fn complex(thread: &Thread, [real, imaginary]: [f64; 2]) -> PyResult<Value> {
    Ok(PyComplex::new(thread, real, imaginary)?.into_value())
}

fn conjugate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [real, imaginary] = parts(thread, this)?;
    complex(thread, [real, -imaginary])
}

fn packed<const N: usize>(thread: &Thread, values: [Value; N]) -> PyResult<Value> {
    Ok(PyTuple::pack(thread, values)?.into_value())
}

fn complex_newargs(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [real, imaginary] = parts(thread, this)?;
    packed(thread, [Value::float(thread, real)?, Value::float(thread, imaginary)?])
}

fn from_number(thread: &Thread, class: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    if class.is(as_ref(&FLOAT)) && std::ptr::eq(number.ty(), &raw const FLOAT) {
        return Ok(number.to_value());
    }
    let float = Value::float(thread, construct::float_from_number(thread, number)?)?;
    match class.is(as_ref(&FLOAT)) {
        true => Ok(float),
        false => protocol::call(thread, class, &[float], None),
    }
}

fn complex_from_number(thread: &Thread, class: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    match class.get::<PyTypeObject>() {
        Some(class) => construct::complex_from_number(thread, class, number),
        None => Ok(Value::none()),
    }
}

fn getformat(thread: &Thread, _: Ref<'_>, kind: Ref<'_>) -> PyResult<Value> {
    let kind = expect_str(thread, "__getformat__", "argument", kind)?;
    if !kind.equals_text("double") && !kind.equals_text("float") {
        return Err(raise!(thread, VALUE_ERROR, "__getformat__() argument 1 must be 'double' or 'float'"));
    }
    let order = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
    Ok(PyStr::from_text(thread, order)?.into_value())
}
