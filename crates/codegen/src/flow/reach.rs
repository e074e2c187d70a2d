//! Which blocks can be reached.

use super::graph::{BlockId, Graph};

/// Counts the ways that lead to each block and empties those that none leads to.
pub(super) fn remove_unreachable(graph: &mut Graph) {
    for block in graph.blocks_mut() {
        block.predecessors = 0;
        block.visited = false;
    }
    graph[BlockId::ENTRY].predecessors = 1;
    graph.visit(BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        let next = graph[block].next;
        if next != BlockId::NONE && graph.falls_through(block) {
            reach(graph, next);
        }
        if graph[block].pushes {
            for index in 0..graph[block].len() {
                let inst = graph.insts(block)[index];
                if inst.op.is_block_push() {
                    reach(graph, inst.target());
                }
            }
        }
        if let Some(&last) = graph.last(block).filter(|last| last.op.is_jump()) {
            reach(graph, last.target());
        }
    }
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        if graph[block].predecessors == 0 {
            graph.truncate(block, 0);
            graph[block].handler = false;
        }
        block = graph[block].next;
    }
}

fn reach(graph: &mut Graph, block: BlockId) {
    graph[block].predecessors += 1;
    graph.visit(block);
}
