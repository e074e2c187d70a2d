//! From lexical errors to CPython's exceptions: line, columns and text.
//! Invariant: positions are those of CPython 3.14 for text that is compiled, including where it counts
//! from the start of its buffer rather than of the line.

use crate::{LexError, LexErrorKind, LexWarning, Source};
use taipan_diagnostics::{Diagnostic, Location};

/// Number of characters that begin between two offsets.
fn characters(bytes: &[u8], start: usize, end: usize) -> i64 {
    let bytes = bytes.get(start..end).unwrap_or_default();
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as i64
}

/// Line number, from 1, of the line that starts at `line_start`.
fn line_number(bytes: &[u8], line_start: usize) -> i64 {
    memchr::memchr_iter(b'\n', bytes.get(..line_start).unwrap_or_default()).count() as i64 + 1
}

/// The line that starts at `line_start`, with its newline.
fn line_at(bytes: &[u8], line_start: usize) -> &[u8] {
    let rest = bytes.get(line_start..).unwrap_or_default();
    &rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1)]
}

fn without_newline(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

impl LexError {
    /// The exception that CPython raises for this error when its parser reads the token.
    pub fn diagnostic(&self, source: &Source<'_>) -> Diagnostic {
        let location = self.location(source.text().as_bytes());
        Diagnostic { class: self.kind.class(), message: self.kind.to_string(), location: Some(location) }
    }

    /// The exception "was never closed" about the innermost open bracket. CPython prefers it to a
    /// syntax error that stands on a later line than the bracket, if it meets an error that its
    /// tokenizer does not raise itself (see [`LexErrorKind::is_raised_at_once`]) when it looks ahead.
    pub fn unclosed_bracket(&self, source: &Source<'_>) -> Option<Diagnostic> {
        let bytes = source.text().as_bytes();
        let offset = self.open_bracket?;
        let bracket = char::from(*bytes.get(offset as usize)?);
        let kind = LexErrorKind::UnclosedBracket { bracket, offset };
        let location = unclosed_bracket(bytes, offset as usize, self.line_start as usize);
        Some(Diagnostic { class: kind.class(), message: kind.to_string(), location: Some(location) })
    }

    /// The line that CPython's tokenizer is on when it notices the error.
    pub fn line(&self, source: &Source<'_>) -> u32 {
        line_number(source.text().as_bytes(), self.line_start as usize) as u32
    }

    fn location(&self, bytes: &[u8]) -> Location {
        let line_start = self.line_start as usize;
        let cursor = (self.cursor as usize).min(bytes.len());
        let line = line_at(bytes, line_start);
        let at = |offset, end_offset, text: &[u8]| {
            let lineno = line_number(bytes, line_start);
            let text = Some(String::from_utf8_lossy(text).into_owned());
            Location { lineno, offset, end_lineno: lineno, end_offset, text }
        };
        match self.kind {
            LexErrorKind::InconsistentTabs | LexErrorKind::TooManyIndents => at(1, 0, line),
            LexErrorKind::InconsistentDedent | LexErrorKind::EofAfterContinuation => {
                at(characters(bytes, line_start, cursor), -1, line)
            }
            LexErrorKind::AfterContinuation => {
                let column = cursor.saturating_sub(self.buffer_start as usize);
                let beyond = i64::from(column > line.len());
                at(characters(line, 0, column.min(line.len())) + beyond, 0, line)
            }
            LexErrorKind::UnclosedBracket { offset, .. } => {
                unclosed_bracket(bytes, offset as usize, line_start)
            }
            _ => {
                let column = |end: usize| characters(bytes, line_start, end.saturating_sub(1)) + 1;
                let (offset, end_offset) = match self.range {
                    Some(range) => (column(range.start as usize), column(range.end as usize)),
                    None => {
                        let column = characters(bytes, line_start, cursor);
                        (column, column)
                    }
                };
                at(offset, end_offset, without_newline(line))
            }
        }
    }
}

/// The place of "was never closed": the bracket. Its line is given with its newline only if it is the
/// last one.
fn unclosed_bracket(bytes: &[u8], offset: usize, last_line_start: usize) -> Location {
    let line_start =
        memchr::memrchr(b'\n', bytes.get(..offset).unwrap_or_default()).map_or(0, |newline| newline + 1);
    let lineno = line_number(bytes, line_start);
    let line = line_at(bytes, line_start);
    let text = if line_start == last_line_start { line } else { without_newline(line) };
    Location {
        lineno,
        offset: characters(bytes, line_start, offset) + 1,
        end_lineno: lineno,
        end_offset: 0,
        text: Some(String::from_utf8_lossy(text).into_owned()),
    }
}

impl LexWarning {
    /// The line that CPython names in the warning.
    pub fn line(&self, source: &Source<'_>) -> u32 {
        let bytes = source.text().as_bytes();
        let before = (self.cursor as usize).min(bytes.len()).saturating_sub(1);
        memchr::memchr_iter(b'\n', &bytes[..before]).count() as u32 + 1
    }
}
