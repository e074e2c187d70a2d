//! Decoders for declared encodings.
//! Invariant: what decodes here decodes to the same text in CPython.

use super::SourceError;
use std::borrow::Cow;

/// Decodes `bytes`, which are not in plain UTF-8, as the encoding called `name`. Borrowed text means
/// that the bytes are UTF-8 as they stand.
pub(crate) fn decode<'b>(bytes: &'b [u8], name: &str) -> Result<Cow<'b, str>, SourceError> {
    match normalize(name).as_str() {
        "utf_8" | "utf8" | "u8" | "utf" | "cp65001" => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| SourceError::invalid_utf8(bytes, &error)),
        "iso_8859_1" | "iso8859_1" | "latin_1" | "latin1" | "latin" | "l1" | "8859" | "cp819" | "iso8859" => {
            Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()))
        }
        "ascii" | "us_ascii" | "646" | "us" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => into_borrowed(bytes),
            Some(position) => Err(SourceError::Undecodable {
                codec: "ascii",
                bytes: vec![bytes[position]],
                position,
                reason: "ordinal not in range(128)",
            }),
        },
        _ => Err(SourceError::UnknownEncoding { name: name.to_owned() }),
    }
}

/// ASCII as text.
fn into_borrowed(bytes: &[u8]) -> Result<Cow<'_, str>, SourceError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| SourceError::invalid_utf8(bytes, &error))
}

/// A name as Python's table of encodings spells it.
fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut gap = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            if gap && !normal.is_empty() {
                normal.push('_');
            }
            normal.push(character.to_ascii_lowercase());
            gap = false;
        } else {
            gap = true;
        }
    }
    normal
}

/// Decodes with U+FFFD in place of what the encoding does not have.
pub(crate) fn decode_lossy<'b>(bytes: &'b [u8], name: &str) -> Cow<'b, str> {
    match decode(bytes, name) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Whether CPython knows the encoding.
pub(crate) fn is_known(name: &str) -> bool {
    !matches!(decode(b"", name), Err(SourceError::UnknownEncoding { .. }))
}
