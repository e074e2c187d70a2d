//! The literals' own checks, asked for what they find wrong instead of for a value.

use crate::literals::{BytesError, NumberError, StringError, bytes, number, string};
use taipan_ast::Arena;
use taipan_wtf8::Wtf8Buf;

/// What is wrong with a string or bytes literal.
pub(super) enum Problem {
    String(StringError),
    Bytes(BytesError),
}

/// What is wrong with a number.
pub(super) fn number_problem(text: &str, limit: usize) -> Option<NumberError> {
    // only a long decimal integer can be wrong, and only for its length
    if text.len() <= limit {
        return None;
    }
    number::parse(text, limit, &Arena::new()).err()
}

/// What is wrong with a string token.
pub(super) fn string_problem(token: &str) -> Option<Problem> {
    let literal = string::split(token);
    if literal.prefix.bytes {
        return bytes::decode(literal.body, literal.prefix.raw, &mut Vec::new()).err().map(Problem::Bytes);
    }
    if literal.prefix.raw { None } else { text_problem(literal.body).map(Problem::String) }
}

/// What is wrong with text in which escape sequences count.
pub(super) fn text_problem(text: &str) -> Option<StringError> {
    if text.contains('\\') { string::decode(text, &mut Wtf8Buf::new()).err() } else { None }
}
