//! Loads of locals that may not be bound, which have to check.
//!
//! The first 64 locals are followed through the graph, as bits of a number. Mostly the ways that lead back
//! bring nothing new, and one walk over the blocks in their order is enough. Where it is not, what a block
//! does to the locals is noted once: on each way out some bits are kept and some are set. Of the other locals
//! only what the block itself says is known, so the time stays linear.

use super::block::{Block, BlockId, Inst};
use super::facts::{
    DELETE_FAST, LOAD_FAST, LOAD_FAST_AND_CLEAR, LOAD_FAST_CHECK, STORE_FAST, STORE_FAST_MAYBE_NULL, Traits,
};
use super::graph::Graph;

const FOLLOWED: u32 = 64;

/// A way out of a block, and which locals may be unbound on it: those of `set`, and those of `kept` that
/// may be where the block begins.
#[derive(Clone, Copy)]
struct Way {
    to: BlockId,
    kept: u64,
    set: u64,
}

/// The ways out of all blocks.
#[derive(Default)]
pub(super) struct Ways {
    ways: Vec<Way>,
    /// For each block the end of its ways, which begin behind those of the block before.
    ends: Vec<usize>,
}

/// Makes loads of locals that may be unbound check; the parameters are bound at first.
pub(super) fn check_unbound_loads(graph: &mut Graph, locals: u32, parameters: u32, ways: &mut Ways) {
    if locals <= parameters.min(FOLLOWED) && !graph.traits.has(Traits::UNBINDS) {
        return;
    }
    if locals > FOLLOWED {
        check_within_blocks(graph, locals - FOLLOWED);
    }
    let bits = |count: u32| 1u64.checked_shl(count).unwrap_or(0).wrapping_sub(1);
    let unbound = bits(locals.min(FOLLOWED)) & !bits(parameters.min(FOLLOWED));
    if check_in_order(graph, unbound) {
        return;
    }
    ways.measure(graph);
    graph.clear_visited();
    reach(graph, BlockId::ENTRY, unbound);
    for number in 0..graph.block_count() as u32 {
        ways.follow(graph, BlockId(number));
    }
    while let Some(block) = graph.pending.pop() {
        graph[block].visited = false;
        ways.follow(graph, block);
    }
    let unbinds = graph.traits.has(Traits::UNBINDS);
    graph.for_each(|graph, block| {
        let unbound = graph[block].unbound;
        if graph[block].traits.has(Traits::LOCAL) && (unbound != 0 || unbinds) {
            check_loads(graph.insts_mut(block), unbound);
        }
    });
}

/// Makes loads check in one walk over the blocks; whether no way back brought anything new. All that were
/// made to check have to.
fn check_in_order(graph: &mut Graph, unbound: u64) -> bool {
    for block in graph.blocks_mut() {
        (block.unbound, block.visited) = (0, false);
    }
    graph[BlockId::ENTRY].unbound = unbound;
    let has_handlers = graph.traits.has(Traits::BLOCK_PUSH);
    let mut settled = true;
    graph.for_each(|graph, block| {
        graph[block].visited = true;
        let Block { mut unbound, next, traits, .. } = graph[block];
        let (insts, blocks) = graph.insts_and_blocks(block);
        let mut lead = |to: BlockId, unbound: u64| {
            if let Some(to) = blocks.get_mut(to.0 as usize) {
                settled &= !to.visited || unbound & !to.unbound == 0;
                to.unbound |= unbound;
            }
        };
        if has_handlers || traits.has(Traits::LOCAL) {
            let (mut handler, mut there) = (BlockId::NONE, 0);
            for inst in insts.iter_mut() {
                if inst.handler != handler {
                    lead(handler, there);
                    (handler, there) = (inst.handler, 0);
                }
                there |= unbound;
                if inst.op.traits().has(Traits::LOCAL) {
                    unbound = check_load(inst, unbound);
                }
            }
            lead(handler, there);
        }
        let last = insts.last();
        if last.is_none_or(|last| !last.op.is_barrier()) {
            lead(next, unbound);
        }
        if let Some(jump) = last.filter(|last| last.op.is_jump()) {
            lead(jump.target(), unbound);
        }
    });
    settled
}

