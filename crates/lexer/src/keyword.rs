//! Reserved words, found by a hash that no two of them share.

use crate::TokenKind;

/// Places of the table, a power of two.
const SLOTS: usize = 256;

/// The words, each at the place of its hash, with zeros in all other places.
struct Table {
    factor: u64,
    words: [u64; SLOTS],
    kinds: [TokenKind; SLOTS],
}

static TABLE: Table = Table::new();

impl Table {
    /// The first table of some factors in which each word has a place of its own.
    const fn new() -> Table {
        let mut factor: u64 = 0x9E37_79B9_7F4A_7C15;
        loop {
            if let Some(table) = Table::with_factor(factor) {
                return table;
            }
            factor = factor.wrapping_mul(0x5851_F42D_4C95_7F2D) | 1;
        }
    }

    const fn with_factor(factor: u64) -> Option<Table> {
        let mut table = Table { factor, words: [0; SLOTS], kinds: [TokenKind::Name; SLOTS] };
        let mut number = 0;
        while number < TokenKind::ALL.len() {
            let kind = TokenKind::ALL[number];
            if let Some(text) = kind.spelling()
                && kind.is_keyword()
            {
                let word = word(text.as_bytes());
                let slot = slot(factor, word);
                if table.words[slot] != 0 {
                    return None;
                }
                table.words[slot] = word;
                table.kinds[slot] = kind;
            }
            number += 1;
        }
        Some(table)
    }
}

const fn slot(factor: u64, word: u64) -> usize {
    (word.wrapping_mul(factor) >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

/// The first eight bytes as a number, with zeros for those that are missing.
const fn word(text: &[u8]) -> u64 {
    let (mut word, mut at) = (0, 0);
    while at < text.len() && at < 8 {
        word |= (text[at] as u64) << (8 * at);
        at += 1;
    }
    word
}

impl TokenKind {
    /// The reserved word that `text` spells.
    pub fn keyword(text: &[u8]) -> Option<TokenKind> {
        Some(TokenKind::of_name(text, text.len())).filter(|&kind| kind != TokenKind::Name)
    }

    /// The kind of the name that the first `length` bytes of `rest` spell.
    #[inline]
    pub(crate) fn of_name(rest: &[u8], length: usize) -> TokenKind {
        let Some(unused @ 0..8) = 8usize.checked_sub(length) else { return TokenKind::Name };
        let word = match rest.first_chunk() {
            Some(first) => u64::from_le_bytes(*first) << (8 * unused) >> (8 * unused),
            None => word(rest.get(..length).unwrap_or_default()),
        };
        let slot = slot(TABLE.factor, word);
        if TABLE.words[slot] == word { TABLE.kinds[slot] } else { TokenKind::Name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_by_its_spelling() {
        for &kind in TokenKind::ALL.iter().filter(|kind| kind.is_keyword()) {
            let text = kind.spelling().unwrap();
            assert_eq!(TokenKind::keyword(text.as_bytes()), Some(kind));
            let longer = format!("{text}s = 12345678");
            assert_eq!(TokenKind::of_name(longer.as_bytes(), text.len()), kind);
            assert_eq!(TokenKind::of_name(longer.as_bytes(), text.len() + 1), TokenKind::Name);
            assert_eq!(TokenKind::keyword(&text.as_bytes()[1..]), TokenKind::keyword_slowly(&text[1..]));
        }
        for text in ["", "match", "x", "continues", "nonlocal_"] {
            assert_eq!(TokenKind::keyword(text.as_bytes()), None);
        }
    }

    impl TokenKind {
        fn keyword_slowly(text: &str) -> Option<TokenKind> {
            TokenKind::ALL.iter().copied().find(|kind| kind.is_keyword() && kind.spelling() == Some(text))
        }
    }
}
