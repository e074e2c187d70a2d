//! Constants that no instruction loads any more.

use super::facts::{LOAD_CONST, Traits};
use super::graph::Graph;
use crate::ir::Constants;
use taipan_bytecode_format::Const;

const UNUSED: u32 = u32::MAX;

/// The constants that are loaded, and the first, which may be a docstring; indices are changed to match.
/// `numbers` is room to work in.
pub(super) fn take_used(graph: &mut Graph, constants: &mut Constants, numbers: &mut Vec<u32>) -> Vec<Const> {
    let count = constants.len();
    numbers.clear();
    numbers.resize(count, UNUSED);
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
    if (used as usize) < count {
        for_each_load(graph, |arg| *arg = numbers.get(*arg as usize).copied().unwrap_or(*arg));
    }
    let mut taken = Vec::with_capacity(used as usize);
    for (constant, &number) in constants.take().zip(&*numbers) {
        if number != UNUSED {
            taken.push(constant);
        }
    }
    taken
}

fn for_each_load(graph: &mut Graph, mut change: impl FnMut(&mut u32)) {
    graph.rewrite(Traits::CONST, |insts| {
        for inst in insts.iter_mut().filter(|inst| inst.op == LOAD_CONST) {
            change(&mut inst.arg);
        }
        Traits::NONE
    });
}
