//! Definite assignment: which locals are bound on every way to a block, handlers included.

use super::blocks::{Blocks, Step};
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::verify::{Flow, Slot};
use taipan_bytecode_format::{LocalKind, Opcode, Verified};

/// More bits than this for all blocks together are not kept: every load is checked then.
const MAX_BITS: usize = 1 << 26;

/// A set of locals.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<u64>);

impl Set {
    fn new(locals: usize) -> Set {
        Set(vec![0; locals.div_ceil(64)])
    }

    pub(super) fn has(&self, local: u32) -> bool {
        self.0.get(local as usize / 64).is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, local: u32, bound: bool) {
        if let Some(word) = self.0.get_mut(local as usize / 64) {
            let bit = 1 << (local % 64);
            *word = if bound { *word | bit } else { *word & !bit };
        }
    }

    /// Keeps what both have; whether that is less.
    fn meet(&mut self, other: &Set) -> bool {
        let mut less = false;
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            less |= *word & !other != 0;
            *word &= other;
        }
        less
    }
}

/// The sets at the beginnings of all blocks.
pub(super) struct Bound {
    entry: Set,
    blocks: Vec<Option<Set>>,
}

impl Bound {
    pub(super) fn of(code: &Verified, flow: &Flow, blocks: &Blocks) -> Bound {
        let locals = code.localsplusnames.len();
        let mut entry = Set::new(locals);
        for local in 0..parameters(code) {
            entry.set(local, true);
        }
        let mut bound = Bound { entry, blocks: vec![None; blocks.blocks.len()] };
        if locals > 0 && locals * blocks.blocks.len() <= MAX_BITS {
            bound.follow(code, flow, blocks);
        }
        bound
    }

    /// At the entry of the code.
    pub(super) fn entry(&self) -> Set {
        self.entry.clone()
    }

    /// At a block; nothing is bound where nothing is known.
    pub(super) fn at(&self, block: usize) -> Set {
        self.blocks.get(block).cloned().flatten().unwrap_or_else(|| Set(vec![0; self.entry.0.len()]))
    }

    fn follow(&mut self, code: &Verified, flow: &Flow, blocks: &Blocks) {
        let handlers = handler_blocks(code, blocks);
        let mut pending = vec![0];
        if let Some(first) = self.blocks.first_mut() {
            *first = Some(self.entry.clone());
        }
        while let Some(number) = pending.pop() {
            let Some(mut set) = self.blocks.get(number).cloned().flatten() else { continue };
            let steps = blocks.blocks.get(number).and_then(|range| blocks.steps.get(range.clone()));
            let steps = steps.unwrap_or_default();
            // what is unbound within the block may be unbound when it raises
            let mut raised = set.clone();
            for step in steps {
                if let Some(target) = step.target.and_then(|unit| blocks.number(unit)) {
                    self.reach(target, &set, &mut pending);
                }
                apply(step, flow, &mut set);
                raised.meet(&set);
            }
            for handler in handlers.get(number).into_iter().flatten() {
                self.reach(*handler, &raised, &mut pending);
            }
            let Some(last) = steps.last() else { continue };
            if !last.opcode.ends_block() {
                self.reach(number + 1, &set, &mut pending);
            }
        }
    }

    fn reach(&mut self, block: usize, set: &Set, pending: &mut Vec<usize>) {
        let Some(slot) = self.blocks.get_mut(block) else { return };
        let news = match slot {
            Some(known) => known.meet(set),
            None => {
                *slot = Some(set.clone());
                true
            }
        };
        if news {
            pending.push(block);
        }
    }
}

/// How many of the locals are parameters, which come first.
fn parameters(code: &Verified) -> u32 {
    let all = LocalKind::POSITIONAL | LocalKind::KEYWORD | LocalKind::VARIADIC;
    code.localspluskinds.iter().take_while(|kind| kind.0 & all != 0).count() as u32
}

/// For each block the blocks of its handlers.
fn handler_blocks(code: &Verified, blocks: &Blocks) -> Vec<Vec<usize>> {
    let mut handlers = vec![Vec::new(); blocks.blocks.len()];
    for entry in exceptions::decode(&code.exceptiontable).filter_map(Result::ok) {
        let (Some(first), Some(target)) = (blocks.number(entry.start), blocks.number(entry.target)) else {
            continue;
        };
        let inside = (first..).take_while(|&block| blocks.unit(block).is_some_and(|unit| unit < entry.end));
        for block in inside {
            if let Some(list) = handlers.get_mut(block) {
                list.push(target);
            }
        }
    }
    handlers
}

/// What an instruction does to the set.
fn apply(step: &Step, flow: &Flow, set: &mut Set) {
    match step.opcode {
        Opcode::StoreFast => set.set(step.arg, !may_store_nothing(step, flow)),
        Opcode::MakeCell | Opcode::LoadFastCheck => set.set(step.arg, true),
        Opcode::DeleteFast | Opcode::LoadFastAndClear => set.set(step.arg, false),
        _ => {}
    }
}

/// Whether what is stored may be a saved local that was unbound. A store may be the second one of its
/// instruction.
fn may_store_nothing(step: &Step, flow: &Flow) -> bool {
    let height = flow.height(step.unit).unwrap_or(0);
    (1..=2u32)
        .filter_map(|depth| flow.slot(step.unit, height.checked_sub(depth)?))
        .any(|kind| matches!(kind, Slot::MaybeUnbound | Slot::MaybeCell))
}
