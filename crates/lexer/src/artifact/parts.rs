//! Errors and warnings as a name, a number and three fields, which is how all forms carry them.
//! Invariant: numbers and names are the format's: append, never renumber. A kind and its parts are
//! made of each other exactly; fields that a kind has not are 0.

use crate::{LexErrorKind, LexWarningKind, NumberKind, StringPrefix};

/// Fields of a kind.
pub(super) type Fields = [u32; 3];

/// The names of the kinds of errors; the place is the number.
pub(super) const ERRORS: [&str; 22] = [
    "inconsistent-tabs",
    "inconsistent-dedent",
    "too-many-indents",
    "after-continuation",
    "eof-after-continuation",
    "unclosed-bracket",
    "unmatched-bracket",
    "mismatched-bracket",
    "too-many-brackets",
    "unterminated-string",
    "unterminated-triple-quoted",
    "unterminated-f-string",
    "expected-brace",
    "newline-in-format-spec",
    "single-brace",
    "unmatched-in-field",
    "fields-too-deep",
    "too-many-nested-strings",
    "incompatible-prefixes",
    "invalid-number",
    "invalid-digit",
    "leading-zeros",
];

/// Those that came after: about characters.
pub(super) const CHARACTER_ERRORS: [&str; 2] = ["invalid-character", "non-printable-character"];

/// The names of the kinds of warnings; the place is the number.
pub(super) const WARNINGS: [&str; 2] = ["keyword-after-number", "escaped-brace"];

/// The name of an error's number.
pub(super) fn error_name(number: u8) -> Option<&'static str> {
    ERRORS.iter().chain(&CHARACTER_ERRORS).nth(number as usize).copied()
}

/// The number of an error's name.
pub(super) fn error_number(name: &str) -> Option<u8> {
    ERRORS.iter().chain(&CHARACTER_ERRORS).position(|&known| known == name).map(|at| at as u8)
}

fn prefix_number(prefix: StringPrefix) -> u32 {
    match prefix {
        StringPrefix::F => 0,
        StringPrefix::T => 1,
    }
}

fn prefix(number: u32) -> Option<StringPrefix> {
    [StringPrefix::F, StringPrefix::T].get(number as usize).copied()
}

const NUMBERS: [NumberKind; 5] = [
    NumberKind::Decimal,
    NumberKind::Hexadecimal,
    NumberKind::Octal,
    NumberKind::Binary,
    NumberKind::Imaginary,
];

fn number_number(kind: NumberKind) -> u32 {
    NUMBERS.iter().position(|&known| known == kind).unwrap_or(0) as u32
}

fn number(number: u32) -> Option<NumberKind> {
    NUMBERS.get(number as usize).copied()
}

/// Number and fields of an error.
pub(super) fn error_parts(kind: &LexErrorKind) -> (u8, Fields) {
    use LexErrorKind::*;
    let code = u32::from;
    match *kind {
        InconsistentTabs => (0, [0; 3]),
        InconsistentDedent => (1, [0; 3]),
        TooManyIndents => (2, [0; 3]),
        AfterContinuation => (3, [0; 3]),
        EofAfterContinuation => (4, [0; 3]),
        UnclosedBracket { bracket, offset } => (5, [code(bracket), offset, 0]),
        UnmatchedBracket { bracket } => (6, [code(bracket), 0, 0]),
        MismatchedBracket { closing, opening, opening_line } => {
            (7, [code(closing), code(opening), opening_line.unwrap_or(0)])
        }
        TooManyBrackets => (8, [0; 3]),
        UnterminatedString { line, escaped_quote } => (9, [line, escaped_quote.into(), 0]),
        UnterminatedTripleQuoted { line } => (10, [line, 0, 0]),
        UnterminatedFString { prefix, triple_quoted, line } => {
            (11, [prefix_number(prefix), triple_quoted.into(), line])
        }
        ExpectedBrace { prefix } => (12, [prefix_number(prefix), 0, 0]),
        NewlineInFormatSpec { prefix } => (13, [prefix_number(prefix), 0, 0]),
        SingleBrace { prefix } => (14, [prefix_number(prefix), 0, 0]),
        UnmatchedInField { prefix, bracket } => (15, [prefix_number(prefix), code(bracket), 0]),
        FieldsTooDeep { prefix } => (16, [prefix_number(prefix), 0, 0]),
        TooManyNestedStrings => (17, [0; 3]),
        IncompatiblePrefixes { first, second } => (18, [code(first), code(second), 0]),
        InvalidNumber { kind } => (19, [number_number(kind), 0, 0]),
        InvalidDigit { digit, kind } => (20, [code(digit), number_number(kind), 0]),
        LeadingZeros => (21, [0; 3]),
        InvalidCharacter { character } => (22, [code(character), 0, 0]),
        NonPrintableCharacter { character } => (23, [code(character), 0, 0]),
    }
}

/// The error with these parts.
pub(super) fn error_kind(tag: u8, fields: Fields) -> Option<LexErrorKind> {
    use LexErrorKind::*;
    let [a, b, c] = fields;
    let character = |code: u32| char::from_u32(code);
    let kind = match tag {
        0 => InconsistentTabs,
        1 => InconsistentDedent,
        2 => TooManyIndents,
        3 => AfterContinuation,
        4 => EofAfterContinuation,
        5 => UnclosedBracket { bracket: character(a)?, offset: b },
        6 => UnmatchedBracket { bracket: character(a)? },
        7 => MismatchedBracket {
            closing: character(a)?,
            opening: character(b)?,
            opening_line: (c != 0).then_some(c),
        },
        8 => TooManyBrackets,
        9 => UnterminatedString { line: a, escaped_quote: b != 0 },
        10 => UnterminatedTripleQuoted { line: a },
        11 => UnterminatedFString { prefix: prefix(a)?, triple_quoted: b != 0, line: c },
        12 => ExpectedBrace { prefix: prefix(a)? },
        13 => NewlineInFormatSpec { prefix: prefix(a)? },
        14 => SingleBrace { prefix: prefix(a)? },
        15 => UnmatchedInField { prefix: prefix(a)?, bracket: character(b)? },
        16 => FieldsTooDeep { prefix: prefix(a)? },
        17 => TooManyNestedStrings,
        18 => IncompatiblePrefixes { first: character(a)?, second: character(b)? },
        19 => InvalidNumber { kind: number(a)? },
        20 => InvalidDigit { digit: character(a)?, kind: number(b)? },
        21 => LeadingZeros,
        22 => InvalidCharacter { character: character(a)? },
        23 => NonPrintableCharacter { character: character(a)? },
        _ => return None,
    };
    (error_parts(&kind) == (tag, fields)).then_some(kind)
}

/// Number and field of a warning.
pub(super) fn warning_parts(kind: &LexWarningKind) -> (u8, u32) {
    match *kind {
        LexWarningKind::KeywordAfterNumber { kind } => (0, number_number(kind)),
        LexWarningKind::EscapedBrace { brace } => (1, u32::from(brace)),
    }
}

/// The warning with these parts.
pub(super) fn warning_kind(tag: u8, field: u32) -> Option<LexWarningKind> {
    match tag {
        0 => Some(LexWarningKind::KeywordAfterNumber { kind: number(field)? }),
        1 => Some(LexWarningKind::EscapedBrace { brace: char::from_u32(field)? }),
        _ => None,
    }
}
