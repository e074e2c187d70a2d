//! Which blocks can be reached.

use super::block::BlockId;
use super::facts::Traits;
use super::graph::Graph;

/// Counts the ways that lead to each block and empties those that none leads to.
pub(super) fn remove_unreachable(graph: &mut Graph) {
    graph.edges_changed = false;
    for block in graph.blocks_mut() {
        block.predecessors = 0;
        block.visited = false;
    }
    reach(graph, BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        let next = graph[block].next;
        if next.exists() && graph.falls_through(block) {
            reach(graph, next);
        }
        if graph[block].traits.has(Traits::BLOCK_PUSH) {
            let mut pending = std::mem::take(&mut graph.pending);
            let (insts, blocks) = graph.insts_and_blocks(block);
            for inst in insts.iter().filter(|inst| inst.op.is_block_push()) {
                let handler = &mut blocks[inst.arg as usize];
                handler.predecessors += 1;
                if !std::mem::replace(&mut handler.visited, true) {
                    pending.push(inst.target());
                }
            }
            graph.pending = pending;
        }
        if let Some(jump) = graph.jump(block) {
            reach(graph, jump.target());
        }
    }
    graph.for_each(|graph, block| {
        if graph[block].predecessors == 0 {
            graph.empty(block);
            graph[block].handler = false;
        }
    });
}

fn reach(graph: &mut Graph, block: BlockId) {
    graph[block].predecessors += 1;
    graph.visit(block);
}
