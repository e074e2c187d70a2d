//! `int.to_bytes` and `int.from_bytes`: two's complement if it is signed.

use taipan_object::bytes::PyBytes;
use taipan_object::int::parse;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::INT;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::wrong;
use crate::arguments::{Parameters, expect_str, to_size};
use crate::construct;

const TO_BYTES: Parameters<3> = Parameters {
    function: "to_bytes",
    names: ["length", "byteorder", "signed"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// Whether the order is little; `ValueError` if it is neither.
pub(super) fn is_little(thread: &Thread, order: Option<&PyStr>) -> PyResult<bool> {
    match order {
        None => Ok(false),
        Some(order) if order.equals_text("big") => Ok(false),
        Some(order) if order.equals_text("little") => Ok(true),
        Some(_) => Err(raise!(thread, VALUE_ERROR, "byteorder must be either 'little' or 'big'")),
    }
}

/// The magnitude, the lowest byte first.
fn magnitude(hex: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hex.len() / 2 + 1);
    for pair in hex.as_bytes().rchunks(2) {
        let digits = pair.iter().filter_map(|&digit| char::from(digit).to_digit(16));
        bytes.push(digits.fold(0, |byte, digit| byte * 16 + digit) as u8);
    }
    bytes
}

pub(super) fn to_bytes(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [length, order, signed] = TO_BYTES.bind(thread, arguments, names)?;
    let length = length.map_or(Ok(1), |length| to_size(thread, length))?;
    let order =
        order.map(|order| expect_str(thread, "to_bytes", "argument 'byteorder'", order)).transpose()?;
    let signed = signed.map_or(Ok(false), |signed| protocol::truth(thread, signed))?;
    let little = is_little(thread, order)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(raise!(thread, VALUE_ERROR, "length argument must be non-negative"));
    };
    let hex = this.int_to_text(16).ok_or_else(|| wrong(thread, this))?;
    let (negative, hex) = match hex.strip_prefix('-') {
        Some(_) if !signed => {
            return Err(raise!(thread, OVERFLOW_ERROR, "can't convert negative int to unsigned"));
        }
        Some(hex) => (true, hex),
        None => (false, hex.as_str()),
    };
    let mut bytes = magnitude(hex);
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    if bytes.len() > length {
        return Err(raise!(thread, OVERFLOW_ERROR, "int too big to convert"));
    }
    if bytes.try_reserve_exact(length - bytes.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    bytes.resize(length, 0);
    if negative {
        negate(&mut bytes);
    }
    // the highest bit is the sign
    let sign = bytes.last().is_some_and(|&byte| byte >= 0x80);
    let has_value = bytes.iter().any(|&byte| byte != 0);
    if signed && (sign != negative) && (has_value || negative) {
        return Err(raise!(thread, OVERFLOW_ERROR, "int too big to convert"));
    }
    if !little {
        bytes.reverse();
    }
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

const FROM_BYTES: Parameters<3> = Parameters {
    function: "from_bytes",
    names: ["bytes", "byteorder", "signed"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

pub(super) fn from_bytes(
    thread: &Thread,
    class: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [bytes, order, signed] = FROM_BYTES.bind(thread, arguments, names)?;
    let order =
        order.map(|order| expect_str(thread, "from_bytes", "argument 'byteorder'", order)).transpose()?;
    let signed = signed.map_or(Ok(false), |signed| protocol::truth(thread, signed))?;
    let little = is_little(thread, order)?;
    let mut bytes = construct::object_bytes(thread, bytes.unwrap_or(class))?;
    if !little {
        bytes.reverse();
    }
    let negative = signed && bytes.last().is_some_and(|&byte| byte >= 0x80);
    if negative {
        negate(&mut bytes);
    }
    let mut hex = String::new();
    if hex.try_reserve(bytes.len() * 2 + 1).is_err() {
        return Err(thread.raise_memory_error());
    }
    hex.push('0');
    for &byte in bytes.iter().rev() {
        let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or('0');
        hex.extend([digit(byte >> 4), digit(byte & 0xF)]);
    }
    let Ok(int) = parse(thread, negative, &hex, 16) else { return Err(thread.raise_memory_error()) };
    match class.is(as_ref(&INT)) {
        true => Ok(int),
        false => protocol::call(thread, class, &[int], None),
    }
}

/// The two's complement, the lowest byte first.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
        (*byte, carry) = (sum, over);
    }
}