/// Notes what may be unbound where a block begins.
fn reach(graph: &mut Graph, block: BlockId, unbound: u64) {
    let both = graph[block].unbound | unbound;
    if both != graph[block].unbound {
        graph[block].unbound = both;
        graph.visit(block);
    }
}

impl Ways {
    fn measure(&mut self, graph: &mut Graph) {
        self.ways.clear();
        self.ends.clear();
        let has_handlers = graph.traits.has(Traits::BLOCK_PUSH);
        for number in 0..graph.block_count() as u32 {
            let block = BlockId(number);
            graph[block].unbound = 0;
            let (kept, set) = if has_handlers {
                self.measure_handlers(graph.insts(block))
            } else if graph[block].traits.has(Traits::LOCAL) {
                measure_locals(graph.insts(block))
            } else {
                (u64::MAX, 0)
            };
            let next = graph[block].next;
            if next.exists() && graph.falls_through(block) {
                self.ways.push(Way { to: next, kept, set });
            }
            if let Some(jump) = graph.jump(block) {
                self.ways.push(Way { to: jump.target(), kept, set });
            }
            self.ends.push(self.ways.len());
        }
    }

    /// Notes the ways to handlers; which locals are kept at the end, and which are set.
    fn measure_handlers(&mut self, insts: &[Inst]) -> (u64, u64) {
        let (mut kept, mut set) = (u64::MAX, 0);
        let mut way = Way { to: BlockId::NONE, kept: 0, set: 0 };
        for inst in insts {
            if inst.handler != way.to {
                self.push(way);
                way = Way { to: inst.handler, kept: 0, set: 0 };
            }
            way.kept |= kept;
            way.set |= set;
            if inst.op.traits().has(Traits::LOCAL) {
                (kept, set) = past(inst, kept, set);
            }
        }
        self.push(way);
        (kept, set)
    }

    fn push(&mut self, way: Way) {
        if way.to.exists() {
            self.ways.push(way);
        }
    }

    fn follow(&self, graph: &mut Graph, block: BlockId) {
        let number = block.0 as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        let unbound = graph[block].unbound;
        for way in &self.ways[start..self.ends[number]] {
            reach(graph, way.to, unbound & way.kept | way.set);
        }
    }
}

/// Which locals are kept at the end of a block, and which are set.
fn measure_locals(insts: &[Inst]) -> (u64, u64) {
    let locals = insts.iter().filter(|inst| inst.op.traits().has(Traits::LOCAL));
    locals.fold((u64::MAX, 0), |(kept, set), inst| past(inst, kept, set))
}

/// Which locals are kept behind an instruction, and which are set.
#[inline]
fn past(inst: &Inst, kept: u64, set: u64) -> (u64, u64) {
    let bit = bit(inst);
    match inst.op {
        DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => (kept, set | bit),
        STORE_FAST | LOAD_FAST_CHECK | LOAD_FAST => (kept & !bit, set & !bit),
        _ => (kept, set),
    }
}

/// The bit of an instruction's local, if it is one that is followed.
fn bit(inst: &Inst) -> u64 {
    1u64.checked_shl(inst.arg).unwrap_or(0)
}

fn check_loads(insts: &mut [Inst], unbound: u64) {
    let locals = insts.iter_mut().filter(|inst| inst.op.traits().has(Traits::LOCAL));
    locals.fold(unbound, |unbound, inst| check_load(inst, unbound));
}

/// Makes an instruction check if it loads what may be unbound; what may be behind it.
#[inline]
fn check_load(inst: &mut Inst, unbound: u64) -> u64 {
    let bit = bit(inst);
    match inst.op {
        DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => unbound | bit,
        STORE_FAST | LOAD_FAST_CHECK => unbound & !bit,
        LOAD_FAST => {
            if unbound & bit != 0 {
                inst.op = LOAD_FAST_CHECK;
            }
            unbound & !bit
        }
        _ => unbound,
    }
}

/// Makes loads of locals behind the first 64 check where their block has not bound them.
fn check_within_blocks(graph: &mut Graph, locals: u32) {
    // the block that bound each of them last
    let mut bound_in = vec![BlockId::NONE; locals as usize];
    graph.for_each(|graph, block| {
        if !graph[block].traits.has(Traits::LOCAL) {
            return;
        }
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
    });
}
