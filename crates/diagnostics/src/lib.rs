//! What every stage reports: a diagnostic as data. Renderers stand in files of their own, so that
//! the same record serves a terminal and a tool.
#![forbid(unsafe_code)]

pub mod render;

/// The exception class that CPython raises for a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorClass {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `_IncompleteInputError`: more lines could make the input valid.
    IncompleteInput,
    /// `MemoryError`: the input nests deeper than the parser goes.
    Memory,
    /// `ValueError`
    Value,
    /// `OverflowError`
    Overflow,
    /// `RecursionError`
    Recursion,
    /// `UnicodeDecodeError`
    UnicodeDecode,
    /// `LookupError`: an encoding that is not known.
    Lookup,
}

impl ErrorClass {
    /// The class's name as Python spells it.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorClass::Syntax => "SyntaxError",
            ErrorClass::Indentation => "IndentationError",
            ErrorClass::Tab => "TabError",
            ErrorClass::IncompleteInput => "_IncompleteInputError",
            ErrorClass::Memory => "MemoryError",
            ErrorClass::Value => "ValueError",
            ErrorClass::Overflow => "OverflowError",
            ErrorClass::Recursion => "RecursionError",
            ErrorClass::UnicodeDecode => "UnicodeDecodeError",
            ErrorClass::Lookup => "LookupError",
        }
    }
}

/// The place of a syntax error, with the numbers that CPython puts on the exception.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// `lineno`, from 1; 0 where the input could not be decoded.
    pub lineno: i64,
    /// `offset`: column from 1 in characters; 0 or -1 where CPython has none.
    pub offset: i64,
    /// `end_lineno`.
    pub end_lineno: i64,
    /// `end_offset`: column from 1 in characters of the character after the range; 0 or -1 for none.
    pub end_offset: i64,
    /// `text`: the source line.
    pub text: Option<String>,
}

/// One error about one input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The class of the exception.
    pub class: ErrorClass,
    /// Its message, in CPython's words.
    pub message: String,
    /// Its place; none for classes that are no syntax errors.
    pub location: Option<Location>,
}
