//! What the passes ask about an instruction.
//! Invariant: everything here is a constant of the instruction set; the stack effects are those of the
//! opcode table.

use crate::ir::{Op, Pseudo};
use taipan_bytecode_format::Opcode;

macro_rules! names {
    ($($name:ident = $real:ident,)* ; $($pseudo_name:ident = $pseudo:ident,)*) => {
        $(pub(super) const $name: Op = Op::Real(Opcode::$real);)*
        $(pub(super) const $pseudo_name: Op = Op::Pseudo(Pseudo::$pseudo);)*
    };
}

names! {
    BINARY_OP = BinaryOp,
    BUILD_LIST = BuildList,
    BUILD_SET = BuildSet,
    BUILD_TUPLE = BuildTuple,
    CALL_INTRINSIC_1 = CallIntrinsic1,
    COMPARE_OP = CompareOp,
    CONTAINS_OP = ContainsOp,
    COPY = Copy,
    COPY_FREE_VARS = CopyFreeVars,
    DELETE_FAST = DeleteFast,
    END_ASYNC_FOR = EndAsyncFor,
    FOR_ITER = ForIter,
    GET_ITER = GetIter,
    IS_OP = IsOp,
    JUMP_BACKWARD = JumpBackward,
    JUMP_BACKWARD_NO_INTERRUPT = JumpBackwardNoInterrupt,
    JUMP_FORWARD = JumpForward,
    LIST_APPEND = ListAppend,
    LIST_EXTEND = ListExtend,
    LOAD_CONST = LoadConst,
    LOAD_FAST = LoadFast,
    LOAD_FAST_AND_CLEAR = LoadFastAndClear,
    LOAD_FAST_BORROW = LoadFastBorrow,
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = LoadFastBorrowLoadFastBorrow,
    LOAD_FAST_CHECK = LoadFastCheck,
    LOAD_FAST_LOAD_FAST = LoadFastLoadFast,
    LOAD_GLOBAL = LoadGlobal,
    LOAD_SMALL_INT = LoadSmallInt,
    MAKE_CELL = MakeCell,
    NOP = Nop,
    NOT_TAKEN = NotTaken,
    POP_JUMP_IF_FALSE = PopJumpIfFalse,
    POP_JUMP_IF_NONE = PopJumpIfNone,
    POP_JUMP_IF_NOT_NONE = PopJumpIfNotNone,
    POP_JUMP_IF_TRUE = PopJumpIfTrue,
    POP_TOP = PopTop,
    PUSH_NULL = PushNull,
    RESUME = Resume,
    RETURN_GENERATOR = ReturnGenerator,
    SEND = Send,
    SET_ADD = SetAdd,
    SET_UPDATE = SetUpdate,
    STORE_FAST = StoreFast,
    STORE_FAST_LOAD_FAST = StoreFastLoadFast,
    STORE_FAST_STORE_FAST = StoreFastStoreFast,
    SWAP = Swap,
    TO_BOOL = ToBool,
    UNARY_INVERT = UnaryInvert,
    UNARY_NEGATIVE = UnaryNegative,
    UNARY_NOT = UnaryNot,
    UNPACK_SEQUENCE = UnpackSequence,
    YIELD_VALUE = YieldValue,
    ;
    ANNOTATIONS_PLACEHOLDER = AnnotationsPlaceholder,
    JUMP = Jump,
    JUMP_IF_FALSE = JumpIfFalse,
    JUMP_IF_TRUE = JumpIfTrue,
    JUMP_NO_INTERRUPT = JumpNoInterrupt,
    LOAD_CLOSURE = LoadClosure,
    POP_BLOCK = PopBlock,
    STORE_FAST_MAYBE_NULL = StoreFastMaybeNull,
}

/// Whether the instruction goes on at its target and nowhere else. Directions are not decided yet.
pub(super) const fn is_unconditional_jump(op: Op) -> bool {
    matches!(op, JUMP | JUMP_NO_INTERRUPT)
}

/// Whether the instruction takes a value and goes on at its target or behind.
pub(super) const fn is_conditional_jump(op: Op) -> bool {
    matches!(op, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE)
}

/// Whether the instruction leaves the code.
pub(super) const fn is_scope_exit(op: Op) -> bool {
    matches!(op, Op::Real(Opcode::ReturnValue | Opcode::RaiseVarargs | Opcode::Reraise))
}

/// Whether a basic block ends with the instruction.
pub(super) const fn is_terminator(op: Op) -> bool {
    op.is_jump() || is_scope_exit(op)
}

/// Whether the interpreter may look at signals in the instruction, which then needs a line.
pub(super) const fn has_eval_break(op: Op) -> bool {
    matches!(op, Op::Real(Opcode::Call | Opcode::CallFunctionEx | Opcode::Resume) | JUMP)
}

/// Whether the instruction pushes a constant.
pub(super) const fn loads_const(op: Op) -> bool {
    matches!(op, LOAD_CONST | LOAD_SMALL_INT)
}

/// Whether the instruction may change places with a neighbour: it does nothing but pop a value.
pub(super) const fn is_swappable(op: Op) -> bool {
    matches!(op, STORE_FAST | STORE_FAST_MAYBE_NULL | POP_TOP)
}

/// Values that the instruction takes and gives where it goes on behind itself.
pub(super) const fn pops_and_pushes(op: Op, arg: u32) -> (u32, u32) {
    match op {
        Op::Real(opcode) => (opcode.pops(arg), opcode.pushes(arg)),
        Op::Pseudo(Pseudo::LoadClosure) => (0, 1),
        Op::Pseudo(Pseudo::StoreFastMaybeNull) => (1, 0),
        Op::Pseudo(Pseudo::JumpIfFalse | Pseudo::JumpIfTrue) => (1, 1),
        Op::Pseudo(_) => (0, 0),
    }
}

/// How much higher the stack is behind the instruction.
pub(super) const fn stack_effect(op: Op, arg: u32) -> i64 {
    let (pops, pushes) = pops_and_pushes(op, arg);
    pushes as i64 - pops as i64
}

/// How much higher the stack is at the instruction's target.
pub(super) const fn stack_effect_at_target(op: Op, arg: u32) -> i64 {
    match op {
        Op::Pseudo(Pseudo::SetupCleanup) => 2,
        Op::Pseudo(Pseudo::SetupFinally | Pseudo::SetupWith) => 1,
        _ => stack_effect(op, arg),
    }
}
