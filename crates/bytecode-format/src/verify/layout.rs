//! Where instructions begin, what they point to, and the two tables: all that needs no flow.
//! Invariant: after [`check`], steps and units correspond, targets and handlers are numbers of steps, and
//! neither lies in the prologue.

use super::facts::{Facts, facts};
use super::locals::{free_count, is_generator};
use super::operand::{self, Bounds};
use super::{Broken, Rule};
use crate::code::Code;
use crate::instruction::MAX_PREFIXES;
use crate::opcode::{Opcode, OperandKind};
use crate::tables::exceptions;
use crate::tables::positions;

/// More code than any offset can count.
const MAX_CODE: usize = 1 << 30;

/// Where no step begins.
const NOWHERE: u32 = u32::MAX;

/// An instruction on its way through the verifier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The code unit at which it begins, its prefixes included.
    pub(super) start: u32,
    pub(super) arg: u32,
    /// The step to which it jumps, if it does.
    pub(super) target: u32,
    /// The handler of what it raises, counted from 1; 0 if there is none.
    pub(super) handler: u32,
    pub(super) opcode: Opcode,
}

/// A handler as the flow sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handler {
    /// The step at which it begins.
    pub(super) target: u32,
    pub(super) depth: u32,
    pub(super) lasti: bool,
}

/// What the code's bytes say.
#[derive(Clone, Default, Debug)]
pub(super) struct Layout {
    /// The instructions in order.
    pub(super) steps: Vec<Step>,
    /// For each code unit the step that begins there.
    index: Vec<u32>,
    pub(super) handlers: Vec<Handler>,
    /// The number of steps that set the frame up: `COPY_FREE_VARS`, `MAKE_CELL`, `RETURN_GENERATOR`.
    pub(super) prologue: u32,
    /// The steps that have a target.
    jumps: Vec<u32>,
    /// Whether there is a step that stands only in some places or some codes.
    placed: bool,
}

impl Layout {
    /// The step that begins at a code unit.
    pub(super) fn step_at(&self, unit: u32) -> Option<u32> {
        self.index.get(unit as usize).copied().filter(|step| *step != NOWHERE)
    }

    /// Fills this with what `code` says, in the room that is there.
    pub(super) fn check(&mut self, code: &Code) -> Result<(), Broken> {
        let units = units(code)?;
        self.steps.clear();
        self.jumps.clear();
        self.handlers.clear();
        self.index.clear();
        self.index.resize(units.len(), NOWHERE);
        self.steps.reserve(units.len() / 2);
        self.decode(code, units)?;
        self.begin(code)?;
        self.targets(units.len() as u32)?;
        self.table(code)?;
        position_table(code)
    }

    fn decode(&mut self, code: &Code, units: &[[u8; 2]]) -> Result<(), Broken> {
        let bounds = Bounds::of(code);
        let Layout { steps, index, jumps, .. } = self;
        let (mut at, mut placed) = (0, false);
        while let Some(&[number, low]) = units.get(at) {
            let start = at as u32;
            let mut known = facts(number);
            let mut opcode = known.opcode.ok_or((Rule::UnknownOpcode { number }, start))?;
            let (mut arg, mut unit) = (u32::from(low), at);
            if opcode == Opcode::ExtendedArg {
                (opcode, arg, unit) = prefixed(units, at)?;
                known = facts(opcode as u8);
            }
            let next = unit + 1 + usize::from(known.caches);
            if next > units.len() {
                return Err((Rule::CutInstruction, start));
            }
            if !bounds.hold(known.operand, arg) {
                operand::check(code, opcode, arg).map_err(|rule| (rule, start))?;
            }
            if unit > at && (known.has(Facts::BARE) || opcode == Opcode::Resume) {
                return Err((Rule::Prefix { opcode }, start));
            }
            if !is_blank(units, unit + 1, next) {
                return Err((Rule::CacheContent, start));
            }
            let number = steps.len() as u32;
            if let Some(slot) = index.get_mut(at) {
                *slot = number;
            }
            if known.has(Facts::JUMP) {
                jumps.push(number);
            }
            placed |= known.has(Facts::PLACED);
            steps.push(Step { start, arg, target: NOWHERE, handler: 0, opcode });
            at = next;
        }
        self.placed = placed;
        Ok(())
    }

