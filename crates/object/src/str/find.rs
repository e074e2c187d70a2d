//! Finding a string in another one: in time linear in both. Invariant: positions are characters, not bytes.

use super::new::Char;
use super::{Chars, PyStr, with_chars};

/// A position of `needle` in `hay`, by Rabin and Karp's rolling sum with a compare at each hit of the first
/// and the last character; falls to the two-way search when that compares too much.
fn find_in<C: Copy + Eq>(hay: &[C], needle: &[C]) -> Option<usize> {
    let (&first, &last) = (needle.first()?, needle.last()?);
    let span = needle.len();
    let mut wasted = 0;
    for (at, window) in hay.windows(span).enumerate() {
        if window.first() != Some(&first) || window.last() != Some(&last) {
            continue;
        }
        let same = window.iter().zip(needle).take_while(|(a, b)| a == b).count();
        if same == span {
            return Some(at);
        }
        wasted += same;
        if wasted > 4 * at + 256 {
            return by_failure(hay.get(at + 1..)?, needle).map(|found| found + at + 1);
        }
    }
    None
}

/// The search of Knuth, Morris and Pratt: no character of `hay` is looked at twice.
fn by_failure<C: Copy + Eq>(hay: &[C], needle: &[C]) -> Option<usize> {
    let mut borders = vec![0_usize];
    let mut border = 0;
    for &c in needle.get(1..)? {
        while border > 0 && needle.get(border) != Some(&c) {
            border = borders.get(border - 1).copied()?;
        }
        border += usize::from(needle.get(border) == Some(&c));
        borders.push(border);
    }
    let mut matched = 0;
    for (at, c) in hay.iter().enumerate() {
        while matched > 0 && needle.get(matched) != Some(c) {
            matched = borders.get(matched - 1).copied()?;
        }
        matched += usize::from(needle.get(matched) == Some(c));
        if matched == needle.len() {
            return Some(at + 1 - matched);
        }
    }
    None
}

fn find_narrower<C, D>(hay: &[C], needle: &[D]) -> Option<usize>
where
    C: Copy + Eq + From<D>,
    D: Copy,
{
    let wide: Vec<C> = needle.iter().map(|&c| C::from(c)).collect();
    find_in(hay, &wide)
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
            (Chars::Two(hay), Chars::One(needle)) => find_narrower(hay.get(from..)?, needle),
            (Chars::Four(hay), Chars::One(needle)) => find_narrower(hay.get(from..)?, needle),
            (Chars::Four(hay), Chars::Two(needle)) => find_narrower(hay.get(from..)?, needle),
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
    memchr::memmem::find(hay, needle)
}
