//! The control-flow graph: basic blocks of instructions, in the order in which they will stand.
//!
//! Instructions of all blocks stand in one vector, those of a block side by side with room behind them.
//! A block that outgrows its room moves to the end.
//! Invariants: a jump or an exit is the last instruction of its block; a target is a block of the graph.

use super::block::{Block, BlockId, Inst, place_traits};
use super::facts::{Kind, Traits};
use crate::ir::{Instr, Loc};
use std::ops::{Index, IndexMut};

/// Blocks, in the order that [`Block::next`] gives from [`BlockId::ENTRY`].
#[derive(Debug, Default)]
pub(super) struct Graph {
    insts: Vec<Inst>,
    blocks: Vec<Block>,
    /// What some instructions may be, or were once.
    pub traits: Traits,
    /// Jumps lead elsewhere than when reachability was last looked at.
    pub edges_changed: bool,
    /// Blocks that a pass still has to look at; empty between passes.
    pub pending: Vec<BlockId>,
    /// Room for a pass to note heights of the stack in; empty between passes.
    pub heights: Vec<(BlockId, i32)>,
}

impl Index<BlockId> for Graph {
    type Output = Block;

    #[inline]
    fn index(&self, block: BlockId) -> &Block {
        &self.blocks[block.0 as usize]
    }
}

impl IndexMut<BlockId> for Graph {
    #[inline]
    fn index_mut(&mut self, block: BlockId) -> &mut Block {
        &mut self.blocks[block.0 as usize]
    }
}

impl Graph {
    /// Takes all blocks away, and keeps their room.
    pub fn clear(&mut self) {
        self.insts.clear();
        self.blocks.clear();
        self.pending.clear();
        (self.traits, self.edges_changed) = (Traits::NONE, false);
    }

