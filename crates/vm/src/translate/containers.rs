//! Instructions that build and unpack, that make functions, and those of generators and exceptions: their
//! operands stand in slots one behind the other.

use super::Translator;
use super::blocks::Step;
use super::values::Entry;
use crate::code::Op;
use taipan_bytecode_format::Opcode;

impl Translator<'_> {
    /// Translates such an instruction; whether it is one.
    pub(super) fn container(&mut self, step: &Step) -> bool {
        use Opcode as O;
        let arg = step.arg;
        let small = arg as u16;
        match step.opcode {
            O::BuildTuple => self.in_place(Op::BuildTuple, arg, small, 0, 1),
            O::BuildList => self.in_place(Op::BuildList, arg, small, 0, 1),
            O::BuildSet => self.in_place(Op::BuildSet, arg, small, 0, 1),
            O::BuildString => self.in_place(Op::BuildString, arg, small, 0, 1),
            O::BuildSlice => self.in_place(Op::BuildSlice, arg, small, 0, 1),
            O::BuildMap => self.in_place(Op::BuildMap, arg.saturating_mul(2), small, 0, 1),
            O::ListAppend => self.put_into(Op::ListAppend, arg, 1),
            O::ListExtend => self.put_into(Op::ListExtend, arg, 1),
            O::SetAdd => self.put_into(Op::SetAdd, arg, 1),
            O::SetUpdate => self.put_into(Op::SetUpdate, arg, 1),
            O::DictUpdate => self.put_into(Op::DictUpdate, arg, 1),
            O::MapAdd => self.put_into(Op::MapAdd, arg, 2),
            O::DictMerge => self.dict_merge(arg),
            O::UnpackSequence => self.in_place(Op::Unpack, 1, small, 0, arg as usize),
            O::UnpackEx => {
                let (before, after) = (arg & 0xFF, arg >> 8);
                self.in_place(Op::UnpackEx, 1, before as u16, after as u16, (before + after + 1) as usize);
            }
            O::MakeFunction => self.in_place(Op::MakeFunction, 1, 0, 0, 1),
            O::SetFunctionAttribute => {
                let value = self.pop_slots(2);
                self.op(Op::SetFunctionAttribute, value, value + 1, small);
                self.push(Entry::Slot);
            }
            O::CallFunctionEx => {
                let first = self.pop_slots(4);
                self.op(Op::CallEx, first, 0, first);
                self.push(Entry::Slot);
            }
            O::CallIntrinsic1 => self.in_place(Op::Intrinsic1, 1, small, 0, 1),
            O::CallIntrinsic2 => self.in_place(Op::Intrinsic2, 2, small, 0, 1),
            O::FormatSimple => self.in_place(Op::FormatSimple, 1, self.top_slot().saturating_sub(1), 0, 1),
            O::FormatWithSpec => self.in_place(Op::FormatWithSpec, 2, 0, 0, 1),
            O::BuildTemplate => self.in_place(Op::BuildTemplate, 2, 0, 0, 1),
            O::BuildInterpolation => self.in_place(Op::BuildInterpolation, 2 + (arg & 1), small, 0, 1),
            O::ConvertValue => self.in_place(Op::ConvertValue, 1, small, 0, 1),
            O::GetLen => {
                self.settle(self.stack.len().saturating_sub(1));
                let (value, to) = (self.slot(self.stack.len().saturating_sub(1)), self.top_slot());
                self.op(Op::GetLen, to, value, 0);
                self.push(Entry::Slot);
            }
            _ => return self.suspension(step) || self.exception(step),
        }
        true
    }

    /// An operation on the topmost values, whose results take their place.
    fn in_place(&mut self, op: Op, pops: u32, b: u16, c: u16, pushes: usize) {
        let first = self.pop_slots(pops as usize);
        self.op(op, first, b, c);
        self.stack.resize(self.stack.len() + pushes, Entry::Slot);
    }

    /// Puts the topmost values into a container below them.
    fn put_into(&mut self, op: Op, depth: u32, values: usize) {
        let first = self.pop_slots(values);
        let position = self.stack.len().saturating_sub(depth as usize);
        self.settle(position);
        let container = self.slot(position);
        self.op(op, container, first, 0);
    }

    /// An operation that looks at the topmost values, which stay, and pushes one.
    fn look_at(&mut self, op: Op, values: usize) {
        let first = self.stack.len().saturating_sub(values);
        (first..self.stack.len()).for_each(|position| self.settle(position));
        let (to, b) = (self.top_slot(), self.slot(first));
        let c = if values > 1 { b + 1 } else { 0 };
        self.op(op, to, b, c);
        self.push(Entry::Slot);
    }

    fn dict_merge(&mut self, depth: u32) {
        let value = self.pop_slots(1);
        let position = self.stack.len().saturating_sub(depth as usize);
        self.settle(position);
        // the callable stands below its self and its arguments
        let callable = position.saturating_sub(3);
        self.settle(callable);
        let (dict, callable) = (self.slot(position), self.slot(callable));
        self.op(Op::DictMerge, dict, value, callable);
    }

    fn suspension(&mut self, step: &Step) -> bool {
        use Opcode as O;
        match step.opcode {
            O::ReturnGenerator => {
                self.flush();
                let to = self.top_slot();
                self.op(Op::ReturnGenerator, to, 0, 0);
                self.push(Entry::Slot);
            }
            O::YieldValue => {
                self.flush();
                let value = self.slot(self.stack.len().saturating_sub(1));
                self.op(Op::Yield, value, step.arg as u16, 0);
            }
            O::GetAiter => self.in_place(Op::GetAiter, 1, 0, 0, 1),
            O::GetAnext => self.look_at(Op::GetAnext, 1),
            O::EndAsyncFor => self.in_place(Op::EndAsyncFor, 2, 0, 0, 0),
            O::MatchMapping => self.look_at(Op::MatchMapping, 1),
            O::MatchSequence => self.look_at(Op::MatchSequence, 1),
            O::MatchKeys => self.look_at(Op::MatchKeys, 2),
            O::MatchClass => self.in_place(Op::MatchClass, 3, step.arg as u16, 0, 1),
            O::GetYieldFromIter => self.in_place(Op::GetYieldFromIter, 1, 0, 0, 1),
            O::EndSend => self.in_place(Op::EndSend, 2, 0, 0, 1),
            O::CleanupThrow => self.in_place(Op::CleanupThrow, 3, 0, 0, 2),
            O::GetAwaitable => self.in_place(Op::GetAwaitable, 1, step.arg as u16, 0, 1),
            _ => return false,
        }
        true
    }

    fn exception(&mut self, step: &Step) -> bool {
        use Opcode as O;
        match step.opcode {
            O::PushExcInfo => self.in_place(Op::PushExc, 1, 0, 0, 2),
            O::PopExcept => {
                let handled = self.pop_slots(1);
                self.op(Op::PopExcept, handled, 0, 0);
            }
            O::CheckExcMatch => {
                self.flush();
                let top = self.stack.len();
                let (exception, class) = (self.slot(top.saturating_sub(2)), self.slot(top.saturating_sub(1)));
                self.op(Op::CheckExcMatch, exception, class, 0);
            }
            O::CheckEgMatch => self.in_place(Op::CheckEgMatch, 2, 0, 0, 2),
            O::WithExceptStart => {
                self.flush();
                let to = self.top_slot();
                self.op(Op::WithExceptStart, to, 0, 0);
                self.push(Entry::Slot);
            }
            O::LoadSpecial => self.in_place(Op::LoadSpecial, 1, step.arg as u16, 0, 2),
            _ => return false,
        }
        true
    }
}
