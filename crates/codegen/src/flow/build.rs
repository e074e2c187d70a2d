//! From a sequence to its graph.

use super::block::{BlockId, place_traits};
use super::facts::{ANNOTATIONS_PLACEHOLDER, JUMP_IF_FALSE, JUMP_IF_TRUE, Kind, NOP, Traits};
use super::graph::Graph;
use crate::ir::{Instr, Label, Sequence};

/// Marks an index that jumps lead to before its block is known.
const TARGET: BlockId = BlockId(u32::MAX - 1);

/// Makes `graph` that of a sequence, with the code that sets up annotations in its place. `starts` is room
/// to work in.
pub(super) fn build(graph: &mut Graph, sequence: &Sequence, starts: &mut Vec<BlockId>) {
    graph.clear();
    mark_targets(sequence, starts);
    let annotations = sequence.annotations.as_deref().map_or(&[][..], |code| &code.instrs);
    graph.reserve(sequence.instrs.len() + annotations.len());
    let mut builder = Builder { current: graph.new_block(), graph, last: NOP, traits: Traits::NONE };
    let mut labeled = false;
    for (instr, start) in sequence.instrs.iter().zip(starts.iter_mut()) {
        labeled |= *start == TARGET;
        if Kind::of(instr.op) == ANNOTATIONS_PLACEHOLDER {
            annotations.iter().for_each(|instr| builder.add(instr));
            continue;
        }
        if labeled {
            labeled = false;
            builder.label();
            *start = builder.current;
        }
        builder.add(instr);
    }
    if let Some(end) = starts.last_mut().filter(|end| labeled || **end == TARGET) {
        builder.label();
        *end = builder.current;
    }
    builder.finish();
    resolve(graph, sequence, starts);
}

/// Notes for each index of the sequence and its end whether a jump leads there.
fn mark_targets(sequence: &Sequence, starts: &mut Vec<BlockId>) {
    starts.clear();
    starts.resize(sequence.instrs.len() + 1, BlockId::NONE);
    for instr in &sequence.instrs {
        if Kind::of(instr.op).has_target()
            && let Some(start) = starts.get_mut(target(sequence, instr.arg))
        {
            *start = TARGET;
        }
    }
}

/// The index that a label stands before.
fn target(sequence: &Sequence, label: u32) -> usize {
    sequence.target(Label(label)).map_or(sequence.instrs.len(), |at| at as usize)
}

struct Builder<'g> {
    graph: &'g mut Graph,
    /// The block that instructions go to, its last one, and what all are.
    current: BlockId,
    last: Kind,
    traits: Traits,
}

impl Builder<'_> {
    #[inline]
    fn add(&mut self, instr: &Instr) {
        if self.last.is_terminator() {
            self.next_block();
        }
        let op = Kind::of(instr.op);
        self.graph.add(op, instr.arg, instr.loc);
        self.last = op;
        self.traits = self.traits.with(op.traits()).with(place_traits(instr.loc));
    }

    /// Lets a labeled block begin.
    fn label(&mut self) {
        if !self.graph.is_at_start(self.current) || self.graph[self.current].labeled {
            self.next_block();
        }
        self.graph[self.current].labeled = true;
    }

    fn next_block(&mut self) {
        self.finish();
        let next = self.graph.new_block();
        self.graph[self.current].next = next;
        (self.current, self.last, self.traits) = (next, NOP, Traits::NONE);
    }

    /// Leaves room for what later passes put behind a jump.
    fn finish(&mut self) {
        let room = match self.last {
            JUMP_IF_FALSE | JUMP_IF_TRUE => 3,
            op if op.is_conditional_jump() => 1,
            _ => 0,
        };
        self.graph.finish_block(self.current, room);
        self.graph.mark(self.current, self.traits);
    }
}

/// Turns the labels that jumps have for targets into blocks, and marks handlers.
fn resolve(graph: &mut Graph, sequence: &Sequence, starts: &[BlockId]) {
    let start = |label: u32| starts.get(target(sequence, label)).copied().filter(|&start| start != TARGET);
    graph.for_each(|graph, block| {
        if graph[block].traits.has(Traits::BLOCK_PUSH) {
            for index in 0..graph[block].len() {
                let inst = &mut graph.insts_mut(block)[index];
                if inst.op.is_block_push() {
                    let handler = start(inst.arg).unwrap_or(BlockId::ENTRY);
                    inst.arg = handler.0;
                    graph[handler].handler = true;
                }
            }
        }
        if let Some(last) = graph.last_mut(block)
            && last.op.is_jump()
        {
            last.arg = start(last.arg).unwrap_or(BlockId::ENTRY).0;
        }
    });
}
