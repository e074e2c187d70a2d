//! Takes out instructions that do nothing, where no line would be lost.

use super::facts::{COPY, LOAD_CONST, LOAD_SMALL_INT, NOP, POP_TOP};
use super::graph::{BlockId, Graph, Inst};
use crate::ir::Loc;

/// Takes out what does nothing in all blocks; whether there was anything.
pub(super) fn remove_nops(graph: &mut Graph) -> bool {
    let mut removed = false;
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        removed |= remove_nops_of_block(graph, block);
        block = graph[block].next;
    }
    removed
}

/// A `NOP` stays only if its line would else not be seen: no neighbour has it.
fn remove_nops_of_block(graph: &mut Graph, block: BlockId) -> bool {
    if !graph[block].nops {
        return false;
    }
    let line_behind = line_behind(graph, block);
    let insts = graph.insts_mut(block);
    let count = insts.len();
    let (mut kept, mut line_before, mut nops) = (0, -1, false);
    for index in 0..count {
        let inst = insts[index];
        let line = inst.loc.line;
        if inst.op == NOP {
            if line < 0 || line == line_before {
                continue;
            }
            match insts.get_mut(index + 1) {
                Some(next) if next.loc.line == line => continue,
                Some(next) if next.loc.line < 0 => {
                    next.loc = inst.loc;
                    continue;
                }
                None if line_behind == line => continue,
                _ => nops = true,
            }
        }
        insts[kept] = inst;
        kept += 1;
        line_before = line;
    }
    graph[block].nops = nops;
    graph.truncate(block, kept);
    kept < count
}

/// The line at which control goes on behind a block that ends with a `NOP`; -1 if there is none.
fn line_behind(graph: &mut Graph, block: BlockId) -> i32 {
    if graph.last(block).is_none_or(|last| last.op != NOP) {
        return -1;
    }
    let next = graph.next_nonempty(graph[block].next);
    if next == BlockId::NONE {
        return -1;
    }
    let first = graph.insts(next).iter().find(|inst| inst.op != NOP || inst.loc.line >= 0);
    first.map_or(Loc::NONE, |inst| inst.loc).line
}

/// Takes out what does nothing, and pairs of a push and the pop that follows it.
pub(super) fn remove_nops_and_pairs(graph: &mut Graph) {
    while remove_pairs(graph) {}
}

fn remove_pairs(graph: &mut Graph) -> bool {
    let mut found = false;
    // the instruction that runs before the first of a block, if only one can
    let mut before: Option<(BlockId, usize)> = None;
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        remove_nops_of_block(graph, block);
        if graph[block].labeled {
            before = None;
        }
        if let Some((other, last)) = before
            && graph.insts(block).first().is_some_and(|first| first.op == POP_TOP)
            && is_pure_push(&graph.insts(other)[last])
        {
            graph.insts_mut(other)[last].clear();
            graph.insts_mut(block)[0].clear();
            graph[other].nops = true;
            graph[block].nops = true;
            found = true;
        }
        found |= remove_pairs_of_block(graph, block);
        if let Some(last) = graph[block].len().checked_sub(1) {
            before = Some((block, last));
        }
        if !graph.falls_through(block) || graph.last(block).is_some_and(|last| last.op.is_jump()) {
            before = None;
        }
        block = graph[block].next;
    }
    found
}

fn remove_pairs_of_block(graph: &mut Graph, block: BlockId) -> bool {
    let mut found = false;
    let insts = graph.insts_mut(block);
    for index in 1..insts.len() {
        if insts[index].op == POP_TOP && is_pure_push(&insts[index - 1]) {
            insts[index - 1].clear();
            insts[index].clear();
            found = true;
        }
    }
    graph[block].nops |= found;
    found
}

/// Whether the instruction does nothing but push a value that is there anyway.
fn is_pure_push(inst: &Inst) -> bool {
    matches!(inst.op, LOAD_CONST | LOAD_SMALL_INT) || inst.op == COPY && inst.arg == 1
}
