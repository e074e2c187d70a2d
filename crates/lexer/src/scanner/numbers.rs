//! Number literals.
//! Invariant: what is pushed is a literal whose value can be read; the `tokenize` view accepts more.

use super::{Flow, NAME_PART, Scanner, Stop};
use crate::TokenKind;
use crate::error::{LexErrorKind, NumberKind};
use crate::warning::LexWarningKind;
use taipan_span::Span;

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// A number that starts with a digit.
    #[inline]
    pub(super) fn number(&mut self, start: usize) -> Flow {
        let mut end = start + 1;
        while self.byte(end).is_ascii_digit() {
            end += 1;
        }
        let next = self.byte(end);
        // A plain integer is what most numbers are.
        if (self.bytes[start] != b'0' || end == start + 1) && !NAME_PART[next as usize] && next != b'.' {
            self.push(TokenKind::Number, start, end);
            return Ok(());
        }
        let end = self.scan_number(start)?;
        self.push(TokenKind::Number, start, end);
        Ok(())
    }

    /// The end of the number at `start`.
    fn scan_number(&mut self, start: usize) -> Result<usize, Stop> {
        if self.bytes[start] != b'0' {
            let end = self.decimal_tail(start, start + 1)?;
            return match self.byte(end) {
                b'.' => self.fraction(start, end + 1),
                _ => self.exponent(start, end),
            };
        }
        match self.byte(start + 1) {
            b'x' | b'X' => self.radix(start, NumberKind::Hexadecimal, |byte| byte.is_ascii_hexdigit()),
            b'o' | b'O' => self.radix(start, NumberKind::Octal, |byte| matches!(byte, b'0'..=b'7')),
            b'b' | b'B' => self.radix(start, NumberKind::Binary, |byte| matches!(byte, b'0' | b'1')),
            _ => self.zero(start),
        }
    }

    /// The rest of `0x`, `0o` and `0b` literals.
    fn radix(&mut self, start: usize, kind: NumberKind, is_digit: fn(u8) -> bool) -> Result<usize, Stop> {
        let mut at = start + 2;
        loop {
            if self.byte(at) == b'_' {
                at += 1;
            }
            if !is_digit(self.byte(at)) {
                self.foreign_digit(start, at, kind)?;
                self.fail(LexErrorKind::InvalidNumber { kind }, start, at)?;
            }
            while is_digit(self.byte(at)) {
                at += 1;
            }
            if self.byte(at) != b'_' {
                break;
            }
        }
        self.foreign_digit(start, at, kind)?;
        self.check_end(start, at, kind)
    }

    /// Refuses a decimal digit that the base does not have.
    fn foreign_digit(&mut self, start: usize, at: usize, kind: NumberKind) -> Flow {
        let digit = self.byte(at);
        if digit.is_ascii_digit() {
            let digit = char::from(digit);
            return self.fail(LexErrorKind::InvalidDigit { digit, kind }, start, at + 1);
        }
        Ok(())
    }

    /// A literal that starts with zero and has no base.
    fn zero(&mut self, start: usize) -> Result<usize, Stop> {
        let mut at = start + 1;
        loop {
            if self.byte(at) == b'_' {
                at += 1;
                if !self.byte(at).is_ascii_digit() {
                    self.fail(LexErrorKind::InvalidNumber { kind: NumberKind::Decimal }, start, at)?;
                }
            }
            if self.byte(at) != b'0' {
                break;
            }
            at += 1;
        }
        let zeros_end = at + 1;
        let nonzero = self.byte(at).is_ascii_digit();
        if nonzero {
            at = self.decimal_tail(start, at + 1)?;
        }
        match self.byte(at) {
            b'.' => self.fraction(start, at + 1),
            b'e' | b'E' | b'j' | b'J' => self.exponent(start, at),
            _ if nonzero && !EXTRA => {
                let range = Span::new(start as u32 + 1, zeros_end as u32);
                self.fail_range(LexErrorKind::LeadingZeros, start, at, range)?;
                Err(Stop)
            }
            _ => self.check_end(start, at, NumberKind::Decimal),
        }
    }

    /// Digits with single underscores between them; `at` is behind the first.
    fn decimal_tail(&mut self, start: usize, mut at: usize) -> Result<usize, Stop> {
        loop {
            while self.byte(at).is_ascii_digit() {
                at += 1;
            }
            if self.byte(at) != b'_' {
                return Ok(at);
            }
            at += 1;
            if !self.byte(at).is_ascii_digit() {
                self.fail(LexErrorKind::InvalidNumber { kind: NumberKind::Decimal }, start, at)?;
            }
        }
    }

    /// What follows a decimal point.
    pub(super) fn fraction(&mut self, start: usize, mut at: usize) -> Result<usize, Stop> {
        if self.byte(at).is_ascii_digit() {
            at = self.decimal_tail(start, at + 1)?;
        }
        self.exponent(start, at)
    }

    /// The exponent, if there is one, and the imaginary suffix.
    fn exponent(&mut self, start: usize, mut at: usize) -> Result<usize, Stop> {
        if matches!(self.byte(at), b'e' | b'E') {
            let signed = matches!(self.byte(at + 1), b'+' | b'-');
            let digits = if signed { at + 2 } else { at + 1 };
            if self.byte(digits).is_ascii_digit() {
                at = self.decimal_tail(start, digits + 1)?;
            } else if signed {
                self.fail(LexErrorKind::InvalidNumber { kind: NumberKind::Decimal }, start, digits)?;
            } else {
                return self.check_end(start, at, NumberKind::Decimal);
            }
        }
        if matches!(self.byte(at), b'j' | b'J') {
            return self.check_end(start, at + 1, NumberKind::Imaginary);
        }
        self.check_end(start, at, NumberKind::Decimal)
    }

    /// Refuses a number that runs into a name; only warns if that is a keyword that may follow.
    fn check_end(&mut self, start: usize, at: usize, kind: NumberKind) -> Result<usize, Stop> {
        let next = self.byte(at);
        if EXTRA || !next.is_ascii() || !NAME_PART[next as usize] {
            return Ok(at);
        }
        if is_keyword_after_number(&self.bytes[at..]) {
            self.warn(LexWarningKind::KeywordAfterNumber { kind }, at);
        } else {
            self.fail(LexErrorKind::InvalidNumber { kind }, start, at)?;
        }
        Ok(at)
    }
}

/// Whether a keyword that may stand behind an expression begins here; of `if`, `in` and `is` the first
/// two letters decide.
fn is_keyword_after_number(rest: &[u8]) -> bool {
    let words: [&[u8]; 5] = [b"and", b"else", b"for", b"or", b"not"];
    matches!(rest, [b'i', b'f' | b'n' | b's', ..])
        || words.iter().any(|&word| {
            rest.strip_prefix(word)
                .is_some_and(|after| !after.first().is_some_and(|&b| NAME_PART[b as usize] || !b.is_ascii()))
        })
}
