//! What instructions are to the passes, kind by kind.

use super::names::*;
use super::{FACTS, Kind};

/// What an instruction is, or at least one of some instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::flow) struct Traits(u32);

impl Traits {
    /// Nothing of the below.
    pub const NONE: Traits = Traits(0);
    /// May go on at its target.
    pub const JUMP: Traits = Traits(1);
    /// Begins a handler range.
    pub const BLOCK_PUSH: Traits = Traits(1 << 1);
    /// Leaves the code.
    pub const SCOPE_EXIT: Traits = Traits(1 << 2);
    /// Goes on at its target and nowhere else.
    pub const UNCONDITIONAL: Traits = Traits(1 << 3);
    /// May leave a local unbound.
    pub const UNBINDS: Traits = Traits(1 << 4);
    /// `peephole.rs` has something to say about it.
    pub const IMPROVABLE: Traits = Traits(1 << 5);
    /// Does nothing.
    pub const NOP: Traits = Traits(1 << 6);
    /// Loads or binds a local.
    pub const LOCAL: Traits = Traits(1 << 7);
    /// Loads a constant.
    pub const CONST: Traits = Traits(1 << 8);
    /// Pops a value and does nothing with it.
    pub const POP: Traits = Traits(1 << 9);
    /// A pseudo-instruction that stands for an instruction.
    pub const PSEUDO: Traits = Traits(1 << 10);
    /// Has no line. This is of the instruction, not of its kind, as the next.
    pub const UNPLACED: Traits = Traits(1 << 11);
    /// Is to have the place of the next instruction.
    pub const NEXT_PLACE: Traits = Traits(1 << 12);
    /// Names a cell or free variable.
    pub const CELL: Traits = Traits(1 << 13);
    /// Takes a value and goes on at its target or behind.
    pub const CONDITIONAL: Traits = Traits(1 << 14);
    /// Looks at a value and goes on at its target or behind.
    pub const LOOKING: Traits = Traits(1 << 15);
    /// Has a block for its argument.
    pub const HAS_TARGET: Traits = Traits::JUMP.with(Traits::BLOCK_PUSH);
    /// Ends a basic block.
    pub const TERMINATOR: Traits = Traits::JUMP.with(Traits::SCOPE_EXIT);

    /// All of both.
    #[inline]
    pub const fn with(self, other: Traits) -> Traits {
        Traits(self.0 | other.0)
    }

    /// All but those of `other`.
    #[inline]
    pub const fn without(self, other: Traits) -> Traits {
        Traits(self.0 & !other.0)
    }

    /// Whether any of `other` is among them.
    #[inline]
    pub const fn has(self, other: Traits) -> bool {
        self.0 & other.0 != 0
    }
}

impl Kind {
    /// What the kind is, to be noted.
    pub(super) const fn find_traits(self) -> Traits {
        use Traits as T;
        let jump = match self.opcode() {
            Some(opcode) if opcode.is_jump() => T::JUMP,
            _ => T::NONE,
        };
        jump.with(match self {
            JUMP | JUMP_NO_INTERRUPT => T::JUMP.with(T::UNCONDITIONAL),
            JUMP_IF_FALSE | JUMP_IF_TRUE => T::JUMP.with(T::LOOKING),
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => T::CONDITIONAL,
            SETUP_CLEANUP | SETUP_FINALLY | SETUP_WITH => T::BLOCK_PUSH.with(T::PSEUDO),
            LOAD_CLOSURE => T::PSEUDO.with(T::CELL),
            DELETE_DEREF | LOAD_DEREF | LOAD_FROM_DICT_OR_DEREF | MAKE_CELL | STORE_DEREF => T::CELL,
            RETURN_VALUE | RAISE_VARARGS | RERAISE => T::SCOPE_EXIT,
            NOP => T::NOP,
            POP_TOP => T::POP,
            LOAD_CONST | LOAD_SMALL_INT => T::CONST,
            LOAD_FAST | LOAD_FAST_CHECK | LOAD_FAST_LOAD_FAST => T::LOCAL,
            STORE_FAST => T::LOCAL.with(T::IMPROVABLE),
            DELETE_FAST | LOAD_FAST_AND_CLEAR => T::LOCAL.with(T::UNBINDS),
            STORE_FAST_MAYBE_NULL => T::LOCAL.with(T::UNBINDS).with(T::PSEUDO),
            BINARY_OP | BUILD_LIST | BUILD_SET | BUILD_TUPLE | CALL_INTRINSIC_1 | COMPARE_OP
            | CONTAINS_OP | IS_OP | LIST_APPEND | LOAD_GLOBAL | SET_ADD | SWAP | TO_BOOL | UNARY_INVERT
            | UNARY_NEGATIVE | UNARY_NOT => T::IMPROVABLE,
            _ => T::NONE,
        })
    }

    /// What is noted of the kind.
    #[inline]
    pub(in crate::flow) fn traits(self) -> Traits {
        FACTS.traits[self.index()]
    }

    /// Whether the instruction may go on at its target.
    #[inline]
    pub fn is_jump(self) -> bool {
        self.traits().has(Traits::JUMP)
    }

    /// Whether the instruction begins a handler range.
    #[inline]
    pub fn is_block_push(self) -> bool {
        self.traits().has(Traits::BLOCK_PUSH)
    }

    /// Whether the argument is a block.
    #[inline]
    pub fn has_target(self) -> bool {
        self.traits().has(Traits::HAS_TARGET)
    }

    /// Whether the instruction goes on at its target and nowhere else. Directions are not decided yet.
    #[inline]
    pub fn is_unconditional_jump(self) -> bool {
        self.traits().has(Traits::UNCONDITIONAL)
    }

    /// Whether the instruction takes a value and goes on at its target or behind.
    #[inline]
    pub fn is_conditional_jump(self) -> bool {
        self.traits().has(Traits::CONDITIONAL)
    }

    /// Whether the instruction leaves the code.
    #[inline]
    pub fn is_scope_exit(self) -> bool {
        self.traits().has(Traits::SCOPE_EXIT)
    }

    /// Whether a basic block ends with the instruction.
    #[inline]
    pub fn is_terminator(self) -> bool {
        self.traits().has(Traits::TERMINATOR)
    }

    /// Whether control does not reach what stands behind.
    #[inline]
    pub fn is_barrier(self) -> bool {
        self.traits().has(Traits::UNCONDITIONAL.with(Traits::SCOPE_EXIT))
    }

    /// Whether `peephole.rs` has something to say about the instruction.
    #[inline]
    pub fn is_improvable(self) -> bool {
        self.traits().has(Traits::IMPROVABLE)
    }

    /// Whether the interpreter may look at signals in the instruction, which then needs a line.
    pub fn has_eval_break(self) -> bool {
        matches!(self, CALL | CALL_FUNCTION_EX | RESUME | JUMP)
    }

    /// Whether the instruction pushes a constant.
    pub fn loads_const(self) -> bool {
        matches!(self, LOAD_CONST | LOAD_SMALL_INT)
    }

    /// Whether the instruction may change places with a neighbour: it does nothing but pop a value.
    pub fn is_swappable(self) -> bool {
        matches!(self, STORE_FAST | STORE_FAST_MAYBE_NULL | POP_TOP)
    }
}
