//! Numbers as text has them: digits of any script, whitespace around, underscores between digits.

use std::borrow::Cow;

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread};

use crate::chars::code_points;
use crate::text;

/// The text of a number in ASCII: digits of all scripts as ASCII digits, whitespace as spaces, anything else that is
/// not ASCII as `?`.
pub(super) fn plain(text: &PyStr) -> Cow<'_, str> {
    if let Some(ascii) = text.as_ascii() {
        return Cow::Borrowed(ascii);
    }
    let one = |c: u32| match c {
        _ if c < 0x80 => char::from_u32(c).unwrap_or('?'),
        _ if taipan_unicode::is_space(c) => ' ',
        _ => taipan_unicode::decimal_value(c).and_then(|digit| char::from_digit(digit, 10)).unwrap_or('?'),
    };
    code_points(text).into_iter().map(one).collect()
}

/// The text that a string or a bytes-like object holds; none if the value is neither.
pub(super) fn text_of<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Option<Cow<'a, str>>> {
    if let Some(text) = value.get::<PyStr>() {
        return Ok(Some(plain(text)));
    }
    let ascii = |bytes: &[u8]| bytes.iter().map(|&b| if b < 0x80 { char::from(b) } else { '?' }).collect();
    Ok(crate::methods::bytes_like(thread, value)?.map(|bytes| ascii(&bytes)))
}

/// Whitespace as it may stand around a number.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| matches!(c, '\t'..='\r' | '\x1c'..='\x1f' | ' '))
}

/// The text without underscores, each of which stands between two digits; none if one does not.
pub(super) fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.as_bytes().contains(&b'_') {
        return Some(Cow::Borrowed(text));
    }
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '_' if !before.is_ascii_digit() => return None,
            '_' => {}
            _ if before == '_' && !c.is_ascii_digit() => return None,
            _ => plain.push(c),
        }
        before = c;
    }
    (before != '_').then_some(Cow::Owned(plain))
}

/// The `repr` of what could not be read, for messages: not longer than messages allow.
pub(super) fn shown(thread: &Thread, value: Ref<'_>) -> PyResult<String> {
    let exact = match value.get::<PyByteArray>() {
        Some(array) => PyBytes::new(thread, &array.copy(thread, 0, array.len())?)?.into_value(),
        None => value.to_value(),
    };
    let text = text::repr(thread, exact.as_ref())?.to_text_lossy();
    Ok(text.chars().take(200).collect())
}

/// The length of the longest beginning that is a float, without underscores.
pub(super) fn float_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // most are nothing but digits and a point
    let point = bytes.iter().position(|byte| !byte.is_ascii_digit());
    match point {
        None if !bytes.is_empty() => return Some(bytes.len()),
        Some(point) if bytes.len() > 1 && bytes.get(point) == Some(&b'.') => {
            let behind = bytes.get(point + 1..).unwrap_or_default();
            if behind.iter().all(u8::is_ascii_digit) {
                return Some(bytes.len());
            }
        }
        _ => {}
    }
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let digits = |mut i: usize| {
        let start = i;
        while at(i).is_ascii_digit() {
            i += 1;
        }
        (i, i - start)
    };
    let sign = usize::from(matches!(at(0), b'+' | b'-'));
    for word in ["infinity", "inf", "nan"] {
        if text.get(sign..sign + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)) {
            return Some(sign + word.len());
        }
    }
    let (mut end, whole) = digits(sign);
    let mut fraction = 0;
    if at(end) == b'.' {
        (end, fraction) = digits(end + 1);
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(at(end), b'e' | b'E') {
        let exponent = end + 1 + usize::from(matches!(at(end + 1), b'+' | b'-'));
        let (behind, count) = digits(exponent);
        if count > 0 {
            end = behind;
        }
    }
    Some(end)
}
