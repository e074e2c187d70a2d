//! Operators and comparisons, joined with the jump or the store that follows.

use super::Translator;
use super::blocks::Step;
use super::values::Entry;
use crate::code::Op;
use taipan_bytecode_format::Opcode;

/// The operation of a binary operator, by the operator's number without its in-place bit, and the one with an
/// int as its right operand.
const OPERATIONS: [(Op, Option<Op>); 13] = [
    (Op::Add, Some(Op::AddInt)),
    (Op::And, Some(Op::AndInt)),
    (Op::FloorDiv, Some(Op::FloorDivInt)),
    (Op::LShift, Some(Op::LShiftInt)),
    (Op::Binary, None),
    (Op::Mul, Some(Op::MulInt)),
    (Op::Mod, Some(Op::ModInt)),
    (Op::Or, None),
    (Op::Binary, None),
    (Op::RShift, Some(Op::RShiftInt)),
    (Op::Sub, Some(Op::SubInt)),
    (Op::TrueDiv, None),
    (Op::Xor, None),
];

/// The number of the subscript operator.
const SUBSCRIPT: u32 = 26;

/// The operations of a comparison: plain, as a bool, as jumps if it holds and if not, and the same with an int on
/// the right.
const COMPARISONS: [[Op; 6]; 6] = [
    [Op::Lt, Op::LtBool, Op::JumpLt, Op::JumpNotLt, Op::JumpLtInt, Op::JumpNotLtInt],
    [Op::Le, Op::LeBool, Op::JumpLe, Op::JumpNotLe, Op::JumpLeInt, Op::JumpNotLeInt],
    [Op::Eq, Op::EqBool, Op::JumpEq, Op::JumpNotEq, Op::JumpEqInt, Op::JumpNotEqInt],
    [Op::Ne, Op::NeBool, Op::JumpNe, Op::JumpNotNe, Op::JumpNeInt, Op::JumpNotNeInt],
    [Op::Gt, Op::GtBool, Op::JumpGt, Op::JumpNotGt, Op::JumpGtInt, Op::JumpNotGtInt],
    [Op::Ge, Op::GeBool, Op::JumpGe, Op::JumpNotGe, Op::JumpGeInt, Op::JumpNotGeInt],
];

/// A jump on a bool: its target and on what it jumps.
fn bool_jump(next: &[Step]) -> Option<(u32, bool)> {
    let step = next.first()?;
    match step.opcode {
        Opcode::PopJumpIfTrue => Some((step.target?, true)),
        Opcode::PopJumpIfFalse => Some((step.target?, false)),
        _ => None,
    }
}

impl Translator<'_> {
    pub(super) fn one_operand(&mut self, op: Op, next: &[Step]) -> usize {
        let operand = self.pop_operand();
        let (to, taken) = self.destination(next);
        self.op(op, to, operand, 0);
        self.push_result(taken);
        taken
    }

    pub(super) fn two_operands(&mut self, op: Op, next: &[Step]) -> usize {
        let right = self.pop_operand();
        let left = self.pop_operand();
        let (to, taken) = self.destination(next);
        self.op(op, to, left, right);
        self.push_result(taken);
        taken
    }

    pub(super) fn binary(&mut self, number: u32, next: &[Step]) -> usize {
        if number == SUBSCRIPT {
            return self.two_operands(Op::Subscript, next);
        }
        let (op, with_int) = OPERATIONS.get(number as usize % 13).copied().unwrap_or((Op::Binary, None));
        let right = self.stack.last().copied().unwrap_or(Entry::Slot);
        if let (Some(op), Some(int)) = (with_int, self.small_int(right)) {
            self.stack.pop();
            let left = self.pop_operand();
            let (to, taken) = self.destination(next);
            self.op(op, to, left, int as u16);
            self.behind(op, number.into());
            self.push_result(taken);
            return taken;
        }
        let taken = self.two_operands(op, next);
        self.behind(op, number.into());
        taken
    }

    pub(super) fn comparison(&mut self, arg: u32, next: &[Step]) -> usize {
        let row = COMPARISONS.get(arg as usize >> 5).copied();
        let [plain, bool, jump, jump_not, jump_int, jump_not_int] = row.unwrap_or(COMPARISONS[2]);
        let as_bool = arg & 16 != 0;
        let (true, Some((target, sense))) = (as_bool, bool_jump(next)) else {
            return self.two_operands(if as_bool { bool } else { plain }, next);
        };
        let right = self.stack.last().copied().unwrap_or(Entry::Slot);
        let int = self.small_int(right);
        let right = match int {
            Some(int) => {
                self.stack.pop();
                int as u16
            }
            None => self.pop_operand(),
        };
        let left = self.pop_operand();
        self.flush();
        let (jump, inverse) = if int.is_some() { (jump_int, jump_not_int) } else { (jump, jump_not) };
        self.jump_if(sense, jump, inverse, left, right, target);
        1
    }

    pub(super) fn is(&mut self, inverted: u32, next: &[Step]) -> usize {
        let Some((target, sense)) = bool_jump(next) else {
            return self.two_operands(if inverted == 0 { Op::Is } else { Op::IsNot }, next);
        };
        let right = self.pop_operand();
        let left = self.pop_operand();
        self.flush();
        self.jump_if(sense == (inverted == 0), Op::JumpIs, Op::JumpIsNot, left, right, target);
        1
    }

    pub(super) fn truth(&mut self, next: &[Step]) -> usize {
        let Some((target, sense)) = bool_jump(next) else { return self.one_operand(Op::ToBool, next) };
        let operand = self.pop_operand();
        self.flush();
        self.jump(if sense { Op::JumpTruthy } else { Op::JumpFalsy }, operand, target);
        1
    }
}
