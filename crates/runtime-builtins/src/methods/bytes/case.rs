//! Case and classes of bytes, by ASCII alone.

use taipan_object::{PyResult, Ref, Thread, Value};

use super::{alike, bytes_of, is_space};

/// Maps every byte; the map is told whether a letter comes before.
fn mapped(thread: &Thread, this: Ref<'_>, map: impl Fn(u8, bool) -> u8) -> PyResult<Value> {
    let mut bytes = bytes_of(thread, this)?.into_owned();
    let mut in_word = false;
    for byte in &mut bytes {
        let old = *byte;
        *byte = map(old, in_word);
        in_word = old.is_ascii_alphabetic();
    }
    alike(thread, this, &bytes)
}

pub(super) fn lower(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    mapped(thread, this, |byte, _| byte.to_ascii_lowercase())
}

pub(super) fn upper(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    mapped(thread, this, |byte, _| byte.to_ascii_uppercase())
}

pub(super) fn swapcase(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    mapped(thread, this, |byte, _| if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte })
}

pub(super) fn title(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    mapped(thread, this, |byte, in_word| match in_word {
        true => byte.to_ascii_lowercase(),
        false => byte.to_ascii_uppercase(),
    })
}

pub(super) fn capitalize(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mut bytes = bytes_of(thread, this)?.to_ascii_lowercase();
    if let Some(first) = bytes.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    alike(thread, this, &bytes)
}

/// Whether there are bytes, all of a class.
fn all(thread: &Thread, this: Ref<'_>, class: impl Fn(u8) -> bool) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    Ok(Value::bool(!bytes.is_empty() && bytes.iter().all(|&byte| class(byte))))
}

pub(super) fn isalnum(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, |byte| byte.is_ascii_alphanumeric())
}

pub(super) fn isalpha(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, |byte| byte.is_ascii_alphabetic())
}

pub(super) fn isdigit(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, |byte| byte.is_ascii_digit())
}

pub(super) fn isspace(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    all(thread, this, is_space)
}

pub(super) fn isascii(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(bytes_of(thread, this)?.is_ascii()))
}

pub(super) fn islower(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    let other = bytes.iter().any(u8::is_ascii_uppercase);
    Ok(Value::bool(!other && bytes.iter().any(u8::is_ascii_lowercase)))
}

pub(super) fn isupper(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    let other = bytes.iter().any(u8::is_ascii_lowercase);
    Ok(Value::bool(!other && bytes.iter().any(u8::is_ascii_uppercase)))
}

pub(super) fn istitle(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    let (mut in_word, mut found) = (false, false);
    for &byte in bytes.iter() {
        let letter = byte.is_ascii_alphabetic();
        if letter && byte.is_ascii_uppercase() == in_word {
            return Ok(Value::bool(false));
        }
        in_word = letter;
        found |= letter;
    }
    Ok(Value::bool(found))
}
