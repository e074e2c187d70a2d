//! From a sequence to its graph.

use super::facts::{
    ANNOTATIONS_PLACEHOLDER, JUMP_IF_FALSE, JUMP_IF_TRUE, NOP, is_conditional_jump, is_terminator,
};
use super::graph::{BlockId, Graph};
use crate::ir::{Instr, Label, Loc, Sequence};

/// Marks an index that jumps lead to before its block is known.
const TARGET: BlockId = BlockId(u32::MAX - 1);

/// The graph of a sequence, with the code that sets up annotations in its place.
pub(super) fn build(sequence: &Sequence) -> Graph {
    let mut starts = targets(sequence);
    let annotations = sequence.annotations.as_deref().map_or(&[][..], |code| &code.instrs);
    let count = sequence.instrs.len() + annotations.len();
    let mut builder = Builder { graph: Graph::with_capacity(count + count / 8), current: BlockId::ENTRY };
    builder.graph.new_block();
    let mut labeled = false;
    for (instr, start) in sequence.instrs.iter().zip(&mut starts) {
        labeled |= *start == TARGET;
        if instr.op == ANNOTATIONS_PLACEHOLDER {
            annotations.iter().for_each(|instr| builder.add(instr, instr.arg));
            continue;
        }
        if std::mem::take(&mut labeled) {
            builder.label();
            *start = builder.current;
        }
        let arg = if instr.op.has_target() { target(sequence, instr.arg) } else { instr.arg };
        builder.add(instr, arg);
    }
    if let Some(end) = starts.last_mut().filter(|end| labeled || **end == TARGET) {
        builder.label();
        *end = builder.current;
    }
    builder.finish();
    let mut graph = builder.graph;
    resolve(&mut graph, &starts);
    graph
}

/// The index that a label stands before.
fn target(sequence: &Sequence, label: u32) -> u32 {
    sequence.target(Label(label)).unwrap_or(sequence.instrs.len() as u32)
}

/// For each index of the sequence and its end: whether a jump leads there.
fn targets(sequence: &Sequence) -> Vec<BlockId> {
    let mut starts = vec![BlockId::NONE; sequence.instrs.len() + 1];
    for instr in sequence.instrs.iter().filter(|instr| instr.op.has_target()) {
        if let Some(start) = starts.get_mut(target(sequence, instr.arg) as usize) {
            *start = TARGET;
        }
    }
    starts
}

struct Builder {
    graph: Graph,
    current: BlockId,
}

impl Builder {
    fn add(&mut self, instr: &Instr, arg: u32) {
        if self.graph.last(self.current).is_some_and(|last| is_terminator(last.op)) {
            self.next_block();
        }
        self.graph.add(instr.op, arg, instr.loc);
        self.graph.next_locations |= instr.loc == Loc::NEXT;
        if instr.op.is_block_push() {
            self.graph[self.current].pushes = true;
            self.graph.pushes = true;
        }
    }

    /// Lets a labeled block begin.
    fn label(&mut self) {
        let block = &self.graph[self.current];
        if !block.is_empty() || block.labeled {
            self.next_block();
        }
        self.graph[self.current].labeled = true;
    }

    fn next_block(&mut self) {
        self.finish();
        let next = self.graph.new_block();
        self.graph[self.current].next = next;
        self.current = next;
    }

    /// Leaves room for what later passes put behind a jump.
    fn finish(&mut self) {
        let room = match self.graph.last(self.current).map_or(NOP, |last| last.op) {
            JUMP_IF_FALSE | JUMP_IF_TRUE => 3,
            op if is_conditional_jump(op) => 1,
            _ => 0,
        };
        self.graph.reserve(room);
    }
}

/// Turns the indices that jumps have for targets into blocks, and marks handlers.
fn resolve(graph: &mut Graph, starts: &[BlockId]) {
    let start = |index: u32| starts.get(index as usize).map_or(0, |block| block.0);
    for number in 0..graph.block_count() as u32 {
        let block = BlockId(number);
        if graph[block].pushes {
            for index in 0..graph[block].len() {
                let inst = &mut graph.insts_mut(block)[index];
                if inst.op.is_block_push() {
                    inst.arg = start(inst.arg);
                    let handler = inst.target();
                    graph[handler].handler = true;
                }
            }
        }
        if let Some(last) = graph.insts_mut(block).last_mut()
            && last.op.is_jump()
        {
            last.arg = start(last.arg);
        }
    }
}
