//! The warnings of the lexer as data.
//! Invariant: the `Display` of a kind is the message of CPython 3.14, character for character.

use crate::NumberKind;
use std::fmt;

/// What deserves a warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LexWarningKind {
    /// A keyword directly after a number.
    KeywordAfterNumber {
        /// Which sort of literal it is.
        kind: NumberKind,
    },
    /// `\{` or `\}` in the text of an f- or t-string.
    EscapedBrace {
        /// The brace.
        brace: char,
    },
}

impl fmt::Display for LexWarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            LexWarningKind::KeywordAfterNumber { kind } => write!(f, "invalid {kind} literal"),
            LexWarningKind::EscapedBrace { brace } => write!(
                f,
                "\"\\{brace}\" is an invalid escape sequence. Such sequences will not work in the future. \
                 Did you mean \"\\\\{brace}\"? A raw string is also an option."
            ),
        }
    }
}

/// A `SyntaxWarning` of the lexer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LexWarning {
    /// What it is about.
    pub kind: LexWarningKind,
    /// Where the tokenizer stood. Where warnings are errors this ends the reported column.
    pub cursor: u32,
    /// Number of tokens before the one that the warning is about.
    pub token: u32,
}
