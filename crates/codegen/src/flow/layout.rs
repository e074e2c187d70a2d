//! Where each block begins in the code, and so how far jumps lead.
//!
//! How wide a jump is depends on how far it leads, and that on how wide others are. The reference starts
//! from the number of the target among the instructions and goes on until nothing changes; so does this.
//! Invariant: a block has at most one jump, behind which at most a `NOT_TAKEN` stands.

use super::facts::{
    END_ASYNC_FOR, JUMP, JUMP_BACKWARD, JUMP_BACKWARD_NO_INTERRUPT, JUMP_FORWARD, JUMP_NO_INTERRUPT,
};
use super::graph::{BlockId, Graph, Inst};
use crate::ir::Op;

/// From the jump back of an `async for` to the `END_SEND` that it belongs to, in code units.
const END_SEND_OFFSET: u32 = 5;

/// After so many rounds jumps only grow, so that there is an end.
const MAX_ROUNDS: usize = 32;

/// Code units of an instruction.
pub(super) const fn size(op: Op, arg: u32) -> u32 {
    let caches = match op {
        Op::Real(opcode) => opcode.caches() as u32,
        Op::Pseudo(_) => 0,
    };
    1 + prefixes(arg) + caches
}

/// Code units before an instruction for the higher bits of its argument.
const fn prefixes(arg: u32) -> u32 {
    match arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    }
}

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
    /// Code units behind the jump.
    behind: u32,
    /// The place of the jump in the block, and its argument.
    jump: Option<(u32, u32)>,
    /// The block that it leads to, by its place in the order.
    target: u32,
    /// Its operation.
    op: Op,
}

impl Part {
    fn size(&self) -> u32 {
        self.fixed + self.jump.map_or(0, |(_, arg)| prefixes(arg))
    }
}

/// The blocks in their order.
pub(super) struct Layout {
    parts: Vec<Part>,
    /// For each block its place in the order.
    places: Vec<u32>,
}

impl Layout {
    /// Lays out a graph: gives jumps their direction and argument.
    pub fn of(graph: &mut Graph) -> Layout {
        let mut layout = Layout::in_order(graph);
        for part in &mut layout.parts {
            measure(part, graph.insts_mut(part.block));
        }
        layout.resolve_directions();
        layout.resolve_distances();
        for part in &layout.parts {
            if let Some((jump, arg)) = part.jump {
                graph.insts_mut(part.block)[jump as usize].set(part.op, arg);
            }
        }
        layout
    }

    fn in_order(graph: &Graph) -> Layout {
        let mut layout =
            Layout { parts: Vec::with_capacity(graph.block_count()), places: vec![0; graph.block_count()] };
        let (mut block, mut first) = (BlockId::ENTRY, 0);
        while block != BlockId::NONE {
            layout.places[block.0 as usize] = layout.parts.len() as u32;
            let op = Op::Real(taipan_bytecode_format::Opcode::Nop);
            layout.parts.push(Part {
                block,
                first,
                offset: 0,
                fixed: 0,
                behind: 0,
                jump: None,
                target: 0,
                op,
            });
            first += graph[block].len() as u32;
            block = graph[block].next;
        }
        layout
    }

    /// Jumps lead forward if their target is a later instruction. Each gets the number of its target for
    /// a first argument.
    fn resolve_directions(&mut self) {
        for index in 0..self.parts.len() {
            let Some((jump, block)) = self.parts[index].jump else { continue };
            let target = self.places.get(block as usize).copied().unwrap_or(0);
            let number = self.parts[target as usize].first;
            let part = &mut self.parts[index];
            part.target = target;
            part.jump = Some((jump, number));
            let forward = number > part.first + jump;
            part.op = match part.op {
                JUMP | JUMP_NO_INTERRUPT if forward => JUMP_FORWARD,
                JUMP => JUMP_BACKWARD,
                JUMP_NO_INTERRUPT => JUMP_BACKWARD_NO_INTERRUPT,
                op => op,
            };
            // not known before the direction was
            part.fixed += size(part.op, 0);
        }
    }

    fn resolve_distances(&mut self) {
        let mut round = 0;
        loop {
            let mut offset = 0;
            for part in &mut self.parts {
                part.offset = offset;
                offset += part.size();
            }
            let mut changed = false;
            for index in 0..self.parts.len() {
                let Some((jump, old)) = self.parts[index].jump else { continue };
                let distance = self.distance(index);
                let new =
                    if prefixes(distance) < prefixes(old) && round > MAX_ROUNDS { old } else { distance };
                changed |= prefixes(new) != prefixes(old);
                self.parts[index].jump = Some((jump, new));
            }
            round += 1;
            if !changed {
                return;
            }
        }
    }

    /// How far the jump of a part leads, from behind itself.
    fn distance(&self, index: usize) -> u32 {
        let part = &self.parts[index];
        let end = part.offset + part.size() - part.behind;
        let target = self.parts[part.target as usize].offset;
        if part.op == END_ASYNC_FOR {
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
    pub fn offset(&self, block: BlockId) -> u32 {
        let place = self.places.get(block.0 as usize).copied().unwrap_or(0);
        self.parts.get(place as usize).map_or(0, |part| part.offset)
    }

    /// All instructions in their order.
    pub fn insts<'g>(&self, graph: &'g Graph) -> impl Iterator<Item = &'g Inst> {
        self.parts.iter().flat_map(move |part| graph.insts(part.block))
    }
}

/// Notes how large a block is, and its jump: its target for now in place of the argument.
fn measure(part: &mut Part, insts: &[Inst]) {
    let jump = insts.iter().rposition(|inst| inst.op.is_jump());
    for (index, inst) in insts.iter().enumerate() {
        match jump {
            Some(jump) if index == jump => {
                part.jump = Some((jump as u32, inst.target().0));
                part.op = inst.op;
            }
            jump => {
                let size = size(inst.op, inst.arg);
                part.fixed += size;
                if jump.is_some_and(|jump| index > jump) {
                    part.behind += size;
                }
            }
        }
    }
}
