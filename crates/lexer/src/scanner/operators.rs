//! Operators and brackets.
//! Invariant: `level` is the number of open brackets, of which `brackets` holds the offsets.

use super::{Flow, MAX_BRACKETS, Scanner};
use crate::TokenKind;
use crate::error::LexErrorKind;

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// An operator that is no bracket and does not begin with a dot.
    #[inline]
    pub(super) fn operator(&mut self, start: usize, byte: u8) -> Flow {
        use TokenKind::*;
        let second = self.byte(start + 1);
        let (kind, length) = match (byte, second) {
            (b',', _) => (Comma, 1),
            (b':', _) if self.starts_format_spec() => return self.format_spec(start),
            (b':', b'=') => (ColonEqual, 2),
            (b':', _) => (Colon, 1),
            (b'=', b'=') => (EqEqual, 2),
            (b'=', _) => (Equal, 1),
            (b'+', b'=') => (PlusEqual, 2),
            (b'+', _) => (Plus, 1),
            (b'-', b'=') => (MinEqual, 2),
            (b'-', b'>') => (RArrow, 2),
            (b'-', _) => (Minus, 1),
            (b'*', b'*') if self.byte(start + 2) == b'=' => (DoubleStarEqual, 3),
            (b'*', b'*') => (DoubleStar, 2),
            (b'*', b'=') => (StarEqual, 2),
            (b'*', _) => (Star, 1),
            (b'/', b'/') if self.byte(start + 2) == b'=' => (DoubleSlashEqual, 3),
            (b'/', b'/') => (DoubleSlash, 2),
            (b'/', b'=') => (SlashEqual, 2),
            (b'/', _) => (Slash, 1),
            (b'<', b'<') if self.byte(start + 2) == b'=' => (LeftShiftEqual, 3),
            (b'<', b'<') => (LeftShift, 2),
            (b'<', b'=') => (LessEqual, 2),
            (b'<', b'>') if self.options.barry_as_flufl => (NotEqual, 2),
            (b'<', _) => (Less, 1),
            (b'>', b'>') if self.byte(start + 2) == b'=' => (RightShiftEqual, 3),
            (b'>', b'>') => (RightShift, 2),
            (b'>', b'=') => (GreaterEqual, 2),
            (b'>', _) => (Greater, 1),
            (b'!', b'=') => (NotEqual, 2),
            (b'!', _) => (Exclamation, 1),
            (b'%', b'=') => (PercentEqual, 2),
            (b'%', _) => (Percent, 1),
            (b'&', b'=') => (AmperEqual, 2),
            (b'&', _) => (Amper, 1),
            (b'|', b'=') => (VBarEqual, 2),
            (b'|', _) => (VBar, 1),
            (b'^', b'=') => (CircumflexEqual, 2),
            (b'^', _) => (Circumflex, 1),
            (b'@', b'=') => (AtEqual, 2),
            (b'@', _) => (At, 1),
            (b';', _) => (Semicolon, 1),
            (b'~', _) => (Tilde, 1),
            _ => (Op, 1),
        };
        self.push(kind, start, start + length);
        Ok(())
    }

    /// A dot, an ellipsis, or a number that starts with its point.
    #[inline]
    pub(super) fn dot(&mut self, start: usize) -> Flow {
        let second = self.byte(start + 1);
        if second.is_ascii_digit() {
            let end = self.fraction(start, start + 1)?;
            self.push(TokenKind::Number, start, end);
        } else if second == b'.' && self.byte(start + 2) == b'.' {
            self.push(TokenKind::Ellipsis, start, start + 3);
        } else {
            self.push(TokenKind::Dot, start, start + 1);
        }
        Ok(())
    }

    /// An opening bracket.
    #[inline]
    pub(super) fn open_bracket(&mut self, start: usize, byte: u8) -> Flow {
        if self.level >= MAX_BRACKETS {
            return self.fail(LexErrorKind::TooManyBrackets, start, start + 1);
        }
        self.brackets[self.level] = start as u32;
        self.level += 1;
        if let Some(string) = self.strings.last_mut() {
            string.bracket_depth += 1;
        }
        let kind = match byte {
            b'(' => TokenKind::LParen,
            b'[' => TokenKind::LBracket,
            _ => TokenKind::LBrace,
        };
        self.push(kind, start, start + 1);
        Ok(())
    }

    /// A closing bracket.
    #[inline]
    pub(super) fn close_bracket(&mut self, start: usize, byte: u8) -> Flow {
        let (kind, opening) = match byte {
            b')' => (TokenKind::RParen, b'('),
            b']' => (TokenKind::RBracket, b'['),
            _ => (TokenKind::RBrace, b'{'),
        };
        if let Some(string) = self.strings.last()
            && string.bracket_depth == 0
            && byte == b'}'
        {
            return self.fail(LexErrorKind::SingleBrace { prefix: string.prefix }, start, start + 1);
        }
        match self.level.checked_sub(1) {
            Some(level) => {
                self.level = level;
                let open_at = self.brackets[level] as usize;
                if self.byte(open_at) != opening {
                    self.mismatched_bracket(start, byte, open_at)?;
                }
            }
            None if EXTRA => {}
            None => {
                let bracket = char::from(byte);
                return self.fail(LexErrorKind::UnmatchedBracket { bracket }, start, start + 1);
            }
        }
        if !self.strings.is_empty() {
            return self.close_in_field(start, kind);
        }
        self.push(kind, start, start + 1);
        Ok(())
    }

    /// Refuses the bracket at `start`, which does not close the one at `open_at`. The view of the
    /// `tokenize` module only minds the brace that opened a replacement field: it is part of the
    /// string, not of the expression.
    #[cold]
    fn mismatched_bracket(&mut self, start: usize, byte: u8, open_at: usize) -> Flow {
        let (closing, opening) = (char::from(byte), char::from(self.byte(open_at)));
        let kind = match self.strings.last() {
            Some(string) if opening == '{' && string.bracket_depth - 1 == string.field_depth => {
                LexErrorKind::UnmatchedInField { prefix: string.prefix, bracket: closing }
            }
            _ if EXTRA => return Ok(()),
            _ => {
                let same_line = open_at >= self.line_start(start);
                let opening_line = (!same_line).then(|| self.line_before(open_at + 1));
                LexErrorKind::MismatchedBracket { closing, opening, opening_line }
            }
        };
        self.fail(kind, start, start + 1)
    }
}
