//! What is known before an instruction: the height of the stack and the kinds of its slots; `cells.rs` has
//! which locals hold cells.
//!
//! Slots that hold plain values, nearly all, are not recorded. The others form a list from the top down
//! whose tails are shared between states; so two states that met before are compared in one step.
//! Invariant: every step that is made again, and all that is kept, is paid from a budget in proportion to the
//! code, so no code keeps the verifier busy for longer.

use super::cells::{Cells, Local};
use super::effect::Kinds;
use super::{Rule, Slot};
use crate::code::Code;

/// An empty list.
const NIL: u32 = u32::MAX;

/// Steps that a code unit or local pays for, beside those that any code may take. Of the reference's library
/// none takes three.
const FUEL: u64 = 16;
const SPARE_FUEL: u64 = 1 << 16;

/// A state before an instruction. Two words, so that it travels in registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct State {
    /// In the high half the number of slots on the stack, in the low one the height up to the topmost slot
    /// that is no plain value.
    stack: u64,
    /// In the high half that slot, in the low one the set of locals that hold cells.
    kinds: u64,
}

const LOW: u64 = u32::MAX as u64;

impl State {
    /// No way has led here so far.
    pub(super) const UNREACHED: State = State { stack: u64::MAX, kinds: 0 };

    /// Nothing on the stack, and these locals.
    pub(super) const fn empty(locals: u32) -> State {
        State { stack: 0, kinds: (NIL as u64) << 32 | locals as u64 }
    }

    #[inline]
    pub(super) const fn is_reached(self) -> bool {
        self.stack != u64::MAX
    }

    /// Slots on the stack.
    #[inline]
    pub(super) const fn height(self) -> u32 {
        (self.stack >> 32) as u32
    }

    const fn special(self) -> u32 {
        self.stack as u32
    }

    /// The slots that are no plain values, as a number: equal numbers, equal slots.
    #[inline]
    pub(super) const fn slots(self) -> u32 {
        (self.kinds >> 32) as u32
    }

    /// Which locals hold cells.
    #[inline]
    pub(super) const fn locals(self) -> u32 {
        self.kinds as u32
    }

    #[inline]
    fn set_height(&mut self, height: u32) {
        self.stack = u64::from(height) << 32 | self.stack & LOW;
    }

    /// Says which locals hold cells.
    #[inline]
    pub(super) fn set_locals(&mut self, locals: u32) {
        self.kinds = self.kinds & !LOW | u64::from(locals);
    }

    /// The state in which so many values are taken and so many put there, if those are plain values.
    #[inline]
    pub(super) fn with_values(self, taken: u32, put: u32) -> Option<State> {
        let height = self.height().checked_sub(taken).filter(|height| self.special() <= *height)?;
        let mut state = self;
        state.set_height(height + put);
        Some(state)
    }

    /// The same, with nothing said of cells.
    pub(super) const fn without_cells(self) -> State {
        State { kinds: self.kinds & !LOW, ..self }
    }
}

#[derive(Clone, Copy, Debug)]
struct Node {
    position: u32,
    slot: Slot,
    below: u32,
}

/// What states share.
#[derive(Clone, Default, Debug)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    pub(super) cells: Cells,
    stacksize: u32,
    fuel: u64,
}

impl Arena {
    /// Prepares for another code, in the room that is there.
    pub(super) fn begin(&mut self, code: &Code) {
        self.nodes.clear();
        self.cells.begin(code);
        self.stacksize = code.stacksize;
        self.fuel = (code.code.len() as u64 / 2 + code.localspluskinds.len() as u64) * FUEL + SPARE_FUEL;
    }

