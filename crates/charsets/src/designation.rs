//! The sets that ISO 2022 switches between, with the bytes that name them, and what is in them.

use crate::hangul;
use crate::table::{Meaning, Name};

/// A set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Set {
    Jisx0201Roman,
    Jisx0201Kana,
    Jisx0208,
    /// As it was in 1978, which is taken as the later one.
    Jisx0208Old,
    Jisx0212,
    Jisx0213First2000,
    Jisx0213Second2000,
    Jisx0213First2004,
    Jisx0213Second2004,
    Ksx1001,
    Gb2312,
    Latin1,
    Greek,
}

/// The bit of a mark that says that characters are two bytes.
pub(crate) const DOUBLE: u8 = 0x80;
/// The mark of ASCII.
pub(crate) const ASCII: u8 = b'B';

impl Set {
    /// The mark as the state keeps it.
    pub(crate) fn mark(self) -> u8 {
        match self {
            Set::Jisx0201Roman => b'J',
            Set::Jisx0201Kana => b'I',
            Set::Latin1 => b'A',
            Set::Greek => b'F',
            Set::Jisx0208 => b'B' | DOUBLE,
            Set::Jisx0208Old => b'@' | DOUBLE,
            Set::Jisx0212 => b'D' | DOUBLE,
            Set::Jisx0213First2000 => b'O' | DOUBLE,
            Set::Jisx0213Second2000 | Set::Jisx0213Second2004 => b'P' | DOUBLE,
            Set::Jisx0213First2004 => b'Q' | DOUBLE,
            Set::Ksx1001 => b'C' | DOUBLE,
            Set::Gb2312 => b'A' | DOUBLE,
        }
    }

    /// How many bytes a character is.
    pub(crate) fn width(self) -> usize {
        if self.mark() & DOUBLE == 0 { 1 } else { 2 }
    }

    /// The table that has the set, and what its codes have before their last two bytes.
    fn table(self) -> Option<(Name, u32)> {
        Some(match self {
            Set::Jisx0208 | Set::Jisx0208Old => (Name::EucJp, 0),
            Set::Jisx0212 => (Name::EucJp, 0x8f),
            Set::Jisx0213First2000 => (Name::EucJisx0213, 0),
            Set::Jisx0213First2004 => (Name::EucJis2004, 0),
            Set::Jisx0213Second2000 => (Name::EucJisx0213, 0x8f),
            Set::Jisx0213Second2004 => (Name::EucJis2004, 0x8f),
            Set::Ksx1001 => (Name::EucKr, 0),
            Set::Gb2312 => (Name::Gb2312, 0),
            Set::Jisx0201Roman | Set::Jisx0201Kana | Set::Latin1 | Set::Greek => return None,
        })
    }

    /// What bytes of the set stand for.
    pub(crate) fn meaning(self, bytes: &[u8]) -> Option<Meaning> {
        if let (Some((name, before)), &[first, second, ..]) = (self.table(), bytes) {
            let code = (u32::from(first) << 8 | u32::from(second)) | 0x8080;
            return match (self, before << 16 | code) {
                // the reversed solidus is the wide one in these sets
                (Set::Jisx0208 | Set::Jisx0208Old, 0xa1c0) => Some(Meaning::One(0xff3c)),
                (Set::Jisx0213First2000 | Set::Jisx0213First2004, 0xa2b2) => Some(Meaning::One(0x7e)),
                (Set::Jisx0213Second2000 | Set::Jisx0213Second2004, code) if !is_second_plane(code) => None,
                // which a mark of EUC-KR is, too
                (Set::Ksx1001, hangul::MARK) => Some(Meaning::One(0x3164)),
                (_, code) => name.table().meaning(code),
            };
        }
        let byte = u32::from(*bytes.first()?);
        let c = match self {
            Set::Jisx0201Roman if byte == 0x5c => 0xa5,
            Set::Jisx0201Roman if byte == 0x7e => 0x203e,
            Set::Jisx0201Roman => byte,
            Set::Jisx0201Kana if (0x21..=0x5f).contains(&byte) => 0xff40 + byte,
            _ => return None,
        };
        Some(Meaning::One(c))
    }

    /// The code of a code point.
    pub(crate) fn code(self, c: u32) -> Option<u32> {
        if let Some((name, before)) = self.table() {
            let code = match self {
                Set::Jisx0208 | Set::Jisx0208Old if c == 0xff3c => 0xa1c0,
                // EUC has the wide tilde where these have that of ASCII
                Set::Jisx0213First2000 | Set::Jisx0213First2004 if c == 0xff5e => return None,
                _ => name.table().code(c)?,
            };
            let is_second = matches!(self, Set::Jisx0213Second2000 | Set::Jisx0213Second2004);
            let is_of_it = (!is_second || is_second_plane(code))
                && code >> 16 == before
                && code & 0x8080 == 0x8080
                && code >> 8 & 0xff >= 0xa1;
            return is_of_it.then_some(code & 0x7f7f);
        }
        match (self, c) {
            (Set::Jisx0201Roman, 0xa5) => Some(0x5c),
            (Set::Jisx0201Roman, 0x203e) => Some(0x7e),
            (Set::Jisx0201Kana, 0xff61..=0xff9f) => Some(c - 0xff40),
            _ => None,
        }
    }

    /// The code of two code points that are one character.
    pub(crate) fn pair(self, one: u32, two: u32) -> Option<u32> {
        let (name, _) = self.table()?;
        name.table().pair(one, two).map(|code| code & 0x7f7f)
    }

    /// Whether a code point may be one character with the next.
    pub(crate) fn begins_pair(self, c: u32) -> bool {
        let of_first = matches!(self, Set::Jisx0213First2000 | Set::Jisx0213First2004);
        of_first && self.table().is_some_and(|(name, _)| name.table().begins_pair(c))
    }
}

/// Whether a code of three bytes is of JIS X 0213, whose second plane leaves the rows of JIS X 0212 free.
fn is_second_plane(code: u32) -> bool {
    matches!((code >> 8 & 0xff).wrapping_sub(0xa0), 1 | 3..=5 | 8 | 12..=15 | 78..=94)
}
