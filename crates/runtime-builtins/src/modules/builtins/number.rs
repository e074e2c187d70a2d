//! `abs`, `bin`, `chr`, `divmod`, `hex`, `oct`, `ord`, `pow`, `round`.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::protocol::number::{BinaryOp, UnaryOp, binary, index, power, unary};
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::arguments::Parameters;
use crate::special::call_special;

pub(super) fn abs(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    unary(thread, number, UnaryOp::Absolute)
}

pub(super) fn divmod(thread: &Thread, _: Ref<'_>, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    binary(thread, a, b, BinaryOp::Divmod)
}

/// The digits of an integer in a base, behind the sign and a prefix.
fn digits(thread: &Thread, integer: Ref<'_>, base: u32, prefix: &str) -> PyResult<Value> {
    let integer = index(thread, integer)?;
    let digits = integer.as_ref().int_to_text(base).unwrap_or_default();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    Ok(PyStr::from_text(thread, &format!("{sign}{prefix}{digits}"))?.into_value())
}

pub(super) fn bin(thread: &Thread, _: Ref<'_>, integer: Ref<'_>) -> PyResult<Value> {
    digits(thread, integer, 2, "0b")
}

pub(super) fn oct(thread: &Thread, _: Ref<'_>, integer: Ref<'_>) -> PyResult<Value> {
    digits(thread, integer, 8, "0o")
}

pub(super) fn hex(thread: &Thread, _: Ref<'_>, integer: Ref<'_>) -> PyResult<Value> {
    digits(thread, integer, 16, "0x")
}

pub(super) fn chr(thread: &Thread, _: Ref<'_>, code_point: Ref<'_>) -> PyResult<Value> {
    let code_point = index(thread, code_point)?;
    let code_point = code_point.as_ref().to_i64().and_then(|c| u32::try_from(c).ok());
    match code_point.filter(|&c| c < 0x11_0000) {
        Some(c) => Ok(PyStr::from_code_point(thread, c)?.into_value()),
        None => Err(raise!(thread, VALUE_ERROR, "chr() arg not in range(0x110000)")),
    }
}

pub(super) fn ord(thread: &Thread, _: Ref<'_>, character: Ref<'_>) -> PyResult<Value> {
    let (len, first) = if let Some(text) = character.get::<PyStr>() {
        (text.len(), text.char_at(0))
    } else if let Some(bytes) = character.get::<PyBytes>() {
        (bytes.as_slice().len(), bytes.as_slice().first().map(|&byte| byte.into()))
    } else if let Some(array) = character.get::<PyByteArray>() {
        (array.len(), array.get(0).map(u32::from))
    } else {
        let got = character.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "ord() expected string of length 1, but {got} found"));
    };
    match first.filter(|_| len == 1) {
        Some(c) => Value::int(thread, c.into()),
        None => {
            Err(raise!(thread, TYPE_ERROR, "ord() expected a character, but string of length {len} found"))
        }
    }
}

const POW: Parameters<3> = Parameters {
    function: "pow",
    names: ["base", "exp", "mod"],
    positional_only: 0,
    positional: 3,
    required: 2,
};

pub(super) fn pow(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [base, exponent, modulus] = POW.bind(thread, arguments, names)?;
    let none = Value::none();
    let (base, exponent) = (base.unwrap_or(none.as_ref()), exponent.unwrap_or(none.as_ref()));
    power(thread, base, exponent, modulus.unwrap_or(none.as_ref()), false)
}

const ROUND: Parameters<2> = Parameters {
    function: "round",
    names: ["number", "ndigits"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

pub(super) fn round(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    by_name: Option<&PyTuple>,
) -> PyResult<Value> {
    let [number, digits] = ROUND.bind(thread, arguments, by_name)?;
    let number = number.unwrap_or(this);
    let digits = digits.filter(|digits| !digits.is_none()).map(Ref::to_value);
    let method = names::__round__.get();
    let rounded = match digits {
        Some(digits) => call_special(thread, number, method, [digits])?,
        None => call_special(thread, number, method, [])?,
    };
    match rounded {
        Some(rounded) => Ok(rounded),
        None => {
            let ty = number.ty().name();
            Err(raise!(thread, TYPE_ERROR, "type {ty} doesn't define __round__ method"))
        }
    }
}
