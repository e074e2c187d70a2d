//! Instructions as the generator sees them: the bytecode's own and those that stand for more than one.

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

impl Op {
    /// Whether it begins a handler range; its argument is the handler's label.
    pub const fn is_block_push(self) -> bool {
        matches!(self, Op::Pseudo(Pseudo::SetupCleanup | Pseudo::SetupFinally | Pseudo::SetupWith))
    }

    /// Whether it may go on at its label.
    pub const fn is_jump(self) -> bool {
        match self {
            Op::Real(opcode) => opcode.is_jump(),
            Op::Pseudo(pseudo) => matches!(
                pseudo,
                Pseudo::Jump | Pseudo::JumpNoInterrupt | Pseudo::JumpIfFalse | Pseudo::JumpIfTrue
            ),
        }
    }

    /// Whether its argument is a label.
    pub const fn has_target(self) -> bool {
        self.is_jump() || self.is_block_push()
    }
}
