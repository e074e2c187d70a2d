//! Which handler each instruction has.
//!
//! The handlers in force form a stack, on which ranges push and pop. A stack is the number of its top
//! entry in a list, and entries name those below: blocks share them.

use super::facts::{NOP, POP_BLOCK, RESUME, YIELD_VALUE};
use super::graph::{BlockId, Graph, Inst};
use crate::ir::{Op, Pseudo};

/// Set in the argument of `RESUME` where one handler alone is in force, that of the generator itself.
const RESUME_DEPTH_1: u32 = 4;

/// The top of a stack of handlers.
#[derive(Clone, Copy)]
struct Entry {
    handler: BlockId,
    below: u32,
    depth: u32,
}

const BOTTOM: Entry = Entry { handler: BlockId::NONE, below: 0, depth: 0 };

/// Notes the handler of each instruction that can be reached, and takes the ends of ranges out.
pub(super) fn assign_handlers(graph: &mut Graph) {
    if !graph.pushes {
        return;
    }
    let mut entries = vec![BOTTOM];
    graph.clear_visited();
    graph.visit(BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        let stack = assign_in_block(graph, block, &mut entries);
        let next = graph[block].next;
        if graph.falls_through(block) {
            enter(graph, next, stack);
        }
    }
}

fn enter(graph: &mut Graph, block: BlockId, stack: u32) {
    if block != BlockId::NONE && !graph[block].visited {
        graph[block].handlers = stack;
        graph.visit(block);
    }
}

/// Walks over a block and says which handlers are in force at its end.
fn assign_in_block(graph: &mut Graph, block: BlockId, entries: &mut Vec<Entry>) -> u32 {
    let mut stack = graph[block].handlers;
    let mut depth_at_yield = None;
    for index in 0..graph[block].len() {
        let top = entries.get(stack as usize).copied().unwrap_or(BOTTOM);
        let inst = &mut graph.insts_mut(block)[index];
        match inst.op {
            POP_BLOCK => {
                inst.set(NOP, 0);
                graph[block].nops = true;
                stack = top.below;
                continue;
            }
            op if op.is_block_push() => {
                let Inst { op, .. } = *inst;
                let handler = inst.target();
                enter(graph, handler, stack);
                if op != Op::Pseudo(Pseudo::SetupFinally) {
                    graph[handler].keeps_lasti = true;
                }
                entries.push(Entry { handler, below: stack, depth: top.depth + 1 });
                stack = entries.len() as u32 - 1;
                continue;
            }
            YIELD_VALUE => depth_at_yield = Some(top.depth),
            RESUME if inst.arg != 0 && depth_at_yield.take() == Some(1) => inst.arg |= RESUME_DEPTH_1,
            _ => {}
        }
        inst.handler = top.handler;
        if inst.op.is_jump() {
            let target = inst.target();
            enter(graph, target, stack);
        }
    }
    stack
}