    /// How many blocks were made.
    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// All blocks, whatever their order.
    pub fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }

    /// Does something with each block in their order; blocks put behind it come next.
    #[inline]
    pub fn for_each(&mut self, mut f: impl FnMut(&mut Graph, BlockId)) {
        let mut block = BlockId::ENTRY;
        while block.exists() {
            f(self, block);
            block = self[block].next;
        }
    }

    /// Does something with the instructions of each block of which some may have one of these traits. It
    /// says which traits they may have got.
    #[inline]
    pub fn rewrite(&mut self, traits: Traits, mut f: impl FnMut(&mut [Inst]) -> Traits) {
        if !self.traits.has(traits) {
            return;
        }
        self.for_each(|graph, block| {
            if graph[block].traits.has(traits) {
                let got = f(graph.insts_mut(block));
                graph.mark(block, got);
            }
        });
    }

    /// Notes what some instructions of a block may be.
    #[inline]
    pub fn mark(&mut self, block: BlockId, traits: Traits) {
        self[block].traits = self[block].traits.with(traits);
        self.traits = self.traits.with(traits);
    }

    /// Makes a block that stands nowhere yet.
    pub fn new_block(&mut self) -> BlockId {
        let block = BlockId(self.blocks.len() as u32);
        self.blocks.push(Block { start: self.insts.len() as u32, ..Block::NEW });
        block
    }

    /// The instructions of a block.
    #[inline]
    pub fn insts(&self, block: BlockId) -> &[Inst] {
        let Block { start, len, .. } = self[block];
        &self.insts[start as usize..(start + len) as usize]
    }

    /// The instructions of a block, to be changed in place.
    #[inline]
    pub fn insts_mut(&mut self, block: BlockId) -> &mut [Inst] {
        let Block { start, len, .. } = self[block];
        &mut self.insts[start as usize..(start + len) as usize]
    }

    /// The instructions of a block, to be changed in place, beside all blocks.
    #[inline]
    pub fn insts_and_blocks(&mut self, block: BlockId) -> (&mut [Inst], &mut [Block]) {
        let Block { start, len, .. } = self[block];
        (&mut self.insts[start as usize..(start + len) as usize], &mut self.blocks)
    }

    /// The last instruction of a block.
    #[inline]
    pub fn last(&self, block: BlockId) -> Option<&Inst> {
        self.insts(block).last()
    }

    /// The last instruction of a block, to be changed in place.
    #[inline]
    pub fn last_mut(&mut self, block: BlockId) -> Option<&mut Inst> {
        self.insts_mut(block).last_mut()
    }

    /// The jump that ends a block.
    #[inline]
    pub fn jump(&self, block: BlockId) -> Option<Inst> {
        self.last(block).copied().filter(|last| last.op.is_jump())
    }

    /// Whether control reaches the block behind.
    #[inline]
    pub fn falls_through(&self, block: BlockId) -> bool {
        self.last(block).is_none_or(|last| !last.op.is_barrier())
    }

    /// Drops what stands behind the first `len` instructions. Their places keep what they have.
    pub fn truncate(&mut self, block: BlockId, len: usize) {
        self[block].len = len as u32;
    }

    /// Drops all instructions of a block.
    pub fn empty(&mut self, block: BlockId) {
        self.truncate(block, 0);
        self[block].traits = Traits::NONE;
    }

    /// Appends an instruction to a block. Its handler is that of the instruction that was in its place
    /// before, if any was: code that the reference makes has such ranges.
    pub fn push(&mut self, block: BlockId, op: Kind, arg: u32, loc: Loc) {
        let at = self.make_room(block, 1);
        let place = &mut self.insts[at];
        *place = Inst { op, arg, loc, handler: place.handler };
        self.mark(block, place_traits(loc).with(op.traits()));
    }

    /// Appends the instructions of another block.
    pub fn append(&mut self, block: BlockId, other: BlockId) {
        let count = self[other].len();
        let to = self.make_room(block, count);
        let from = self[other].start as usize;
        self.insts.copy_within(from..from + count, to);
        let traits = self[other].traits;
        self.mark(block, traits);
    }

    /// Inserts instructions before the one at `index`.
    pub fn insert(&mut self, block: BlockId, index: usize, inserted: &[Inst]) {
        let end = self.make_room(block, inserted.len());
        let at = self[block].start as usize + index;
        self.insts.copy_within(at..end, at + inserted.len());
        self.insts[at..at + inserted.len()].copy_from_slice(inserted);
        for inst in inserted {
            self.mark(block, place_traits(inst.loc).with(inst.op.traits()));
        }
    }

    /// Makes a block `count` instructions longer and says where the new ones are.
    fn make_room(&mut self, block: BlockId, count: usize) -> usize {
        let Block { start, len, capacity, .. } = self[block];
        let needed = len as usize + count;
        if needed > capacity as usize {
            let room = needed.max(2 * capacity as usize);
            if (start + capacity) as usize != self.insts.len() {
                self[block].start = self.insts.len() as u32;
                self.insts.extend_from_within(start as usize..(start + capacity) as usize);
            }
            self[block].capacity = room as u32;
            self.insts.resize(self[block].start as usize + room, Inst::VACANT);
        }
        self[block].len = needed as u32;
        self[block].start as usize + len as usize
    }

    /// Makes room for so many instructions of blocks to come.
    pub fn reserve(&mut self, count: usize) {
        self.insts.reserve(count);
    }

    /// Appends instructions to the block that was made last, whose [`Graph::finish_block`] comes later.
    #[inline]
    pub fn add_all(&mut self, instrs: &[Instr]) {
        let inst = |&Instr { op, arg, loc }: &Instr| Inst { op, arg, handler: BlockId::NONE, loc };
        self.insts.extend(instrs.iter().map(inst));
    }

    /// Whether nothing was added to a block since it was made.
    pub fn is_at_start(&self, block: BlockId) -> bool {
        self[block].start as usize == self.insts.len()
    }

    /// Gives a block the instructions that were added since it was made, and room for `room` more.
    pub fn finish_block(&mut self, block: BlockId, room: u32) {
        let count = self.insts.len() as u32 - self[block].start;
        self.insts.resize(self.insts.len() + room as usize, Inst::VACANT);
        self[block].len = count;
        self[block].capacity = count + room;
    }

    /// The first block from `block` on that has instructions.
    pub fn next_nonempty(&mut self, block: BlockId) -> BlockId {
        if !block.exists() || !self[block].is_empty() {
            return block;
        }
        let mut found = block;
        while found.exists() && self[found].is_empty() {
            found = self.behind_empty(found);
        }
        let mut at = block;
        while at != found {
            let behind = self.behind_empty(at);
            self[at].skip = found;
            at = behind;
        }
        found
    }

    fn behind_empty(&self, block: BlockId) -> BlockId {
        let Block { skip, next, .. } = self[block];
        if skip.exists() { skip } else { next }
    }

    /// Forgets shortcuts over empty blocks: to be called when the order changes.
    pub fn order_changed(&mut self) {
        for block in &mut self.blocks {
            block.skip = BlockId::NONE;
        }
    }

    /// Takes the marks of the last pass away.
    pub fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    /// Marks a block and notes that it has to be looked at, once.
    #[inline]
    pub fn visit(&mut self, block: BlockId) {
        if block.exists() && !self[block].visited {
            self[block].visited = true;
            self.pending.push(block);
        }
    }
}
