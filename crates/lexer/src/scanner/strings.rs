//! String and bytes literals without replacement fields.
//! Invariant: a literal's token covers prefix, quotes and text; escapes are read by the parser.

use super::{Flow, Scanner};
use crate::TokenKind;
use crate::error::LexErrorKind;

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// A literal that starts at `start` and whose first quote is at `quote`.
    #[inline]
    pub(super) fn string(&mut self, start: usize, quote: usize) -> Flow {
        let mark = self.bytes[quote];
        if self.byte(quote + 1) == mark {
            if self.byte(quote + 2) == mark {
                return self.triple_quoted(start, quote + 3, mark);
            }
            self.push(TokenKind::String, start, quote + 2);
            return Ok(());
        }
        let mut escaped_quote = false;
        let mut at = quote + 1;
        loop {
            let byte = self.byte(at);
            if byte == mark {
                self.push(TokenKind::String, start, at + 1);
                return Ok(());
            }
            match byte {
                b'\\' => {
                    escaped_quote |= self.byte(at + 1) == mark;
                    at = self.after_escape(at);
                }
                b'\n' => return self.unterminated(start, mark, false, escaped_quote, at + 1),
                0 if at >= self.bytes.len() => {
                    let failed = self.unterminated(start, mark, false, escaped_quote, at);
                    return self.fail_at_end(failed);
                }
                _ => at += 1,
            }
        }
    }

    /// The text and the end of a triple-quoted literal.
    fn triple_quoted(&mut self, start: usize, mut at: usize, mark: u8) -> Flow {
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(mark, b'\\', rest) else {
                let failed = self.unterminated(start, mark, true, false, self.bytes.len());
                return self.fail_at_end(failed);
            };
            at += found;
            if self.byte(at) == b'\\' {
                at = self.after_escape(at);
            } else if self.byte(at + 1) == mark && self.byte(at + 2) == mark {
                self.push(TokenKind::String, start, at + 3);
                return Ok(());
            } else {
                at += 1;
            }
        }
    }

    /// The position behind a backslash at `at` and the character that it escapes. Of a character
    /// beyond ASCII this is its second byte, which is never a quote or a backslash.
    #[inline]
    fn after_escape(&self, at: usize) -> usize {
        if EXTRA && self.byte(at + 1) == b'\r' { at + 3 } else { at + 2 }
    }

    /// Records that the literal at `start` does not end; `cursor` is behind where that was noticed.
    #[cold]
    fn unterminated(
        &mut self,
        start: usize,
        mark: u8,
        triple: bool,
        escaped_quote: bool,
        cursor: usize,
    ) -> Flow {
        let size = if triple { 3 } else { 1 };
        let line = self.line_before(cursor);
        let kind = match self.strings.last() {
            Some(string) if string.quote == mark && string.quote_size == size => {
                LexErrorKind::ExpectedBrace { prefix: string.prefix }
            }
            _ if triple => LexErrorKind::UnterminatedTripleQuoted { line },
            _ => LexErrorKind::UnterminatedString { line, escaped_quote },
        };
        self.fail(kind, start, start + 1)
    }
}
