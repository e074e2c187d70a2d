//! Fewer and cheaper swaps of values.

use super::block::{BlockId, Inst};
use super::facts::{NOP, STORE_FAST, STORE_FAST_MAYBE_NULL, SWAP, Traits};
use super::graph::Graph;

/// A place whose value stands where it has to.
const DONE: usize = usize::MAX;

/// Rewrites runs of `SWAP` in a block; swaps instructions rather than values where that is the same.
pub(super) fn optimize_swaps(graph: &mut Graph, block: BlockId) {
    let insts = graph.insts_mut(block);
    let mut index = 0;
    while index < insts.len() {
        if insts[index].op == SWAP {
            index += shorten_run(&mut insts[index..]);
            swap_instructions(insts, index);
        }
        index += 1;
    }
    graph.mark(block, Traits::NOP);
}

/// Replaces the swaps that begin `insts` by as few as give the same order of values; says how many
/// instructions the run has behind the first.
fn shorten_run(insts: &mut [Inst]) -> usize {
    let len = insts.iter().position(|inst| !matches!(inst.op, SWAP | NOP)).unwrap_or(insts.len());
    let run = &mut insts[..len];
    let swaps = run.iter().filter(|inst| inst.op == SWAP);
    let depth = swaps.clone().map(|swap| swap.arg as usize).max().unwrap_or(0);
    if swaps.count() < 2 {
        return 0;
    }
    let mut order: Vec<usize> = (0..depth).collect();
    for swap in run.iter().filter(|inst| inst.op == SWAP) {
        if let Some(other) = (swap.arg as usize).checked_sub(1) {
            order.swap(0, other);
        }
    }
    let mut unused = len;
    for first in 0..depth {
        if order[first] == first || order[first] == DONE {
            continue;
        }
        // each cycle is led through the top, backwards, as the last swaps come first
        let mut place = first;
        while place != DONE {
            if place != 0 {
                unused = unused.saturating_sub(1);
                run[unused].set(SWAP, place as u32 + 1);
            }
            place = std::mem::replace(&mut order[place], DONE);
        }
    }
    run[..unused].iter_mut().for_each(Inst::clear);
    len - 1
}

/// Applies the swap at `last` and those before it to the pops behind them.
fn swap_instructions(insts: &mut [Inst], last: usize) {
    for index in (0..=last).rev() {
        match insts[index].op {
            SWAP => {
                if !swap_pops(insts, index) {
                    return;
                }
            }
            op if op == NOP || op.is_swappable() => {}
            _ => return,
        }
    }
}

fn swap_pops(insts: &mut [Inst], swap: usize) -> bool {
    let Some(first) = next_pop(insts, swap, None) else { return false };
    let line = Some(insts[first].loc.line).filter(|&line| line >= 0);
    let mut second = first;
    for _ in 1..insts[swap].arg {
        match next_pop(insts, second, line) {
            Some(next) => second = next,
            None => return false,
        }
    }
    let (local, other) = (stored(&insts[first]), stored(&insts[second]));
    if local.is_some() || other.is_some() {
        if local == other {
            return false;
        }
        let between = insts[first + 1..second.max(first + 1)].iter().filter_map(stored);
        if between.into_iter().any(|store| Some(store) == local || Some(store) == other) {
            return false;
        }
    }
    insts[swap].clear();
    insts.swap(first, second);
    true
}

/// The next instruction that only pops, past those that do nothing, on the same line if one is given.
fn next_pop(insts: &[Inst], index: usize, line: Option<i32>) -> Option<usize> {
    for (at, inst) in insts.iter().enumerate().skip(index + 1) {
        if line.is_some_and(|line| inst.loc.line != line) {
            return None;
        }
        if inst.op != NOP {
            return inst.op.is_swappable().then_some(at);
        }
    }
    None
}

fn stored(inst: &Inst) -> Option<u32> {
    matches!(inst.op, STORE_FAST | STORE_FAST_MAYBE_NULL).then_some(inst.arg)
}
