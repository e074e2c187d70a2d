//! Why a code object is refused.

use crate::Opcode;
use crate::tables::TableError;
use std::fmt;
use taipan_wtf8::Wtf8Buf;

/// A code object that is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The rule that it breaks.
    pub rule: Rule,
    /// Where: the offset of an instruction in bytes of `co_code`, 0 for what is no instruction's.
    pub offset: u32,
    /// The qualified name of the code object.
    pub code: Wtf8Buf,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at offset {}: {}", self.code, self.offset, self.rule)
    }
}

impl std::error::Error for VerifyError {}

/// What may stand in a slot of the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// A value.
    Value,
    /// Null, where a call may have a self.
    Null,
    /// A value or null.
    SelfOrNull,
    /// What `LOAD_FAST_AND_CLEAR` took out of a local: a value, or nothing if it was unbound.
    MaybeUnbound,
    /// What `LOAD_FAST_AND_CLEAR` took out of a local that held a cell.
    MaybeCell,
    /// The exception that was handled before.
    PreviousException,
    /// The offset of the instruction that raised.
    Lasti,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident $({ $($field:ident: $type:ty),* })? => $text:literal,)*) => {
        /// The rules, by what breaks them.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Rule {
            $($(#[doc = $doc])* $name $({
                $(
                    #[doc = "See the text."]
                    $field: $type,
                )*
            })?,)*
        }

        impl Rule {
            /// The names of all rules.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// What breaks each rule, in the order of the names.
            pub const DOCS: &[&str] = &[$(concat!($($doc),*)),*];

            /// The rule's name.
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$name { .. } => stringify!($name),)* }
            }
        }

        impl fmt::Display for Rule {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Rule::$name $({ $($field),* })? => write!(f, $text),)* }
            }
        }
    };
}

rules! {
    /// The code is empty or of an odd number of bytes.
    CodeLength => "the code is empty, too long, or ends within a code unit",
    /// A number that is no opcode.
    UnknownOpcode { number: u8 } => "{number} is no opcode",
    /// An opcode of the interpreter's own.
    PrivateOpcode { opcode: Opcode } => "{opcode:?} must not stand in a code object",
    /// More than three prefixes.
    LongPrefix => "more than three EXTENDED_ARG in a row",
    /// Prefixes of an instruction that never needs any.
    Prefix { opcode: Opcode } => "{opcode:?} takes no EXTENDED_ARG",
    /// The last instruction is cut off.
    CutInstruction => "the code ends within an instruction",
    /// Something in the room of an inline cache.
    CacheContent => "an inline cache that is not zero",
    /// An argument that the opcode does not take.
    Operand { opcode: Opcode, arg: u32 } => "{arg} is no argument of {opcode:?}",
    /// No such constant.
    ConstIndex { index: u32, count: u32 } => "constant {index} of {count}",
    /// No such name.
    NameIndex { index: u32, count: u32 } => "name {index} of {count}",
    /// No such local.
    LocalIndex { index: u32, count: u32 } => "local {index} of {count}",
    /// A jump out of the code or into an instruction.
    JumpTarget { target: i64 } => "no instruction begins at the jump's target, offset {target}",
    /// A loop whose end is not where the interpreter expects it.
    LoopEnd => "FOR_ITER does not jump to END_FOR",
    /// A jump or handler that leads into what sets the frame up, or a handler that covers it.
    Prologue => "a jump or handler at the instructions that set the frame up",
    /// The handling of an exception begins where none was raised.
    ExceptionEntry => "PUSH_EXC_INFO is reached otherwise than by an exception",
    /// The end of the code is reached.
    FallsOffEnd => "execution runs off the end of the code",
    /// More is popped than was pushed.
    StackUnderflow { height: u32, needed: u32 } => "{needed} values needed, {height} on the stack",
    /// More is pushed than was declared.
    StackOverflow { height: u32, declared: u32 } => "{height} values on a stack of {declared}",
    /// A stack larger than any.
    StackSize { size: u32 } => "a stack of {size}, more than 65535",
    /// Two ways to an instruction with different stacks.
    HeightMismatch { one: u32, other: u32 } => "stack heights {one} and {other} meet",
    /// Two ways to an instruction with different kinds of slots.
    SlotMismatch { height: u32 } => "different kinds meet in slot {height} of the stack",
    /// An operand of another kind than the instruction takes.
    SlotKind { slot: u32, found: Slot } => "slot {slot} of the stack is {found:?}, which the instruction does not take",
    /// More than the result on the stack at the end.
    ReturnHeight { height: u32 } => "RETURN_VALUE leaves {height} values on the stack",
    /// A cell's operation on what is no cell there.
    NotACell { local: u32 } => "local {local} does not hold a cell",
    /// A local saved that holds a cell on some ways only, so that nobody knows what is put back.
    MaybeACell { local: u32 } => "local {local} holds a cell on some ways only",
    /// A cell made of a local that is not declared one.
    NotDeclaredCell { local: u32 } => "local {local} is not declared a cell or free variable",
    /// Free variables that are not copied first, or at another place, or not all.
    FreeVariables { declared: u32 } => "{declared} free variables, which COPY_FREE_VARS must copy first and nothing else",
    /// Names and kinds of locals of different number.
    LocalCount { names: u32, kinds: u32 } => "{names} names of locals and {kinds} kinds",
    /// Kinds of locals that mean nothing together or stand in the wrong order.
    LocalKinds { local: u32 } => "local {local} has bad kind bits or stands out of order",
    /// More arguments than locals.
    ArgumentCount { arguments: u64, locals: u32 } => "{arguments} arguments in {locals} locals",
    /// More positional-only arguments than positional ones.
    PositionalOnly { posonly: u32, positional: u32 } => "{posonly} positional-only arguments of {positional}",
    /// Flags that exclude each other.
    Flags { flags: u32 } => "flags {flags:#x} contradict each other",
    /// A generator that does not begin as one, or a function that does.
    GeneratorStart => "RETURN_GENERATOR must begin generators, once, and nothing else",
    /// A yield outside of a generator.
    YieldOutside => "YIELD_VALUE outside of a generator",
    /// A yield without the place at which it is resumed, which says whether it delegates.
    YieldResume => "no RESUME of its kind after YIELD_VALUE",
    /// A docstring is promised and the first constant is none.
    Docstring => "a docstring is promised, and the first constant is no str",
    /// Constants within constants beyond the limit.
    ConstDepth => "constants nest deeper than 200",
    /// A handler table that does not decode.
    ExceptionTable { error: TableError } => "exception table: {error}",
    /// Handler ranges out of bounds or out of order, or not on instructions.
    ExceptionRange { start: u32, end: u32 } => "the range of a handler, {start} to {end}, is out of order, out of bounds, or cuts instructions",
    /// A handler at which no instruction begins.
    HandlerTarget { target: u32 } => "no instruction begins at a handler, offset {target}",
    /// A handler that keeps more than there is.
    HandlerDepth { depth: u32, height: u32 } => "a handler keeps {depth} values of {height}",
    /// A position table that does not decode.
    PositionTable { error: TableError } => "position table: {error}",
    /// A position table for another code.
    PositionCount { table: u64, code: u32 } => "positions of {table} code units for {code}",
    /// Code objects within code objects beyond the limit.
    CodeDepth => "code objects nest too deep",
    /// Code made to keep the verifier busy.
    Work => "too much work for a code of this length",
}
