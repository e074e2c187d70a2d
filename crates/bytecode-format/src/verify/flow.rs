//! Follows the code along all edges until nothing new is learned.

use super::cells::Local;
use super::effect::apply;
use super::facts::{Facts, facts};
use super::layout::{Layout, Step};
use super::state::{Arena, State};
use super::{Broken, Rule, Slot};
use crate::code::Code;
use crate::opcode::Opcode;

/// What is known before each instruction that can be reached. Offsets count code units; every question
/// but that for slots below others is answered in constant time.
#[derive(Clone, Default, Debug)]
pub struct Flow {
    layout: Layout,
    states: Vec<State>,
    arena: Arena,
    pending: Vec<u32>,
}

impl Flow {
    /// The height of the stack before an instruction; none if it is never reached.
    pub fn height(&self, unit: u32) -> Option<u32> {
        Some(self.state(unit)?.height())
    }

    /// The slots that are no plain values before an instruction, from the top down.
    pub fn special_slots(&self, unit: u32) -> impl Iterator<Item = (u32, Slot)> {
        self.state(unit).into_iter().flat_map(|state| self.arena.list(state))
    }

    /// What stands in a slot before an instruction, slots counted from the bottom.
    pub fn slot(&self, unit: u32, slot: u32) -> Option<Slot> {
        let state = self.state(unit).filter(|state| slot < state.height())?;
        let special = self.arena.list(state).take_while(|(position, _)| *position >= slot).last();
        Some(special.filter(|(position, _)| *position == slot).map_or(Slot::Value, |(_, kind)| kind))
    }

    /// Whether a local is sure to hold a cell before an instruction. Nothing is said of the instructions
    /// that set the frame up.
    pub fn is_cell(&self, unit: u32, local: u32) -> bool {
        self.state(unit).is_some_and(|state| self.arena.cells.local(state.locals(), local) == Local::Cell)
    }

    fn state(&self, unit: u32) -> Option<State> {
        let step = self.layout.step_at(unit)?;
        self.states.get(step as usize).copied().filter(|state| state.is_reached())
    }

    /// Checks `code` in the room that is there.
    pub(super) fn check(&mut self, code: &Code) -> Result<(), Broken> {
        self.layout.check(code)?;
        self.arena.begin(code);
        self.states.clear();
        self.states.resize(self.layout.steps.len(), State::UNREACHED);
        self.pending.clear();
        let bare = if self.arena.cells.any() { 0 } else { Facts::PLAIN_WITHOUT_CELLS };
        let mut walk = Walk {
            code,
            plain: Facts::PLAIN | bare,
            layout: &self.layout,
            states: &mut self.states,
            arena: &mut self.arena,
            pending: &mut self.pending,
            raised: None,
        };
        walk.begin()?;
        while let Some(at) = walk.pending.pop() {
            walk.follow(at)?;
        }
        Ok(())
    }
}

struct Walk<'w> {
    code: &'w Code,
    /// The facts of which one makes an instruction plain in this code.
    plain: u16,
    layout: &'w Layout,
    states: &'w mut [State],
    arena: &'w mut Arena,
    pending: &'w mut Vec<u32>,
    /// What the handlers were told last: by which handler, with which slots and locals.
    raised: Option<(u32, u32, u32)>,
}

