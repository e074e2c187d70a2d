//! Where instructions come from that were given no place.
//!
//! A frame that ends, or looks at signals, must have a line. Code without lines takes that of the code
//! before it, and so each such block needs one way that leads to it: it is copied for the others.

use super::block::{BlockId, Inst};
use super::facts::Traits;
use super::graph::Graph;
use super::jumps::{ends, has_no_lines};
use crate::ir::Loc;

/// Gives lines to what has none.
pub(super) fn resolve_lines(graph: &mut Graph) {
    if !graph.traits.has(Traits::UNPLACED) {
        return;
    }
    duplicate_exits(graph);
    propagate_lines(graph);
}

/// Whether a block without lines needs one.
fn needs_line(graph: &Graph, block: BlockId) -> bool {
    graph[block].traits.has(Traits::UNPLACED)
        && has_no_lines(graph, block)
        && (ends(graph, block) || graph.insts(block).iter().any(|inst| inst.op.has_eval_break()))
}

fn duplicate_exits(graph: &mut Graph) {
    graph.for_each(|graph, block| {
        let Some(jump) = graph.jump(block) else { return };
        let target = graph.next_nonempty(jump.target());
        if target.exists() && graph[target].predecessors > 1 && needs_line(graph, target) {
            let copy = copy_behind(graph, target);
            if let Some(first) = graph.insts_mut(copy).first_mut() {
                first.loc = jump.loc;
            }
            if let Some(jump) = graph.last_mut(block) {
                jump.arg = copy.0;
            }
        }
    });
    graph.for_each(|graph, block| {
        let next = graph[block].next;
        if next.exists()
            && graph.falls_through(block)
            && let Some(&last) = graph.last(block)
            && needs_line(graph, next)
            && let Some(first) = graph.insts_mut(next).first_mut()
        {
            first.loc = last.loc;
        }
    });
}

/// Copies a block that does not go on behind itself; the copy stands behind it.
fn copy_behind(graph: &mut Graph, block: BlockId) -> BlockId {
    let copy = graph.new_block();
    graph.append(copy, block);
    graph[copy].predecessors = 1;
    graph[copy].labeled = true;
    graph[copy].next = graph[block].next;
    graph[block].next = copy;
    graph[block].predecessors -= 1;
    copy
}

/// Hands lines on to what follows, also to a block that only one way leads to.
fn propagate_lines(graph: &mut Graph) {
    let mut unplaced = false;
    graph.for_each(|graph, block| {
        if is_unplaced(graph, block) {
            if propagate_in_block(graph.insts_mut(block)) {
                graph[block].traits = graph[block].traits.without(Traits::UNPLACED);
            } else {
                unplaced = true;
            }
        }
        let Some(&last) = graph.last(block) else { return };
        let next = graph[block].next;
        if next.exists() && is_unplaced(graph, next) && !last.op.is_barrier() {
            hand_on(graph, next, last.loc);
        }
        if last.op.is_jump() && is_unplaced(graph, last.target()) {
            hand_on(graph, last.target(), last.loc);
        }
    });
    if !unplaced {
        graph.traits = graph.traits.without(Traits::UNPLACED);
    }
}

fn is_unplaced(graph: &Graph, block: BlockId) -> bool {
    graph[block].traits.has(Traits::UNPLACED)
}

/// Whether all instructions have a line then.
fn propagate_in_block(insts: &mut [Inst]) -> bool {
    let Some((first, rest)) = insts.split_first_mut() else { return true };
    let (mut loc, mut placed) = (first.loc, first.loc.line >= 0);
    for inst in rest {
        if inst.loc.line == Loc::NONE.line {
            inst.loc = loc;
        } else {
            loc = inst.loc;
        }
        placed &= loc.line >= 0;
    }
    placed
}

fn hand_on(graph: &mut Graph, block: BlockId, loc: Loc) {
    if graph[block].predecessors == 1
        && let Some(first) = graph.insts_mut(block).first_mut()
        && first.loc.line == Loc::NONE.line
    {
        first.loc = loc;
    }
}
