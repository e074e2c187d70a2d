//! From a sequence to its graph.

use super::block::{BlockId, place_traits};
use super::facts::{JUMP_IF_FALSE, JUMP_IF_TRUE, Kind, NOP, Traits};
use super::graph::Graph;
use crate::ir::{Instr, Label, Loc, Sequence};

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
    let mut from = 0;
    if let Some(at) = sequence.placeholder() {
        builder.add(&sequence.instrs[..at], starts);
        annotations.iter().for_each(|instr| builder.add(std::slice::from_ref(instr), &mut [BlockId::NONE]));
        from = at + 1;
        // what leads to the placeholder leads behind it
        if starts[at] == TARGET {
            starts[from] = TARGET;
        }
    }
    builder.add(&sequence.instrs[from..], &mut starts[from..]);
    if let Some(end) = starts.last_mut().filter(|end| **end == TARGET) {
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
    for jump in sequence.jumps() {
        if let Some(start) = starts.get_mut(target(sequence, jump.arg)) {
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
    /// Appends instructions, and notes the blocks of those that jumps lead to in `starts`.
    fn add(&mut self, mut instrs: &[Instr], mut starts: &mut [BlockId]) {
        while let Some(first) = instrs.first() {
            if starts.first() == Some(&TARGET) {
                self.label();
                starts[0] = self.current;
            } else if self.last.is_terminator() {
                self.next_block();
            }
            // up to where another block begins
            let (mut len, mut traits, mut line) = (1, first.op.traits(), first.loc.line);
            for (instr, start) in instrs.iter().zip(&*starts).skip(1) {
                if *start == TARGET || traits.has(Traits::TERMINATOR) {
                    break;
                }
                traits = traits.with(instr.op.traits());
                line = line.min(instr.loc.line);
                len += 1;
            }
            // the least line tells whether some have none
            self.traits = self.traits.with(traits).with(place_traits(Loc::line(line)));
            let (run, behind) = instrs.split_at(len);
            self.last = run[len - 1].op;
            self.graph.add_all(run);
            (instrs, starts) = (behind, &mut starts[len..]);
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
        start.filter(|&start| start != TARGET && start.exists()).unwrap_or(BlockId::ENTRY)
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
