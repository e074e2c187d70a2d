//! `__format__` of numbers: `int` (and `bool`), `float`, `complex`. Types without locale: `n` groups nothing.

use taipan_object::complex::PyComplex;
use taipan_object::int::int_to_f64;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, raise};

use super::layout::{self, Number, padded};
use super::spec::{Align, Sign, Spec, unknown_kind};
use crate::text::float::{FloatLayout, Style, float_text};
use crate::text::int_text;

/// C's `int`, which a precision must fit.
const MAX_PRECISION: usize = i32::MAX as usize;

pub(super) fn format_int(thread: &Thread, value: Ref<'_>, text: &PyStr) -> PyResult<Owned<PyStr>> {
    let spec = Spec::parse(thread, value, text, 'd', Align::Right)?;
    match char::from_u32(spec.kind) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => int_field(thread, value, &spec),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            float_field(thread, int_to_f64(thread, value)?, &spec)
        }
        _ => Err(unknown_kind(thread, spec.kind, value)),
    }
}

fn int_field(thread: &Thread, value: Ref<'_>, spec: &Spec) -> PyResult<Owned<PyStr>> {
    if spec.precision.is_some() {
        return Err(raise!(thread, VALUE_ERROR, "Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        let message = "Negative zero coercion (z) not allowed in integer format specifier";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    if spec.is_kind('c') {
        return char_field(thread, value, spec);
    }
    let (base, prefix) = match char::from_u32(spec.kind) {
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let digits = match base {
        10 => int_text(thread, value)?,
        _ => value.int_to_text(base).unwrap_or_default(),
    };
    let digits = if spec.is_kind('X') { digits.to_ascii_uppercase() } else { digits };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.as_str()),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let group = if base == 10 { 3 } else { 4 };
    layout::number(thread, spec, &Number { negative, prefix, digits, group, ..Number::default() })
}

/// `c`: the character of a number.
fn char_field(thread: &Thread, value: Ref<'_>, spec: &Spec) -> PyResult<Owned<PyStr>> {
    if spec.sign.is_some() {
        return Err(raise!(thread, VALUE_ERROR, "Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        let message = "Alternate form (#) not allowed with integer format specifier 'c'";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let Some(code_point) = value.to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"));
    };
    match u32::try_from(code_point) {
        Ok(code_point @ 0..0x11_0000) => padded(thread, spec, &*PyStr::from_code_point(thread, code_point)?),
        _ => Err(raise!(thread, OVERFLOW_ERROR, "%c arg not in range(0x110000)")),
    }
}

pub(super) fn format_float(thread: &Thread, value: Ref<'_>, text: &PyStr) -> PyResult<Owned<PyStr>> {
    let spec = Spec::parse(thread, value, text, '\0', Align::Right)?;
    match char::from_u32(spec.kind) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => {
            float_field(thread, value.to_f64().unwrap_or(f64::NAN), &spec)
        }
        _ => Err(unknown_kind(thread, spec.kind, value)),
    }
}

/// How the type character and the precision lay a float out; `point_zero` is for a float without type.
fn layout_of(thread: &Thread, spec: &Spec, point_zero: bool) -> PyResult<FloatLayout> {
    let style = match (char::from_u32(spec.kind), spec.precision) {
        (Some('e' | 'E'), _) => Style::Exponent,
        (Some('f' | 'F' | '%'), _) => Style::Fixed,
        (Some('\0'), None) => Style::Shortest,
        _ => Style::General,
    };
    let precision = spec.precision.unwrap_or(6);
    if precision > MAX_PRECISION {
        return Err(raise!(thread, VALUE_ERROR, "precision too big"));
    }
    if String::new().try_reserve(precision + 400).is_err() {
        return Err(thread.raise_memory_error());
    }
    let point_zero = point_zero && spec.is_kind('\0');
    Ok(FloatLayout { style, precision, alternate: spec.alternate, point_zero })
}

/// The text of a float, without sign; whether it is negative.
fn float_parts(value: f64, spec: &Spec, layout: FloatLayout) -> (bool, String) {
    let percent = spec.is_kind('%');
    let mut text = float_text(if percent { value * 100.0 } else { value }, layout);
    let is_zero = |text: &str| {
        let mantissa = text.split('e').next().unwrap_or_default();
        !text.ends_with('f') && mantissa.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'))
    };
    let negative = text.starts_with('-');
    let stays = negative && !(spec.no_negative_zero && is_zero(&text));
    if negative {
        text.remove(0);
    }
    if matches!(char::from_u32(spec.kind), Some('E' | 'F' | 'G')) {
        text.make_ascii_uppercase();
    }
    if percent {
        text.push('%');
    }
    (stays, text)
}

/// Digits before the point, the point and the digits behind it, the rest.
fn split(text: &str) -> (&str, &str, &str) {
    let end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end(text));
    match rest.strip_prefix('.') {
        Some(behind) => {
            let (fraction, rest) = rest.split_at(end(behind) + 1);
            (digits, fraction, rest)
        }
        None => (digits, "", rest),
    }
}

fn float_field(thread: &Thread, value: f64, spec: &Spec) -> PyResult<Owned<PyStr>> {
    let layout = layout_of(thread, spec, true)?;
    let (negative, text) = float_parts(value, spec, layout);
    let (digits, fraction, rest) = split(&text);
    layout::number(thread, spec, &Number { negative, prefix: "", digits, fraction, rest, group: 3 })
}

pub(super) fn format_complex(thread: &Thread, value: Ref<'_>, text: &PyStr) -> PyResult<Owned<PyStr>> {
    let spec = Spec::parse(thread, value, text, '\0', Align::Right)?;
    if !matches!(char::from_u32(spec.kind), Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
        return Err(unknown_kind(thread, spec.kind, value));
    }
    if spec.fill == u32::from('0') {
        return Err(raise!(thread, VALUE_ERROR, "Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::Sign {
        let message = "'=' alignment flag is not allowed in complex format specifier";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let layout = layout_of(thread, &spec, false)?;
    let [real, imaginary] = value.get::<PyComplex>().map_or([f64::NAN; 2], PyComplex::parts);
    let in_parentheses = spec.is_kind('\0');
    let skips_real = in_parentheses && real == 0.0 && real.is_sign_positive();
    let mut part = Spec { width: 0, align: Align::Left, ..spec.clone() };
    let mut builder = StrBuilder::new();
    if in_parentheses && !skips_real {
        builder.push_str(thread, "(")?;
    }
    for (at, number) in [real, imaginary].into_iter().enumerate() {
        if at == 0 && skips_real {
            continue;
        }
        if at == 1 && !skips_real {
            part.sign = Some(Sign::Plus);
        }
        let (negative, text) = float_parts(number, &part, layout);
        let (digits, fraction, rest) = split(&text);
        let number = Number { negative, prefix: "", digits, fraction, rest, group: 3 };
        builder.push(thread, &*layout::number(thread, &part, &number)?)?;
    }
    builder.push_str(thread, "j")?;
    if in_parentheses && !skips_real {
        builder.push_str(thread, ")")?;
    }
    padded(thread, &spec, &*builder.finish(thread)?)
}
