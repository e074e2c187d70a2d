//! Identifiers, keywords and the prefixes of string literals.
//! Invariant: a keyword is spelled in ASCII; what normalizes to one stays a name.

use super::{Flow, NAME_PART, Scanner, Stop};
use crate::TokenKind;
use crate::error::LexErrorKind;
use taipan_span::Span;
use taipan_unicode::{is_identifier_continue, is_identifier_start, is_printable};

/// The longest that a string prefix can be, its letters being different.
const LONGEST_PREFIX: usize = 5;

/// The feature of PEP 401.
const BARRY: &[u8] = b"barry_as_FLUFL";

/// Prefixes that exclude each other, in the order in which CPython looks for them.
const INCOMPATIBLE: [(char, char); 7] =
    [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];

/// How many letters of ASCII, digits and underscores `bytes` begin with.
#[inline]
fn ascii_name(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks();
    let mut length = 0;
    for &word in words {
        let others = others(u64::from_le_bytes(word));
        if others != 0 {
            return length + others.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + bytes[length..].iter().take_while(|&&byte| NAME_PART[byte as usize]).count()
}

/// The highest bit of each byte of a word that is in no name of ASCII. No sum leaves its byte.
#[inline]
const fn others(word: u64) -> u64 {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let low = word & all(0x7F);
    let lower = low | all(0x20);
    let letter = (lower + all(0x80 - b'a')) & !(lower + all(0x7F - b'z'));
    let digit = (low + all(0x80 - b'0')) & !(low + all(0x7F - b'9'));
    let underscore = !((low ^ all(b'_')) + all(0x7F));
    (!(letter | digit | underscore) | word) & all(0x80)
}

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// An identifier, a keyword, or a string literal with a prefix.
    #[inline]
    pub(super) fn name(&mut self, start: usize) -> Flow {
        let mut end = start + ascii_name(&self.bytes[start..]);
        if self.byte(end) >= 0x80 {
            end = self.long_name(start, end)?;
        }
        if end - start <= LONGEST_PREFIX && matches!(self.byte(end), b'\'' | b'"') {
            let prefix = &self.bytes[start..end];
            if is_string_prefix(prefix) {
                return self.prefixed_string(start, end);
            }
        }
        let kind = TokenKind::of_name(&self.bytes[start..], end - start);
        self.push(kind, start, end);
        if !EXTRA && end - start == BARRY.len() && &self.bytes[start..end] == BARRY {
            self.note_barry();
        }
        Ok(())
    }

    /// `from __future__ import barry_as_FLUFL` makes `<>` one token from here on.
    #[cold]
    fn note_barry(&mut self) {
        let kinds = self.tokens.kinds();
        let names = [TokenKind::Name, TokenKind::As, TokenKind::Comma, TokenKind::LParen];
        let Some(import) = kinds.iter().rposition(|kind| !names.contains(kind)) else { return };
        if let (Some(module), Some(from)) = (import.checked_sub(1), import.checked_sub(2))
            && kinds[import] == TokenKind::Import
            && kinds[from] == TokenKind::From
            && &self.bytes[self.tokens.span(module).range()] == b"__future__"
        {
            self.options.barry_as_flufl = true;
        }
    }

    /// The end of a name with characters beyond ASCII, of which `at` is the first.
    #[cold]
    fn long_name(&mut self, start: usize, at: usize) -> Result<usize, Stop> {
        let rest = &self.bytes[at..];
        let length = rest.iter().position(|&byte| byte < 0x80 && !NAME_PART[byte as usize]);
        let end = at + length.unwrap_or(rest.len());
        if !EXTRA {
            self.check_identifier(start, end)?;
        }
        Ok(end)
    }

    /// A string literal whose prefix is `start..quote`.
    fn prefixed_string(&mut self, start: usize, quote: usize) -> Flow {
        let prefix = &self.bytes[start..quote];
        let has = |letter: char| prefix.iter().any(|byte| char::from(byte.to_ascii_lowercase()) == letter);
        if let [_] | [_, _] = prefix
            && !has('f')
            && !has('t')
            && !has('u')
        {
            return self.string(start, quote);
        }
        for (first, second) in INCOMPATIBLE {
            if has(first) && has(second) {
                let kind = LexErrorKind::IncompatiblePrefixes { first, second };
                return self.fail_range(
                    kind,
                    start,
                    quote + 1,
                    Span::new(start as u32 + 1, quote as u32 + 1),
                );
            }
        }
        if has('f') || has('t') { self.formatted_string(start, quote) } else { self.string(start, quote) }
    }

    /// Records an error that has a range: from the column of the byte before `range.start` to the
    /// column of the byte before `range.end`.
    #[cold]
    pub(super) fn fail_range(
        &mut self,
        kind: LexErrorKind,
        start: usize,
        cursor: usize,
        range: Span,
    ) -> Flow {
        let failed = self.fail(kind, start, cursor);
        if let Some(error) = &mut self.error {
            error.range = Some(range);
        }
        failed
    }

    /// Checks an identifier that is not all ASCII.
    #[cold]
    fn check_identifier(&mut self, start: usize, end: usize) -> Flow {
        let mut at = start;
        for character in self.text[start..end].chars() {
            let allowed = if at == start { is_identifier_start } else { is_identifier_continue };
            at += character.len_utf8();
            if allowed(u32::from(character)) {
                continue;
            }
            let kind = if is_printable(u32::from(character)) {
                LexErrorKind::InvalidCharacter { character }
            } else {
                LexErrorKind::NonPrintableCharacter { character }
            };
            return self.fail(kind, start, at);
        }
        Ok(())
    }
}

/// Whether `name` has only prefix letters, each once.
fn is_string_prefix(name: &[u8]) -> bool {
    let mut seen = 0u8;
    name.iter().all(|byte| {
        let letter = match byte.to_ascii_lowercase() {
            b'b' => 1,
            b'u' => 2,
            b'r' => 4,
            b'f' => 8,
            b't' => 16,
            _ => return false,
        };
        let new = seen & letter == 0;
        seen |= letter;
        new
    })
}

#[cfg(test)]
mod tests {
    use super::{NAME_PART, ascii_name};

    #[test]
    fn a_name_ends_before_the_first_byte_that_is_in_none() {
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                let mut bytes = *b"aZ09_zA5aZ09_zA5aZ09";
                bytes[at] = byte;
                let length = if NAME_PART[byte as usize] { bytes.len() } else { at };
                assert_eq!(ascii_name(&bytes), length, "{byte:#x} at {at}");
            }
        }
    }
}
