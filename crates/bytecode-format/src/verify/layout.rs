//! Where instructions begin, what they point to, and the two tables: all that needs no flow.

use super::locals::{free_count, is_generator};
use super::{Broken, Rule, operand};
use crate::code::Code;
use crate::instruction::{Instruction, Malformed, instructions, unit};
use crate::opcode::Opcode;
use crate::tables::exceptions::{self, ExceptionEntry};
use crate::tables::positions;

/// More code than any offset can count.
const MAX_CODE: usize = 1 << 30;

/// What the code's bytes say.
pub(super) struct Layout {
    /// For each code unit, whether an instruction begins there.
    pub(super) starts: Vec<bool>,
    /// The handlers in the table's order.
    pub(super) handlers: Vec<ExceptionEntry>,
}

impl Layout {
    fn is_start(&self, unit: u32) -> bool {
        self.starts.get(unit as usize).copied().unwrap_or(false)
    }
}

pub(super) fn check(code: &Code) -> Result<Layout, Broken> {
    let length = code.code.len();
    if length == 0 || !length.is_multiple_of(2) || length > MAX_CODE {
        return Err((Rule::CodeLength, 0));
    }
    let mut layout = Layout { starts: vec![false; length / 2], handlers: Vec::new() };
    let mut prologue =
        Prologue { free: free_count(code), generator: is_generator(code), open: true, seen: 0 };
    let mut after_yield = false;
    for instruction in instructions(&code.code) {
        let instruction = instruction.map_err(malformed)?;
        let start = instruction.start;
        if let Some(flag) = layout.starts.get_mut(start as usize) {
            *flag = true;
        }
        operand::check(code, &instruction).map_err(|rule| (rule, start))?;
        caches(code, &instruction)?;
        prologue.step(&instruction)?;
        if after_yield && (instruction.opcode != Opcode::Resume || instruction.arg & 3 == 0) {
            return Err((Rule::YieldResume, start));
        }
        after_yield = instruction.opcode == Opcode::YieldValue;
    }
    if after_yield {
        return Err((Rule::YieldResume, (length / 2 - 1) as u32));
    }
    if prologue.generator && prologue.seen == 0 {
        return Err((Rule::GeneratorStart, 0));
    }
    targets(code, &layout)?;
    layout.handlers = handlers(code, &layout)?;
    position_table(code)?;
    Ok(layout)
}

fn malformed(malformed: Malformed) -> Broken {
    match malformed {
        Malformed::UnknownOpcode { unit, number } => (Rule::UnknownOpcode { number }, unit),
        Malformed::LongPrefix { unit } => (Rule::LongPrefix, unit),
        Malformed::Cut { unit } => (Rule::CutInstruction, unit),
    }
}

fn caches(code: &Code, instruction: &Instruction) -> Result<(), Broken> {
    for at in instruction.unit + 1..instruction.next {
        if unit(&code.code, at) != Some([0, 0]) {
            return Err((Rule::CacheContent, instruction.start));
        }
    }
    Ok(())
}

/// What has to stand at the beginning, and only there.
struct Prologue {
    free: u32,
    generator: bool,
    /// Whether only cells were made so far.
    open: bool,
    /// How many `RETURN_GENERATOR` there were.
    seen: u32,
}

impl Prologue {
    fn step(&mut self, instruction: &Instruction) -> Result<(), Broken> {
        let start = instruction.start;
        let is_copy = instruction.opcode == Opcode::CopyFreeVars;
        let copies_all = is_copy && instruction.arg == self.free && self.free > 0;
        let wanted_here = start == 0 && self.free > 0;
        if is_copy && !(start == 0 && copies_all) || wanted_here && !copies_all {
            return Err((Rule::FreeVariables { declared: self.free }, start));
        }
        match instruction.opcode {
            Opcode::ReturnGenerator => {
                self.seen += 1;
                if !self.generator || !self.open || self.seen > 1 {
                    return Err((Rule::GeneratorStart, start));
                }
            }
            Opcode::YieldValue if !self.generator => return Err((Rule::YieldOutside, start)),
            Opcode::CopyFreeVars | Opcode::MakeCell => {}
            _ => self.open = false,
        }
        Ok(())
    }
}

fn targets(code: &Code, layout: &Layout) -> Result<(), Broken> {
    for instruction in instructions(&code.code) {
        let instruction = instruction.map_err(malformed)?;
        if !instruction.opcode.is_jump() {
            continue;
        }
        let fine = instruction.target().is_some_and(|target| layout.is_start(target));
        if !fine {
            let (next, arg) = (i64::from(instruction.next), i64::from(instruction.arg));
            let forward = instruction.opcode.operand() == crate::OperandKind::JumpForward;
            let target = 2 * if forward { next + arg } else { next - arg };
            return Err((Rule::JumpTarget { target }, instruction.start));
        }
    }
    Ok(())
}

fn handlers(code: &Code, layout: &Layout) -> Result<Vec<ExceptionEntry>, Broken> {
    let mut entries = Vec::new();
    let mut last = 0;
    let units = (code.code.len() / 2) as u32;
    for entry in exceptions::decode(&code.exceptiontable) {
        let entry = entry.map_err(|error| (Rule::ExceptionTable { error }, 0))?;
        let ExceptionEntry { start, end, target, depth, lasti } = entry;
        let on_starts = layout.is_start(start) && (end == units || layout.is_start(end));
        if start < last || end <= start || !on_starts {
            return Err((
                Rule::ExceptionRange { start: start.saturating_mul(2), end: end.saturating_mul(2) },
                start,
            ));
        }
        if !layout.is_start(target) {
            return Err((Rule::HandlerTarget { target: target.saturating_mul(2) }, start));
        }
        let height = depth.saturating_add(1 + u32::from(lasti));
        if height > code.stacksize {
            return Err((Rule::StackOverflow { height, declared: code.stacksize }, target));
        }
        last = end;
        entries.push(entry);
    }
    Ok(entries)
}

fn position_table(code: &Code) -> Result<(), Broken> {
    if code.linetable.is_empty() {
        return Ok(());
    }
    let mut table = 0u64;
    for entry in positions::decode(&code.linetable, code.firstlineno) {
        table += u64::from(entry.map_err(|error| (Rule::PositionTable { error }, 0))?.units);
    }
    let units = (code.code.len() / 2) as u32;
    if table == u64::from(units) { Ok(()) } else { Err((Rule::PositionCount { table, code: units }, 0)) }
}
