//! Blocks that only an exception leads to stand behind all others.

use super::block::BlockId;
use super::facts::{JUMP_NO_INTERRUPT, Traits};
use super::graph::Graph;
use super::jumps::remove_nops_and_jumps;
use crate::ir::Loc;

/// Moves cold blocks to the end, in their order.
pub(super) fn move_cold_blocks(graph: &mut Graph) {
    if !graph.traits.has(Traits::BLOCK_PUSH) {
        return;
    }
    mark_warm(graph);
    mark_cold(graph);
    add_explicit_jumps(graph);
    if reorder(graph) {
        graph.order_changed();
        remove_nops_and_jumps(graph);
    }
}

/// Marks what is reached without an exception.
fn mark_warm(graph: &mut Graph) {
    graph.clear_visited();
    graph.visit(BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        graph[block].warm = true;
        visit_successors(graph, block);
    }
}

fn mark_cold(graph: &mut Graph) {
    // what is warm counts as visited
    graph.for_each(|graph, block| {
        if graph[block].handler {
            graph[block].visited = false;
            graph.visit(block);
        }
    });
    while let Some(block) = graph.pending.pop() {
        graph[block].cold = true;
        visit_successors(graph, block);
    }
}

fn visit_successors(graph: &mut Graph, block: BlockId) {
    if graph.falls_through(block) {
        let next = graph[block].next;
        graph.visit(next);
    }
    if let Some(jump) = graph.jump(block) {
        graph.visit(jump.target());
    }
}

/// Puts a jump behind cold blocks that go on in a warm one.
fn add_explicit_jumps(graph: &mut Graph) {
    graph.for_each(|graph, block| {
        let next = graph[block].next;
        if next.exists() && graph[block].cold && graph[next].warm && graph.falls_through(block) {
            let jump = graph.new_block();
            graph.push(jump, JUMP_NO_INTERRUPT, next.0, Loc::NONE);
            graph[jump].cold = true;
            graph[jump].predecessors = 1;
            graph[jump].next = next;
            graph[block].next = jump;
        }
    });
}

/// Puts the cold blocks last; whether there are any.
fn reorder(graph: &mut Graph) -> bool {
    let (mut warm_end, mut cold) = (BlockId::ENTRY, None);
    let mut block = graph[BlockId::ENTRY].next;
    while block.exists() {
        if graph[block].cold {
            let (first, end) = cold.unwrap_or((block, block));
            if first != block {
                graph[end].next = block;
            }
            cold = Some((first, block));
        } else {
            graph[warm_end].next = block;
            warm_end = block;
        }
        block = graph[block].next;
    }
    let Some((first, end)) = cold else { return false };
    graph[warm_end].next = first;
    graph[end].next = BlockId::NONE;
    true
}
