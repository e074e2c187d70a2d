//! Reading the characters of a string whatever their width.

/// Runs the same code on a slice of the characters, be they of one, two or four bytes.
macro_rules! with_chars {
    ($text:expr, $name:ident => $body:expr) => {
        match $text.chars() {
            taipan_object::str::Chars::One($name) => $body,
            taipan_object::str::Chars::Two($name) => $body,
            // the same code widens the characters of the other two
            #[allow(clippy::useless_conversion)]
            taipan_object::str::Chars::Four($name) => $body,
        }
    };
}
pub(crate) use with_chars;

use taipan_object::str::PyStr;

/// The code points of a string.
pub(crate) fn code_points(text: &PyStr) -> Vec<u32> {
    with_chars!(text, chars => chars.iter().map(|&c| u32::from(c)).collect())
}
