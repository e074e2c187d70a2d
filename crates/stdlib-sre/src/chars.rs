//! Characters: the three widths that text comes in, categories, and the mappings of case. The locale is that of C,
//! in which no byte beyond ASCII is a letter; the properties of Unicode are those of version 16.

use std::sync::OnceLock;

use taipan_unicode::{self as unicode, case};

use crate::code::Category;

/// A character of text, by its width.
pub(crate) trait Char: Copy + Eq {
    /// The code point.
    fn code(self) -> u32;

    /// The first place of a code point.
    fn find(text: &[Self], code: u32) -> Option<usize>;

    /// The bytes of text whose characters are bytes.
    fn bytes(text: &[Self]) -> Option<&[u8]>;
}

impl Char for u8 {
    #[inline(always)]
    fn code(self) -> u32 {
        self.into()
    }

    #[inline(always)]
    fn find(text: &[u8], code: u32) -> Option<usize> {
        memchr::memchr(u8::try_from(code).ok()?, text)
    }

    #[inline(always)]
    fn bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }
}

macro_rules! wide {
    ($($ty:ident)*) => {$(
        impl Char for $ty {
            #[inline(always)]
            fn code(self) -> u32 {
                self.into()
            }

            #[inline(always)]
            fn find(text: &[$ty], code: u32) -> Option<usize> {
                let code = $ty::try_from(code).ok()?;
                text.iter().position(|&c| c == code)
            }

            #[inline(always)]
            fn bytes(_: &[$ty]) -> Option<&[u8]> {
                None
            }
        }
    )*};
}

wide! { u16 u32 }

/// What `\n` is to `.`, `^` and `$`.
#[inline(always)]
pub(crate) fn is_line_break(c: u32) -> bool {
    c == 0x0A
}

/// `\w` of ASCII.
#[inline(always)]
pub(crate) fn is_ascii_word(c: u32) -> bool {
    u8::try_from(c).is_ok_and(|c| c.is_ascii_alphanumeric() || c == b'_')
}

/// `\w` of the locale.
#[inline(always)]
pub(crate) fn is_locale_word(c: u32) -> bool {
    is_ascii_word(c)
}

/// Which characters of a row of 256 belong to words.
type Row = [u64; 4];
/// The rows of the planes that have letters, computed when they are first asked for.
static WORDS: [OnceLock<Row>; 0x400] = [const { OnceLock::new() }; 0x400];

fn is_word_of_tables(c: u32) -> bool {
    unicode::is_alphabetic(c)
        || unicode::is_numeric(c)
        || unicode::is_digit(c)
        || unicode::decimal_value(c).is_some()
}

fn row_of_words(row: u32) -> Row {
    let mut words = [0; 4];
    for (at, word) in words.iter_mut().enumerate() {
        for bit in 0..64 {
            *word |= u64::from(is_word_of_tables(row << 8 | (at as u32) << 6 | bit)) << bit;
        }
    }
    words
}

/// `\w` of Unicode: what is alphanumeric, and the underscore.
#[inline]
pub(crate) fn is_unicode_word(c: u32) -> bool {
    if c < 0x80 {
        return is_ascii_word(c);
    }
    match WORDS.get((c >> 8) as usize) {
        Some(row) => {
            let words = row.get_or_init(|| row_of_words(c >> 8));
            words.get((c as usize & 0xFF) >> 6).is_some_and(|word| word >> (c & 63) & 1 == 1)
        }
        None => is_word_of_tables(c),
    }
}

