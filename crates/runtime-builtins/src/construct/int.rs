//! `int(number)` and `int(text, base)`.

use taipan_object::int::{ParseError, PyLong, parse};
use taipan_object::protocol::number::{UnaryOp, checked_int, index, unary};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::INT;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

use super::number_text::{shown, text_of, trim};
use crate::arguments::{Parameters, check_count};
use crate::text::max_str_digits;

const NEW: Parameters<1> =
    Parameters { function: "int", names: ["base"], positional_only: 0, positional: 0, required: 0 };

/// `int.__new__`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    check_count(thread, "int", positional.len(), 0, 2)?;
    if by_name > 0 && arguments.len() > 2 {
        let given = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "int() takes at most 2 arguments ({given} given)"));
    }
    let base = match positional.get(1) {
        Some(base) if by_name == 0 => Some(base.as_ref()),
        _ => NEW.bind(thread, named, names)?[0],
    };
    let value = match (positional.first(), base) {
        (None, None) => Value::small(0),
        (None, Some(_)) => return Err(raise!(thread, TYPE_ERROR, "int() missing string argument")),
        (Some(value), None) => int_of(thread, value.as_ref())?,
        (Some(value), Some(base)) => with_base(thread, value.as_ref(), base)?,
    };
    if std::ptr::eq(class, &raw const INT) {
        return Ok(value);
    }
    PyLong::derived(thread, class, value.as_ref())
}

/// The exact int of an int.
fn exact(thread: &Thread, value: Value) -> PyResult<Value> {
    match std::ptr::eq(value.as_ref().ty(), &raw const INT) {
        true => Ok(value),
        false => unary(thread, value.as_ref(), UnaryOp::Positive),
    }
}

/// The exact int that a value stands for as an index.
pub(crate) fn exact_index(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    exact(thread, index(thread, value)?)
}

/// `int(value)`: a number's integer part, or what text says.
pub(crate) fn int_of(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    if std::ptr::eq(value.ty(), &raw const INT) {
        return Ok(value.to_value());
    }
    if let Some(slot) = value.ty().slots().int.get() {
        let int = slot(thread, value)?;
        return exact(thread, checked_int(thread, int, "__int__")?);
    }
    if value.ty().slots().index.get().is_some() {
        return exact(thread, index(thread, value)?);
    }
    match text_of(thread, value)? {
        Some(text) => from_text(thread, value, &text, 10),
        None => {
            let ty = value.ty().name();
            Err(raise!(
                thread,
                TYPE_ERROR,
                "int() argument must be a string, a bytes-like object or a real number, not '{ty}'"
            ))
        }
    }
}

fn with_base(thread: &Thread, value: Ref<'_>, base: Ref<'_>) -> PyResult<Value> {
    let base = index(thread, base)?;
    let base = base.as_ref().to_i64().and_then(|base| u32::try_from(base).ok());
    let Some(base) = base.filter(|base| matches!(base, 0 | 2..=36)) else {
        return Err(raise!(thread, VALUE_ERROR, "int() base must be >= 2 and <= 36, or 0"));
    };
    match text_of(thread, value)? {
        Some(text) => from_text(thread, value, &text, base),
        None => Err(raise!(thread, TYPE_ERROR, "int() can't convert non-string with explicit base")),
    }
}

/// Sign, digits without underscores and base of a text.
fn read(text: &str, base: u32) -> Option<(bool, String, u32)> {
    let text = trim(text);
    let (negative, text) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..)?),
        [b'+', ..] => (false, text.get(1..)?),
        _ => (false, text),
    };
    let prefix = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let has_prefix = prefix != 0 && (base == 0 || base == prefix);
    let digits = if has_prefix { text.get(2..)? } else { text };
    let digits = if has_prefix { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    let real_base = match base {
        0 if has_prefix => prefix,
        0 => 10,
        _ => base,
    };
    let is_grouped = digits.contains('_');
    if digits.is_empty()
        || is_grouped && (digits.starts_with('_') || digits.ends_with('_') || digits.contains("__"))
    {
        return None;
    }
    let digits = if is_grouped { digits.replace('_', "") } else { digits.to_owned() };
    if !digits.bytes().all(|byte| char::from(byte).is_digit(real_base)) {
        return None;
    }
    // a zero before other digits was octal once
    let looks_octal = base == 0 && !has_prefix && digits.starts_with('0');
    if looks_octal && digits.chars().any(|c| c != '0') {
        return None;
    }
    Some((negative, digits, real_base))
}

fn from_text(thread: &Thread, value: Ref<'_>, text: &str, base: u32) -> PyResult<Value> {
    let Some((negative, digits, real_base)) = read(text, base) else {
        return Err(invalid(thread, value, base));
    };
    let (count, limit) = (digits.len(), max_str_digits(thread));
    if !real_base.is_power_of_two() && count > limit {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} \
             digits; use sys.set_int_max_str_digits() to increase the limit"
        ));
    }
    match parse(thread, negative, &digits, real_base) {
        Ok(int) => Ok(int),
        Err(ParseError::Raised(raised)) => Err(raised),
        Err(ParseError::Invalid) => Err(invalid(thread, value, base)),
    }
}

#[cold]
fn invalid(thread: &Thread, value: Ref<'_>, base: u32) -> Raised {
    match shown(thread, value) {
        Ok(shown) => raise!(thread, VALUE_ERROR, "invalid literal for int() with base {base}: {shown}"),
        Err(raised) => raised,
    }
}
