//! Which handler each instruction has.
//!
//! The handlers in force form a stack, on which ranges push and pop. A stack is the number of its top
//! entry in a list, and entries name those below: blocks share them.

use super::block::BlockId;
use super::facts::{NOP, POP_BLOCK, RESUME, SETUP_CLEANUP, SETUP_FINALLY, SETUP_WITH, Traits, YIELD_VALUE};
use super::graph::Graph;

/// Set in the argument of `RESUME` where one handler alone is in force, that of the generator itself.
const RESUME_DEPTH_1: u32 = 4;

/// All stacks of handlers.
pub(super) type Entries = Vec<Entry>;

/// The top of a stack of handlers.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    handler: BlockId,
    below: u32,
    depth: u32,
}

const BOTTOM: Entry = Entry { handler: BlockId::NONE, below: 0, depth: 0 };

/// Notes the handler of each instruction that can be reached, and takes the ends of ranges out.
pub(super) fn assign_handlers(graph: &mut Graph, entries: &mut Entries) {
    if !graph.traits.has(Traits::BLOCK_PUSH) {
        return;
    }
    entries.clear();
    entries.push(BOTTOM);
    graph.clear_visited();
    graph.visit(BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        let stack = assign_in_block(graph, block, entries);
        if let Some(jump) = graph.jump(block) {
            enter(graph, jump.target(), stack);
        }
        if graph.falls_through(block) {
            let next = graph[block].next;
            enter(graph, next, stack);
        }
    }
}

fn enter(graph: &mut Graph, block: BlockId, stack: u32) {
    if block.exists() && !graph[block].visited {
        graph[block].handlers = stack;
        graph.visit(block);
    }
}

/// Walks over a block and says which handlers are in force at its end.
fn assign_in_block(graph: &mut Graph, block: BlockId, entries: &mut Entries) -> u32 {
    let mut stack = graph[block].handlers;
    let mut top = entries.get(stack as usize).copied().unwrap_or(BOTTOM);
    let mut depth_at_yield = None;
    let mut pending = std::mem::take(&mut graph.pending);
    let mut got = Traits::NONE;
    let (insts, blocks) = graph.insts_and_blocks(block);
    for inst in insts {
        match inst.op {
            POP_BLOCK => {
                inst.set(NOP, 0);
                got = Traits::NOP;
                stack = top.below;
                top = entries.get(stack as usize).copied().unwrap_or(BOTTOM);
            }
            SETUP_CLEANUP | SETUP_FINALLY | SETUP_WITH => {
                let handler = inst.target();
                let entered = &mut blocks[handler.0 as usize];
                entered.keeps_lasti |= inst.op != SETUP_FINALLY;
                if !entered.visited {
                    (entered.visited, entered.handlers) = (true, stack);
                    pending.push(handler);
                }
                top = Entry { handler, below: stack, depth: top.depth + 1 };
                stack = entries.len() as u32;
                entries.push(top);
            }
            op => {
                inst.handler = top.handler;
                if op == YIELD_VALUE {
                    depth_at_yield = Some(top.depth);
                } else if op == RESUME && inst.arg != 0 && depth_at_yield.take() == Some(1) {
                    inst.arg |= RESUME_DEPTH_1;
                }
            }
        }
    }
    graph.pending = pending;
    graph.mark(block, got);
    stack
}
