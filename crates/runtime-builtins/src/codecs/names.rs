//! Names of encodings and their aliases. Spelling does not count: case, hyphens, underscores and spaces.

use super::{Encoding, Order};

/// The encoding of a name.
pub(super) fn find(name: &str) -> Option<Encoding> {
    let mut plain = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' | '.' => plain.push(c),
            'A'..='Z' => plain.push(c.to_ascii_lowercase()),
            _ if !c.is_ascii() && c.is_alphanumeric() => {}
            // several in a row are one
            _ if plain.is_empty() || plain.ends_with('_') => {}
            _ => plain.push('_'),
        }
    }
    Some(match plain.trim_end_matches('_') {
        "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Encoding::Utf8,
        "utf_16" | "utf16" | "u16" => Encoding::Utf16(Order::Marked),
        "utf_16_le" | "utf16le" | "utf_16le" | "utf16_le" | "unicodelittleunmarked" => {
            Encoding::Utf16(Order::Little)
        }
        "utf_16_be" | "utf16be" | "utf_16be" | "utf16_be" | "unicodebigunmarked" => {
            Encoding::Utf16(Order::Big)
        }
        "utf_32" | "utf32" | "u32" => Encoding::Utf32(Order::Marked),
        "utf_32_le" | "utf32le" | "utf_32le" | "utf32_le" => Encoding::Utf32(Order::Little),
        "utf_32_be" | "utf32be" | "utf_32be" | "utf32_be" => Encoding::Utf32(Order::Big),
        "ascii" | "us_ascii" | "646" | "us" | "iso646_us" | "iso_646.irv_1991" | "ansi_x3.4_1968"
        | "ansi_x3_4_1968" | "ansi_x3.4_1986" | "cp367" | "csascii" | "ibm367" | "iso_ir_6" => {
            Encoding::Ascii
        }
        "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "iso8859" | "8859" | "cp819"
        | "csisolatin1" | "ibm819" | "iso_8859_1_1987" | "iso_ir_100" => Encoding::Latin1,
        "utf_7" | "utf7" | "u7" | "unicode_1_1_utf_7" => Encoding::Utf7,
        "unicode_escape" | "unicodeescape" => Encoding::UnicodeEscape,
        "raw_unicode_escape" | "rawunicodeescape" => Encoding::RawUnicodeEscape,
        _ => return None,
    })
}
