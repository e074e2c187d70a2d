//! Identifiers: a small cache in front of the interner, since the same few names make up most of a
//! source, and a look-up in the interner's table costs more than everything else about a name.

use super::{Parse, Parser, Refused};
use taipan_ast::Identifier;
use taipan_lexer::unicode::normalize_identifier;
use taipan_span::Span;

/// Entries of the cache: for sources of this many tokens and more, and for smaller ones.
const ENTRIES: usize = 512;
const FEW_ENTRIES: usize = 32;
const MANY_TOKENS: usize = 2_000;

/// A name of at most 16 bytes by its first and last eight bytes, which tell it from all others of its
/// length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    len: u8,
}

/// Names met lately.
pub(super) struct Names {
    entries: Vec<Option<(Key, Identifier)>>,
}

impl Names {
    /// No names yet, with room for those that a source of `tokens` tokens repeats.
    pub(super) fn for_tokens(tokens: usize) -> Self {
        Names { entries: vec![None; if tokens < MANY_TOKENS { FEW_ENTRIES } else { ENTRIES }] }
    }

    #[inline]
    fn slot(&self, key: Key) -> usize {
        // the length is a power of two
        key.hash() & self.entries.len().wrapping_sub(1)
    }
}

impl Key {
    /// The key of an ASCII name; none for any other or a long one.
    #[inline]
    fn new(name: &[u8]) -> Option<Key> {
        let (first, last) = match name.len() {
            8..=16 => {
                (u64::from_le_bytes(*name.first_chunk::<8>()?), u64::from_le_bytes(*name.last_chunk::<8>()?))
            }
            4..=7 => {
                let first = u32::from_le_bytes(*name.first_chunk::<4>()?);
                (u64::from(first), u64::from(u32::from_le_bytes(*name.last_chunk::<4>()?)))
            }
            len @ 1..=3 => {
                let middle = *name.get(len / 2)?;
                (u64::from(*name.first()?) | u64::from(middle) << 8, u64::from(*name.last()?))
            }
            _ => return None,
        };
        const NOT_ASCII: u64 = 0x8080_8080_8080_8080;
        ((first | last) & NOT_ASCII == 0).then_some(Key { first, last, len: name.len() as u8 })
    }

    #[inline]
    fn hash(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as usize ^ self.len as usize
    }
}

impl Parser<'_, '_> {
    /// The identifier of the name in a range of the source: names are compared in NFKC (PEP 3131).
    #[inline]
    pub(super) fn intern(&mut self, span: Span) -> Parse<Identifier> {
        let name = self.source.as_bytes().get(span.range()).unwrap_or_default();
        let Some(key) = Key::new(name) else { return self.intern_uncached(span) };
        match self.names.entries.get(self.names.slot(key)) {
            Some(&Some((found, id))) if found == key => Ok(id),
            _ => Ok(self.intern_new(key, span)),
        }
    }

    #[inline(never)]
    fn intern_new(&mut self, key: Key, span: Span) -> Identifier {
        let id = self.interner.intern(self.slice(span));
        let slot = self.names.slot(key);
        if let Some(entry) = self.names.entries.get_mut(slot) {
            *entry = Some((key, id));
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
    use super::Key;

    #[test]
    fn keys_tell_names_apart() {
        let names =
            ["a", "b", "ab", "ba", "aa", "abc", "acb", "abcd", "abcde", "abcdefgh", "abcdefghijklmnop"];
        for (i, one) in names.iter().enumerate() {
            for (j, other) in names.iter().enumerate() {
                assert_eq!(Key::new(one.as_bytes()) == Key::new(other.as_bytes()), i == j, "{one} {other}");
            }
        }
        assert!(Key::new("é".as_bytes()).is_none() && Key::new(b"a_name_of_17_char").is_none());
    }
}
