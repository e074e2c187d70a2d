//! Jumps that are not needed: to the place behind, and to short code that ends.

use super::facts::{JUMP, is_scope_exit, is_unconditional_jump};
use super::graph::{BlockId, Graph};
use super::nops::remove_nops;

/// Code of so few instructions is copied rather than jumped to.
const MAX_COPY: usize = 4;

/// Replaces jumps to short exits, and to code that has no lines and does not go on behind itself, by
/// that code.
pub(super) fn inline_blocks(graph: &mut Graph) {
    let mut jumping: Vec<BlockId> = Vec::new();
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        if graph.last(block).is_some_and(|last| is_unconditional_jump(last.op)) {
            jumping.push(block);
        }
        block = graph[block].next;
    }
    let mut changed = !jumping.is_empty();
    while std::mem::take(&mut changed) {
        jumping.retain(|&block| {
            changed |= inline_target(graph, block);
            graph.last(block).is_some_and(|last| is_unconditional_jump(last.op))
        });
    }
}

fn inline_target(graph: &mut Graph, block: BlockId) -> bool {
    let Some(&jump) = graph.last(block).filter(|last| is_unconditional_jump(last.op)) else { return false };
    let target = jump.target();
    let small_exit = graph[target].len() <= MAX_COPY && ends(graph, target);
    let no_lines = !graph.falls_through(target) && has_no_lines(graph, target);
    if !small_exit && !no_lines {
        return false;
    }
    if let Some(last) = graph.insts_mut(block).last_mut() {
        last.clear();
    }
    graph[block].nops = true;
    graph.append(block, target);
    if no_lines
        && jump.op == JUMP
        && let Some(last) = graph.insts_mut(block).last_mut()
        && is_unconditional_jump(last.op)
    {
        // signals are looked at on the way, as before
        last.op = JUMP;
    }
    graph[target].predecessors -= 1;
    true
}

/// Whether a block ends the code.
pub(super) fn ends(graph: &Graph, block: BlockId) -> bool {
    graph.last(block).is_some_and(|last| is_scope_exit(last.op))
}

/// Whether nothing in a block has a line.
pub(super) fn has_no_lines(graph: &Graph, block: BlockId) -> bool {
    graph.insts(block).iter().all(|inst| inst.loc.line < 0)
}

/// Takes out jumps to the place behind, and all that does nothing.
pub(super) fn remove_nops_and_jumps(graph: &mut Graph) {
    loop {
        let nops = remove_nops(graph);
        let jumps = remove_redundant_jumps(graph);
        if !nops && !jumps {
            break;
        }
    }
}

fn remove_redundant_jumps(graph: &mut Graph) -> bool {
    let mut changed = false;
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        if let Some(&last) = graph.last(block).filter(|last| is_unconditional_jump(last.op)) {
            let target = graph.next_nonempty(last.target());
            let behind = graph.next_nonempty(graph[block].next);
            if target == behind && target != BlockId::NONE {
                if let Some(last) = graph.insts_mut(block).last_mut() {
                    last.clear();
                }
                graph[block].nops = true;
                changed = true;
            }
        }
        block = graph[block].next;
    }
    changed
}
