//! Why text is no artifact, and where.

use std::fmt;

/// A place in text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextPosition {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

/// Text that is no artifact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextError {
    /// What is wrong.
    pub kind: TextErrorKind,
    /// Where.
    pub position: TextPosition,
}

/// What is wrong with text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextErrorKind {
    /// The text ends within an artifact.
    UnexpectedEnd,
    /// A text or bytes without closing quote.
    UnclosedText,
    /// A backslash before something that is no escape, or that names no code point.
    UnknownEscape,
    /// A character that is no byte, within bytes.
    NotAscii,
    /// A character that begins nothing.
    StrayCharacter,
    /// Something else where a list has to stand.
    ExpectedList,
    /// Something else where a list has to end.
    ExpectedClose,
    /// Something else where a word has to stand.
    ExpectedWord,
    /// Something else where this word has to stand.
    ExpectedKeyword(&'static str),
    /// Something else where a number in range has to stand.
    ExpectedNumber,
    /// Something else where a text has to stand.
    ExpectedText,
    /// A text with lone surrogates where none may stand.
    LoneSurrogate,
    /// Something else where bytes have to stand.
    ExpectedBytes,
    /// A word that names no member of an enumeration, whose name this is.
    Unknown(&'static str),
    /// A second definition of what may be defined once.
    Twice(&'static str),
    /// Something after the end of the artifact.
    TrailingText,
    /// Lists within lists beyond the reader's limit.
    TooDeep,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.position.line, self.position.column)?;
        f.write_str(match self.kind {
            TextErrorKind::UnexpectedEnd => "the text ends early",
            TextErrorKind::UnclosedText => "unclosed text",
            TextErrorKind::UnknownEscape => "unknown escape",
            TextErrorKind::NotAscii => "only ASCII stands in bytes",
            TextErrorKind::StrayCharacter => "stray character",
            TextErrorKind::ExpectedList => "expected a list",
            TextErrorKind::ExpectedClose => "expected )",
            TextErrorKind::ExpectedWord => "expected a word",
            TextErrorKind::ExpectedKeyword(word) => return write!(f, "expected {word}"),
            TextErrorKind::ExpectedNumber => "expected a number in range",
            TextErrorKind::ExpectedText => "expected a text",
            TextErrorKind::LoneSurrogate => "no lone surrogate may stand here",
            TextErrorKind::ExpectedBytes => "expected bytes",
            TextErrorKind::Unknown(of) => return write!(f, "unknown {of}"),
            TextErrorKind::Twice(of) => return write!(f, "{of} defined twice"),
            TextErrorKind::TrailingText => "unexpected text after the end",
            TextErrorKind::TooDeep => "nested too deep",
        })
    }
}

impl std::error::Error for TextError {}
