//! The errors of the lexer as data: what is wrong and where the tokenizer stood.
//! Invariant: the `Display` of a kind is the message of CPython 3.14, character for character.

use std::fmt;
use taipan_diagnostics::ErrorClass;
use taipan_span::Span;

/// The literal that an f- or t-string error speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StringPrefix {
    /// An f-string.
    F,
    /// A t-string.
    T,
}

impl fmt::Display for StringPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StringPrefix::F => "f",
            StringPrefix::T => "t",
        })
    }
}

/// The number literal that an error or warning speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberKind {
    /// Base ten, floating point included.
    Decimal,
    /// `0x`
    Hexadecimal,
    /// `0o`
    Octal,
    /// `0b`
    Binary,
    /// With the suffix `j`.
    Imaginary,
}

impl fmt::Display for NumberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumberKind::Decimal => "decimal",
            NumberKind::Hexadecimal => "hexadecimal",
            NumberKind::Octal => "octal",
            NumberKind::Binary => "binary",
            NumberKind::Imaginary => "imaginary",
        })
    }
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LexErrorKind {
    /// Indentation whose order depends on the width of a tab.
    InconsistentTabs,
    /// A dedent to a column that no enclosing block has.
    InconsistentDedent,
    /// One hundred blocks are open already.
    TooManyIndents,
    /// A backslash that does not end its line.
    AfterContinuation,
    /// A backslash that ends the input.
    EofAfterContinuation,
    /// The input ended inside brackets.
    UnclosedBracket {
        /// The innermost open bracket.
        bracket: char,
        /// Its offset.
        offset: u32,
    },
    /// A closing bracket without an opening one.
    UnmatchedBracket {
        /// The closing bracket.
        bracket: char,
    },
    /// A closing bracket that closes another kind.
    MismatchedBracket {
        /// The closing bracket.
        closing: char,
        /// The open bracket.
        opening: char,
        /// The line of the open bracket, if it is another.
        opening_line: Option<u32>,
    },
    /// Two hundred brackets are open already.
    TooManyBrackets,
    /// A string literal without its end quote.
    UnterminatedString {
        /// The line on which that was noticed.
        line: u32,
        /// Whether a quote was escaped.
        escaped_quote: bool,
    },
    /// A triple-quoted string literal without its end quotes.
    UnterminatedTripleQuoted {
        /// The line on which that was noticed.
        line: u32,
    },
    /// An f- or t-string without its end quotes.
    UnterminatedFString {
        /// f or t.
        prefix: StringPrefix,
        /// Whether it is triple-quoted.
        triple_quoted: bool,
        /// The line on which that was noticed.
        line: u32,
    },
    /// The quotes of an f- or t-string inside its replacement field.
    ExpectedBrace {
        /// f or t.
        prefix: StringPrefix,
    },
    /// A newline in the format specifier of a single-quoted f- or t-string.
    NewlineInFormatSpec {
        /// f or t.
        prefix: StringPrefix,
    },
    /// A lone `}` in the text of an f- or t-string.
    SingleBrace {
        /// f or t.
        prefix: StringPrefix,
    },
    /// A bracket closed in a replacement field and opened outside.
    UnmatchedInField {
        /// f or t.
        prefix: StringPrefix,
        /// The closing bracket.
        bracket: char,
    },
    /// Format specifiers nested three deep.
    FieldsTooDeep {
        /// f or t.
        prefix: StringPrefix,
    },
    /// One hundred and fifty f- or t-strings inside each other.
    TooManyNestedStrings,
    /// Two string prefixes that exclude each other.
    IncompatiblePrefixes {
        /// The one named first.
        first: char,
        /// The one named second.
        second: char,
    },
    /// A malformed number.
    InvalidNumber {
        /// Which sort of literal it is.
        kind: NumberKind,
    },
    /// A digit that the base does not have.
    InvalidDigit {
        /// The digit.
        digit: char,
        /// Octal or binary.
        kind: NumberKind,
    },
    /// A decimal integer that starts with zero.
    LeadingZeros,
    /// A character that no token may contain.
    InvalidCharacter {
        /// The character.
        character: char,
    },
    /// A character that no token may contain and that cannot be shown.
    NonPrintableCharacter {
        /// The character.
        character: char,
    },
}

