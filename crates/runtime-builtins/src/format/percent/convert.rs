//! The text of one value of a `%` conversion.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::protocol::number::index;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};

use super::Kind;
use super::field::Field;
use crate::construct;
use crate::format::push_fill;
use crate::special::call_special;
use crate::text;
use crate::text::float::{FloatLayout, Style, float_text};

/// Adds a value as a conversion shows it.
pub(super) fn push(
    thread: &Thread,
    kind: Kind,
    builder: &mut StrBuilder,
    field: &Field,
    value: Value,
) -> PyResult<()> {
    let conversion = char::from_u32(field.conversion).unwrap_or('?');
    let value = value.as_ref();
    match conversion {
        'd' | 'i' if field.is_plain() && value.word().as_int().is_some() => {
            let shown = PyStr::from_int(thread, value.word().as_int().unwrap_or(0))?;
            builder.push(thread, &shown)
        }
        's' if kind == Kind::Text && field.is_plain() => {
            let shown = text::str(thread, value)?;
            builder.push(thread, &shown)
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
            let (negative, prefix, digits) = integer(thread, field, value, conversion)?;
            number(thread, builder, field, negative, prefix, &digits)
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let shown = float(thread, kind, field, value, conversion)?;
            let (negative, digits) =
                shown.strip_prefix('-').map_or((false, shown.as_str()), |digits| (true, digits));
            number(thread, builder, field, negative, "", digits)
        }
        _ => {
            let shown = match (conversion, kind) {
                ('c', _) => character(thread, kind, value)?,
                ('a', _) | ('r', Kind::Bytes) => text::to_ascii(thread, value)?,
                ('r', Kind::Text) => text::repr(thread, value)?,
                ('s', Kind::Text) => text::str(thread, value)?,
                ('s' | 'b', Kind::Bytes) => bytes(thread, value)?,
                _ => return Err(unsupported(thread, field)),
            };
            let most = field.precision.filter(|_| conversion != 'c').unwrap_or(usize::MAX);
            let shown = if shown.len() > most { shown.slice(thread, 0, most)? } else { shown };
            padded(thread, builder, field, &shown)
        }
    }
}

#[cold]
fn unsupported(thread: &Thread, field: &Field) -> Raised {
    let (code, at) = (field.conversion, field.position);
    let shown = char::from_u32(code).filter(|c| (' '..='~').contains(c)).unwrap_or('?');
    raise!(thread, VALUE_ERROR, "unsupported format character '{shown}' (0x{code:x}) at index {at}")
}

fn padded(thread: &Thread, builder: &mut StrBuilder, field: &Field, shown: &PyStr) -> PyResult<()> {
    let padding = field.width.saturating_sub(shown.len());
    if !field.left {
        push_fill(thread, builder, 0x20, padding)?;
    }
    builder.push(thread, shown)?;
    if field.left {
        push_fill(thread, builder, 0x20, padding)?;
    }
    Ok(())
}

/// Adds a number: padding, sign, prefix, zeros, digits.
fn number(
    thread: &Thread,
    builder: &mut StrBuilder,
    field: &Field,
    negative: bool,
    prefix: &str,
    digits: &str,
) -> PyResult<()> {
    let sign = match negative {
        true => "-",
        false if field.plus => "+",
        false if field.space => " ",
        false => "",
    };
    let padding = field.width.saturating_sub(sign.len() + prefix.len() + digits.len());
    let zeros = field.zero && !field.left;
    if !field.left && !zeros {
        push_fill(thread, builder, 0x20, padding)?;
    }
    builder.push_str(thread, sign)?;
    builder.push_str(thread, prefix)?;
    if zeros {
        push_fill(thread, builder, 0x30, padding)?;
    }
    builder.push_str(thread, digits)?;
    if field.left {
        push_fill(thread, builder, 0x20, padding)?;
    }
    Ok(())
}

/// The int that is shown: an integer, or the integer part of a number where that will do.
fn int_of(thread: &Thread, value: Ref<'_>, conversion: char) -> PyResult<Value> {
    if value.is_int() {
        return Ok(value.to_value());
    }
    let only_integers = matches!(conversion, 'x' | 'X' | 'o');
    let slots = value.ty().slots();
    let is_number = slots.index.get().is_some() || slots.int.get().is_some() || slots.float.get().is_some();
    let made = match only_integers {
        true if slots.index.get().is_some() => index(thread, value),
        false if is_number => construct::int_of(thread, value),
        _ => return Err(wrong_number(thread, value, conversion)),
    };
    made.map_err(|raised| {
        let exception = thread.catch(raised);
        match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
            true => wrong_number(thread, value, conversion),
            false => thread.raise(exception),
        }
    })
}

#[cold]
fn wrong_number(thread: &Thread, value: Ref<'_>, conversion: char) -> Raised {
    let wanted = if matches!(conversion, 'x' | 'X' | 'o') { "an integer" } else { "a real number" };
    let got = value.ty().name();
    raise!(thread, TYPE_ERROR, "%{conversion} format: {wanted} is required, not {got}")
}

