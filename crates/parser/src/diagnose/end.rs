//! Whether the tokenizer has met the end of the input. CPython asks that where an error could be due
//! to input that is cut off, and it is about characters, not tokens: an operator or a name that ends
//! the input is known only when nothing is found behind it, while a string is complete by its quote.

use super::engine::Peg;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    /// Whether a token read so far made the tokenizer look beyond the input's last character.
    pub(super) fn has_met_end(&self) -> bool {
        let end = self.source.text().len() as u32;
        match self.kind_at(self.fill.saturating_sub(1)) {
            T::EndMarker => true,
            T::Error => self.lexed.error.as_ref().is_some_and(|error| error.at_end),
            // the start of an f-string may look further than the token behind it
            _ => (self.fill.saturating_sub(2)..self.fill).any(|index| self.reach(index) >= end),
        }
    }

    /// Offset of the last character that the tokenizer looked at for the token `index`.
    fn reach(&self, index: u32) -> u32 {
        let end = self.span_at(index).end;
        let own = end.saturating_sub(1);
        let text = self.text_at(index);
        match self.kind_at(index) {
            // two quotes could be the first of three
            T::String if !is_empty_string(text) => own,
            T::FStringEnd | T::TStringEnd | T::Ellipsis => own,
            T::DoubleStarEqual | T::DoubleSlashEqual | T::LeftShiftEqual | T::RightShiftEqual => own,
            T::FStringStart | T::TStringStart if has_three_quotes(text) => own,
            T::FStringStart | T::TStringStart => end + u32::from(self.is_at(end, text.as_bytes().last())),
            T::Number => end + self.keyword_behind_number(end),
            T::Dot => end + u32::from(self.is_at(end, Some(&b'.'))),
            _ => end,
        }
    }

    /// How much of a keyword directly behind a number is looked at to tell it from a malformed number.
    fn keyword_behind_number(&self, end: u32) -> u32 {
        let rest = self.source.text().as_bytes().get(end as usize..).unwrap_or_default();
        let word = ["and", "else", "for", "or", "not"].iter().find(|word| rest.starts_with(word.as_bytes()));
        word.map_or(0, |word| word.len() as u32)
    }

    fn is_at(&self, offset: u32, byte: Option<&u8>) -> bool {
        byte.is_some() && self.source.text().as_bytes().get(offset as usize) == byte
    }
}

fn has_three_quotes(text: &str) -> bool {
    text.ends_with("'''") || text.ends_with("\"\"\"")
}

/// Whether a string literal is two quotes, with or without prefix.
fn is_empty_string(literal: &str) -> bool {
    matches!(literal.trim_start_matches(|c: char| c.is_ascii_alphabetic()), "''" | "\"\"")
}
