//! Takes out instructions that do nothing, where no line would be lost.

use super::block::{BlockId, Inst};
use super::facts::{COPY, LOAD_CONST, LOAD_SMALL_INT, NOP, POP_TOP, Traits};
use super::graph::Graph;

/// Takes out what does nothing in all blocks; whether there was anything.
pub(super) fn remove_nops(graph: &mut Graph) -> bool {
    if !graph.traits.has(Traits::NOP) {
        return false;
    }
    let (mut removed, mut left) = (false, false);
    graph.for_each(|graph, block| {
        if graph[block].traits.has(Traits::NOP) {
            removed |= remove_nops_of_block(graph, block);
            left |= graph[block].traits.has(Traits::NOP);
        }
    });
    if !left {
        graph.traits = graph.traits.without(Traits::NOP);
    }
    removed
}

/// A `NOP` stays only if its line would else not be seen: no neighbour has it.
fn remove_nops_of_block(graph: &mut Graph, block: BlockId) -> bool {
    let line_behind = line_behind(graph, block);
    let insts = graph.insts_mut(block);
    let count = insts.len();
    let first = insts.iter().position(|inst| inst.op == NOP).unwrap_or(count);
    let mut kept = first;
    let mut line_before = first.checked_sub(1).map_or(-1, |before| insts[before].loc.line);
    let mut nops = false;
    for index in first..count {
        let line = insts[index].loc.line;
        if insts[index].op == NOP {
            if line < 0 || line == line_before {
                continue;
            }
            let loc = insts[index].loc;
            match insts.get_mut(index + 1) {
                Some(next) if next.loc.line == line => continue,
                Some(next) if next.loc.line < 0 => {
                    next.loc = loc;
                    continue;
                }
                None if line_behind == line => continue,
                _ => nops = true,
            }
        }
        insts[kept] = insts[index];
        kept += 1;
        line_before = line;
    }
    if !nops {
        graph[block].traits = graph[block].traits.without(Traits::NOP);
    }
    graph.truncate(block, kept);
    kept < count
}

/// The line at which control goes on behind a block that ends with a `NOP`; -1 if there is none.
fn line_behind(graph: &mut Graph, block: BlockId) -> i32 {
    if graph.last(block).is_none_or(|last| last.op != NOP) {
        return -1;
    }
    let next = graph.next_nonempty(graph[block].next);
    if !next.exists() {
        return -1;
    }
    let first = graph.insts(next).iter().find(|inst| inst.op != NOP || inst.loc.line >= 0);
    first.map_or(-1, |inst| inst.loc.line)
}

/// Takes out what does nothing, and pairs of a push and the pop that follows it.
pub(super) fn remove_nops_and_pairs(graph: &mut Graph) {
    while remove_pairs(graph) {}
}

fn remove_pairs(graph: &mut Graph) -> bool {
    let mut found = false;
    // the block with the instruction that runs before the first of a block, if only one can
    let mut before = BlockId::NONE;
    graph.for_each(|graph, block| {
        if graph[block].traits.has(Traits::NOP) {
            remove_nops_of_block(graph, block);
        }
        if graph[block].labeled {
            before = BlockId::NONE;
        }
        if before.exists()
            && graph.insts(block).first().is_some_and(|first| first.op == POP_TOP)
            && graph.last(before).is_some_and(is_pure_push)
        {
            for (block, inst) in [(before, graph[before].len() - 1), (block, 0)] {
                graph.insts_mut(block)[inst].clear();
                graph.mark(block, Traits::NOP);
            }
            found = true;
        }
        found |= remove_pairs_of_block(graph, block);
        match graph.last(block) {
            Some(last) if last.op.is_terminator() => before = BlockId::NONE,
            Some(_) => before = block,
            None => {}
        }
    });
    found
}

fn remove_pairs_of_block(graph: &mut Graph, block: BlockId) -> bool {
    let mut found = false;
    if !graph[block].traits.has(Traits::POP) {
        return false;
    }
    let insts = graph.insts_mut(block);
    for index in 1..insts.len() {
        if insts[index].op == POP_TOP
            && let Some([push, pop]) = insts[index - 1..].first_chunk_mut()
            && is_pure_push(push)
        {
            push.clear();
            pop.clear();
            found = true;
        }
    }
    if found {
        graph.mark(block, Traits::NOP);
    }
    found
}

/// Whether the instruction does nothing but push a value that is there anyway.
fn is_pure_push(inst: &Inst) -> bool {
    matches!(inst.op, LOAD_CONST | LOAD_SMALL_INT) || inst.op == COPY && inst.arg == 1
}
