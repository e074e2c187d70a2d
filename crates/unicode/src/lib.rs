//! Properties of code points as Python 3.14 has them: Unicode 16.0.0. The standard library of Rust
//! follows a later version, so its `char` methods must not be asked what Python's answer depends on.
//! Invariant: the tables in `generated/` are the reference interpreter's own answers for all code
//! points; `cargo xtask unicode --python PATH` asks again.
#![forbid(unsafe_code)]

mod aliases;
pub mod case;
pub mod database;
mod generated;
mod names;
mod sequences;

pub use names::{character_named, name_of, sequence_named};

use generated::sets::{
    ALPHABETIC, CASE_IGNORABLE, CASED, DECIMAL, DIGIT, IDENTIFIER_CONTINUE, IDENTIFIER_START, LOWERCASE,
    NUMERIC, PRINTABLE, SPACE, TITLECASE, UPPERCASE, WIDE,
};

/// The version of Unicode that the tables follow.
pub const UNICODE_VERSION: (u8, u8, u8) = generated::sets::UNICODE_VERSION;

/// Whether `str.isprintable` is true of the code point, so that `repr` shows it as it is.
#[inline]
pub fn is_printable(code_point: u32) -> bool {
    match code_point {
        0x20..0x7F => true,
        0..0x80 => false,
        _ => contains(PRINTABLE, code_point),
    }
}

/// Whether an identifier may begin with the code point: `XID_Start` and the underscore.
#[inline]
pub fn is_identifier_start(code_point: u32) -> bool {
    match u8::try_from(code_point) {
        Ok(byte) if byte.is_ascii() => byte.is_ascii_alphabetic() || byte == b'_',
        _ => contains(IDENTIFIER_START, code_point),
    }
}

/// Whether the code point may stand in an identifier: `XID_Continue`.
#[inline]
pub fn is_identifier_continue(code_point: u32) -> bool {
    match u8::try_from(code_point) {
        Ok(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric() || byte == b'_',
        _ => contains(IDENTIFIER_CONTINUE, code_point),
    }
}

/// Whether `str.isalpha` is true of the code point.
#[inline]
pub fn is_alphabetic(code_point: u32) -> bool {
    contains(ALPHABETIC, code_point)
}

/// Whether `str.isdigit` is true of the code point.
#[inline]
pub fn is_digit(code_point: u32) -> bool {
    contains(DIGIT, code_point)
}

/// Whether `str.isnumeric` is true of the code point.
#[inline]
pub fn is_numeric(code_point: u32) -> bool {
    contains(NUMERIC, code_point)
}

/// Whether `str.isspace` is true of the code point.
#[inline]
pub fn is_space(code_point: u32) -> bool {
    if code_point < 0x80 { matches!(code_point, 9..=13 | 28..=32) } else { contains(SPACE, code_point) }
}

/// Whether a terminal shows the code point two columns wide: East Asian width W or F.
#[inline]
pub fn is_wide(code_point: u32) -> bool {
    code_point >= 0x1100 && contains(WIDE, code_point)
}

/// Whether the code point is a letter of lower case.
#[inline]
pub fn is_lowercase(code_point: u32) -> bool {
    contains(LOWERCASE, code_point)
}

/// Whether the code point is a letter of upper case.
#[inline]
pub fn is_uppercase(code_point: u32) -> bool {
    contains(UPPERCASE, code_point)
}

/// Whether the code point is a letter of title case, such as U+01C5.
#[inline]
pub fn is_titlecase(code_point: u32) -> bool {
    contains(TITLECASE, code_point)
}

/// Whether the code point is a letter with case, so that a letter behind it is not the first of a word.
#[inline]
pub fn is_cased(code_point: u32) -> bool {
    contains(CASED, code_point)
}

/// Whether a sigma looks through the code point for the letter before it or behind it.
#[inline]
pub fn is_case_ignorable(code_point: u32) -> bool {
    contains(CASE_IGNORABLE, code_point)
}

/// The value of a decimal digit, of any script.
#[inline]
pub fn decimal_value(code_point: u32) -> Option<u32> {
    if code_point < 0x80 {
        return char::from_u32(code_point)?.to_digit(10);
    }
    let changes = DECIMAL.partition_point(|&change| change <= code_point);
    let start = DECIMAL.get(changes.checked_sub(1)?)?;
    (changes % 2 == 1).then(|| (code_point - start) % 10)
}

/// Whether a code point is in a set given by the ascending code points at which membership changes.
fn contains(changes: &[u32], code_point: u32) -> bool {
    changes.partition_point(|&change| change <= code_point) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_follows_unicode_16() {
        assert!(is_printable('é' as u32) && is_printable(0x1F600));
        // a soft hyphen, a no-break space, a surrogate, a private use character, noncharacters
        for hidden in [0x7F, 0xA0, 0xAD, 0x2028, 0xD800, 0xE000, 0xFFFF, 0x10FFFF] {
            assert!(!is_printable(hidden), "{hidden:x}");
        }
        // U+1C89 came with Unicode 16, U+1C8B is in none
        assert!(is_printable(0x1C89) && !is_printable(0x1C8B));
    }

    #[test]
    fn the_short_cuts_for_ascii_agree_with_the_tables() {
        for c in 0..0x80 {
            assert_eq!(is_printable(c), contains(PRINTABLE, c), "{c:x}");
            assert_eq!(is_identifier_start(c), contains(IDENTIFIER_START, c), "{c:x}");
            assert_eq!(is_identifier_continue(c), contains(IDENTIFIER_CONTINUE, c), "{c:x}");
        }
    }

    #[test]
    fn decimal_digits_count_within_their_script() {
        assert_eq!(decimal_value('7' as u32), Some(7));
        assert_eq!(decimal_value(0x0665), Some(5));
        assert_eq!(decimal_value(0x1D7FF), Some(9));
        assert_eq!(decimal_value(0xB2), None);
        assert!(is_digit(0xB2) && is_numeric(0xBD) && !is_digit(0xBD));
    }

    #[test]
    fn identifiers_begin_with_letters_and_go_on_with_marks_and_digits() {
        assert!(is_identifier_start('é' as u32) && is_identifier_start(0x2118));
        assert!(!is_identifier_start(0x0660) && is_identifier_continue(0x0660));
        assert!(!is_identifier_start(0x0301) && is_identifier_continue(0x0301));
        assert!(!is_identifier_continue(0x20AC));
    }
}
