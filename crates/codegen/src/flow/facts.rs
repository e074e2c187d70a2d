//! What an instruction does, as one number, and what the passes ask about it.
//! Invariant: everything here is a constant of the instruction set; the stack effects are those of the
//! opcode table.

use crate::ir::{Op, Pseudo};
use std::fmt;
use taipan_bytecode_format::Opcode;

/// The number of an opcode, or of a pseudo-instruction above all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

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

macro_rules! names {
    ($($name:ident = $real:ident,)* ; $($pseudo_name:ident = $pseudo:ident,)*) => {
        $(pub(super) const $name: Kind = Kind::of(Op::Real(Opcode::$real));)*
        $(pub(super) const $pseudo_name: Kind = Kind::of(Op::Pseudo(Pseudo::$pseudo));)*
    };
}

names! {
    BINARY_OP = BinaryOp,
    BUILD_LIST = BuildList,
    BUILD_SET = BuildSet,
    BUILD_TUPLE = BuildTuple,
    CALL = Call,
    CALL_FUNCTION_EX = CallFunctionEx,
    CALL_INTRINSIC_1 = CallIntrinsic1,
    CHECK_EXC_MATCH = CheckExcMatch,
    COMPARE_OP = CompareOp,
    CONTAINS_OP = ContainsOp,
    COPY = Copy,
    COPY_FREE_VARS = CopyFreeVars,
    DELETE_DEREF = DeleteDeref,
    DELETE_FAST = DeleteFast,
    DICT_MERGE = DictMerge,
    DICT_UPDATE = DictUpdate,
    END_ASYNC_FOR = EndAsyncFor,
    END_SEND = EndSend,
    FORMAT_SIMPLE = FormatSimple,
    FOR_ITER = ForIter,
    GET_ANEXT = GetAnext,
    GET_ITER = GetIter,
    GET_LEN = GetLen,
    GET_YIELD_FROM_ITER = GetYieldFromIter,
    IMPORT_FROM = ImportFrom,
    IS_OP = IsOp,
    JUMP_BACKWARD = JumpBackward,
    JUMP_BACKWARD_NO_INTERRUPT = JumpBackwardNoInterrupt,
    JUMP_FORWARD = JumpForward,
    LIST_APPEND = ListAppend,
    LIST_EXTEND = ListExtend,
    LOAD_ATTR = LoadAttr,
    LOAD_CONST = LoadConst,
    LOAD_DEREF = LoadDeref,
    LOAD_FAST = LoadFast,
    LOAD_FAST_AND_CLEAR = LoadFastAndClear,
    LOAD_FAST_BORROW = LoadFastBorrow,
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = LoadFastBorrowLoadFastBorrow,
    LOAD_FAST_CHECK = LoadFastCheck,
    LOAD_FAST_LOAD_FAST = LoadFastLoadFast,
    LOAD_FROM_DICT_OR_DEREF = LoadFromDictOrDeref,
    LOAD_GLOBAL = LoadGlobal,
    LOAD_SMALL_INT = LoadSmallInt,
    LOAD_SPECIAL = LoadSpecial,
    LOAD_SUPER_ATTR = LoadSuperAttr,
    MAKE_CELL = MakeCell,
    MAP_ADD = MapAdd,
    MATCH_KEYS = MatchKeys,
    MATCH_MAPPING = MatchMapping,
    MATCH_SEQUENCE = MatchSequence,
    NOP = Nop,
    NOT_TAKEN = NotTaken,
    POP_JUMP_IF_FALSE = PopJumpIfFalse,
    POP_JUMP_IF_NONE = PopJumpIfNone,
    POP_JUMP_IF_NOT_NONE = PopJumpIfNotNone,
    POP_JUMP_IF_TRUE = PopJumpIfTrue,
    POP_TOP = PopTop,
    PUSH_EXC_INFO = PushExcInfo,
    PUSH_NULL = PushNull,
    RAISE_VARARGS = RaiseVarargs,
    RERAISE = Reraise,
    RESUME = Resume,
    RETURN_VALUE = ReturnValue,
    RETURN_GENERATOR = ReturnGenerator,
    SEND = Send,
    SET_ADD = SetAdd,
    SET_FUNCTION_ATTRIBUTE = SetFunctionAttribute,
    SET_UPDATE = SetUpdate,
    STORE_DEREF = StoreDeref,
    STORE_FAST = StoreFast,
    STORE_FAST_LOAD_FAST = StoreFastLoadFast,
    STORE_FAST_STORE_FAST = StoreFastStoreFast,
    SWAP = Swap,
    TO_BOOL = ToBool,
    UNARY_INVERT = UnaryInvert,
    UNARY_NEGATIVE = UnaryNegative,
    UNARY_NOT = UnaryNot,
    UNPACK_SEQUENCE = UnpackSequence,
    WITH_EXCEPT_START = WithExceptStart,
    YIELD_VALUE = YieldValue,
    ;
    ANNOTATIONS_PLACEHOLDER = AnnotationsPlaceholder,
    JUMP = Jump,
    JUMP_IF_FALSE = JumpIfFalse,
    JUMP_IF_TRUE = JumpIfTrue,
    JUMP_NO_INTERRUPT = JumpNoInterrupt,
    LOAD_CLOSURE = LoadClosure,
    POP_BLOCK = PopBlock,
    SETUP_CLEANUP = SetupCleanup,
    SETUP_FINALLY = SetupFinally,
    SETUP_WITH = SetupWith,
    STORE_FAST_MAYBE_NULL = StoreFastMaybeNull,
}

