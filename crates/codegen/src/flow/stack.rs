//! How high the stack is at each block, and at most.

use super::facts::{END_ASYNC_FOR, stack_effect, stack_effect_at_target};
use super::graph::{BlockId, Graph};

/// Notes the height at which each block begins; the greatest of all.
pub(super) fn measure_stack(graph: &mut Graph) -> u32 {
    for block in graph.blocks_mut() {
        block.depth = -1;
        block.visited = false;
    }
    let mut most = 0;
    reach(graph, BlockId::ENTRY, 0);
    while let Some(block) = graph.pending.pop() {
        let mut depth = graph[block].depth;
        for index in 0..graph[block].len() {
            let inst = graph.insts(block)[index];
            most = most.max(depth);
            if inst.op.has_target() && inst.op != END_ASYNC_FOR {
                reach(graph, inst.target(), depth + stack_effect_at_target(inst.op, inst.arg));
            }
            depth += stack_effect(inst.op, inst.arg);
        }
        if graph.falls_through(block) {
            let next = graph[block].next;
            reach(graph, next, depth);
        }
    }
    u32::try_from(most).unwrap_or(0)
}

fn reach(graph: &mut Graph, block: BlockId, depth: i64) {
    if block != BlockId::NONE && !graph[block].visited {
        graph[block].depth = depth;
        graph.visit(block);
    }
}
