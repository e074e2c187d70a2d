//! Instructions that move values and touch names, attributes and items.

use super::Translator;
use super::blocks::Step;
use super::values::Entry;
use crate::code::Op;
use taipan_bytecode_format::{LocalKind, Opcode};

impl Translator<'_> {
    /// Translates such an instruction; whether it is one.
    pub(super) fn simple(&mut self, step: &Step) -> bool {
        use Opcode as O;
        let arg = step.arg;
        match step.opcode {
            O::Nop | O::NotTaken | O::Cache => {}
            // calls and jumps back are the safepoints
            O::Resume => {}
            O::LoadFast => self.load_local(arg),
            O::LoadFastCheck => {
                self.op(Op::CheckLocal, arg as u16, 0, 0);
                self.bound.set(arg, true);
                self.push(Entry::Local(arg as u16));
            }
            O::LoadFastAndClear => {
                self.settle_local(arg);
                let to = self.top_slot();
                self.op(Op::TakeLocal, to, arg as u16, 0);
                self.bound.set(arg, false);
                self.push(Entry::Slot);
            }
            O::StoreFast => self.store_local(arg),
            O::DeleteFast => {
                self.settle_local(arg);
                self.op(Op::DeleteLocal, arg as u16, 0, 0);
                self.bound.set(arg, false);
            }
            O::LoadConst => self.push(Entry::Constant(arg)),
            O::LoadSmallInt => self.push(Entry::Int(arg as u8)),
            O::PushNull => self.push(Entry::Null),
            O::PopTop | O::PopIter | O::EndFor => self.drop_top(),
            O::Copy => self.copy(arg),
            O::Swap => self.swap(arg),
            _ => return self.names(step) || self.items(step),
        }
        true
    }

    fn load_local(&mut self, local: u32) {
        if !self.bound.has(local) && !self.kind(local).has(LocalKind::FREE) && !self.is_cell(local) {
            self.op(Op::CheckLocal, local as u16, 0, 0);
            self.bound.set(local, true);
        }
        self.push(Entry::Local(local as u16));
    }

    /// Cells are made before anything reads them.
    fn is_cell(&self, local: u32) -> bool {
        self.flow.is_cell(self.unit, local)
    }

    fn store_local(&mut self, local: u32) {
        let entry = self.stack.pop().unwrap_or(Entry::Slot);
        self.settle_local(local);
        let to = local as u16;
        // a saved local that is restored may be nothing
        let restored = entry == Entry::Slot && self.saved_local(self.stack.len() as u32);
        match entry {
            Entry::Slot if restored => {
                let from = self.top_slot();
                self.op(Op::Restore, to, from, 0);
            }
            Entry::Slot => {
                let from = self.top_slot();
                self.op(Op::Take, to, from, 0);
            }
            Entry::Local(from) if from == to => {}
            Entry::Local(from) => self.op(Op::Move, to, from, 0),
            Entry::Constant(number) => self.constant(Op::Const, to, number),
            Entry::Int(value) => self.op_wide(Op::Int, to, value.into()),
            Entry::Null => self.op(Op::Null, to, 0, 0),
        }
        self.bound.set(local, !restored);
    }

    fn saved_local(&self, position: u32) -> bool {
        use taipan_bytecode_format::verify::Slot;
        matches!(self.flow.slot(self.unit, position), Some(Slot::MaybeUnbound | Slot::MaybeCell))
    }

    /// Releases the top value, if anything has to be.
    fn drop_top(&mut self) {
        if self.stack.pop() == Some(Entry::Slot) {
            let slot = self.top_slot();
            self.op(Op::Clear, slot, 0, 0);
        }
    }

    fn copy(&mut self, depth: u32) {
        let position = self.stack.len().saturating_sub(depth as usize);
        match self.stack.get(position).copied() {
            Some(Entry::Slot) | None => {
                let (from, to) = (self.slot(position), self.top_slot());
                self.op(Op::Move, to, from, 1);
                self.push(Entry::Slot);
            }
            Some(pending) => self.push(pending),
        }
    }

    fn swap(&mut self, depth: u32) {
        let (top, other) =
            (self.stack.len().saturating_sub(1), self.stack.len().saturating_sub(depth as usize));
        let pending = |entry: Option<&Entry>| entry.is_some_and(|entry| *entry != Entry::Slot);
        if !(pending(self.stack.get(top)) && pending(self.stack.get(other))) && top != other {
            self.settle(top);
            self.settle(other);
            let (a, b) = (self.slot(top), self.slot(other));
            self.op(Op::Swap, a, b, 0);
        }
        self.stack.swap(top, other);
    }

    /// The store at the end of `a.b += c` or `a[b] += c`, before which what is stored is brought below where it goes:
    /// an operation names its operands, so nothing has to move. Gives how many instructions that takes.
    pub(super) fn swapped_store(&mut self, depth: u32, next: &[Step]) -> Option<usize> {
        use Opcode as O;
        match (depth, next) {
            (2, [store, ..]) if store.opcode == O::StoreAttr => {
                self.unit = store.unit;
                let value = self.pop_operand();
                let owner = self.pop_operand();
                self.op(Op::StoreAttr, owner, value, store.arg as u16);
                Some(1)
            }
            (3, [swap, store, ..])
                if (swap.opcode, swap.arg, store.opcode) == (O::Swap, 2, O::StoreSubscr) =>
            {
                self.unit = store.unit;
                let value = self.pop_operand();
                let key = self.pop_operand();
                let container = self.pop_operand();
                self.op(Op::StoreSubscript, container, key, value);
                Some(2)
            }
            _ => None,
        }
    }

    // -- names ---------------------------------------------------------------------------------

    fn names(&mut self, step: &Step) -> bool {
        use Opcode as O;
        let arg = step.arg;
        match step.opcode {
            O::LoadName => self.load_wide(Op::LoadName, arg),
            O::LoadLocals => self.load_wide(Op::LoadLocals, arg),
            O::LoadBuildClass => self.load_wide(Op::LoadBuildClass, arg),
            O::LoadCommonConstant => self.load_wide(Op::LoadCommon, arg),
            O::StoreName => self.store_wide(Op::StoreName, arg),
            O::StoreGlobal => self.store_wide(Op::StoreGlobal, arg),
            O::DeleteName => self.op_wide(Op::DeleteName, 0, arg),
            O::DeleteGlobal => self.op_wide(Op::DeleteGlobal, 0, arg),
            O::LoadFromDictOrGlobals => {
                let namespace = self.pop_slots(1);
                self.op_wide(Op::LoadDictOrGlobals, namespace, arg);
                self.push(Entry::Slot);
            }
            O::LoadFromDictOrDeref => {
                let namespace = self.pop_slots(1);
                self.op(Op::LoadDictOrDeref, namespace, arg as u16, 0);
                self.push(Entry::Slot);
            }
            O::StoreDeref => {
                let value = self.pop_operand();
                self.op(Op::StoreDeref, arg as u16, value, 0);
            }
            O::DeleteDeref => self.op(Op::DeleteDeref, arg as u16, 0, 0),
            O::MakeCell => {
                self.settle_local(arg);
                self.op(Op::MakeCell, arg as u16, 0, 0);
                self.bound.set(arg, true);
            }
            O::CopyFreeVars => {
                let first = self.locals.saturating_sub(arg);
                self.op_wide(Op::CopyFree, first as u16, arg);
            }
            O::SetupAnnotations => self.op(Op::SetupAnnotations, 0, 0, 0),
            O::ImportName => {
                let level = self.pop_slots(2);
                self.op_wide(Op::ImportName, level, arg);
                self.push(Entry::Slot);
            }
            O::ImportFrom => {
                self.settle(self.stack.len().saturating_sub(1));
                let module = self.slot(self.stack.len().saturating_sub(1));
                let to = self.top_slot();
                self.op(Op::ImportFrom, to, module, arg as u16);
                self.push(Entry::Slot);
            }
            _ => return false,
        }
        true
    }

    fn load_wide(&mut self, op: Op, arg: u32) {
        let to = self.top_slot();
        self.op_wide(op, to, arg);
        self.push(Entry::Slot);
    }

    fn store_wide(&mut self, op: Op, arg: u32) {
        let value = self.pop_operand();
        self.op_wide(op, value, arg);
    }

    pub(super) fn load_deref(&mut self, cell: u32, next: &[Step]) -> usize {
        let (to, taken) = self.destination(next);
        self.op(Op::LoadDeref, to, cell as u16, 0);
        self.push_result(taken);
        taken
    }

    pub(super) fn load_global(&mut self, arg: u32, next: &[Step]) -> usize {
        let with_null = arg & 1 != 0;
        let (to, taken) = if with_null { (self.top_slot(), 0) } else { self.destination(next) };
        self.op(Op::LoadGlobal, to, (arg >> 1) as u16, with_null.into());
        self.push_result(taken);
        if with_null {
            self.push(Entry::Slot);
        }
        taken
    }

    // -- attributes and items --------------------------------------------------------------------

    fn items(&mut self, step: &Step) -> bool {
        use Opcode as O;
        match step.opcode {
            O::StoreAttr => {
                let owner = self.pop_operand();
                let value = self.pop_operand();
                self.op(Op::StoreAttr, owner, value, step.arg as u16);
            }
            O::DeleteAttr => {
                let owner = self.pop_operand();
                self.op(Op::DeleteAttr, owner, 0, step.arg as u16);
            }
            O::StoreSubscr => {
                let key = self.pop_operand();
                let container = self.pop_operand();
                let value = self.pop_operand();
                self.op(Op::StoreSubscript, container, key, value);
            }
            O::DeleteSubscr => {
                let key = self.pop_operand();
                let container = self.pop_operand();
                self.op(Op::DeleteSubscript, container, key, 0);
            }
            O::BinarySlice => {
                let first = self.pop_slots(3);
                self.op(Op::BinarySlice, first, 0, 0);
                self.push(Entry::Slot);
            }
            O::StoreSlice => {
                let first = self.pop_slots(4);
                self.op(Op::StoreSlice, first, first + 1, 0);
            }
            O::LoadSuperAttr => {
                let first = self.pop_slots(3);
                self.op(Op::LoadSuper, first, (step.arg & 3) as u16, (step.arg >> 2) as u16);
                self.push(Entry::Slot);
                if step.arg & 1 != 0 {
                    self.push(Entry::Slot);
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn load_attribute(&mut self, arg: u32, next: &[Step]) -> usize {
        let name = (arg >> 1) as u16;
        let owner = self.pop_operand();
        if arg & 1 != 0 {
            let to = self.top_slot();
            self.op(Op::LoadMethod, to, owner, name);
            self.push(Entry::Slot);
            self.push(Entry::Slot);
            return 0;
        }
        let (to, taken) = self.destination(next);
        self.op(Op::LoadAttr, to, owner, name);
        self.push_result(taken);
        taken
    }
}
