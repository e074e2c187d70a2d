//! Warnings that parsing gives rise to. They are data: whether one is shown, or turned into an error,
//! is for the warning filters of whoever runs the parser.

use std::fmt;

/// An escape sequence that Python does not know and therefore keeps as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvalidEscape {
    /// A backslash before this character.
    Character(u8),
    /// An octal escape above `\377`: its three digits.
    Octal([u8; 3]),
}

/// Warning about the first invalid escape sequence of a string literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Warning {
    /// What is warned about.
    pub escape: InvalidEscape,
    /// Offset of the token whose line CPython counts from.
    pub anchor: u32,
    /// Newlines between the start of the literal's text and the escape.
    pub newlines: u32,
    /// Offset of the backslash in the source.
    pub at: u32,
}

impl Warning {
    /// `DeprecationWarning` before 3.12, `SyntaxWarning` from then on.
    pub const fn category(feature_version: u8) -> &'static str {
        if feature_version >= 12 { "SyntaxWarning" } else { "DeprecationWarning" }
    }

    /// The message of the `SyntaxError` that a filter of `error` turns the warning into.
    pub fn error_message(&self) -> String {
        let (kind, text) = self.escape.parts();
        format!(
            "\"\\{text}\" is an invalid {kind}escape sequence. Did you mean \"\\\\{text}\"? \
             A raw string is also an option."
        )
    }
}

impl InvalidEscape {
    fn parts(self) -> (&'static str, String) {
        match self {
            InvalidEscape::Character(byte) => ("", char::from(byte).to_string()),
            InvalidEscape::Octal(digits) => ("octal ", digits.iter().map(|&d| char::from(d)).collect()),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.escape.parts();
        write!(
            f,
            "\"\\{text}\" is an invalid {kind}escape sequence. Such sequences will not work in the future. \
             Did you mean \"\\\\{text}\"? A raw string is also an option."
        )
    }
}
