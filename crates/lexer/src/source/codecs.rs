//! Decoders for declared encodings: UTF-8, Latin-1, ASCII, tables of one byte a character
//! (`charmaps.rs`) and those of several (`multibyte.rs`).
//! Invariant: what decodes here decodes to the same text in CPython.

use super::SourceError;
use super::charmaps::{ALIASES, NOT_TEXT, TABLES, TEXT};
use super::multibyte;
use std::borrow::Cow;

/// What stands in for bytes that an encoding does not have.
const REPLACEMENT: char = '\u{fffd}';

/// Decodes `bytes` as the encoding called `name`. Borrowed text means that they are UTF-8 as they stand.
pub(crate) fn decode<'b>(bytes: &'b [u8], name: &str) -> Result<Cow<'b, str>, SourceError> {
    let encoding = lookup(name)?;
    match encoding {
        "utf_8" => utf8(bytes),
        "utf_8_sig" => utf8(bytes.strip_prefix(super::BOM).unwrap_or(bytes)),
        "latin_1" | "iso8859_1" => Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect())),
        "ascii" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => utf8(bytes),
            Some(position) => Err(undecodable("ascii", bytes, position, "ordinal not in range(128)")),
        },
        _ => match TABLES.iter().find(|(table, _)| *table == encoding) {
            Some((_, upper)) => charmap(bytes, upper).map(Cow::Owned),
            None => multibyte::decode(bytes, encoding)
                .unwrap_or_else(|| Err(SourceError::UnsupportedEncoding { name: name.to_owned() }))
                .map(Cow::Owned),
        },
    }
}

/// Decodes with U+FFFD in place of what the encoding does not have.
pub(crate) fn decode_lossy<'b>(bytes: &'b [u8], name: &str) -> Cow<'b, str> {
    if let Ok(text) = decode(bytes, name) {
        return text;
    }
    let encoding = lookup(name).unwrap_or("utf_8");
    match TABLES.iter().find(|(table, _)| *table == encoding) {
        Some((_, upper)) => {
            let upper: Vec<char> = upper.chars().collect();
            Cow::Owned(bytes.iter().map(|&byte| table_character(byte, &upper)).collect())
        }
        None if encoding == "ascii" => Cow::Owned(
            bytes.iter().map(|&b| if b.is_ascii() { char::from(b) } else { REPLACEMENT }).collect(),
        ),
        None => multibyte::decode_lossy(bytes, encoding)
            .map_or_else(|| String::from_utf8_lossy(bytes), Cow::Owned),
    }
}

/// Whether CPython knows the encoding.
pub(crate) fn is_known(name: &str) -> bool {
    !matches!(lookup(name), Err(SourceError::UnknownEncoding { .. }))
}

/// The name of the module that CPython would load for an encoding.
fn lookup(name: &str) -> Result<&'static str, SourceError> {
    let normal = normalize(name);
    let undotted = normal.replace('.', "_");
    let alias =
        |name: &str| ALIASES.binary_search_by_key(&name, |&(alias, _)| alias).ok().map(|at| ALIASES[at].1);
    let named = |name: &str| TEXT.iter().chain(NOT_TEXT).copied().find(|&known| known == name);
    let found = alias(&normal).or_else(|| alias(&undotted)).or_else(|| named(&normal));
    match found {
        Some(encoding) if NOT_TEXT.contains(&encoding) => {
            Err(SourceError::NotATextEncoding { name: name.to_owned() })
        }
        Some(encoding) => Ok(encoding),
        None => Err(SourceError::UnknownEncoding { name: name.to_owned() }),
    }
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

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, SourceError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| SourceError::invalid_utf8(bytes, &error))
}

/// The error about the one byte at `position`.
pub(super) fn undecodable(
    codec: &'static str,
    bytes: &[u8],
    position: usize,
    reason: &'static str,
) -> SourceError {
    let bytes = bytes.get(position).copied().into_iter().collect();
    SourceError::Undecodable { codec, bytes, position, reason }
}

/// Decodes by the table of the characters above ASCII.
fn charmap(bytes: &[u8], upper: &str) -> Result<String, SourceError> {
    let upper: Vec<char> = upper.chars().collect();
    let mut text = String::with_capacity(bytes.len());
    for (position, &byte) in bytes.iter().enumerate() {
        match table_character(byte, &upper) {
            REPLACEMENT => {
                return Err(undecodable("charmap", bytes, position, "character maps to <undefined>"));
            }
            character => text.push(character),
        }
    }
    Ok(text)
}

fn table_character(byte: u8, upper: &[char]) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(index) => upper.get(index as usize).copied().unwrap_or(REPLACEMENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found_by_the_names_that_python_knows() {
        for name in ["latin-1", "L1", "ISO_8859-1", "iso8859-1", "cp819"] {
            assert_eq!(decode(b"\xa4", name).unwrap(), "¤", "{name}");
        }
        assert_eq!(decode(b"\xa4", "iso-8859-15").unwrap(), "€");
        assert_eq!(decode(b"\x80", "windows-1252").unwrap(), "€");
        assert_eq!(decode(b"\xc1", "koi8-r").unwrap(), "а");
        assert!(matches!(decode(b"", "rot13"), Err(SourceError::NotATextEncoding { .. })));
        assert!(matches!(decode(b"", "foo"), Err(SourceError::UnknownEncoding { .. })));
        assert!(matches!(decode(b"", "utf-7"), Err(SourceError::UnsupportedEncoding { .. })));
    }

    #[test]
    fn a_byte_that_a_table_lacks_is_refused_in_the_codecs_words() {
        let error = decode(b"ab\x81", "cp1252").unwrap_err();
        assert_eq!(
            error.to_string(),
            "'charmap' codec can't decode byte 0x81 in position 2: character maps to <undefined>"
        );
    }
}