    /// Checks what has to stand at the beginning and only there, and that yields can be resumed.
    fn begin(&mut self, code: &Code) -> Result<(), Broken> {
        let (free, generator) = (free_count(code), is_generator(code));
        let sets_up = |step: &Step| {
            matches!(step.opcode, Opcode::CopyFreeVars | Opcode::MakeCell | Opcode::ReturnGenerator)
        };
        let end = self.steps.iter().position(|step| !sets_up(step)).unwrap_or(self.steps.len());
        self.prologue = end as u32;
        let first = self.steps.first();
        if free > 0 && first.is_none_or(|step| step.opcode != Opcode::CopyFreeVars || step.arg != free) {
            return Err((Rule::FreeVariables { declared: free }, 0));
        }
        let mut started = false;
        let steps = if self.placed { self.steps.as_slice() } else { &[] };
        for (at, step) in steps.iter().enumerate() {
            match step.opcode {
                Opcode::CopyFreeVars if at > 0 || free == 0 => {
                    return Err((Rule::FreeVariables { declared: free }, step.start));
                }
                Opcode::ReturnGenerator if !generator || at >= end || started => {
                    return Err((Rule::GeneratorStart, step.start));
                }
                Opcode::ReturnGenerator => started = true,
                Opcode::YieldValue if !generator => return Err((Rule::YieldOutside, step.start)),
                Opcode::YieldValue => resumed(step, self.steps.get(at + 1))?,
                _ => {}
            }
        }
        if generator && !started { Err((Rule::GeneratorStart, 0)) } else { Ok(()) }
    }

    /// The step at `unit`, if something may go on there.
    fn landing(&self, unit: u32) -> Option<Result<u32, Rule>> {
        let step = self.step_at(unit)?;
        Some(if step < self.prologue { Err(Rule::Prologue) } else { Ok(step) })
    }

    fn targets(&mut self, units: u32) -> Result<(), Broken> {
        for at in 0..self.jumps.len() {
            let Some(number) = self.jumps.get(at).copied() else { return Ok(()) };
            let Some(step) = self.steps.get(number as usize).copied() else { return Ok(()) };
            let next = self.steps.get(number as usize + 1).map_or(units, |next| next.start);
            let ahead = step.opcode.operand() == OperandKind::JumpForward;
            let unit = if ahead { next.checked_add(step.arg) } else { next.checked_sub(step.arg) };
            let landing = unit.and_then(|unit| self.landing(unit)).unwrap_or_else(|| {
                let (next, arg) = (i64::from(next), i64::from(step.arg));
                Err(Rule::JumpTarget { target: 2 * if ahead { next + arg } else { next - arg } })
            });
            let target = landing.map_err(|rule| (rule, step.start))?;
            let opcode = self.steps.get(target as usize).map(|step| step.opcode);
            if step.opcode == Opcode::ForIter && opcode != Some(Opcode::EndFor) {
                return Err((Rule::LoopEnd, step.start));
            }
            if opcode == Some(Opcode::PushExcInfo) {
                return Err((Rule::ExceptionEntry, step.start));
            }
            if let Some(step) = self.steps.get_mut(number as usize) {
                step.target = target;
            }
        }
        Ok(())
    }