impl Walk<'_> {
    /// Follows the instructions that set the frame up. They run once and in order, for nothing jumps to
    /// them and what they raise is not handled.
    fn begin(&mut self) -> Result<(), Broken> {
        let mut state = State::empty(self.arena.cells.first());
        for at in 0..self.layout.prologue {
            let Some(step) = self.layout.steps.get(at as usize) else { break };
            if let Some(slot) = self.states.get_mut(at as usize) {
                *slot = state.without_cells();
            }
            state = apply(self.arena, self.code, step, state).map_err(|rule| (rule, step.start))?;
        }
        self.arena.cells.share();
        let last = self.layout.steps.get((self.layout.prologue as usize).saturating_sub(1));
        let last = last.map_or(0, |step| step.start);
        self.jump(self.layout.prologue, state).map_err(|rule| (rule, last))
    }

    /// Notes that `state` holds before a step, on one way; what is known there now, if that is news.
    fn reach(&mut self, at: u32, state: State) -> Result<Option<State>, Rule> {
        let Some(known) = self.states.get_mut(at as usize) else { return Err(Rule::FallsOffEnd) };
        if !known.is_reached() {
            *known = state;
            return Ok(Some(state));
        }
        if *known == state {
            return Ok(None);
        }
        Ok(self.arena.meet(known, state)?.then_some(*known))
    }

    #[inline]
    fn jump(&mut self, at: u32, state: State) -> Result<(), Rule> {
        if self.reach(at, state)?.is_some() {
            self.pending.push(at);
        }
        Ok(())
    }

    /// Follows the code from a step until it ends or meets what is known.
    fn follow(&mut self, from: u32) -> Result<(), Broken> {
        let steps = self.layout.steps.get(from as usize..).unwrap_or_default();
        let Some(mut before) = self.states.get(from as usize).copied() else { return Ok(()) };
        for (at, step) in (from..).zip(steps) {
            let broken = |rule| (rule, step.start);
            let known = facts(step.opcode as u8);
            let after = match self.plain(step, known, before) {
                Some(after) => after,
                None => apply(self.arena, self.code, step, before).map_err(broken)?,
            };
            if step.handler != 0 {
                self.raise(step, known, before).map_err(broken)?;
            }
            // `END_ASYNC_FOR` looks at its target, but does not go there
            if known.has(Facts::JUMP) && step.opcode != Opcode::EndAsyncFor {
                self.jump(step.target, after).map_err(broken)?;
            }
            if known.has(Facts::ENDS) {
                return Ok(());
            }
            match self.layout.steps.get(at as usize + 1) {
                Some(next) if next.opcode == Opcode::PushExcInfo => return Err(broken(Rule::ExceptionEntry)),
                _ => {}
            }
            before = match self.states.get_mut(at as usize + 1) {
                Some(first) if !first.is_reached() => {
                    *first = after;
                    after
                }
                _ => match self.reach(at + 1, after).map_err(broken)? {
                    Some(state) => state,
                    None => return Ok(()),
                },
            };
        }
        Ok(())
    }

    /// What holds behind an instruction, if it takes and leaves values and nothing else is to be said of it.
    #[inline]
    fn plain(&self, step: &Step, known: Facts, before: State) -> Option<State> {
        let even = if step.arg & 1 == 0 { Facts::PLAIN_IF_EVEN } else { 0 };
        if !known.has(self.plain | even) {
            return None;
        }
        let after = before.with_values(known.pops.into(), known.pushes.into())?;
        self.arena.has_room(after.height()).then_some(after)
    }

    /// The way to the handler, which may be taken within any instruction that may raise. Tracing may take
    /// it before any other too, but for `PUSH_EXC_INFO`, where the exception is about to become the handled
    /// one; it may find locals saved and cells not made yet, so such a way says nothing of cells.
    fn raise(&mut self, step: &Step, known: Facts, before: State) -> Result<(), Rule> {
        let (opcode, arg) = (step.opcode, step.arg);
        let handler = self.layout.handlers.get((step.handler - 1) as usize).copied();
        let Some(handler) = handler.filter(|_| opcode != Opcode::PushExcInfo) else { return Ok(()) };
        let raises = known.has(Facts::RAISES);
        let consumed = match (raises, known.has(Facts::FIXED)) {
            (false, _) => 0,
            (true, true) => known.consumes.into(),
            (true, false) => opcode.pops(arg).saturating_sub(opcode.keeps(arg)),
        };
        let height = before.height().saturating_sub(consumed);
        if handler.depth > height {
            return Err(Rule::HandlerDepth { depth: handler.depth, height });
        }
        let mut state = before;
        if !raises {
            state.set_locals(self.arena.cells.anything());
        }
        self.arena.cut(&mut state, handler.depth)?;
        let told = Some((step.handler, state.slots(), state.locals()));
        if self.raised == told {
            return Ok(());
        }
        self.raised = told;
        if handler.lasti {
            self.arena.push(&mut state, Slot::Lasti)?;
        }
        self.arena.push(&mut state, Slot::Value)?;
        self.jump(handler.target, state)
    }
}
