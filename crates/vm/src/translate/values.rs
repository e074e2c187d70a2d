//! The bytecode's stack while it is followed: values in their slots and values that are pending.

use super::Translator;
use super::blocks::Step;
use crate::code::Op;
use taipan_bytecode_format::Opcode;

/// A value of the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    /// In its slot.
    Slot,
    /// What a local holds.
    Local(u16),
    /// A constant.
    Constant(u32),
    /// A small int.
    Int(u8),
    /// The marker for no self.
    Null,
}

impl Translator<'_> {
    /// The slot of a position of the stack.
    pub(super) fn slot(&self, position: usize) -> u16 {
        (self.locals as usize + position) as u16
    }

    /// The slot of the next value to be pushed.
    pub(super) fn top_slot(&self) -> u16 {
        self.slot(self.stack.len())
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.stack.push(entry);
    }

    /// Takes the top value off the list, and gives the slot to read it from; a constant is put into its own.
    pub(super) fn pop_operand(&mut self) -> u16 {
        let position = self.stack.len().saturating_sub(1);
        let slot = match self.stack.last().copied() {
            Some(Entry::Local(local)) => local,
            _ => {
                self.settle(position);
                self.slot(position)
            }
        };
        self.stack.pop();
        slot
    }

    /// Takes the topmost values off the list, each put into its slot; gives the first one's slot.
    pub(super) fn pop_slots(&mut self, count: usize) -> u16 {
        let first = self.stack.len().saturating_sub(count);
        (first..self.stack.len()).for_each(|position| self.settle(position));
        self.stack.truncate(first);
        self.slot(first)
    }

    /// Puts what is pending at a position into its slot.
    pub(super) fn settle(&mut self, position: usize) {
        let slot = self.slot(position);
        let Some(entry) = self.stack.get_mut(position) else { return };
        let pending = std::mem::replace(entry, Entry::Slot);
        match pending {
            Entry::Slot => {}
            Entry::Local(local) => self.op(Op::Move, slot, local, 0),
            Entry::Constant(number) => self.constant(Op::Const, slot, number),
            Entry::Int(value) => self.op_wide(Op::Int, slot, value.into()),
            Entry::Null => self.op(Op::Null, slot, 0, 0),
        }
    }

    /// Puts all that is pending into its slots.
    pub(super) fn flush(&mut self) {
        (0..self.stack.len()).for_each(|position| self.settle(position));
    }

    /// Puts what is pending of a local into slots: the local is about to change.
    pub(super) fn settle_local(&mut self, local: u32) {
        for position in 0..self.stack.len() {
            if self.stack.get(position) == Some(&Entry::Local(local as u16)) {
                self.settle(position);
            }
        }
    }

    /// Where a result goes whose operands are off the list: into the local that the next instruction stores
    /// it to, or onto the stack. Gives the slot and how many instructions that takes.
    pub(super) fn destination(&mut self, next: &[Step]) -> (u16, usize) {
        match next.first() {
            Some(store) if store.opcode == Opcode::StoreFast => {
                self.settle_local(store.arg);
                self.bound.set(store.arg, true);
                (store.arg as u16, 1)
            }
            _ => (self.top_slot(), 0),
        }
    }

    /// Notes that a result was written where [`Translator::destination`] said.
    pub(super) fn push_result(&mut self, taken: usize) {
        if taken == 0 {
            self.push(Entry::Slot);
        }
    }

    /// The top value as an int that an operand can hold.
    pub(super) fn small_int(&self, entry: Entry) -> Option<i16> {
        match entry {
            Entry::Int(value) => Some(value.into()),
            Entry::Constant(number) => {
                let word = self.constants.get(number as usize)?.word();
                i16::try_from(word.as_int()?).ok()
            }
            _ => None,
        }
    }
}