impl fmt::Display for LexErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LexErrorKind::*;
        match *self {
            InconsistentTabs => f.write_str("inconsistent use of tabs and spaces in indentation"),
            InconsistentDedent => f.write_str("unindent does not match any outer indentation level"),
            TooManyIndents => f.write_str("too many levels of indentation"),
            AfterContinuation => f.write_str("unexpected character after line continuation character"),
            EofAfterContinuation => f.write_str("unexpected EOF while parsing"),
            UnclosedBracket { bracket, .. } => write!(f, "'{bracket}' was never closed"),
            UnmatchedBracket { bracket } => write!(f, "unmatched '{bracket}'"),
            MismatchedBracket { closing, opening, opening_line } => {
                write!(f, "closing parenthesis '{closing}' does not match opening parenthesis '{opening}'")?;
                opening_line.map_or(Ok(()), |line| write!(f, " on line {line}"))
            }
            TooManyBrackets => f.write_str("too many nested parentheses"),
            TooManyNestedStrings => f.write_str("too many nested f-strings or t-strings"),
            IncompatiblePrefixes { first, second } => {
                write!(f, "'{first}' and '{second}' prefixes are incompatible")
            }
            InvalidNumber { kind } => write!(f, "invalid {kind} literal"),
            InvalidDigit { digit, kind } => write!(f, "invalid digit '{digit}' in {kind} literal"),
            LeadingZeros => f.write_str(
                "leading zeros in decimal integer literals are not permitted; \
                 use an 0o prefix for octal integers",
            ),
            InvalidCharacter { character } => {
                write!(f, "invalid character '{character}' (U+{:04X})", u32::from(character))
            }
            NonPrintableCharacter { character } => {
                write!(f, "invalid non-printable character U+{:04X}", u32::from(character))
            }
            _ => self.fmt_string_error(f),
        }
    }
}

impl LexErrorKind {
    /// The messages about string literals.
    fn fmt_string_error(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LexErrorKind::*;
        match *self {
            UnterminatedString { line, escaped_quote } => {
                write!(f, "unterminated string literal (detected at line {line})")?;
                f.write_str(if escaped_quote { "; perhaps you escaped the end quote?" } else { "" })
            }
            UnterminatedTripleQuoted { line } => {
                write!(f, "unterminated triple-quoted string literal (detected at line {line})")
            }
            UnterminatedFString { prefix, triple_quoted, line } => {
                let triple = if triple_quoted { "triple-quoted " } else { "" };
                write!(f, "unterminated {triple}{prefix}-string literal (detected at line {line})")
            }
            ExpectedBrace { prefix } => write!(f, "{prefix}-string: expecting '}}'"),
            NewlineInFormatSpec { prefix } => write!(
                f,
                "{prefix}-string: newlines are not allowed in format specifiers \
                 for single quoted {prefix}-strings"
            ),
            SingleBrace { prefix } => write!(f, "{prefix}-string: single '}}' is not allowed"),
            UnmatchedInField { prefix, bracket } => write!(f, "{prefix}-string: unmatched '{bracket}'"),
            FieldsTooDeep { prefix } => write!(f, "{prefix}-string: expressions nested too deeply"),
            _ => Ok(()),
        }
    }

    /// The class of the exception.
    pub const fn class(&self) -> ErrorClass {
        match self {
            LexErrorKind::InconsistentTabs => ErrorClass::Tab,
            LexErrorKind::InconsistentDedent | LexErrorKind::TooManyIndents => ErrorClass::Indentation,
            _ => ErrorClass::Syntax,
        }
    }

    /// Whether CPython's tokenizer raises this itself. The rest are raised by its parser when it
    /// reads the token, and not when it only looks ahead for errors that should take precedence.
    pub const fn is_raised_at_once(&self) -> bool {
        !matches!(
            self,
            LexErrorKind::InconsistentTabs
                | LexErrorKind::InconsistentDedent
                | LexErrorKind::TooManyIndents
                | LexErrorKind::AfterContinuation
                | LexErrorKind::EofAfterContinuation
                | LexErrorKind::UnclosedBracket { .. }
        )
    }
}

/// A lexical error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LexError {
    /// What is wrong.
    pub kind: LexErrorKind,
    /// Where the tokenizer stood: columns are counted up to here. It may be inside a character.
    pub cursor: u32,
    /// Start of the line on which CPython reports.
    pub line_start: u32,
    /// Start of the line from which CPython counts the column of
    /// [`LexErrorKind::AfterContinuation`]: the first of the lines that the token before spans.
    pub buffer_start: u32,
    /// The range reported, where it is not the cursor alone.
    pub range: Option<Span>,
    /// Offset of the innermost bracket that is open here.
    pub open_bracket: Option<u32>,
    /// Whether the input ended: with `PyCF_ALLOW_INCOMPLETE_INPUT` this is "incomplete input".
    pub at_end: bool,
}
