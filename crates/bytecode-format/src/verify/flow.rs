//! Follows the code along all edges until nothing new is learned.

use super::effect::apply;
use super::layout::Layout;
use super::state::{Arena, Local, State};
use super::{Broken, Rule, Slot};
use crate::code::Code;
use crate::instruction::{Instruction, instructions_at};
use crate::opcode::Opcode;
use crate::tables::exceptions::ExceptionEntry;

/// What is known before each instruction that can be reached. Offsets count code units.
#[derive(Clone, Debug)]
pub struct Flow {
    states: Vec<Option<State>>,
    arena: Arena,
}

impl Flow {
    /// The height of the stack before an instruction; none if it is never reached.
    pub fn height(&self, unit: u32) -> Option<u32> {
        Some(self.state(unit)?.height)
    }

    /// The slots that are no plain values before an instruction, from the top down.
    pub fn special_slots(&self, unit: u32) -> Vec<(u32, Slot)> {
        self.state(unit).map(|state| self.arena.list(state).collect()).unwrap_or_default()
    }

    /// Whether a local is sure to hold a cell before an instruction.
    pub fn is_cell(&self, unit: u32, local: u32) -> bool {
        self.state(unit).is_some_and(|state| self.arena.local(state, local) == Local::Cell)
    }

    fn state(&self, unit: u32) -> Option<State> {
        self.states.get(unit as usize).copied().flatten()
    }
}

struct Walk<'c> {
    code: &'c Code,
    handlers: &'c [ExceptionEntry],
    flow: Flow,
    pending: Vec<u32>,
}

pub(super) fn check(code: &Code, layout: &Layout) -> Result<Flow, Broken> {
    let units = layout.starts.len();
    let flow = Flow {
        states: vec![None; units],
        arena: Arena::new(units, code.localspluskinds.len(), code.stacksize),
    };
    let mut walk = Walk { code, handlers: &layout.handlers, flow, pending: Vec::new() };
    walk.jump(0, Arena::entry()).map_err(|rule| (rule, 0))?;
    while let Some(at) = walk.pending.pop() {
        walk.follow(at)?;
    }
    Ok(walk.flow)
}

impl Walk<'_> {
    /// Notes that `state` holds before the instruction at `unit`, on one way.
    fn reach(&mut self, unit: u32, state: State) -> Result<bool, Rule> {
        let Some(known) = self.flow.states.get_mut(unit as usize) else { return Err(Rule::FallsOffEnd) };
        let news = match known {
            None => {
                *known = Some(state);
                true
            }
            Some(known) => self.flow.arena.meet(known, state)?,
        };
        Ok(news)
    }

    fn jump(&mut self, unit: u32, state: State) -> Result<(), Rule> {
        if self.reach(unit, state)? {
            self.pending.push(unit);
        }
        Ok(())
    }

    /// Follows the code from an instruction until it ends or meets what is known.
    fn follow(&mut self, from: u32) -> Result<(), Broken> {
        for instruction in instructions_at(&self.code.code, from) {
            // the layout was checked: nothing is malformed
            let Ok(instruction) = instruction else { return Ok(()) };
            let at = instruction.start;
            let Some(state) = self.flow.state(at) else { return Ok(()) };
            let next = self.step(&instruction, state).map_err(|rule| (rule, at))?;
            let Some(next) = next else { return Ok(()) };
            if !self.reach(instruction.next, next).map_err(|rule| (rule, at))? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What holds behind an instruction, if it goes on there.
    fn step(&mut self, instruction: &Instruction, before: State) -> Result<Option<State>, Rule> {
        self.flow.arena.spend(1)?;
        let opcode = instruction.opcode;
        let mut after = before;
        apply(&mut self.flow.arena, self.code, instruction, &mut after)?;
        self.raise(instruction, before)?;
        match (opcode, instruction.target()) {
            // looks at its target, does not go there
            (Opcode::EndAsyncFor, _) | (_, None) => {}
            (Opcode::ForIter, Some(target)) => {
                let end = instructions_at(&self.code.code, target).next();
                if !matches!(end, Some(Ok(Instruction { opcode: Opcode::EndFor, .. }))) {
                    return Err(Rule::LoopEnd);
                }
                self.jump(target, after)?;
            }
            (_, Some(target)) => self.jump(target, after)?,
        }
        Ok((!opcode.ends_block()).then_some(after))
    }

    /// The way to the handler, which may be taken within any instruction that may raise. Tracing may take
    /// it before any other too, but for `PUSH_EXC_INFO`, where the exception is about to become the handled
    /// one; it may find locals saved and cells not made yet, so such a way says nothing of cells.
    fn raise(&mut self, instruction: &Instruction, before: State) -> Result<(), Rule> {
        let index = self.handlers.partition_point(|entry| entry.end <= instruction.start);
        let Some(entry) = self.handlers.get(index).filter(|entry| entry.start <= instruction.start) else {
            return Ok(());
        };
        let (opcode, arg) = (instruction.opcode, instruction.arg);
        if opcode == Opcode::PushExcInfo {
            return Ok(());
        }
        let consumed =
            if opcode.may_raise() { opcode.pops(arg).saturating_sub(opcode.keeps(arg)) } else { 0 };
        let height = before.height.saturating_sub(consumed);
        if entry.depth > height {
            return Err(Rule::HandlerDepth { depth: entry.depth, height });
        }
        let (depth, lasti, target) = (entry.depth, entry.lasti, entry.target);
        let mut state = before;
        if !opcode.may_raise() && opcode != Opcode::YieldValue {
            self.flow.arena.forget_locals(&mut state);
        }
        self.flow.arena.cut(&mut state, depth)?;
        if lasti {
            self.flow.arena.push(&mut state, Slot::Lasti)?;
        }
        self.flow.arena.push(&mut state, Slot::Value)?;
        self.jump(target, state)
    }
}
