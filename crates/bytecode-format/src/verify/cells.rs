//! Which locals hold cells. Only locals that are declared cells or free variables ever do; code without
//! such costs nothing here.
//!
//! What is known at a place is a set, which states share and which is never changed once a state has it.

use crate::code::{Code, LocalKind};

/// Locals in one word of a set.
const WORD: u32 = 64;

/// What a local that is declared a cell or free variable holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Local {
    Plain,
    Cell,
    /// One on some ways, the other on others.
    Unknown,
    /// Whatever the other ways say: see [`Cells::ANYTHING`].
    Any,
}

/// The sets of a code object.
#[derive(Clone, Default, Debug)]
pub(super) struct Cells {
    /// For each set: words of locals that are plain, then of locals that hold cells.
    sets: Vec<u64>,
    /// Which locals are declared.
    declared: Vec<u64>,
    words: u32,
    /// A set that no state has yet.
    fresh: Option<u32>,
}

impl Cells {
    /// The set of the beginning: no cells.
    const NONE: u32 = 0;
    /// The set of a way that leaves it to the other ways to say which locals hold cells.
    const ANYTHING: u32 = 1;

    /// Prepares for another code, in the room that is there.
    pub(super) fn begin(&mut self, code: &Code) {
        let kinds = &code.localspluskinds;
        // the locals behind the last declared one are not kept
        let count = kinds.iter().rposition(|kind| kind.may_hold_cell()).map_or(0, |last| last + 1);
        self.words = (count as u32).div_ceil(WORD);
        let words = self.words as usize;
        self.declared.clear();
        self.declared.extend(kinds.chunks(WORD as usize).take(words).map(declared));
        self.sets.clear();
        self.sets.resize(words, u64::MAX);
        self.sets.resize(2 * words, 0);
        self.sets.resize(4 * words, u64::MAX);
        self.fresh = None;
    }

    /// Whether any local may hold a cell.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.words > 0
    }

    /// Whether a local may hold a cell.
    pub(super) fn may_be(&self, local: u32) -> bool {
        self.declared.get((local / WORD) as usize).is_some_and(|word| word >> (local % WORD) & 1 != 0)
    }

    /// A set of no cells, which changes in place until it is shared.
    pub(super) fn first(&mut self) -> u32 {
        let set = self.copy(Self::NONE);
        self.fresh = Some(set);
        set
    }

    /// From here on no set changes in place.
    pub(super) fn share(&mut self) {
        self.fresh = None;
    }

    /// The set of a way that says nothing.
    pub(super) fn anything(&self) -> u32 {
        if self.any() { Self::ANYTHING } else { Self::NONE }
    }

    /// What it costs to make a set.
    pub(super) fn cost(&self) -> u64 {
        2 * u64::from(self.words)
    }

    fn range(&self, set: u32) -> std::ops::Range<usize> {
        let size = 2 * self.words as usize;
        let from = set as usize * size;
        from..from + size
    }

    fn copy(&mut self, set: u32) -> u32 {
        if !self.any() {
            return Self::NONE;
        }
        let number = self.sets.len() / (2 * self.words as usize);
        self.sets.extend_from_within(self.range(set));
        number as u32
    }

    /// What a local holds.
    pub(super) fn local(&self, set: u32, local: u32) -> Local {
        if !self.may_be(local) {
            return Local::Plain;
        }
        let set = self.sets.get(self.range(set)).unwrap_or_default();
        let has = |word: u32| set.get(word as usize).is_some_and(|word| word >> (local % WORD) & 1 != 0);
        match (has(local / WORD), has(self.words + local / WORD)) {
            (true, true) => Local::Any,
            (true, false) => Local::Plain,
            (false, true) => Local::Cell,
            (false, false) => Local::Unknown,
        }
    }

    /// The set in which some locals are changed.
    pub(super) fn change(&mut self, set: u32, locals: std::ops::Range<u32>, to: Local) -> u32 {
        let set = if self.fresh == Some(set) { set } else { self.copy(set) };
        let range = self.range(set);
        let words = self.sets.get_mut(range).unwrap_or_default();
        let (plain, cells) = words.split_at_mut(words.len() / 2);
        for local in locals {
            let at = (local / WORD) as usize;
            let bit = 1 << (local % WORD);
            for (words, on) in [(&mut *plain, to == Local::Plain), (&mut *cells, to == Local::Cell)] {
                if let Some(word) = words.get_mut(at) {
                    *word = if on { *word | bit } else { *word & !bit };
                }
            }
        }
        set
    }

    /// The set of what two say, which is `one` if the other adds nothing.
    pub(super) fn meet(&mut self, one: u32, other: u32) -> u32 {
        let word = |set: &[u64], at: usize| set.get(at).copied().unwrap_or_default();
        let (first, second) = (self.range(one), self.range(other));
        let mut pairs = first.clone().zip(second.clone());
        if pairs.all(|(a, b)| word(&self.sets, a) & !word(&self.sets, b) == 0) {
            return one;
        }
        let joined = self.copy(one);
        for (to, from) in self.range(joined).zip(second) {
            let other = word(&self.sets, from);
            if let Some(word) = self.sets.get_mut(to) {
                *word &= other;
            }
        }
        joined
    }
}

fn declared(kinds: &[LocalKind]) -> u64 {
    (0..).zip(kinds).filter(|(_, kind)| kind.may_hold_cell()).fold(0, |word, (bit, _)| word | 1 << bit)
}
