//! Tokens as rows of kind, text, start and end.
//! Invariant: positions are found in one pass over the text, whatever the length of its lines.

use super::repr::python_repr;
use crate::{Source, TokenBuffer, TokenKind};
use std::fmt;

/// A token of the `tokenize` module. Lines count from 1, columns from 0 in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row<'a> {
    /// The exact type.
    pub kind: TokenKind,
    /// The text; empty for a newline that the file does not have.
    pub text: &'a str,
    /// Line and column of the first character.
    pub start: (u32, u32),
    /// Line and column behind the last character.
    pub end: (u32, u32),
}

impl fmt::Display for Row<'_> {
    /// The line that `python3.14 -m tokenize -e` prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((row, column), (end_row, end_column)) = (self.start, self.end);
        let range = format!("{row},{column}-{end_row},{end_column}:");
        write!(f, "{range:<20}{:<15}{:<15}", self.kind.token_name(), python_repr(self.text))
    }
}

/// The rows of one source.
pub struct Rows<'a> {
    text: &'a str,
    implicit_newline: bool,
    tokens: &'a TokenBuffer,
    next: usize,
    place: Place,
}

impl<'a> Rows<'a> {
    pub(super) fn new(source: &'a Source<'_>, tokens: &'a TokenBuffer) -> Self {
        let implicit_newline = source.has_implicit_newline();
        let place = Place { offset: 0, line: 1, column: 0 };
        Rows { text: source.text(), implicit_newline, tokens, next: 0, place }
    }

    /// The text of a line end, which begins at `start`.
    fn line_end(&self, kind: TokenKind, start: usize, end: usize) -> &'a str {
        if !self.implicit_newline || end < self.text.len() {
            return &self.text[start..end];
        }
        // The `\n` is not in the file; a `\r` before it may be.
        if kind == TokenKind::Nl { "" } else { &self.text[start..end - 1] }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let kind = *self.tokens.kinds().get(self.next)?;
        let span = self.tokens.span(self.next);
        self.next += 1;
        let (from, to) = (span.start as usize, span.end as usize);
        let start = self.place.advance(self.text, from);
        let at_end = from == self.text.len();
        Some(match kind {
            TokenKind::EndMarker | TokenKind::Dedent if at_end => {
                // Behind the last line, even if that is where the text ends.
                let line = if start.1 == 0 { start.0 } else { start.0 + 1 };
                Row { kind, text: "", start: (line, 0), end: (line, 0) }
            }
            TokenKind::Newline | TokenKind::Nl => {
                let end = (start.0, start.1 + (to - from) as u32);
                Row { kind, text: self.line_end(kind, from, to), start, end }
            }
            _ => {
                let text = &self.text[from..to];
                let kind =
                    if kind.is_operator() && kind.spelling() != Some(text) { TokenKind::Op } else { kind };
                Row { kind, text, start, end: self.place.advance(self.text, to) }
            }
        })
    }
}

/// A position in the text that only moves forward.
struct Place {
    offset: usize,
    line: u32,
    column: u32,
}

impl Place {
    /// Moves to `offset` and gives line and column.
    fn advance(&mut self, text: &str, offset: usize) -> (u32, u32) {
        for &byte in text.as_bytes().get(self.offset..offset).unwrap_or_default() {
            if byte == b'\n' {
                self.line += 1;
                self.column = 0;
            } else if byte & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        self.offset = self.offset.max(offset);
        (self.line, self.column)
    }
}