    /// Reads the exception table.
    fn table(&mut self, code: &Code) -> Result<(), Broken> {
        let units = self.index.len() as u32;
        let mut last = 0;
        for entry in exceptions::decode(&code.exceptiontable) {
            let entry = entry.map_err(|error| (Rule::ExceptionTable { error }, 0))?;
            let (start, end) = (entry.start, entry.end);
            let steps = self.step_at(start).zip(self.step_at(end).or((end == units).then_some(u32::MAX)));
            let (first, after) = steps.filter(|_| start >= last && end > start).ok_or((
                Rule::ExceptionRange { start: start.saturating_mul(2), end: end.saturating_mul(2) },
                start,
            ))?;
            if first < self.prologue {
                return Err((Rule::Prologue, start));
            }
            let unknown = Rule::HandlerTarget { target: entry.target.saturating_mul(2) };
            let target = self.landing(entry.target).unwrap_or(Err(unknown)).map_err(|rule| (rule, start))?;
            let height = entry.depth.saturating_add(1 + u32::from(entry.lasti));
            if height > code.stacksize {
                return Err((Rule::StackOverflow { height, declared: code.stacksize }, entry.target));
            }
            last = end;
            self.handlers.push(Handler { target, depth: entry.depth, lasti: entry.lasti });
            let handler = self.handlers.len() as u32;
            let after = (after as usize).min(self.steps.len());
            for step in self.steps.get_mut(first as usize..after).unwrap_or_default() {
                step.handler = handler;
            }
        }
        Ok(())
    }
}

/// The code units, of which there must be some.
fn units(code: &Code) -> Result<&[[u8; 2]], Broken> {
    match code.code.as_chunks() {
        (units, []) if !units.is_empty() && code.code.len() <= MAX_CODE => Ok(units),
        _ => Err((Rule::CodeLength, 0)),
    }
}

/// The opcode and argument of the instruction whose prefixes begin at a code unit, and the unit of its
/// opcode.
fn prefixed(units: &[[u8; 2]], start: usize) -> Result<(Opcode, u32, usize), Broken> {
    let mut arg = 0u32;
    for unit in start..=start + MAX_PREFIXES as usize {
        let Some([number, low]) = units.get(unit).copied() else {
            return Err((Rule::CutInstruction, start as u32));
        };
        arg = arg << 8 | u32::from(low);
        let opcode = facts(number).opcode.ok_or((Rule::UnknownOpcode { number }, unit as u32))?;
        if opcode != Opcode::ExtendedArg {
            return Ok((opcode, arg, unit));
        }
    }
    Err((Rule::LongPrefix, start as u32))
}

/// Whether all from one code unit to another are zero. Caches of up to eight units are cut out of the eight
/// behind the opcode, whatever those are, so that no branch depends on how many they are.
#[inline]
fn is_blank(units: &[[u8; 2]], from: usize, to: usize) -> bool {
    let words = units.get(from..).and_then(|rest| rest.as_flattened().as_chunks::<8>().0.first_chunk::<2>());
    match words.zip(CACHES.get(to - from)) {
        Some(([low, high], mask)) => {
            u64::from_le_bytes(*low) & mask[0] | u64::from_le_bytes(*high) & mask[1] == 0
        }
        None => units.get(from..to).is_none_or(|cache| cache.iter().all(|unit| *unit == [0, 0])),
    }
}

/// For a number of code units the bits of two words in which they stand.
static CACHES: [[u64; 2]; 9] = {
    let mut masks = [[0; 2]; 9];
    let mut count = 1;
    while count < masks.len() {
        masks[count] = masks[count - 1];
        masks[count][(count - 1) / 4] |= 0xFFFF << ((count - 1) % 4 * 16);
        count += 1;
    }
    masks
};

/// A yield is resumed behind it, at a place that knows whether it delegates.
fn resumed(step: &Step, next: Option<&Step>) -> Result<(), Broken> {
    let Some(next) = next else { return Err((Rule::YieldResume, step.start)) };
    let kind = next.arg & 3;
    let fits = if step.arg == 0 { kind == 1 } else { kind >= 2 };
    if next.opcode == Opcode::Resume && fits { Ok(()) } else { Err((Rule::YieldResume, next.start)) }
}

fn position_table(code: &Code) -> Result<(), Broken> {
    if code.linetable.is_empty() {
        return Ok(());
    }
    let table = positions::units(&code.linetable, code.firstlineno)
        .map_err(|error| (Rule::PositionTable { error }, 0))?;
    let units = (code.code.len() / 2) as u32;
    if table == u64::from(units) { Ok(()) } else { Err((Rule::PositionCount { table, code: units }, 0)) }
}