    /// Whether the stack may have this height.
    #[inline]
    pub(super) fn has_room(&self, height: u32) -> bool {
        height <= self.stacksize
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Rule> {
        self.fuel = self.fuel.checked_sub(steps).ok_or(Rule::Work)?;
        Ok(())
    }

    fn node(&self, at: u32) -> Option<Node> {
        self.nodes.get(at as usize).copied()
    }

    pub(super) fn need(state: State, needed: u32) -> Result<(), Rule> {
        if state.height() < needed {
            Err(Rule::StackUnderflow { height: state.height(), needed })
        } else {
            Ok(())
        }
    }

    pub(super) fn push(&mut self, state: &mut State, slot: Slot) -> Result<(), Rule> {
        self.push_values(state, 1)?;
        if slot != Slot::Value {
            self.spend(1)?;
            self.nodes.push(Node { position: state.height() - 1, slot, below: state.slots() });
            self.set_slots(state, self.nodes.len() as u32 - 1);
        }
        Ok(())
    }

    /// Sets the slots that are no plain values.
    fn set_slots(&self, state: &mut State, list: u32) {
        let special = self.node(list).map_or(0, |node| node.position + 1);
        state.stack = state.stack & !LOW | u64::from(special);
        state.kinds = u64::from(list) << 32 | state.kinds & LOW;
    }

    pub(super) fn push_values(&mut self, state: &mut State, count: u32) -> Result<(), Rule> {
        let height = state.height().saturating_add(count);
        if height > self.stacksize {
            return Err(Rule::StackOverflow { height, declared: self.stacksize });
        }
        state.set_height(height);
        Ok(())
    }

    /// Takes the topmost slot, whatever it is.
    pub(super) fn pop(&mut self, state: &mut State) -> Result<Slot, Rule> {
        Self::need(*state, 1)?;
        state.set_height(state.height() - 1);
        if state.special() <= state.height() {
            return Ok(Slot::Value);
        }
        let Some(node) = self.node(state.slots()) else { return Ok(Slot::Value) };
        self.set_slots(state, node.below);
        Ok(node.slot)
    }

    /// Takes the topmost slots, which must be values.
    pub(super) fn pop_values(&self, state: &mut State, count: u32) -> Result<(), Rule> {
        Self::need(*state, count)?;
        state.set_height(state.height() - count);
        if state.special() <= state.height() {
            return Ok(());
        }
        let node = self.node(state.slots());
        node.map_or(Ok(()), |node| Err(Rule::SlotKind { slot: node.position, found: node.slot }))
    }

    /// Takes the topmost slot, which must be one of these.
    pub(super) fn pop_any(&mut self, state: &mut State, allowed: Kinds) -> Result<Slot, Rule> {
        let found = self.pop(state)?;
        if allowed.has(found) { Ok(found) } else { Err(Rule::SlotKind { slot: state.height(), found }) }
    }

    /// The slot at a depth counted from 1 at the top.
    pub(super) fn peek(&mut self, state: State, depth: u32) -> Result<Slot, Rule> {
        Self::need(state, depth)?;
        let position = state.height() - depth;
        let list = self.at_or_below(state.slots(), position)?;
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
        let (low, high) = (self.peek(*state, depth)?, self.peek(*state, 1)?);
        if high == low {
            return Ok(());
        }
        let bottom = state.height() - depth;
        let mut between = Vec::new();
        let mut list = state.slots();
        while let Some(node) = self.node(list).filter(|node| node.position >= bottom) {
            self.spend(1)?;
            if node.position > bottom && node.position + 1 < state.height() {
                between.push(node);
            }
            list = node.below;
        }
        let end = state.height();
        state.set_height(bottom);
        self.set_slots(state, list);
        self.push(state, high)?;
        for node in between.iter().rev() {
            state.set_height(node.position);
            self.push(state, node.slot)?;
        }
        state.set_height(end - 1);
        self.push(state, low)
    }

    /// Cuts the stack to a height that it has.
    pub(super) fn cut(&mut self, state: &mut State, height: u32) -> Result<(), Rule> {
        if state.special() > height {
            let list = height.checked_sub(1).map_or(Ok(NIL), |top| self.at_or_below(state.slots(), top))?;
            self.set_slots(state, list);
        }
        state.set_height(height);
        Ok(())
    }

    /// What is known where `one`, known before, and `other` meet; whether that is less than `one`.
    pub(super) fn meet(&mut self, one: &mut State, other: State) -> Result<bool, Rule> {
        if one.height() != other.height() {
            return Err(Rule::HeightMismatch { one: one.height(), other: other.height() });
        }
        let (mut a, mut b) = (one.slots(), other.slots());
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
        if one.locals() == other.locals() {
            return Ok(false);
        }
        self.spend(self.cells.cost())?;
        let joined = self.cells.meet(one.locals(), other.locals());
        let news = joined != one.locals();
        one.set_locals(joined);
        Ok(news)
    }

    /// Says what some locals are from here on.
    pub(super) fn change(
        &mut self,
        state: &mut State,
        locals: std::ops::Range<u32>,
        to: Local,
    ) -> Result<(), Rule> {
        self.spend(self.cells.cost() + u64::from(locals.end - locals.start))?;
        let set = self.cells.change(state.locals(), locals, to);
        state.set_locals(set);
        Ok(())
    }

    /// Says what a local is from here on.
    pub(super) fn set_local(&mut self, state: &mut State, local: u32, to: Local) -> Result<(), Rule> {
        if self.cells.may_be(local) && self.cells.local(state.locals(), local) != to {
            self.change(state, local..local + 1, to)?;
        }
        Ok(())
    }

    /// The slots that are no plain values, from the top down.
    pub(super) fn list(&self, state: State) -> impl Iterator<Item = (u32, Slot)> {
        let mut at = state.slots();
        std::iter::from_fn(move || {
            let node = self.node(at)?;
            at = node.below;
            Some((node.position, node.slot))
        })
    }
}
