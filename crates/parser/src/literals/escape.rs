//! Escape sequences that strings and bytes share.

use crate::InvalidEscape;

/// The first escape sequence of a literal that Python does not know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FirstInvalid {
    /// What it is.
    pub escape: InvalidEscape,
    /// Offset of its backslash in the literal's body.
    pub at: usize,
}

/// The character that a backslash before `byte` means, where that is always the same one.
pub(super) const fn simple(byte: u8) -> Option<u8> {
    Some(match byte {
        b'\\' | b'\'' | b'"' => byte,
        b'b' => 0x08,
        b'f' => 0x0C,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 0x0B,
        b'a' => 0x07,
        _ => return None,
    })
}

/// An octal escape, from its first digit on: its value, and the number of digits.
pub(super) fn octal(text: &[u8]) -> (u32, usize) {
    let mut value = 0;
    let mut count = 0;
    for &byte in text.iter().take(3) {
        if !matches!(byte, b'0'..=b'7') {
            break;
        }
        value = value * 8 + u32::from(byte - b'0');
        count += 1;
    }
    (value, count)
}

/// The value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Remembers an invalid escape unless there is an earlier one.
pub(super) fn note(first: &mut Option<FirstInvalid>, escape: InvalidEscape, at: usize) {
    if first.is_none() {
        *first = Some(FirstInvalid { escape, at });
    }
}

/// The digits of an octal escape that is too large.
pub(super) fn octal_digits(text: &[u8]) -> InvalidEscape {
    match *text {
        [a, b, c, ..] => InvalidEscape::Octal([a, b, c]),
        _ => InvalidEscape::Octal(*b"400"),
    }
}