/// What is noted of each kind, by its number.
struct Facts {
    traits: [Traits; 256],
    caches: [u8; 256],
    effects: [Effect; 256],
}

/// How an instruction changes the height of the stack.
#[derive(Clone, Copy)]
struct Effect {
    /// By how much, if the argument is 0.
    base: i8,
    argument: Argument,
    /// Values taken and given, if the argument does not matter.
    fixed: Option<(u8, u8)>,
}

/// What the argument adds to an effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Argument {
    Nothing,
    /// Takes as many values as it says.
    Takes,
    /// Gives one more value if it is odd.
    OddGives,
    /// Something else.
    Other,
}

impl Argument {
    const fn add_to(self, base: i32, arg: u32) -> i32 {
        match self {
            Argument::Takes => base - arg as i32,
            Argument::OddGives => base + (arg & 1) as i32,
            Argument::Nothing | Argument::Other => base,
        }
    }
}

static FACTS: Facts = {
    let none = Effect { base: 0, argument: Argument::Nothing, fixed: Some((0, 0)) };
    let mut facts = Facts { traits: [Traits::NONE; 256], caches: [0; 256], effects: [none; 256] };
    let mut number = 0;
    while number < 256 {
        let kind = Kind(number as u8);
        facts.traits[number] = kind.find_traits();
        if let Some(opcode) = Opcode::from_number(number as u8) {
            facts.caches[number] = opcode.caches() as u8;
            facts.effects[number] = effect_of(opcode);
        }
        number += 1;
    }
    facts.effects[LOAD_CLOSURE.0 as usize] = Effect { base: 1, fixed: Some((0, 1)), ..none };
    facts.effects[STORE_FAST_MAYBE_NULL.0 as usize] = Effect { base: -1, fixed: Some((1, 0)), ..none };
    facts
};

const fn effect_of(opcode: Opcode) -> Effect {
    const WAYS: [Argument; 3] = [Argument::Nothing, Argument::Takes, Argument::OddGives];
    let (pops, pushes) = (opcode.pops(0), opcode.pushes(0));
    let base = pushes as i32 - pops as i32;
    let (mut argument, mut fixed) = (Argument::Other, Some((pops as u8, pushes as u8)));
    let mut way = 0;
    while way < WAYS.len() {
        let mut arg = 0;
        while arg < 0x400
            && WAYS[way].add_to(base, arg) == opcode.pushes(arg) as i32 - opcode.pops(arg) as i32
        {
            if opcode.pops(arg) != pops || opcode.pushes(arg) != pushes {
                fixed = None;
            }
            arg += 1;
        }
        if arg == 0x400 {
            argument = WAYS[way];
            break;
        }
        fixed = None;
        way += 1;
    }
    Effect { base: base as i8, argument, fixed }
}

