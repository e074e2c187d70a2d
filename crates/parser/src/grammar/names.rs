//! Identifiers: a small cache in front of the interner, since the same few names make up most of a
//! source, and a look-up in the interner's table costs more than everything else about a name.

use super::{Parse, Parser, Refused};
use taipan_ast::Identifier;
use taipan_lexer::unicode::normalize_identifier;
use taipan_span::Span;

/// Entries of the cache: for many tokens, and for few; the smallest sources have none.
const ENTRIES: usize = 512;
const FEW_ENTRIES: usize = 32;
const MANY_TOKENS: usize = 2_000;
const FEW_TOKENS: usize = 80;

/// A name of at most 16 bytes of ASCII, filled up with zeros, which stand in no name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u128);

/// Names met lately.
pub(super) struct Names {
    entries: Vec<(Key, Option<Identifier>)>,
}

impl Names {
    /// No names yet, with room for those that a source of `tokens` tokens repeats.
    pub(super) fn for_tokens(tokens: usize) -> Self {
        let entries = match tokens {
            0..FEW_TOKENS => 0,
            FEW_TOKENS..MANY_TOKENS => FEW_ENTRIES,
            MANY_TOKENS.. => ENTRIES,
        };
        Names { entries: vec![(Key(0), None); entries] }
    }

    #[inline]
    fn slot(&self, key: Key) -> usize {
        // the length is a power of two, or there is no slot
        key.hash() & self.entries.len().wrapping_sub(1)
    }
}

/// The bytes of a word that a name of each length fills.
static MASKS: [u128; 17] = {
    let mut masks = [0; 17];
    let mut length = 1;
    while length < masks.len() {
        masks[length] = masks[length - 1] << 8 | 0xFF;
        length += 1;
    }
    masks
};

impl Key {
    /// The key of the name in a range; none for a name that is long or not ASCII.
    #[inline]
    fn new(source: &[u8], span: Span) -> Option<Key> {
        const NOT_ASCII: u128 = u128::from_le_bytes([0x80; 16]);
        let mask = MASKS.get(span.len() as usize)?;
        let rest = source.get(span.start as usize..)?;
        let word = match rest.first_chunk::<16>() {
            Some(bytes) => u128::from_le_bytes(*bytes),
            None => Self::last_word(rest),
        };
        let word = word & mask;
        (word & NOT_ASCII == 0).then_some(Key(word))
    }

    /// The word that begins less than a word before the end of the source.
    #[cold]
    fn last_word(rest: &[u8]) -> u128 {
        rest.iter().rev().fold(0, |word, &byte| word << 8 | u128::from(byte))
    }

    #[inline]
    fn hash(self) -> usize {
        let (low, high) = (self.0 as u64, (self.0 >> 64) as u64);
        ((low ^ high.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
    }
}

impl Parser<'_, '_> {
    /// The identifier of the name in a range of the source: names are compared in NFKC (PEP 3131).
    #[inline]
    pub(super) fn intern(&mut self, span: Span) -> Parse<Identifier> {
        let Some(key) = Key::new(self.source.as_bytes(), span) else { return self.intern_uncached(span) };
        match self.names.entries.get(self.names.slot(key)) {
            Some(&(found, Some(id))) if found == key => Ok(id),
            _ => Ok(self.intern_new(key, span)),
        }
    }

    #[inline(never)]
    fn intern_new(&mut self, key: Key, span: Span) -> Identifier {
        let id = self.interner.intern(self.slice(span));
        let slot = self.names.slot(key);
        if let Some(entry) = self.names.entries.get_mut(slot) {
            *entry = (key, Some(id));
        }
        id
    }

    #[inline(never)]
    fn intern_uncached(&mut self, span: Span) -> Parse<Identifier> {
        let text = self.slice(span);
        if text.is_ascii() { Ok(self.interner.intern(text)) } else { self.intern_nfkc(text) }
    }

    /// A name that is not ASCII may come to spell a keyword, but not one of the constants.
    #[cold]
    fn intern_nfkc(&mut self, text: &str) -> Parse<Identifier> {
        let name = normalize_identifier(text);
        match &*name {
            "True" | "False" | "None" => Err(Refused),
            name => Ok(self.interner.intern(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Span};

    fn key(source: &str, range: std::ops::Range<u32>) -> Option<u128> {
        Key::new(source.as_bytes(), Span::new(range.start, range.end)).map(|key| key.0)
    }

    #[test]
    fn a_key_holds_the_name_and_nothing_behind_it() {
        let word = |name: &str| name.bytes().rev().fold(0, |word, byte| word << 8 | u128::from(byte));
        assert_eq!(key("name = 1 # and much more", 0..4), Some(word("name")));
        assert_eq!(key("x=name", 2..6), Some(word("name")));
        assert_eq!(key("sixteen_letters_ = 0", 0..16), Some(word("sixteen_letters_")));
        assert_eq!(key("seventeen_letters = 0", 0..17), None);
        assert_eq!(key("é = 'a string of ASCII'", 0..2), None);
        assert_eq!(key("a = 'é'", 0..1), Some(word("a")));
    }
}
