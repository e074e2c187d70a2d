//! From a sequence to its graph.

use super::facts::{ANNOTATIONS_PLACEHOLDER, JUMP_IF_FALSE, JUMP_IF_TRUE, Kind, NOP, Traits};
use super::graph::{BlockId, Graph, place_traits};
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
    let mut builder = Builder { current: graph.new_block(), graph, last: NOP };
    let (mut rest, mut ahead) = (&sequence.instrs[..], &mut starts[..]);
    let mut labeled = false;
    while let (Some(first), Some(start)) = (rest.first(), ahead.first_mut()) {
        labeled |= *start == TARGET;
        let mut count = 1;
        if Kind::of(first.op) == ANNOTATIONS_PLACEHOLDER {
            builder.add(annotations, run(annotations, &[]).1);
        } else {
            if std::mem::take(&mut labeled) {
                builder.label();
                *start = builder.current;
            }
            let (length, traits) = run(rest, ahead);
            builder.add(&rest[..length], traits);
            count = length;
        }
        (rest, ahead) = (&rest[count..], &mut ahead[count..]);
    }
    if let Some(end) = ahead.first_mut().filter(|end| labeled || **end == TARGET) {
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

/// How many instructions stand in one block, from the first one on, and what they are.
fn run(instrs: &[Instr], starts: &[BlockId]) -> (usize, Traits) {
    let mut traits = Traits::NONE;
    // behind the last one of the annotations nothing begins
    let nexts = starts.iter().skip(1).chain(std::iter::repeat(&BlockId::NONE));
    for ((instr, next), index) in instrs.iter().zip(nexts).zip(0..) {
        let op = Kind::of(instr.op);
        if op == ANNOTATIONS_PLACEHOLDER {
            return (index, traits);
        }
        traits = traits.with(op.traits()).with(place_traits(instr.loc));
        if *next == TARGET || op.is_terminator() {
            return (index + 1, traits);
        }
    }
    (instrs.len(), traits)
}

struct Builder<'g> {
    graph: &'g mut Graph,
    /// The block that instructions go to, and its last one.
    current: BlockId,
    last: Kind,
}

impl Builder<'_> {
    /// Adds instructions of which at most the last one ends a block.
    fn add(&mut self, instrs: &[Instr], traits: Traits) {
        let Some(last) = instrs.last() else { return };
        if self.last.is_terminator() {
            self.next_block();
        }
        self.last = Kind::of(last.op);
        self.graph.add(instrs);
        self.graph.mark(self.current, traits);
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
        (self.current, self.last) = (next, NOP);
    }

    /// Leaves room for what later passes put behind a jump.
    fn finish(&mut self) {
        let room = match self.last {
            JUMP_IF_FALSE | JUMP_IF_TRUE => 3,
            op if op.is_conditional_jump() => 1,
            _ => 0,
        };
        self.graph.finish_block(self.current, room);
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
