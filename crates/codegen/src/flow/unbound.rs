//! Loads of locals that may not be bound, which have to check.
//!
//! The first 64 locals are followed through the graph, as bits of a number. Of the others only what the
//! block itself says is known: the time stays linear.

use super::facts::{
    DELETE_FAST, LOAD_FAST, LOAD_FAST_AND_CLEAR, LOAD_FAST_CHECK, STORE_FAST, STORE_FAST_MAYBE_NULL,
};
use super::graph::{BlockId, Graph};

const FOLLOWED: u32 = 64;

/// Makes loads of locals that may be unbound check; the parameters are bound at first.
pub(super) fn check_unbound_loads(graph: &mut Graph, locals: u32, parameters: u32) {
    if locals == 0 {
        return;
    }
    if locals > FOLLOWED {
        check_within_blocks(graph, locals - FOLLOWED);
    }
    graph.clear_visited();
    for block in graph.blocks_mut() {
        block.unbound = 0;
    }
    let bits = |count: u32| 1u64.checked_shl(count).unwrap_or(0).wrapping_sub(1);
    let unbound = bits(locals.min(FOLLOWED)) & !bits(parameters.min(FOLLOWED));
    reach(graph, BlockId::ENTRY, unbound);
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        follow(graph, block);
        block = graph[block].next;
    }
    while let Some(block) = graph.pending.pop() {
        graph[block].visited = false;
        follow(graph, block);
    }
}

/// Notes what may be unbound where a block begins.
fn reach(graph: &mut Graph, block: BlockId, unbound: u64) {
    if block == BlockId::NONE {
        return;
    }
    let both = graph[block].unbound | unbound;
    if both != graph[block].unbound {
        graph[block].unbound = both;
        graph.visit(block);
    }
}

fn follow(graph: &mut Graph, block: BlockId) {
    let mut unbound = graph[block].unbound;
    // the handler that was told last, and of what
    let mut told = (BlockId::NONE, 0);
    for index in 0..graph[block].len() {
        let inst = &mut graph.insts_mut(block)[index];
        let bit = if inst.arg < FOLLOWED { 1 << inst.arg } else { 0 };
        let handler = inst.handler;
        let before = unbound;
        match inst.op {
            DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => unbound |= bit,
            STORE_FAST | LOAD_FAST_CHECK => unbound &= !bit,
            LOAD_FAST => {
                if unbound & bit != 0 {
                    inst.op = LOAD_FAST_CHECK;
                }
                unbound &= !bit;
            }
            _ => {}
        }
        if handler != BlockId::NONE && told != (handler, before) {
            reach(graph, handler, before);
            told = (handler, before);
        }
    }
    let next = graph[block].next;
    if graph.falls_through(block) {
        reach(graph, next, unbound);
    }
    if let Some(&last) = graph.last(block).filter(|last| last.op.is_jump()) {
        reach(graph, last.target(), unbound);
    }
}

/// Makes loads of locals behind the first 64 check where their block has not bound them.
fn check_within_blocks(graph: &mut Graph, locals: u32) {
    // the block that bound each of them last
    let mut bound_in = vec![BlockId::NONE; locals as usize];
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        for inst in graph.insts_mut(block) {
            let Some(local) = inst.arg.checked_sub(FOLLOWED) else { continue };
            let Some(bound) = bound_in.get_mut(local as usize) else { continue };
            match inst.op {
                DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => *bound = BlockId::NONE,
                STORE_FAST => *bound = block,
                LOAD_FAST => {
                    if *bound != block {
                        inst.op = LOAD_FAST_CHECK;
                    }
                    *bound = block;
                }
                _ => {}
            }
        }
        block = graph[block].next;
    }
}
