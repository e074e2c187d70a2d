//! Jumps, loops, and the ends of blocks.

use super::Translator;
use super::blocks::Step;
use super::values::Entry;
use crate::code::Op;
use taipan_bytecode_format::Opcode;

impl Translator<'_> {
    /// Whether a jump back is that of a delegation, which suspends in each round and so need not be a safepoint.
    fn goes_on_delegating(&self, jump: &Step, target: u32) -> bool {
        let steps = &self.blocks.steps;
        let at = |unit| steps.binary_search_by_key(&unit, |step| step.unit).ok();
        let sends = at(target).and_then(|at| steps.get(at)).is_some_and(|step| step.opcode == Opcode::Send);
        let before = at(jump.unit).and_then(|at| steps.get(at.checked_sub(1)?));
        sends && before.is_some_and(|step| step.opcode == Opcode::Resume)
    }

    /// Translates an instruction that may go on elsewhere or ends the code; whether it is one.
    pub(super) fn jump_instruction(&mut self, step: &Step) -> bool {
        use Opcode as O;
        let target = step.target.unwrap_or(0);
        match step.opcode {
            O::JumpForward => {
                self.flush();
                self.jump(Op::Jump, 0, target);
            }
            O::JumpBackwardNoInterrupt if self.goes_on_delegating(step, target) => {
                self.flush();
                self.jump(Op::Jump, 0, target);
            }
            O::JumpBackward | O::JumpBackwardNoInterrupt => {
                self.flush();
                self.jump(Op::JumpBack, 0, target);
            }
            O::PopJumpIfTrue => self.conditional(Op::JumpTrue, target),
            O::PopJumpIfFalse => self.conditional(Op::JumpFalse, target),
            O::PopJumpIfNone => self.conditional(Op::JumpNone, target),
            O::PopJumpIfNotNone => self.conditional(Op::JumpNotNone, target),
            O::Send => {
                self.flush();
                let top = self.stack.len();
                let (receiver, value) = (self.slot(top.saturating_sub(2)), self.slot(top.saturating_sub(1)));
                self.jump_out(Op::Send, receiver, value, target);
            }
            O::ReturnValue => self.return_value(),
            O::RaiseVarargs => {
                let first = self.pop_slots(step.arg as usize);
                self.op(Op::Raise, first, step.arg as u16, 0);
            }
            O::Reraise => {
                let exception = self.pop_slots(1);
                let lasti = self.slot(self.stack.len().saturating_sub(step.arg as usize));
                self.op(Op::Reraise, exception, u16::from(step.arg > 0), lasti);
            }
            _ => return false,
        }
        true
    }

    fn conditional(&mut self, op: Op, target: u32) {
        let operand = self.pop_operand();
        self.flush();
        self.jump(op, operand, target);
    }

    fn return_value(&mut self) {
        match self.stack.last().copied() {
            Some(Entry::Constant(number)) => {
                self.stack.pop();
                self.constant(Op::ReturnConst, 0, number);
            }
            _ => {
                let value = self.pop_operand();
                self.op(Op::Return, value, 0, 0);
            }
        }
    }

    pub(super) fn for_iter(&mut self, step: &Step, next: &[Step]) -> usize {
        self.flush();
        let iterator = self.slot(self.stack.len().saturating_sub(1));
        let (to, taken) = self.destination(next);
        self.jump_out(Op::ForIter, iterator, to, step.target.unwrap_or(0));
        self.push_result(taken);
        taken
    }
}
