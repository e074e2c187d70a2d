//! Where each block begins in the code, and so how far jumps lead.
//!
//! How wide a jump is depends on how far it leads, and that on how wide others are. The reference starts
//! from the number of the target among the instructions and goes on until nothing changes; so does this.
//! Invariant: a block has at most one jump, behind which at most a `NOT_TAKEN` stands.

use super::block::{BlockId, Inst};
use super::facts::{
    END_ASYNC_FOR, JUMP, JUMP_BACKWARD, JUMP_BACKWARD_NO_INTERRUPT, JUMP_FORWARD, JUMP_NO_INTERRUPT, Kind,
    NOT_TAKEN, prefixes,
};
use super::graph::Graph;

/// From the jump back of an `async for` to the `END_SEND` that it belongs to, in code units.
const END_SEND_OFFSET: u32 = 5;

/// After so many rounds jumps only grow, so that there is an end.
const MAX_ROUNDS: usize = 32;

/// A block in its place.
#[derive(Clone, Copy)]
struct Part {
    block: BlockId,
    /// The number of its first instruction in the code.
    first: u32,
    /// Where it begins, in code units.
    offset: u32,
    /// Code units of all instructions, the jump's without its prefixes.
    fixed: u32,
    jump: Option<Jump>,
}

/// The jump of a block.
#[derive(Clone, Copy)]
struct Jump {
    op: Kind,
    /// Its place in the block.
    index: u32,
    /// Code units behind it.
    behind: u32,
    /// The block that it leads to, then that block's place in the order.
    target: u32,
    /// Its argument.
    arg: u32,
}

impl Part {
    fn size(&self) -> u32 {
        self.fixed + self.jump.map_or(0, |jump| prefixes(jump.arg))
    }
}

/// The blocks in their order.
#[derive(Default)]
pub(super) struct Layout {
    parts: Vec<Part>,
}

impl Layout {
    /// Lays out a graph: gives jumps their direction and argument.
    pub fn lay_out(&mut self, graph: &mut Graph) {
        self.put_in_order(graph);
        self.resolve_directions(graph);
        self.resolve_distances();
        for part in &self.parts {
            if let Some(jump) = part.jump {
                graph.insts_mut(part.block)[jump.index as usize].set(jump.op, jump.arg);
            }
        }
    }

    fn put_in_order(&mut self, graph: &mut Graph) {
        self.parts.clear();
        let mut first = 0;
        graph.for_each(|graph, block| {
            graph[block].place = self.parts.len() as u32;
            let insts = graph.insts(block);
            let jump = find_jump(insts);
            let sizes = insts.iter().map(|inst| inst.op.size(inst.arg));
            // a jump's argument is still a block
            let fixed = sizes.sum::<u32>() - jump.map_or(0, |jump| jump.op.size(jump.target));
            self.parts.push(Part { block, first, offset: 0, fixed, jump });
            first += insts.len() as u32;
        });
    }

    /// Jumps lead forward if their target is a later instruction. Each gets the number of its target for
    /// a first argument.
    fn resolve_directions(&mut self, graph: &Graph) {
        for place in 0..self.parts.len() {
            let Part { first, jump: Some(mut jump), .. } = self.parts[place] else { continue };
            jump.target = graph[BlockId(jump.target)].place;
            jump.arg = self.parts[jump.target as usize].first;
            let forward = jump.arg > first + jump.index;
            jump.op = match jump.op {
                JUMP | JUMP_NO_INTERRUPT if forward => JUMP_FORWARD,
                JUMP => JUMP_BACKWARD,
                JUMP_NO_INTERRUPT => JUMP_BACKWARD_NO_INTERRUPT,
                op => op,
            };
            self.parts[place].fixed += jump.op.size(0);
            self.parts[place].jump = Some(jump);
        }
    }

    fn resolve_distances(&mut self) {
        for round in 0.. {
            let mut offset = 0;
            for part in &mut self.parts {
                part.offset = offset;
                offset += part.size();
            }
            let mut changed = false;
            for place in 0..self.parts.len() {
                let Some(mut jump) = self.parts[place].jump else { continue };
                let distance = self.distance(&self.parts[place], &jump);
                if round > MAX_ROUNDS && prefixes(distance) < prefixes(jump.arg) {
                    continue;
                }
                changed |= prefixes(distance) != prefixes(jump.arg);
                jump.arg = distance;
                self.parts[place].jump = Some(jump);
            }
            if !changed {
                return;
            }
        }
    }

    /// How far a jump leads, from behind itself.
    fn distance(&self, part: &Part, jump: &Jump) -> u32 {
        let end = part.offset + part.size() - jump.behind;
        let target = self.parts[jump.target as usize].offset;
        if jump.op == END_ASYNC_FOR {
            // where monitoring looks for it
            end.saturating_sub(target).saturating_sub(END_SEND_OFFSET)
        } else {
            end.abs_diff(target)
        }
    }

    /// Code units of all blocks.
    pub fn size(&self) -> u32 {
        self.parts.last().map_or(0, |last| last.offset + last.size())
    }

    /// Where a block begins, in code units.
    pub fn offset(&self, graph: &Graph, block: BlockId) -> u32 {
        self.parts.get(graph[block].place as usize).map_or(0, |part| part.offset)
    }

    /// The blocks in their order.
    pub fn blocks(&self) -> impl DoubleEndedIterator<Item = BlockId> {
        self.parts.iter().map(|part| part.block)
    }
}

fn find_jump(insts: &[Inst]) -> Option<Jump> {
    let last = insts.last()?;
    let behind = u32::from(last.op == NOT_TAKEN);
    let index = insts.len().checked_sub(1 + behind as usize)?;
    let inst = insts.get(index).filter(|inst| inst.op.is_jump())?;
    Some(Jump { op: inst.op, index: index as u32, behind, target: inst.arg, arg: 0 })
}
