//! Where instructions come from that were given no place.
//!
//! A frame that ends, or looks at signals, must have a line. Code without lines takes that of the code
//! before it, and so each such block needs one way that leads to it: it is copied for the others.

use super::facts::has_eval_break;
use super::graph::{BlockId, Graph};
use super::jumps::{ends, has_no_lines};
use crate::ir::Loc;

/// Gives lines to what has none.
pub(super) fn resolve_lines(graph: &mut Graph) {
    duplicate_exits(graph);
    propagate_lines(graph);
}

/// Whether a block without lines needs one.
fn needs_line(graph: &Graph, block: BlockId) -> bool {
    has_no_lines(graph, block)
        && (ends(graph, block) || graph.insts(block).iter().any(|inst| has_eval_break(inst.op)))
}

fn duplicate_exits(graph: &mut Graph) {
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        if let Some(&last) = graph.last(block).filter(|last| last.op.is_jump()) {
            let target = graph.next_nonempty(last.target());
            if target != BlockId::NONE && graph[target].predecessors > 1 && needs_line(graph, target) {
                let copy = copy_behind(graph, target);
                if let Some(first) = graph.insts_mut(copy).first_mut() {
                    first.loc = last.loc;
                }
                if let Some(last) = graph.insts_mut(block).last_mut() {
                    last.arg = copy.0;
                }
            }
        }
        block = graph[block].next;
    }
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        let next = graph[block].next;
        if next != BlockId::NONE
            && graph.falls_through(block)
            && let Some(&last) = graph.last(block)
            && needs_line(graph, next)
            && let Some(first) = graph.insts_mut(next).first_mut()
        {
            first.loc = last.loc;
        }
        block = next;
    }
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
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        let next = graph[block].next;
        if let Some(loc) = propagate_in_block(graph, block) {
            if next != BlockId::NONE && graph.falls_through(block) {
                hand_on(graph, next, loc);
            }
            if let Some(&last) = graph.last(block).filter(|last| last.op.is_jump()) {
                hand_on(graph, last.target(), loc);
            }
        }
        block = next;
    }
}

/// The place of the last instruction, if there is one.
fn propagate_in_block(graph: &mut Graph, block: BlockId) -> Option<Loc> {
    let mut loc = Loc::NONE;
    for inst in graph.insts_mut(block) {
        if inst.loc.line == Loc::NONE.line {
            inst.loc = loc;
        } else {
            loc = inst.loc;
        }
    }
    (!graph[block].is_empty()).then_some(loc)
}

fn hand_on(graph: &mut Graph, block: BlockId, loc: Loc) {
    if graph[block].predecessors == 1
        && let Some(first) = graph.insts_mut(block).first_mut()
        && first.loc.line == Loc::NONE.line
    {
        first.loc = loc;
    }
}
