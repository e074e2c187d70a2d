//! Constants that no instruction loads any more.

use super::facts::LOAD_CONST;
use super::graph::{BlockId, Graph};
use crate::ir::Constants;
use taipan_bytecode_format::Const;

const UNUSED: u32 = u32::MAX;

/// The constants that are loaded, and the first, which may be a docstring; indices are changed to match.
pub(super) fn take_used(graph: &mut Graph, constants: Constants) -> Vec<Const> {
    let count = constants.len();
    let mut numbers = vec![UNUSED; count];
    if let Some(first) = numbers.first_mut() {
        *first = 0;
    }
    for_each_load(graph, |arg| {
        if let Some(number) = numbers.get_mut(*arg as usize) {
            *number = 0;
        }
    });
    let mut used = 0;
    for number in numbers.iter_mut().filter(|number| **number != UNUSED) {
        *number = used;
        used += 1;
    }
    let constants = constants.into_vec();
    if used as usize == count {
        return constants;
    }
    for_each_load(graph, |arg| *arg = numbers.get(*arg as usize).copied().unwrap_or(*arg));
    let kept = constants.into_iter().zip(numbers).filter(|(_, number)| *number != UNUSED);
    kept.map(|(constant, _)| constant).collect()
}

fn for_each_load(graph: &mut Graph, mut change: impl FnMut(&mut u32)) {
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        for inst in graph.insts_mut(block) {
            if inst.op == LOAD_CONST {
                change(&mut inst.arg);
            }
        }
        block = graph[block].next;
    }
}
