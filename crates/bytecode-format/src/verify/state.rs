//! What is known before an instruction: the height of the stack, the kinds of its slots, and which
//! locals hold cells.
//!
//! Slots that hold plain values, nearly all, are not recorded. The others form a list from the top down
//! whose tails are shared between states; so two states that met before are compared in one step.
//! Invariant: every step is paid from a budget in proportion to the code, so no code keeps the verifier
//! busy for longer.

use super::{Rule, Slot};

/// An empty list.
const NIL: u32 = u32::MAX;

/// Locals in one word of a set.
const WORD: u32 = 64;

/// A state before an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct State {
    /// Slots on the stack.
    pub(super) height: u32,
    /// The topmost slot that is no plain value.
    slots: u32,
    /// Which locals hold cells.
    locals: u32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    position: u32,
    slot: Slot,
    below: u32,
}

/// What a local that may become a cell is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Local {
    Plain,
    Cell,
    /// One on some ways, the other on others.
    Unknown,
    /// Whatever the other ways say: see [`Arena::forget_locals`].
    Any,
}

/// What states share.
#[derive(Clone, Debug)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    /// For each set: words of locals that are plain, then of locals that hold cells.
    sets: Vec<u64>,
    words: u32,
    stacksize: u32,
    fuel: u64,
}

impl Arena {
    /// Room for a code of so many units and locals.
    pub(super) fn new(units: usize, locals: usize, stacksize: u32) -> Self {
        let words = (locals as u32).div_ceil(WORD);
        let mut sets = vec![u64::MAX; words as usize];
        sets.resize(2 * words as usize, 0);
        sets.resize(4 * words as usize, u64::MAX);
        let fuel = (units as u64 + locals as u64) * 64 + (1 << 16);
        Arena { nodes: Vec::new(), sets, words, stacksize, fuel }
    }

