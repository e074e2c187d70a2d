//! What a string is made of: the `is…` methods.

use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_unicode as unicode;

use super::receiver;
use crate::chars::with_chars;

fn all(thread: &Thread, this: Ref<'_>, if_empty: bool, test: fn(u32) -> bool) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    if text.is_empty() {
        return Ok(Value::bool(if_empty));
    }
    Ok(Value::bool(with_chars!(text, chars => chars.iter().all(|&c| test(u32::from(c))))))
}

pub(super) fn isascii(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver(thread, this)?.is_ascii()))
}

pub(super) fn isspace(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, false, unicode::is_space)
}

pub(super) fn isdecimal(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, false, |c| unicode::decimal_value(c).is_some())
}

pub(super) fn isdigit(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, false, unicode::is_digit)
}

pub(super) fn isnumeric(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, false, unicode::is_numeric)
}

pub(super) fn isalpha(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, false, unicode::is_alphabetic)
}

pub(super) fn isalnum(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let test = |c| unicode::is_alphabetic(c) || unicode::is_numeric(c) || unicode::is_digit(c);
    all(thread, this, false, test)
}

pub(super) fn isprintable(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, true, unicode::is_printable)
}

/// Whether a text has the form of an identifier.
pub(crate) fn is_identifier(text: &taipan_object::str::PyStr) -> bool {
    let mut chars = crate::chars::code_points(text).into_iter();
    chars.next().is_some_and(unicode::is_identifier_start) && chars.all(unicode::is_identifier_continue)
}

pub(super) fn isidentifier(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(is_identifier(receiver(thread, this)?)))
}

/// Whether there are letters of one case and none of the others.
fn only(
    thread: &Thread,
    this: Ref<'_>,
    wanted: fn(u32) -> bool,
    refused: fn(u32) -> bool,
) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let holds = with_chars!(text, chars => {
        let mut chars = chars.iter().map(|&c| u32::from(c));
        let mut found = false;
        chars.all(|c| {
            found |= wanted(c);
            !refused(c)
        }) && found
    });
    Ok(Value::bool(holds))
}

pub(super) fn islower(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    only(thread, this, unicode::is_lowercase, |c| unicode::is_uppercase(c) || unicode::is_titlecase(c))
}

pub(super) fn isupper(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    only(thread, this, unicode::is_uppercase, |c| unicode::is_lowercase(c) || unicode::is_titlecase(c))
}

pub(super) fn istitle(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let (mut in_word, mut found) = (false, false);
    let mut fits = |c: u32| {
        let starts = unicode::is_uppercase(c) || unicode::is_titlecase(c);
        let is_letter = starts || unicode::is_lowercase(c);
        let was_in_word = std::mem::replace(&mut in_word, is_letter);
        found |= is_letter;
        !is_letter || starts != was_in_word
    };
    let fits = with_chars!(text, chars => chars.iter().all(|&c| fits(u32::from(c))));
    Ok(Value::bool(fits && found))
}
