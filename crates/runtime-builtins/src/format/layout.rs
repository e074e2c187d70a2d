//! Putting a formatted value together: padding, sign, prefix, groups of digits. Invariant: memory for a width
//! that the user chose is asked for at once, before anything is written.

use std::borrow::Cow;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Thread};

use super::spec::{Align, Sign, Spec};

/// A number as text, in its parts.
#[derive(Default)]
pub(crate) struct Number<'a> {
    pub(crate) negative: bool,
    /// `0x` and the like.
    pub(crate) prefix: &'a str,
    /// Digits before the point.
    pub(crate) digits: &'a str,
    /// The point and the digits behind it.
    pub(crate) fraction: &'a str,
    /// What follows: exponent, percent sign; or what is not made of digits.
    pub(crate) rest: &'a str,
    /// Digits between separators.
    pub(crate) group: usize,
}

/// Appends so many of a character.
pub(crate) fn push_fill(thread: &Thread, builder: &mut StrBuilder, fill: u32, count: usize) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    builder.push_repeated(thread, fill, count)
}

/// A text in its field.
pub(crate) fn padded(thread: &Thread, spec: &Spec, text: &PyStr) -> PyResult<Owned<PyStr>> {
    let padding = spec.width.saturating_sub(text.len());
    if padding == 0 {
        return Ok(Owned::new_ref(text));
    }
    let before = match spec.align {
        Align::Left => 0,
        Align::Right | Align::Sign => padding,
        Align::Center => padding / 2,
    };
    let mut builder = StrBuilder::new();
    push_fill(thread, &mut builder, spec.fill, before)?;
    builder.push(thread, text)?;
    push_fill(thread, &mut builder, spec.fill, padding - before)?;
    builder.finish(thread)
}

/// Digits from the right in groups, with zeros before them so that they are as wide as `width`.
fn grouped(thread: &Thread, digits: &str, separator: char, group: usize, width: usize) -> PyResult<String> {
    let mut reversed = Vec::new();
    let room = digits.len().max(width);
    if reversed.try_reserve(room + room / group.max(1) + 2).is_err() {
        return Err(thread.raise_memory_error());
    }
    let mut digits = digits.bytes().rev().peekable();
    let mut missing = width;
    loop {
        let mut in_group = 0;
        while in_group < group && (digits.peek().is_some() || missing > in_group || in_group == 0) {
            reversed.push(digits.next().unwrap_or(b'0'));
            in_group += 1;
        }
        missing = missing.saturating_sub(in_group);
        if digits.peek().is_none() && missing == 0 {
            break;
        }
        missing = missing.saturating_sub(1);
        reversed.push(separator as u8);
    }
    Ok(reversed.into_iter().rev().map(char::from).collect())
}

/// The digits behind the point in groups of three, from the point on.
fn grouped_fraction(fraction: &str, separator: char) -> String {
    let (point, digits) = fraction.split_at(fraction.len().min(1));
    let mut text = point.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number in its field.
pub(crate) fn number(thread: &Thread, spec: &Spec, number: &Number<'_>) -> PyResult<Owned<PyStr>> {
    let sign = match (number.negative, spec.sign) {
        (true, _) => "-",
        (false, Some(Sign::Plus)) => "+",
        (false, Some(Sign::Space)) => " ",
        _ => "",
    };
    let fraction = match spec.fraction_grouping {
        Some(separator) => Cow::Owned(grouped_fraction(number.fraction, separator)),
        None => Cow::Borrowed(number.fraction),
    };
    let around = sign.len() + number.prefix.len() + fraction.len() + number.rest.len();
    let zeros_in_groups = spec.fill == u32::from('0') && spec.align == Align::Sign;
    let digits = match spec.grouping {
        Some(separator) if !number.digits.is_empty() => {
            let width = if zeros_in_groups { spec.width.saturating_sub(around) } else { 0 };
            Cow::Owned(grouped(thread, number.digits, separator, number.group, width)?)
        }
        _ => Cow::Borrowed(number.digits),
    };
    let padding = spec.width.saturating_sub(around + digits.len());
    let (before, inside) = match spec.align {
        Align::Left => (0, 0),
        Align::Right => (padding, 0),
        Align::Center => (padding / 2, 0),
        Align::Sign => (0, padding),
    };
    let mut builder = StrBuilder::new();
    push_fill(thread, &mut builder, spec.fill, before)?;
    builder.push_str(thread, sign)?;
    builder.push_str(thread, number.prefix)?;
    push_fill(thread, &mut builder, spec.fill, inside)?;
    for part in [&*digits, &*fraction, number.rest] {
        builder.push_str(thread, part)?;
    }
    push_fill(thread, &mut builder, spec.fill, padding - before - inside)?;
    builder.finish(thread)
}
