//! How high the stack is at each block, and at most.

use super::block::BlockId;
use super::facts::{END_ASYNC_FOR, Traits};
use super::graph::Graph;

/// Notes the height at which each block begins; the greatest of all.
pub(super) fn measure_stack(graph: &mut Graph) -> u32 {
    for block in graph.blocks_mut() {
        block.depth = -1;
        block.visited = false;
    }
    let mut most = 0;
    let mut targets = std::mem::take(&mut graph.heights);
    reach(graph, BlockId::ENTRY, 0);
    while let Some(block) = graph.pending.pop() {
        let mut depth = graph[block].depth;
        let has_handlers = graph[block].traits.has(Traits::BLOCK_PUSH);
        if has_handlers {
            for inst in graph.insts(block) {
                if inst.op.is_block_push() {
                    targets.push((inst.target(), depth + inst.op.stack_effect_at_target(inst.arg)));
                }
                most = most.max(depth);
                depth += inst.op.stack_effect(inst.arg);
            }
        } else {
            for inst in graph.insts(block) {
                most = most.max(depth);
                depth += inst.op.stack_effect(inst.arg);
            }
        }
        targets.drain(..).for_each(|(target, depth)| reach(graph, target, depth));
        // the stack is as high where a jump leads as behind it
        if let Some(jump) = graph.jump(block).filter(|jump| jump.op != END_ASYNC_FOR) {
            reach(graph, jump.target(), depth);
        }
        if graph.falls_through(block) {
            let next = graph[block].next;
            reach(graph, next, depth);
        }
    }
    graph.heights = targets;
    u32::try_from(most).unwrap_or(0)
}

fn reach(graph: &mut Graph, block: BlockId, depth: i32) {
    if block.exists() && !graph[block].visited {
        graph[block].depth = depth;
        graph.visit(block);
    }
}
