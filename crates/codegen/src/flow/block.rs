//! Basic blocks and their instructions.

use super::facts::{Kind, NOP, Traits};
use crate::ir::Loc;

/// A basic block by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BlockId(pub u32);

impl BlockId {
    /// No block: the end of the order, or no handler.
    pub const NONE: BlockId = BlockId(u32::MAX);
    /// Where the code begins.
    pub const ENTRY: BlockId = BlockId(0);

    /// Whether it is one.
    pub fn exists(self) -> bool {
        self != BlockId::NONE
    }
}

/// An instruction in a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Inst {
    /// What it does.
    pub op: Kind,
    /// Its argument; the number of a block for [`Kind::has_target`].
    pub arg: u32,
    /// Where an exception goes that it raises.
    pub handler: BlockId,
    /// Where it comes from.
    pub loc: Loc,
}

impl Inst {
    /// A place that no instruction was ever in.
    pub const VACANT: Inst = Inst { op: NOP, arg: 0, handler: BlockId::NONE, loc: Loc::NONE };

    /// The block that the instruction may go on at.
    pub const fn target(&self) -> BlockId {
        BlockId(self.arg)
    }

    /// Makes it do nothing; where it comes from stays.
    pub const fn clear(&mut self) {
        self.op = NOP;
        self.arg = 0;
    }

    /// Makes it another instruction.
    pub const fn set(&mut self, op: Kind, arg: u32) {
        self.op = op;
        self.arg = arg;
    }
}

/// A basic block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// Where its instructions begin among those of all blocks, how many there are, and for how many there
    /// is room.
    pub start: u32,
    pub len: u32,
    pub capacity: u32,
    /// The block that stands behind.
    pub next: BlockId,
    /// For an empty block: one behind it, with only empty ones between.
    pub skip: BlockId,
    /// How many ways lead here.
    pub predecessors: i32,
    /// Height of the stack where it begins; -1 if nothing leads here.
    pub depth: i32,
    /// The handlers in force where it begins, as `handlers.rs` numbers them.
    pub handlers: u32,
    /// Locals, of the first 64, that may be unbound where it begins.
    pub unbound: u64,
    /// Its place among the blocks, as `layout.rs` has it.
    pub place: u32,
    /// A jump may lead here.
    pub labeled: bool,
    /// A handler of exceptions.
    pub handler: bool,
    /// A handler that finds the offset of the instruction that raised on the stack.
    pub keeps_lasti: bool,
    /// Reached only by an exception.
    pub cold: bool,
    /// Reached without one.
    pub warm: bool,
    /// A mark of a pass.
    pub visited: bool,
    /// What some instructions may be; what is not among these none is.
    pub traits: Traits,
}

impl Block {
    /// One without instructions.
    pub const NEW: Block = Block {
        start: 0,
        len: 0,
        capacity: 0,
        next: BlockId::NONE,
        skip: BlockId::NONE,
        predecessors: 0,
        depth: -1,
        handlers: 0,
        unbound: 0,
        place: 0,
        labeled: false,
        handler: false,
        keeps_lasti: false,
        cold: false,
        warm: false,
        visited: false,
        traits: Traits::NONE,
    };

    /// Whether there are no instructions.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of instructions.
    pub const fn len(&self) -> usize {
        self.len as usize
    }
}

/// What an instruction from this place is.
pub(super) const fn place_traits(loc: Loc) -> Traits {
    match loc.line {
        0.. => Traits::NONE,
        _ if loc.line == Loc::NEXT.line => Traits::UNPLACED.with(Traits::NEXT_PLACE),
        _ => Traits::UNPLACED,
    }
}
