//! Lines: indentation, line ends, line continuation, the end of the input.
//! Invariant: inside brackets no line end is a token and no indentation counts.

use super::{CLASS, Class, Flow, Indent, MAX_INDENTS, Scanner};
use crate::error::LexErrorKind;
use crate::{Mode, TokenKind};

/// Columns between tab stops.
const TAB: u32 = 8;

/// How many spaces `bytes` begin with.
#[inline]
fn leading_spaces(bytes: &[u8]) -> usize {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    let (words, _) = bytes.as_chunks();
    let mut spaces = 0;
    for &word in words {
        let others = u64::from_le_bytes(word) ^ SPACES;
        if others != 0 {
            return spaces + others.trailing_zeros() as usize / 8;
        }
        spaces += 8;
    }
    spaces + bytes[spaces..].iter().take_while(|&&byte| byte == b' ').count()
}

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// Reads the indentation of a new line; lines without tokens are marked blank.
    #[inline]
    pub(super) fn begin_line(&mut self) -> Flow {
        let line = self.pos;
        self.start_buffer(line);
        let spaces = leading_spaces(&self.bytes[line..]);
        let next = self.byte(line + spaces);
        if matches!(next, b'\t' | b'\x0c' | b'\\') {
            return self.begin_odd_line();
        }
        self.pos = line + spaces;
        self.blank = matches!(next, b'#' | b'\n' | b'\r');
        if self.blank || self.level > 0 {
            return Ok(());
        }
        self.indentation(Indent { column: spaces as u32, alternate: spaces as u32 }, line)
    }

    /// Indentation of more than spaces.
    fn begin_odd_line(&mut self) -> Flow {
        let mut line = self.pos;
        let mut indent = Indent::default();
        // The column of the first backslash stands for the whole joined line.
        let mut joined_column = 0;
        loop {
            match self.byte(self.pos) {
                b' ' => {
                    indent.column = indent.column.saturating_add(1);
                    indent.alternate += 1;
                }
                b'\t' => {
                    indent.column = (indent.column / TAB + 1).saturating_mul(TAB);
                    indent.alternate += 1;
                }
                b'\x0c' => indent = Indent::default(),
                b'\\' => {
                    joined_column = if joined_column == 0 { indent.column } else { joined_column };
                    let backslash = self.pos;
                    self.pos += 1;
                    self.joined_indentation(backslash)?;
                    line = self.pos;
                    self.start_buffer(line);
                    continue;
                }
                _ => break,
            }
            self.pos += 1;
        }
        self.blank = matches!(self.byte(self.pos), b'#' | b'\n' | b'\r');
        if self.blank || self.level > 0 {
            return Ok(());
        }
        if joined_column > 0 {
            indent = Indent { column: joined_column, alternate: joined_column };
        }
        self.indentation(indent, line)
    }

    /// Notes where CPython's buffer starts: at a line that begins outside of any token. Its reader by
    /// lines, which is behind the `tokenize` module, also keeps all lines of an f-string.
    #[inline]
    fn start_buffer(&mut self, line: usize) {
        if !EXTRA || self.strings.is_empty() {
            self.buffer_start = line;
        }
    }

    /// A backslash in the indentation.
    #[cold]
    fn joined_indentation(&mut self, backslash: usize) -> Flow {
        let joined = self.continuation(backslash);
        if let Some(error) = &mut self.error
            && error.at_end
            && EXTRA
            && self.strings.is_empty()
        {
            error.buffer_start = error.cursor;
        }
        joined
    }

    /// Compares the indentation of a line that has tokens with the open blocks.
    #[inline]
    fn indentation(&mut self, indent: Indent, line: usize) -> Flow {
        if indent == self.indents[self.depth] { Ok(()) } else { self.new_indentation(indent, line) }
    }

    /// An indentation other than that of the line before.
    fn new_indentation(&mut self, indent: Indent, line: usize) -> Flow {
        let current = self.indents[self.depth];
        if indent.column == current.column {
            self.fail_at_line_end(LexErrorKind::InconsistentTabs)
        } else if indent.column > current.column {
            if self.depth + 1 >= MAX_INDENTS {
                return self.fail_at_line_end(LexErrorKind::TooManyIndents);
            }
            if indent.alternate <= current.alternate {
                return self.fail_at_line_end(LexErrorKind::InconsistentTabs);
            }
            self.depth += 1;
            self.indents[self.depth] = indent;
            self.push(TokenKind::Indent, line, self.pos);
            Ok(())
        } else {
            self.dedent(indent)
        }
    }

    /// Closes blocks down to `indent`.
    fn dedent(&mut self, indent: Indent) -> Flow {
        let before = self.depth;
        while self.depth > 0 && indent.column < self.indents[self.depth].column {
            self.depth -= 1;
        }
        let outer = self.indents[self.depth];
        if indent.column != outer.column {
            return self.fail_at_line_end(LexErrorKind::InconsistentDedent);
        }
        if indent.alternate != outer.alternate {
            return self.fail_at_line_end(LexErrorKind::InconsistentTabs);
        }
        for _ in self.depth..before {
            self.push(TokenKind::Dedent, self.pos, self.pos);
        }
        Ok(())
    }

    /// Records an error of indentation, for which CPython stands at the end of the line.
    #[cold]
    fn fail_at_line_end(&mut self, kind: LexErrorKind) -> Flow {
        let start = self.pos;
        let rest = &self.bytes[start..];
        let cursor = start + memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
        self.fail_on_line(kind, start, cursor, self.line_start(start))
    }

    /// A newline; `start` is where its token begins: at a comment before it, if there is one.
    #[inline]
    pub(super) fn newline(&mut self, start: usize) -> Flow {
        let newline = self.pos;
        if EXTRA {
            let kind = if self.blank || self.level > 0 { TokenKind::Nl } else { TokenKind::Newline };
            self.push(kind, start, newline + 1);
        } else if !self.blank && self.level == 0 {
            self.push(TokenKind::Newline, start, newline);
        }
        self.pos = newline + 1;
        self.begin_line()
    }

    /// A carriage return, which belongs to the newline behind it.
    pub(super) fn carriage_return(&mut self, start: usize) -> Flow {
        match self.byte(start + 1) {
            b'\n' => {
                self.pos = start + 1;
                self.newline(start)
            }
            _ => self.lone_return(start),
        }
    }

    /// Whether no token stands before `start` on its line. Only behind a carriage return that ends no
    /// line can a line that begins as a blank one have more.
    pub(super) fn is_first_on_line(&self, start: usize) -> bool {
        self.tokens.spans().last().is_none_or(|last| last.end as usize <= self.line_start(start))
    }

    /// A carriage return that ends no line: it is taken into the token behind it, which is an operator
    /// if it is none of those that CPython looks for behind the end of a line.
    #[cold]
    fn lone_return(&mut self, start: usize) -> Flow {
        self.blank &= !self.is_first_on_line(start);
        let at = start + 1;
        let before = self.tokens.len();
        let byte = self.byte(at);
        match CLASS[byte as usize] {
            Class::Digit => self.number(at)?,
            Class::Quote => self.string(start, at)?,
            Class::Operator => self.operator(at, byte)?,
            Class::Open => self.open_bracket(at, byte)?,
            Class::Close => self.close_bracket(at, byte)?,
            Class::Dot => self.dot(at)?,
            Class::Backslash => {
                self.pos = at + 1;
                return self.continuation(start);
            }
            Class::Return | Class::Control => {
                let character = char::from(byte);
                return self.fail(LexErrorKind::NonPrintableCharacter { character }, start, at + 1);
            }
            Class::Blank if byte != b' ' => {
                let character = char::from(byte);
                return self.fail(LexErrorKind::NonPrintableCharacter { character }, start, at + 1);
            }
            Class::Name | Class::Hash | Class::Stray | Class::Blank | Class::Newline => {
                let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
                self.push(TokenKind::Op, start, at + length);
            }
        }
        self.tokens.set_start(before, start as u32);
        Ok(())
    }

    /// What follows a backslash at `backslash`: nothing but the line end, and another line.
    pub(super) fn continuation(&mut self, backslash: usize) -> Flow {
        if self.byte(self.pos) == b'\r' {
            self.pos += 1;
        }
        if self.byte(self.pos) != b'\n' {
            return self.fail(LexErrorKind::AfterContinuation, backslash, self.pos + 1);
        }
        self.pos += 1;
        if self.pos < self.bytes.len() {
            return Ok(());
        }
        if self.level > 0 {
            return self.unclosed_bracket(backslash);
        }
        let failed = self.fail(LexErrorKind::EofAfterContinuation, backslash, self.pos);
        self.fail_at_end(failed)
    }

    /// The end of the input: open brackets, or the end marker.
    pub(super) fn end_of_input(&mut self) -> Flow {
        let end = self.pos;
        if self.level > 0 {
            return self.unclosed_bracket(end);
        }
        if self.options.mode == Mode::Single && !EXTRA {
            self.end_of_statement();
        }
        self.push(TokenKind::EndMarker, end, end);
        Ok(())
    }

    /// In interactive mode the end of the input ends the statement too: once for the line, and once
    /// more for the block that is closed by it.
    fn end_of_statement(&mut self) {
        let end = self.pos;
        if self.tokens.kinds().iter().all(|&kind| kind == TokenKind::TypeIgnore) {
            return;
        }
        self.push(TokenKind::Newline, end, end);
        if self.depth > 0 && !self.options.dont_imply_dedent {
            for _ in 0..self.depth {
                self.push(TokenKind::Dedent, end, end);
            }
            self.depth = 0;
            self.push(TokenKind::Newline, end, end);
        }
    }

    /// The input ended inside brackets.
    #[cold]
    fn unclosed_bracket(&mut self, start: usize) -> Flow {
        let offset = self.level.checked_sub(1).map_or(0, |innermost| self.brackets[innermost]);
        let bracket = char::from(self.byte(offset as usize));
        let kind = LexErrorKind::UnclosedBracket { bracket, offset };
        let failed = self.fail(kind, start, self.bytes.len());
        self.fail_at_end(failed)
    }
}