impl Kind {
    /// The kind of an operation.
    pub const fn of(op: Op) -> Kind {
        match op {
            Op::Real(opcode) => Kind(opcode as u8),
            Op::Pseudo(pseudo) => Kind(FIRST_PSEUDO + pseudo as u8),
        }
    }

    /// The operation.
    pub fn op(self) -> Op {
        let pseudo = self.0.checked_sub(FIRST_PSEUDO).and_then(|number| PSEUDO.get(usize::from(number)));
        match pseudo {
            Some(&pseudo) => Op::Pseudo(pseudo),
            None => Op::Real(Opcode::from_number(self.0).unwrap_or(Opcode::Nop)),
        }
    }

    /// The number of the opcode; there are only opcodes when this is asked.
    pub const fn number(self) -> u8 {
        if self.0 < FIRST_PSEUDO { self.0 } else { Opcode::Nop as u8 }
    }

    const fn find_traits(self) -> Traits {
        use Traits as T;
        let jump = match Opcode::from_number(self.0) {
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
    pub fn traits(self) -> Traits {
        FACTS.traits[self.0 as usize]
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
        self.traits().has(Traits::JUMP.with(Traits::BLOCK_PUSH))
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
        self.traits().has(Traits::JUMP.with(Traits::SCOPE_EXIT))
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

    /// Values that the instruction takes and gives where it goes on behind itself.
    #[inline]
    pub fn pops_and_pushes(self, arg: u32) -> (u32, u32) {
        match FACTS.effects[self.0 as usize].fixed {
            Some((pops, pushes)) => (pops.into(), pushes.into()),
            None => {
                Opcode::from_number(self.0).map_or((0, 0), |opcode| (opcode.pops(arg), opcode.pushes(arg)))
            }
        }
    }

    /// How much higher the stack is behind the instruction.
    #[inline]
    pub fn stack_effect(self, arg: u32) -> i32 {
        let Effect { base, argument, .. } = FACTS.effects[self.0 as usize];
        if argument == Argument::Other {
            let (pops, pushes) = self.pops_and_pushes(arg);
            return pushes as i32 - pops as i32;
        }
        argument.add_to(base.into(), arg)
    }

    /// How much higher the stack is at the instruction's target.
    pub fn stack_effect_at_target(self, arg: u32) -> i32 {
        match self {
            SETUP_CLEANUP => 2,
            SETUP_FINALLY | SETUP_WITH => 1,
            _ => self.stack_effect(arg),
        }
    }

    /// Code units of an instruction with this argument.
    #[inline]
    pub fn size(self, arg: u32) -> u32 {
        1 + prefixes(arg) + u32::from(FACTS.caches[self.0 as usize])
    }
}

/// What an instruction is, or at least one of some instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Traits(u16);

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

/// Code units before an instruction for the higher bits of its argument.
pub(super) const fn prefixes(arg: u32) -> u32 {
    match arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.op().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_operations_are_the_same() {
        let all = Opcode::ALL.iter().map(|&opcode| Op::Real(opcode)).chain(PSEUDO.map(Op::Pseudo));
        for op in all {
            let kind = Kind::of(op);
            assert_eq!(kind.op(), op);
            assert_eq!(kind.has_target(), op.has_target());
            if let Op::Real(opcode) = op {
                for arg in [0, 1, 2, 3, 5, 8, 0x103] {
                    assert_eq!(kind.pops_and_pushes(arg), (opcode.pops(arg), opcode.pushes(arg)), "{op:?}");
                    let effect = opcode.pushes(arg) as i32 - opcode.pops(arg) as i32;
                    assert_eq!(kind.stack_effect(arg), effect, "{op:?}");
                    assert_eq!(kind.size(arg) - prefixes(arg), 1 + opcode.caches() as u32);
                }
            }
        }
    }
}