fn is_unicode_line_break(c: u32) -> bool {
    matches!(c, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// Whether a character is of a category.
pub(crate) fn is_of(category: Category, c: u32) -> bool {
    let ascii_space = || matches!(c, 0x09..=0x0D | 0x20);
    let ascii_digit = || matches!(c, 0x30..=0x39);
    match category {
        Category::Digit => ascii_digit(),
        Category::NotDigit => !ascii_digit(),
        Category::Space => ascii_space(),
        Category::NotSpace => !ascii_space(),
        Category::Word => is_ascii_word(c),
        Category::NotWord => !is_ascii_word(c),
        Category::LineBreak => is_line_break(c),
        Category::NotLineBreak => !is_line_break(c),
        Category::LocWord => is_locale_word(c),
        Category::LocNotWord => !is_locale_word(c),
        Category::UniDigit => unicode::decimal_value(c).is_some(),
        Category::UniNotDigit => unicode::decimal_value(c).is_none(),
        Category::UniSpace => unicode::is_space(c),
        Category::UniNotSpace => !unicode::is_space(c),
        Category::UniWord => is_unicode_word(c),
        Category::UniNotWord => !is_unicode_word(c),
        Category::UniLineBreak => is_unicode_line_break(c),
        Category::UniNotLineBreak => !is_unicode_line_break(c),
    }
}

/// How case is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fold {
    /// It is not.
    None,
    /// For letters of ASCII.
    Ascii,
    /// For letters of the locale.
    Locale,
    /// For all letters.
    Unicode,
}

/// The lower case of a letter of ASCII.
#[inline(always)]
pub(crate) fn ascii_lower(c: u32) -> u32 {
    if matches!(c, 0x41..=0x5A) { c | 0x20 } else { c }
}

/// The lower case of a letter of the locale.
pub(crate) fn locale_lower(c: u32) -> u32 {
    ascii_lower(c)
}

/// The upper case of a letter of the locale.
pub(crate) fn locale_upper(c: u32) -> u32 {
    if matches!(c, 0x61..=0x7A) { c & !0x20 } else { c }
}

/// The lower cases of the rows that have letters, computed when they are first asked for.
static LOWER: [OnceLock<Box<[u32; 256]>>; 0x200] = [const { OnceLock::new() }; 0x200];

fn lower_of_tables(c: u32) -> u32 {
    case::to_lower(c).as_slice().first().copied().unwrap_or(c)
}

fn row_of_lower(row: u32) -> Box<[u32; 256]> {
    let mut lower = Box::new([0; 256]);
    (row << 8..).zip(lower.iter_mut()).for_each(|(c, lower)| *lower = lower_of_tables(c));
    lower
}

/// The lower case of a character, as one character.
#[inline]
pub(crate) fn unicode_lower(c: u32) -> u32 {
    if c < 0x80 {
        return ascii_lower(c);
    }
    match LOWER.get((c >> 8) as usize) {
        Some(row) => {
            let row = row.get_or_init(|| row_of_lower(c >> 8));
            row.get(c as usize & 0xFF).copied().unwrap_or(c)
        }
        None => lower_of_tables(c),
    }
}

/// The upper case of a character, as one character.
pub(crate) fn unicode_upper(c: u32) -> u32 {
    case::to_upper(c).as_slice().first().copied().unwrap_or(c)
}

impl Fold {
    /// Whether two characters are the same.
    pub(crate) fn equal(self, a: u32, b: u32) -> bool {
        match self {
            Fold::None => a == b,
            Fold::Ascii => ascii_lower(a) == ascii_lower(b),
            Fold::Locale => locale_lower(a) == locale_lower(b),
            Fold::Unicode => unicode_lower(a) == unicode_lower(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_words_agree_with_the_tables() {
        for c in (0x80..0x3_0000).step_by(7) {
            assert_eq!(is_unicode_word(c), is_word_of_tables(c), "{c:x}");
        }
        assert!(is_unicode_word(0x5F) && !is_unicode_word(0x2D) && is_unicode_word(0xE9));
    }

    #[test]
    fn a_letter_that_becomes_two_becomes_the_first() {
        assert_eq!(unicode_lower(0x130), 0x69);
        assert_eq!(unicode_lower(0x1E9E), 0xDF);
    }
}
