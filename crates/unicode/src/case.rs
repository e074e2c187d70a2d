//! Upper, lower and title case, and case folding, of single code points: the full mappings, which may give up to
//! three. What depends on the neighbours of a character (a sigma at the end of a word) is the caller's.

use crate::generated::mappings::{
    TO_FOLDED, TO_FOLDED_SEVERAL, TO_LOWER, TO_LOWER_SEVERAL, TO_TITLE, TO_TITLE_SEVERAL, TO_UPPER,
    TO_UPPER_SEVERAL,
};

/// Code points, each so many behind the one before, that are mapped by the same distance.
pub struct Run {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
    /// From one to the next.
    pub step: u32,
    /// From a code point to what it becomes.
    pub delta: i32,
}

/// What a code point becomes: one to three code points, zeros behind them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mapped([u32; 3]);

impl Mapped {
    /// The code points.
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        // a zero is only ever mapped to itself, alone
        let len = 1 + self.0.iter().skip(1).take_while(|&&c| c != 0).count();
        self.0.get(..len).unwrap_or_default()
    }
}

fn map(c: u32, runs: &[Run], several: &[(u32, [u32; 3])]) -> Mapped {
    if let Ok(at) = several.binary_search_by_key(&c, |&(from, _)| from)
        && let Some(&(_, to)) = several.get(at)
    {
        return Mapped(to);
    }
    let at = runs.partition_point(|run| run.first <= c);
    let run = at.checked_sub(1).and_then(|at| runs.get(at));
    match run.filter(|run| c <= run.last && (c - run.first).is_multiple_of(run.step)) {
        Some(run) => Mapped([c.wrapping_add_signed(run.delta), 0, 0]),
        None => Mapped([c, 0, 0]),
    }
}

/// `str.upper` of a code point.
pub fn to_upper(c: u32) -> Mapped {
    map(c, TO_UPPER, TO_UPPER_SEVERAL)
}

/// `str.lower` of a code point.
pub fn to_lower(c: u32) -> Mapped {
    map(c, TO_LOWER, TO_LOWER_SEVERAL)
}

/// `str.title` of a code point: as the first letter of a word.
pub fn to_title(c: u32) -> Mapped {
    map(c, TO_TITLE, TO_TITLE_SEVERAL)
}

/// `str.casefold` of a code point.
pub fn to_folded(c: u32) -> Mapped {
    map(c, TO_FOLDED, TO_FOLDED_SEVERAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_of_ascii_are_those_of_ascii() {
        for c in 0..0x80_u8 {
            assert_eq!(to_upper(c.into()).as_slice(), [u32::from(c.to_ascii_uppercase())]);
            assert_eq!(to_lower(c.into()).as_slice(), [u32::from(c.to_ascii_lowercase())]);
        }
    }

    #[test]
    fn one_may_become_several() {
        assert_eq!(to_upper(0xDF).as_slice(), [0x53, 0x53]);
        assert_eq!(to_title(0x1C4).as_slice(), [0x1C5]);
        assert_eq!(to_lower(0x130).as_slice(), [0x69, 0x307]);
        assert_eq!(to_folded(0xFB03).as_slice(), [0x66, 0x66, 0x69]);
        assert_eq!(to_upper(0x101).as_slice(), [0x100]);
    }
}
