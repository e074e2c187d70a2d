//! From a sequence to its graph.

use super::block::{BlockId, place_traits};
use super::facts::{JUMP_IF_FALSE, JUMP_IF_TRUE, Kind, NOP, Traits};
use super::graph::Graph;
use crate::ir::{Instr, Label, Sequence};

/// Marks an index that jumps lead to before its block is known.
const TARGET: BlockId = BlockId(u32::MAX - 1);

/// Makes `graph` that of a sequence, with the code that sets up annotations in its place. `starts` is room
/// to work in.
pub(super) fn build(graph: &mut Graph, sequence: &Sequence, starts: &mut Vec<BlockId>) {
    graph.clear();
    let placeholder = mark_targets(sequence, starts);
    let annotations = sequence.annotations.as_deref().map_or(&[][..], |code| &code.instrs);
    graph.reserve(sequence.instrs.len() + annotations.len());
    let mut builder = Builder { current: graph.new_block(), graph, last: NOP, traits: Traits::NONE };
    let mut rest = (&sequence.instrs[..], &mut starts[..]);
    if let Some(at) = placeholder {
        let (instrs, behind) = sequence.instrs.split_at(at);
        let (before, starts) = rest.1.split_at_mut(at);
        builder.add(instrs, before);
        annotations.iter().for_each(|instr| builder.add(std::slice::from_ref(instr), &mut [BlockId::NONE]));
        // what leads to the placeholder leads behind it
        if let [TARGET, next, ..] = starts {
            *next = TARGET;
        }
        rest = (behind.get(1..).unwrap_or_default(), starts.get_mut(1..).unwrap_or_default());
    }
    builder.add(rest.0, rest.1);
    if let Some(end) = starts.last_mut().filter(|end| **end == TARGET) {
        builder.label();
        *end = builder.current;
    }
    builder.finish();
    resolve(graph, sequence, starts);
}

/// Notes for each index of the sequence and its end whether a jump leads there; says where the placeholder
/// of annotations stands.
fn mark_targets(sequence: &Sequence, starts: &mut Vec<BlockId>) -> Option<usize> {
    starts.clear();
    starts.resize(sequence.instrs.len() + 1, BlockId::NONE);
    let mut placeholder = None;
    for (at, instr) in sequence.instrs.iter().enumerate() {
        let traits = instr.op.traits();
        if traits.has(Traits::HAS_TARGET) {
            if let Some(start) = starts.get_mut(target(sequence, instr.arg)) {
                *start = TARGET;
            }
        } else if traits.has(Traits::PLACEHOLDER) {
            placeholder = Some(at);
        }
    }
    placeholder
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
    /// Appends instructions, and notes the blocks of those that jumps lead to in `starts`.
    fn add(&mut self, instrs: &[Instr], starts: &mut [BlockId]) {
        let mut ended = self.last.is_terminator();
        let mut added = 0;
        for (at, (instr, start)) in instrs.iter().zip(starts).enumerate() {
            let labeled = *start == TARGET;
            if ended || labeled {
                self.copy(&instrs[added..at]);
                added = at;
                if labeled {
                    self.label();
                    *start = self.current;
                } else {
                    self.next_block();
                }
            }
            let traits = instr.op.traits();
            self.traits = self.traits.with(traits).with(place_traits(instr.loc));
            ended = traits.has(Traits::TERMINATOR);
        }
        self.copy(&instrs[added..]);
    }

    /// Appends instructions to the block in hand.
    fn copy(&mut self, instrs: &[Instr]) {
        if let Some(last) = instrs.last() {
            self.last = last.op;
            self.graph.add_all(instrs);
        }
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
    let start = |label: u32| {
        let start = starts.get(target(sequence, label)).copied();
        start.filter(|&start| start != TARGET).unwrap_or(BlockId::ENTRY)
    };
    graph.for_each(|graph, block| {
        if graph[block].traits.has(Traits::BLOCK_PUSH) {
            let (insts, blocks) = graph.insts_and_blocks(block);
            for inst in insts.iter_mut().filter(|inst| inst.op.is_block_push()) {
                inst.arg = start(inst.arg).0;
                blocks[inst.arg as usize].handler = true;
            }
        }
        if let Some(last) = graph.last_mut(block)
            && last.op.is_jump()
        {
            last.arg = start(last.arg).0;
        }
    });
}
