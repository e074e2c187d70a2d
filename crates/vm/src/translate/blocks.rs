//! The instructions of a code object, superinstructions taken apart, and where blocks begin.

use std::ops::Range;
use taipan_bytecode_format::instruction::instructions;
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::{Opcode, Verified};

/// An instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) opcode: Opcode,
    pub(super) arg: u32,
    /// Where it stands.
    pub(super) unit: u32,
    /// Where it jumps to.
    pub(super) target: Option<u32>,
}

pub(super) struct Blocks {
    pub(super) steps: Vec<Step>,
    /// Ranges of steps.
    pub(super) blocks: Vec<Range<usize>>,
    /// For each code unit at which a block begins, its number.
    numbers: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Blocks {
    pub(super) fn of(code: &Verified) -> Blocks {
        let units = code.code.len() / 2;
        let mut leaders = vec![false; units + 1];
        let mut mark = |unit: u32| {
            if let Some(slot) = leaders.get_mut(unit as usize) {
                *slot = true;
            }
        };
        mark(0);
        for entry in exceptions::decode(&code.exceptiontable).filter_map(Result::ok) {
            [entry.start, entry.end, entry.target].into_iter().for_each(&mut mark);
        }
        let mut steps = Vec::new();
        for instruction in instructions(&code.code).filter_map(Result::ok) {
            let target = instruction.target().filter(|_| instruction.opcode != Opcode::EndAsyncFor);
            if let Some(target) = instruction.target() {
                mark(target);
            }
            // what follows a conditional jump goes on with the same values
            if instruction.opcode.ends_block() {
                mark(instruction.next);
            }
            let step =
                Step { opcode: instruction.opcode, arg: instruction.arg, unit: instruction.start, target };
            take_apart(step, &mut steps);
        }
        let (blocks, numbers) = split(&steps, &leaders);
        Blocks { steps, blocks, numbers }
    }

    /// The block that begins at a code unit.
    pub(super) fn number(&self, unit: u32) -> Option<usize> {
        self.numbers
            .get(unit as usize)
            .copied()
            .filter(|&number| number != NONE)
            .map(|number| number as usize)
    }

    /// Where a block begins.
    pub(super) fn unit(&self, number: usize) -> Option<u32> {
        let block = self.blocks.get(number)?;
        self.steps.get(block.start).map(|step| step.unit)
    }
}

/// Appends an instruction, the two that a superinstruction is one behind the other.
fn take_apart(step: Step, steps: &mut Vec<Step>) {
    use Opcode as O;
    let pair = match step.opcode {
        O::LoadFastLoadFast | O::LoadFastBorrowLoadFastBorrow => Some((O::LoadFast, O::LoadFast)),
        O::StoreFastStoreFast => Some((O::StoreFast, O::StoreFast)),
        O::StoreFastLoadFast => Some((O::StoreFast, O::LoadFast)),
        _ => None,
    };
    match pair {
        Some((first, second)) => {
            steps.push(Step { opcode: first, arg: step.arg >> 4, ..step });
            steps.push(Step { opcode: second, arg: step.arg & 15, ..step });
        }
        None if step.opcode == O::LoadFastBorrow => steps.push(Step { opcode: O::LoadFast, ..step }),
        None => steps.push(step),
    }
}

fn split(steps: &[Step], leaders: &[bool]) -> (Vec<Range<usize>>, Vec<u32>) {
    let mut blocks = Vec::new();
    let mut numbers = vec![NONE; leaders.len()];
    let mut start = 0;
    let mut last_unit = None;
    for (row, step) in steps.iter().enumerate() {
        let leads = leaders.get(step.unit as usize) == Some(&true) && last_unit != Some(step.unit);
        if leads && row > start {
            blocks.push(start..row);
            start = row;
        }
        if leads && let Some(slot) = numbers.get_mut(step.unit as usize) {
            *slot = blocks.len() as u32;
        }
        last_unit = Some(step.unit);
    }
    if start < steps.len() {
        blocks.push(start..steps.len());
    }
    (blocks, numbers)
}
