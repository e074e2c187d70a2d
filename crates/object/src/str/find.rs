//! Finding a string in another one: in time linear in both. Invariant: positions are characters, not bytes.

use super::new::Char;
use super::{Chars, PyStr, with_chars};

/// A position of `needle` in `hay`, whose characters may be wider: windows whose ends fit are compared; when that
/// has looked at too much in vain, the search goes on without looking back.
fn find_in<C: Char, D: Char>(hay: &[C], needle: &[D]) -> Option<usize> {
    let (first, last) = (needle.first()?.code(), needle.last()?.code());
    let span = needle.len();
    let ends_fit = |window: &[C]| {
        window.first().is_some_and(|c| c.code() == first) && window.last().is_some_and(|c| c.code() == last)
    };
    let mut wasted = 0;
    for (at, window) in hay.windows(span).enumerate() {
        if !ends_fit(window) {
            continue;
        }
        let same = window.iter().zip(needle).take_while(|(a, b)| a.code() == b.code()).count();
        if same == span {
            return Some(at);
        }
        wasted += same;
        if wasted > 4 * at + 256
            && let Some(borders) = borders_of(needle)
        {
            return by_borders(hay.get(at + 1..)?, needle, &borders).map(|found| found + at + 1);
        }
    }
    None
}

/// For each beginning of the needle, the length of its longest proper beginning that is also its end; none when
/// there is no memory.
fn borders_of<D: Char>(needle: &[D]) -> Option<Vec<usize>> {
    let mut borders = Vec::new();
    borders.try_reserve_exact(needle.len()).ok()?;
    borders.push(0);
    let mut border = 0;
    for c in needle.iter().skip(1) {
        while border > 0 && needle.get(border).is_none_or(|known| known.code() != c.code()) {
            border = borders.get(border - 1).copied()?;
        }
        border += usize::from(needle.get(border).is_some_and(|known| known.code() == c.code()));
        borders.push(border);
    }
    Some(borders)
}

/// The search of Knuth, Morris and Pratt: no character of `hay` is looked at twice.
fn by_borders<C: Char, D: Char>(hay: &[C], needle: &[D], borders: &[usize]) -> Option<usize> {
    let mut matched = 0;
    for (at, c) in hay.iter().enumerate() {
        while matched > 0 && needle.get(matched).is_none_or(|known| known.code() != c.code()) {
            matched = borders.get(matched - 1).copied()?;
        }
        matched += usize::from(needle.get(matched).is_some_and(|known| known.code() == c.code()));
        if matched == needle.len() {
            return Some(at + 1 - matched);
        }
    }
    None
}

impl super::PyASCIIObject {
    /// The first position of `needle` that is not before `from`.
    pub fn find(&self, needle: &PyStr, from: usize) -> Option<usize> {
        if needle.is_empty() {
            return (from <= self.len()).then_some(from);
        }
        if needle.kind() > self.kind() || needle.len() > self.len() {
            return None;
        }
        let found = match (self.chars(), needle.chars()) {
            (Chars::One(hay), Chars::One(needle)) => find_bytes(hay.get(from..)?, needle),
            (Chars::Two(hay), Chars::Two(needle)) => find_in(hay.get(from..)?, needle),
            (Chars::Four(hay), Chars::Four(needle)) => find_in(hay.get(from..)?, needle),
            (Chars::Two(hay), Chars::One(needle)) => find_in(hay.get(from..)?, needle),
            (Chars::Four(hay), Chars::One(needle)) => find_in(hay.get(from..)?, needle),
            (Chars::Four(hay), Chars::Two(needle)) => find_in(hay.get(from..)?, needle),
            _ => None,
        };
        found.map(|at| at + from)
    }

    /// The first position of a code point that is not before `from`.
    pub fn find_char(&self, code_point: u32, from: usize) -> Option<usize> {
        with_chars!(self.chars(), chars => {
            chars.get(from..)?.iter().position(|&c| c.code() == code_point).map(|at| at + from)
        })
    }
}

/// The same for bytes, by vector instructions.
pub(crate) fn find_bytes(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    if rest.is_empty() {
        return memchr::memchr(first, hay);
    }
    // a searcher takes long to prepare: for what is found soon the first byte will do
    let mut from = 0;
    for _ in 0..PROBES {
        let at = from + memchr::memchr(first, hay.get(from..)?)?;
        if hay.get(at + 1..)?.starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
    memchr::memmem::find(hay.get(from..)?, needle).map(|at| from + at)
}

/// How often the first byte is looked for before a searcher is made.
const PROBES: usize = 8;