    /// The state at the beginning of a code: nothing on the stack, no cells.
    pub(super) const fn entry() -> State {
        State { height: 0, slots: NIL, locals: 0 }
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Rule> {
        self.fuel = self.fuel.checked_sub(steps).ok_or(Rule::Work)?;
        Ok(())
    }

    fn node(&self, at: u32) -> Option<Node> {
        self.nodes.get(at as usize).copied()
    }

    pub(super) fn need(state: State, needed: u32) -> Result<(), Rule> {
        if state.height < needed {
            Err(Rule::StackUnderflow { height: state.height, needed })
        } else {
            Ok(())
        }
    }

    pub(super) fn push(&mut self, state: &mut State, slot: Slot) -> Result<(), Rule> {
        self.push_values(state, 1)?;
        if slot != Slot::Value {
            self.spend(1)?;
            self.nodes.push(Node { position: state.height - 1, slot, below: state.slots });
            state.slots = self.nodes.len() as u32 - 1;
        }
        Ok(())
    }

    pub(super) fn push_values(&mut self, state: &mut State, count: u32) -> Result<(), Rule> {
        let height = state.height.saturating_add(count);
        if height > self.stacksize {
            return Err(Rule::StackOverflow { height, declared: self.stacksize });
        }
        state.height = height;
        Ok(())
    }

    /// Takes the topmost slot, whatever it is.
    pub(super) fn pop(&mut self, state: &mut State) -> Result<Slot, Rule> {
        Self::need(*state, 1)?;
        state.height -= 1;
        match self.node(state.slots) {
            Some(node) if node.position == state.height => {
                state.slots = node.below;
                Ok(node.slot)
            }
            _ => Ok(Slot::Value),
        }
    }

    /// Takes the topmost slots, which must be values.
    pub(super) fn pop_values(&self, state: &mut State, count: u32) -> Result<(), Rule> {
        Self::need(*state, count)?;
        state.height -= count;
        match self.node(state.slots) {
            Some(node) if node.position >= state.height => {
                Err(Rule::SlotKind { slot: node.position, found: node.slot })
            }
            _ => Ok(()),
        }
    }

    /// Takes the topmost slot, which must be one of these.
    pub(super) fn pop_any(&mut self, state: &mut State, allowed: &[Slot]) -> Result<Slot, Rule> {
        let found = self.pop(state)?;
        if allowed.contains(&found) { Ok(found) } else { Err(Rule::SlotKind { slot: state.height, found }) }
    }

    /// The slot at a depth counted from 1 at the top.
    pub(super) fn peek(&mut self, state: State, depth: u32) -> Result<Slot, Rule> {
        Self::need(state, depth)?;
        let position = state.height - depth;
        let list = self.at_or_below(state.slots, position)?;
        Ok(self.node(list).filter(|node| node.position == position).map_or(Slot::Value, |node| node.slot))
    }

    /// The part of a list that begins at this position or below.
    fn at_or_below(&mut self, mut list: u32, position: u32) -> Result<u32, Rule> {
        while let Some(node) = self.node(list).filter(|node| node.position > position) {
            self.spend(1)?;
            list = node.below;
        }
        Ok(list)
    }

    /// Swaps the topmost slot with that at a depth of at least 2.
    pub(super) fn swap(&mut self, state: &mut State, depth: u32) -> Result<(), Rule> {
        let (high, low) = (self.peek(*state, 1)?, self.peek(*state, depth)?);
        if high == low {
            return Ok(());
        }
        let bottom = state.height - depth;
        let mut between = Vec::new();
        let mut list = state.slots;
        while let Some(node) = self.node(list).filter(|node| node.position >= bottom) {
            self.spend(1)?;
            if node.position > bottom && node.position + 1 < state.height {
                between.push(node);
            }
            list = node.below;
        }
        let end = state.height;
        (state.height, state.slots) = (bottom, list);
        self.push(state, high)?;
        for node in between.iter().rev() {
            state.height = node.position;
            self.push(state, node.slot)?;
        }
        state.height = end - 1;
        self.push(state, low)
    }

    /// Cuts the stack to a height that it has.
    pub(super) fn cut(&mut self, state: &mut State, height: u32) -> Result<(), Rule> {
        state.slots = match height.checked_sub(1) {
            Some(top) => self.at_or_below(state.slots, top)?,
            None => NIL,
        };
        state.height = height;
        Ok(())
    }

    /// What is known where `one`, known before, and `other` meet; whether that is less than `one`.
    pub(super) fn meet(&mut self, one: &mut State, other: State) -> Result<bool, Rule> {
        if one.height != other.height {
            return Err(Rule::HeightMismatch { one: one.height, other: other.height });
        }
        let (mut a, mut b) = (one.slots, other.slots);
        while a != b {
            self.spend(1)?;
            match (self.node(a), self.node(b)) {
                (Some(x), Some(y)) if x.position == y.position && x.slot == y.slot => {
                    (a, b) = (x.below, y.below);
                }
                (x, y) => {
                    let height = x.map_or(0, |x| x.position).max(y.map_or(0, |y| y.position));
                    return Err(Rule::SlotMismatch { height });
                }
            }
        }
        if one.locals == other.locals {
            return Ok(false);
        }
        let (first, second) = (self.range(one.locals), self.range(other.locals));
        self.spend(2 * u64::from(self.words))?;
        let joined: Vec<u64> = self
            .sets
            .get(first.clone())
            .unwrap_or_default()
            .iter()
            .zip(self.sets.get(second).unwrap_or_default())
            .map(|(a, b)| a & b)
            .collect();
        if self.sets.get(first) == Some(&joined) {
            return Ok(false);
        }
        one.locals = self.add_set(&joined);
        Ok(true)
    }

    fn range(&self, set: u32) -> std::ops::Range<usize> {
        let size = 2 * self.words as usize;
        let from = set as usize * size;
        from..from + size
    }

    fn add_set(&mut self, set: &[u64]) -> u32 {
        let number = self.sets.len() / (2 * self.words as usize).max(1);
        self.sets.extend_from_slice(set);
        number as u32
    }

    /// What a local is.
    pub(super) fn local(&self, state: State, local: u32) -> Local {
        let set = self.sets.get(self.range(state.locals)).unwrap_or_default();
        let has = |word: u32| set.get(word as usize).is_some_and(|word| word >> (local % WORD) & 1 != 0);
        match (has(local / WORD), has(self.words + local / WORD)) {
            (true, true) => Local::Any,
            (true, false) => Local::Plain,
            (false, true) => Local::Cell,
            (false, false) => Local::Unknown,
        }
    }

    /// Leaves it to the other ways to say which locals hold cells.
    pub(super) fn forget_locals(&self, state: &mut State) {
        state.locals = u32::from(self.words > 0);
    }

    /// Says what a local is from here on.
    pub(super) fn set_local(&mut self, state: &mut State, local: u32, to: Local) -> Result<(), Rule> {
        if self.local(*state, local) != to {
            self.change(state, local..local + 1, to)?;
        }
        Ok(())
    }

    /// Says what some locals are from here on.
    pub(super) fn change(
        &mut self,
        state: &mut State,
        locals: std::ops::Range<u32>,
        to: Local,
    ) -> Result<(), Rule> {
        self.spend(2 * u64::from(self.words) + u64::from(locals.end - locals.start))?;
        let mut set = self.sets.get(self.range(state.locals)).unwrap_or_default().to_vec();
        let (plain, cells) = set.split_at_mut(self.words as usize);
        for local in locals {
            let at = (local / WORD) as usize;
            let bit = 1 << (local % WORD);
            for (words, on) in [(&mut *plain, to == Local::Plain), (&mut *cells, to == Local::Cell)] {
                if let Some(word) = words.get_mut(at) {
                    *word = if on { *word | bit } else { *word & !bit };
                }
            }
        }
        state.locals = self.add_set(&set);
        Ok(())
    }

    /// The slots that are no plain values, from the top down.
    pub(super) fn list(&self, state: State) -> impl Iterator<Item = (u32, Slot)> {
        let mut at = state.slots;
        std::iter::from_fn(move || {
            let node = self.node(at)?;
            at = node.below;
            Some((node.position, node.slot))
        })
    }
}
