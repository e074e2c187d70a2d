//! The form of a code that tells what it does: where a line begins everything stands in its slot, and an operation says
//! so; so do those at the beginning, after a suspension, and before a value is given back. Nothing is fused with what
//! follows it, for lines may begin there.

use super::Translator;
use super::blocks::{Blocks, Step};
use crate::code::Op;
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{Opcode, Verified};

/// The code units at which a line begins; none of a code that tells nothing.
#[derive(Default)]
pub(super) struct Lines(Vec<bool>);

impl Lines {
    /// Where lines begin in a code.
    pub(super) fn of(code: &Verified, blocks: &Blocks) -> Lines {
        let lines = lines_of_units(code);
        let line_at = |unit: u32| lines.get(unit as usize).copied().flatten();
        let mut starts = vec![false; lines.len()];
        let mut mark = |unit: u32| {
            if let Some(slot) = starts.get_mut(unit as usize) {
                *slot = true;
            }
        };
        let (mut last, mut begun) = (None, false);
        for step in &blocks.steps {
            if step.opcode == Opcode::Resume {
                // what the call itself does stands in the line of its `def`, and is told as a call
                begun = true;
                last = None;
                continue;
            }
            if !begun {
                continue;
            }
            let line = line_at(step.unit);
            if line.is_some() && last != line {
                mark(step.unit);
            }
            last = line;
            if let Some(target) = step.target.filter(|target| line_at(*target).is_some()) {
                mark(target);
            }
        }
        // the end of an `async for` is no line of its own
        let ends_loop = |unit: u32| {
            let step = blocks.steps.binary_search_by_key(&unit, |step| step.unit);
            step.is_ok_and(|row| blocks.steps.get(row).is_some_and(|step| step.opcode == Opcode::EndAsyncFor))
        };
        for entry in exceptions::decode(&code.exceptiontable).filter_map(Result::ok) {
            if line_at(entry.target).is_some() && !ends_loop(entry.target) {
                mark(entry.target);
            }
        }
        Lines(starts)
    }

    fn begins_at(&self, unit: u32) -> bool {
        self.0.get(unit as usize) == Some(&true)
    }
}

fn lines_of_units(code: &Verified) -> Vec<Option<i32>> {
    let mut lines = Vec::with_capacity(code.code.len() / 2);
    for entry in positions::decode(&code.linetable, code.firstlineno).filter_map(Result::ok) {
        let line = entry.location.map(|location| location.line);
        lines.extend(std::iter::repeat_n(line, entry.units as usize));
    }
    lines
}

impl Translator<'_> {
    /// Translates an instruction of a code that tells what it does.
    pub(super) fn traced_step(&mut self, lines: &Lines, step: &Step, is_first_of_unit: bool) {
        if is_first_of_unit && lines.begins_at(step.unit) {
            self.flush();
            self.op(Op::TraceLine, 0, 0, 0);
        }
        if is_first_of_unit && step.opcode != Opcode::Resume {
            self.op(Op::TraceOpcode, 0, 0, 0);
        }
        match step.opcode {
            Opcode::EndSend => {
                self.flush();
                let value = self.slot(self.stack.len().saturating_sub(1));
                self.op(Op::TraceStop, value, 0, 0);
            }
            Opcode::Resume => {
                self.flush();
                self.op(Op::TraceCall, (step.arg & 3) as u16, 0, 0);
            }
            Opcode::ReturnValue | Opcode::YieldValue => {
                self.flush();
                let value = self.slot(self.stack.len().saturating_sub(1));
                let yields = u16::from(step.opcode == Opcode::YieldValue);
                self.op(Op::TraceReturn, value, yields, 0);
            }
            _ => {}
        }
        self.step(step, &[]);
    }
}
