//! Instructions as the generator sees them: the bytecode's own and those that stand for more than one.

use std::fmt;
use taipan_bytecode_format::Opcode;

/// An opcode, or what becomes one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// One of the bytecode.
    Real(Opcode),
    /// One that `flow` resolves.
    Pseudo(Pseudo),
}

/// Instructions that no code object holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pseudo {
    /// Where the code that sets up a module's or class's annotations goes.
    AnnotationsPlaceholder,
    /// Jumps, forward or backward.
    Jump,
    /// Jumps in a delegation, without a look at signals.
    JumpNoInterrupt,
    /// Jumps if the value, which stays, is false.
    JumpIfFalse,
    /// Jumps if the value, which stays, is true.
    JumpIfTrue,
    /// Pushes a cell itself.
    LoadClosure,
    /// Ends the innermost handler range.
    PopBlock,
    /// Begins a range whose handler pushes lasti and the exception.
    SetupCleanup,
    /// Begins a range whose handler pushes the exception.
    SetupFinally,
    /// As `SetupCleanup`, one value lower: the result of `__enter__` is not kept.
    SetupWith,
    /// Binds a local to a value or to nothing.
    StoreFastMaybeNull,
}

/// The number of an opcode, or of a pseudo-instruction above all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kind(u8);

/// Above the numbers of all opcodes.
const FIRST_PSEUDO: u8 = 192;

const PSEUDO: [Pseudo; 11] = [
    Pseudo::AnnotationsPlaceholder,
    Pseudo::Jump,
    Pseudo::JumpNoInterrupt,
    Pseudo::JumpIfFalse,
    Pseudo::JumpIfTrue,
    Pseudo::LoadClosure,
    Pseudo::PopBlock,
    Pseudo::SetupCleanup,
    Pseudo::SetupFinally,
    Pseudo::SetupWith,
    Pseudo::StoreFastMaybeNull,
];

impl Kind {
    /// The kind of an operation.
    #[inline]
    pub const fn of(op: Op) -> Kind {
        match op {
            Op::Real(opcode) => Kind(opcode as u8),
            Op::Pseudo(pseudo) => Kind(FIRST_PSEUDO + pseudo as u8),
        }
    }

    /// The kind of this number.
    pub const fn from_index(index: u8) -> Kind {
        Kind(index)
    }

    /// The number, by which tables of kinds are looked up.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The operation.
    pub fn op(self) -> Op {
        let pseudo = self.0.checked_sub(FIRST_PSEUDO).and_then(|number| PSEUDO.get(usize::from(number)));
        match pseudo {
            Some(&pseudo) => Op::Pseudo(pseudo),
            None => Op::Real(self.opcode().unwrap_or(Opcode::Nop)),
        }
    }

    /// The opcode, if it is one.
    pub const fn opcode(self) -> Option<Opcode> {
        Opcode::from_number(self.0)
    }

    /// The number of the opcode; that of `NOP` for a pseudo-instruction, of which none should be left.
    #[inline]
    pub const fn number(self) -> u8 {
        if self.0 < FIRST_PSEUDO { self.0 } else { Opcode::Nop as u8 }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.op().fmt(f)
    }
}

impl From<Op> for Kind {
    #[inline]
    fn from(op: Op) -> Kind {
        Kind::of(op)
    }
}

impl From<Opcode> for Kind {
    #[inline]
    fn from(opcode: Opcode) -> Kind {
        Kind::of(Op::Real(opcode))
    }
}

impl From<Pseudo> for Kind {
    #[inline]
    fn from(pseudo: Pseudo) -> Kind {
        Kind::of(Op::Pseudo(pseudo))
    }
}