/// Whether it is negative, its prefix, its digits.
fn integer(
    thread: &Thread,
    field: &Field,
    value: Ref<'_>,
    conversion: char,
) -> PyResult<(bool, &'static str, String)> {
    let int = int_of(thread, value, conversion)?;
    let (base, prefix) = match conversion {
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        'o' => (8, "0o"),
        _ => (10, ""),
    };
    let shown = match base {
        10 => text::int_text(thread, int.as_ref())?,
        _ => int.as_ref().int_to_text(base).unwrap_or_default(),
    };
    let (negative, digits) = shown.strip_prefix('-').map_or((false, shown.as_str()), |digits| (true, digits));
    let missing = field.precision.unwrap_or(0).saturating_sub(digits.len());
    let mut padded = String::new();
    if padded.try_reserve(missing + digits.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    padded.extend(std::iter::repeat_n('0', missing));
    padded.push_str(digits);
    if conversion == 'X' {
        padded.make_ascii_uppercase();
    }
    Ok((negative, if field.alternate { prefix } else { "" }, padded))
}

/// More digits than anybody has memory for.
const MOST_DIGITS: usize = 1 << 28;

fn float(thread: &Thread, kind: Kind, field: &Field, value: Ref<'_>, conversion: char) -> PyResult<String> {
    let number = construct::float_from_number(thread, value).map_err(|raised| {
        let exception = thread.catch(raised);
        match kind == Kind::Bytes && exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
            true => {
                let got = value.ty().name();
                raise!(thread, TYPE_ERROR, "float argument required, not {got}")
            }
            false => thread.raise(exception),
        }
    })?;
    let style = match conversion.to_ascii_lowercase() {
        'e' => Style::Exponent,
        'f' => Style::Fixed,
        _ => Style::General,
    };
    let precision = field.precision.unwrap_or(6);
    if precision > MOST_DIGITS {
        return Err(thread.raise_memory_error());
    }
    let layout = FloatLayout { style, precision, alternate: field.alternate, point_zero: false };
    let mut shown = float_text(number, layout);
    if conversion.is_ascii_uppercase() {
        shown.make_ascii_uppercase();
    }
    Ok(shown)
}

fn character(thread: &Thread, kind: Kind, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    let limit = if kind == Kind::Text { 0x11_0000 } else { 0x100 };
    if value.is_int() || value.ty().slots().index.get().is_some() {
        let int = index(thread, value)?;
        let c = int.as_ref().to_i64().and_then(|c| u32::try_from(c).ok());
        return match c.filter(|&c| c < limit) {
            Some(c) => PyStr::from_code_point(thread, c),
            None if kind == Kind::Text => {
                Err(raise!(thread, OVERFLOW_ERROR, "%c arg not in range(0x110000)"))
            }
            None => Err(raise!(thread, OVERFLOW_ERROR, "%c arg not in range(256)")),
        };
    }
    if kind == Kind::Text {
        return match value.get::<PyStr>() {
            Some(text) if text.len() == 1 => Ok(Owned::new_ref(text)),
            Some(text) => Err(raise!(
                thread,
                TYPE_ERROR,
                "%c requires an int or a unicode character, not a string of length {}",
                text.len()
            )),
            None => {
                let got = value.ty().full_name(thread);
                Err(raise!(thread, TYPE_ERROR, "%c requires an int or a unicode character, not {got}"))
            }
        };
    }
    let (one, length, what) = match (value.get::<PyBytes>(), value.get::<PyByteArray>()) {
        (Some(bytes), _) => (bytes.as_slice().first().copied(), bytes.as_slice().len(), "bytes"),
        (None, Some(array)) => (array.get(0), array.len(), "bytearray"),
        (None, None) => {
            let got = value.ty().full_name(thread);
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "%c requires an integer in range(256) or a single byte, not {got}"
            ));
        }
    };
    match one.filter(|_| length == 1) {
        Some(byte) => PyStr::from_code_point(thread, byte.into()),
        None => Err(raise!(
            thread,
            TYPE_ERROR,
            "%c requires an integer in range(256) or a single byte, not a {what} object of length {length}"
        )),
    }
}

/// The bytes of a bytes-like object or of what has `__bytes__`, as characters.
fn bytes(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    let as_text = |bytes: &[u8]| {
        PyStr::from_code_points(thread, &bytes.iter().map(|&byte| byte.into()).collect::<Vec<u32>>())
    };
    if let Some(bytes) = value.get::<PyBytes>() {
        return as_text(bytes.as_slice());
    }
    if value.get::<PyByteArray>().is_some()
        && let Some(bytes) = crate::methods::bytes_like(thread, value)?
    {
        return as_text(&bytes);
    }
    let name = intern_text(thread, "__bytes__")?;
    let Some(made) = call_special(thread, value, &name, [])? else {
        if let Some(bytes) = crate::methods::bytes_like(thread, value)? {
            return as_text(&bytes);
        }
        let got = value.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{got}'"
        ));
    };
    match made.as_ref().get::<PyBytes>() {
        Some(bytes) => as_text(bytes.as_slice()),
        None => {
            let ty = made.as_ref().ty().name();
            Err(raise!(thread, TYPE_ERROR, "__bytes__ returned non-bytes (type {ty})"))
        }
    }
}
