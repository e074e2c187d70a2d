//! f-strings (PEP 701) and t-strings (PEP 750): their text, and the way in and out of their
//! replacement fields, which the other scanners read as ordinary tokens.
//! Invariant: the text of a middle token's span is what CPython's token holds; of `{{` and `}}` the
//! span ends after the first brace, and the next token begins after the second.

use super::{Flow, Scanner, Stop};
use crate::TokenKind;
use crate::error::{LexErrorKind, StringPrefix};
use crate::warning::LexWarningKind;

/// f- and t-strings inside each other that CPython allows, the file counted as one.
const MAX_STRINGS: usize = 150;
/// Replacement fields inside each other's format specifiers that CPython allows.
const MAX_FIELDS: i32 = 3;

/// An f- or t-string that the scanner is inside of.
pub(super) struct StringMode {
    pub(super) prefix: StringPrefix,
    pub(super) quote: u8,
    pub(super) quote_size: u8,
    raw: bool,
    /// Offset of the first character, the prefix.
    start: usize,
    /// Brackets opened in replacement fields and not yet closed.
    pub(super) bracket_depth: i32,
    /// Replacement fields that the position is inside of, less one.
    pub(super) field_depth: i32,
    in_format_spec: bool,
}

/// What follows a piece of text.
enum After {
    Text,
    Field,
}

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// An f- or t-string whose prefix is `start..quote_at`.
    pub(super) fn formatted_string(&mut self, start: usize, quote_at: usize) -> Flow {
        let quote = self.bytes[quote_at];
        let triple = self.byte(quote_at + 1) == quote && self.byte(quote_at + 2) == quote;
        let quote_size = if triple { 3 } else { 1 };
        let end = quote_at + quote_size as usize;
        if self.strings.len() + 1 >= MAX_STRINGS {
            return self.fail(LexErrorKind::TooManyNestedStrings, start, end);
        }
        let letters = &self.bytes[start..quote_at];
        let is_t = letters.iter().any(|byte| byte.eq_ignore_ascii_case(&b't'));
        let raw = letters.iter().any(|byte| byte.eq_ignore_ascii_case(&b'r'));
        let prefix = if is_t { StringPrefix::T } else { StringPrefix::F };
        self.strings.push(StringMode {
            prefix,
            quote,
            quote_size,
            raw,
            start,
            bracket_depth: 0,
            field_depth: -1,
            in_format_spec: false,
        });
        self.push(if is_t { TokenKind::TStringStart } else { TokenKind::FStringStart }, start, end);
        self.string_text()
    }

    /// Reads text up to a replacement field or to the end of the string.
    fn string_text(&mut self) -> Flow {
        while let Some(string) = self.strings.last_mut() {
            let start = self.pos;
            let next = self.bytes.get(start).copied().unwrap_or(0);
            if next == b'{' && self.bytes.get(start + 1) != Some(&b'{') {
                return self.enter_field(start);
            }
            let size = string.quote_size as usize;
            let closes =
                self.bytes.get(start..start + size).is_some_and(|q| q.iter().all(|&b| b == string.quote));
            if closes {
                let kind = match string.prefix {
                    StringPrefix::F => TokenKind::FStringEnd,
                    StringPrefix::T => TokenKind::TStringEnd,
                };
                self.strings.pop();
                self.push(kind, start, start + size);
                return Ok(());
            }
            if let After::Field = self.middle(start)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One piece of text.
    fn middle(&mut self, start: usize) -> Result<After, Stop> {
        let Some(string) = self.strings.last() else { return Ok(After::Field) };
        let (quote, size, raw) = (string.quote, string.quote_size as usize, string.raw);
        let in_format_spec = string.in_format_spec && string.field_depth >= 0;
        let in_field = string.bracket_depth > 0;
        let mut named_escape = false;
        let mut quotes = 0;
        let mut at = start;
        while quotes < size {
            let byte = self.byte(at);
            if byte == quote {
                quotes += 1;
                at += 1;
                continue;
            }
            quotes = 0;
            match byte {
                b'\n' if size == 1 => return self.unterminated_text(at + 1, in_format_spec, false),
                0 if at >= self.bytes.len() => return self.unterminated_text(at, false, true),
                b'{' if in_format_spec || self.byte(at + 1) != b'{' => {
                    self.enter_field(at)?;
                    self.leave_text(start, at);
                    return Ok(After::Field);
                }
                b'{' => return self.doubled_brace(start, at),
                b'}' if named_escape => {
                    self.push_middle(start, at + 1);
                    return Ok(After::Text);
                }
                b'}' if self.byte(at + 1) == b'}' && !in_format_spec && !in_field => {
                    return self.doubled_brace(start, at);
                }
                b'}' => {
                    self.leave_text(start, at);
                    return Ok(After::Field);
                }
                b'\\' => at = self.text_escape(at, raw, &mut named_escape),
                _ => at += 1,
            }
        }
        self.push_middle(start, at - size);
        Ok(After::Text)
    }

    /// The position behind a backslash at `at` and what it escapes. A brace is never escaped, but
    /// that of `\N{` belongs to the name.
    fn text_escape(&mut self, at: usize, raw: bool, named_escape: &mut bool) -> usize {
        let escaped = if EXTRA && self.byte(at + 1) == b'\r' { at + 2 } else { at + 1 };
        match self.byte(escaped) {
            brace @ (b'{' | b'}') => {
                if !raw {
                    let brace = char::from(brace);
                    self.warn(LexWarningKind::EscapedBrace { brace }, escaped + 1);
                }
                escaped
            }
            b'N' if !raw && self.byte(escaped + 1) == b'{' => {
                *named_escape = true;
                escaped + 2
            }
            _ => (escaped + 1).min(self.bytes.len()),
        }
    }

    /// Text up to the first of two braces; the second is skipped.
    fn doubled_brace(&mut self, start: usize, brace: usize) -> Result<After, Stop> {
        self.push_middle(start, brace + 1);
        self.pos = brace + 2;
        Ok(After::Text)
    }

    /// Appends a piece of text.
    fn push_middle(&mut self, start: usize, end: usize) {
        let kind = match self.strings.last() {
            Some(StringMode { prefix: StringPrefix::T, .. }) => TokenKind::TStringMiddle,
            _ => TokenKind::FStringMiddle,
        };
        self.push(kind, start, end);
    }

    /// Appends the text before a brace that ends it.
    fn leave_text(&mut self, start: usize, brace: usize) {
        self.push_middle(start, brace);
        if let Some(string) = self.strings.last_mut() {
            string.in_format_spec = false;
        }
    }

    /// A replacement field begins with the brace at `brace`, which is not yet read.
    fn enter_field(&mut self, brace: usize) -> Flow {
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        string.field_depth += 1;
        if string.field_depth >= MAX_FIELDS {
            let kind = LexErrorKind::FieldsTooDeep { prefix: string.prefix };
            return self.fail_on_line(kind, brace, brace, self.line_start(brace));
        }
        Ok(())
    }

    /// Whether a colon here begins a format specifier.
    #[inline]
    pub(super) fn starts_format_spec(&self) -> bool {
        self.strings
            .last()
            .is_some_and(|string| string.field_depth >= 0 && string.bracket_depth - 1 == string.field_depth)
    }

    /// The colon before a format specifier, and its text.
    pub(super) fn format_spec(&mut self, colon: usize) -> Flow {
        if let Some(string) = self.strings.last_mut() {
            string.in_format_spec = true;
        }
        self.push(TokenKind::Colon, colon, colon + 1);
        self.string_text()
    }

    /// A closing bracket inside an f- or t-string, which may end the replacement field.
    pub(super) fn close_in_field(&mut self, start: usize, kind: TokenKind) -> Flow {
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        string.bracket_depth -= 1;
        if string.bracket_depth < 0 {
            let bracket = char::from(self.bytes[start]);
            let kind = LexErrorKind::UnmatchedInField { prefix: string.prefix, bracket };
            return self.fail(kind, start, start + 1);
        }
        let ends_field = kind == TokenKind::RBrace && string.bracket_depth == string.field_depth;
        if ends_field {
            string.field_depth -= 1;
            string.in_format_spec = false;
        }
        self.push(kind, start, start + 1);
        if ends_field { self.string_text() } else { Ok(()) }
    }

    /// Records that a string does not end; `cursor` is behind where that was noticed.
    #[cold]
    fn unterminated_text(
        &mut self,
        cursor: usize,
        in_format_spec: bool,
        at_end: bool,
    ) -> Result<After, Stop> {
        let Some(string) = self.strings.last() else { return Err(Stop) };
        let (prefix, start, triple_quoted) = (string.prefix, string.start, string.quote_size == 3);
        if in_format_spec {
            self.fail(LexErrorKind::NewlineInFormatSpec { prefix }, self.pos, cursor)?;
        }
        let line = self.line_before(cursor);
        let kind = LexErrorKind::UnterminatedFString { prefix, triple_quoted, line };
        let line_start = self.line_start(start);
        let failed = self.fail_on_line(kind, self.pos, start + 1, line_start);
        if triple_quoted && at_end {
            self.fail_at_end(failed)?;
        }
        Err(Stop)
    }
}
