//! Opcodes and the kinds of their operands, made from the table in `table.rs`.

macro_rules! define_operands {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// What an instruction's argument means, and so what the verifier holds it to.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum OperandKind {
            $($(#[doc = $doc])* $name,)*
        }

        impl OperandKind {
            /// What it is.
            pub const fn doc(self) -> &'static str {
                match self { $(OperandKind::$name => concat!($($doc),*),)* }
            }
        }
    };
}

define_operands! {
    /// No argument: it must be 0.
    None,
    /// Index of a constant.
    Const,
    /// Index of a name.
    Name,
    /// Index of a name, above one flag bit.
    NameShift1,
    /// Index of a name, above two flag bits.
    NameShift2,
    /// Index of a local, cell or free variable.
    Local,
    /// Two indices of locals below 16, the first in the high half of the byte.
    LocalPair,
    /// Number of values.
    Count,
    /// Number of values of a slice: 2 or 3.
    SliceCount,
    /// Number of values of `raise`: 0 to 2.
    RaiseCount,
    /// Place in the stack, counted from 1 at the top.
    Depth,
    /// Code units ahead of the next instruction.
    JumpForward,
    /// Code units back from the next instruction.
    JumpBackward,
    /// Number of a binary operator.
    BinaryOp,
    /// Number of a comparison, with its mask and a flag.
    Comparison,
    /// 1 to negate the result.
    Invert,
    /// Number of a conversion, from 1.
    Conversion,
    /// Flags of an interpolation and its conversion.
    Interpolation,
    /// Number of an intrinsic function of one argument.
    Intrinsic1,
    /// Number of an intrinsic function of two arguments.
    Intrinsic2,
    /// Number of a common constant.
    CommonConstant,
    /// Number of a special method.
    SpecialMethod,
    /// Which attribute of a function: one bit.
    FunctionAttribute,
    /// An integer from 0 to 255.
    SmallInt,
    /// Values before the starred target, and after it above eight bits.
    UnpackEx,
    /// 1 inside a delegation.
    Yield,
    /// Where the frame resumes.
    Resume,
    /// Where an awaitable comes from.
    Awaitable,
    /// Higher bits of the next instruction's argument.
    Extended,
}

/// In the tables of stack effects: the effect depends on the argument.
const VARIES: u8 = u8::MAX;

/// An effect if it is the same for these arguments.
const fn sampled(zero: u32, one: u32, two: u32, wide: u32) -> u8 {
    if zero == one && one == two && two == wide && zero < VARIES as u32 { zero as u8 } else { VARIES }
}

const fn constant_effects(effects: &[(usize, u8)]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < effects.len() {
        table[effects[at].0] = effects[at].1;
        at += 1;
    }
    table
}

macro_rules! define_opcodes {
    ($(($name:ident $ident:ident, $number:literal, $kind:ident, $caches:literal, |$a:tt| $pops:expr, |$b:tt| $pushes:expr, $raises:literal, $doc:literal))*) => {
        /// An opcode of CPython 3.14.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = $doc] $ident = $number,)*
        }

        impl Opcode {
            /// All opcodes in the order of their numbers.
            pub const ALL: &[Opcode] = &[$(Opcode::$ident),*];

            /// The opcode of this number.
            pub const fn from_number(number: u8) -> Option<Opcode> {
                match number { $($number => Some(Opcode::$ident),)* _ => None }
            }

            /// CPython's name.
            pub const fn name(self) -> &'static str {
                match self { $(Opcode::$ident => stringify!($name),)* }
            }

            /// The opcode of this name.
            pub fn from_name(name: &str) -> Option<Opcode> {
                match name { $(stringify!($name) => Some(Opcode::$ident),)* _ => None }
            }

            /// What the argument means.
            #[inline]
            pub const fn operand(self) -> OperandKind {
                const TABLE: [OperandKind; 256] = {
                    let mut table = [OperandKind::None; 256];
                    $(table[$number] = OperandKind::$kind;)*
                    table
                };
                TABLE[self as usize]
            }

            /// Code units of inline cache behind the instruction.
            #[inline]
            pub const fn caches(self) -> usize {
                const TABLE: [u8; 256] = {
                    let mut table = [0; 256];
                    $(table[$number] = $caches;)*
                    table
                };
                TABLE[self as usize] as usize
            }

            /// Values that must stand on the stack, which the instruction takes.
            #[inline]
            pub const fn pops(self, arg: u32) -> u32 {
                const TABLE: [u8; 256] = constant_effects(&[$(($number, {
                    const fn effect(arg: u32) -> u32 { let $a = arg; $pops }
                    sampled(effect(0), effect(1), effect(2), effect(0x0302))
                }),)*]);
                match TABLE[self as usize] {
                    VARIES => self.pops_by_arg(arg),
                    fixed => fixed as u32,
                }
            }

            /// Values that it puts in their place.
            #[inline]
            pub const fn pushes(self, arg: u32) -> u32 {
                const TABLE: [u8; 256] = constant_effects(&[$(($number, {
                    const fn effect(arg: u32) -> u32 { let $b = arg; $pushes }
                    sampled(effect(0), effect(1), effect(2), effect(0x0302))
                }),)*]);
                match TABLE[self as usize] {
                    VARIES => self.pushes_by_arg(arg),
                    fixed => fixed as u32,
                }
            }

            const fn pops_by_arg(self, arg: u32) -> u32 {
                match self { $(Opcode::$ident => { let $a = arg; $pops })* }
            }

            const fn pushes_by_arg(self, arg: u32) -> u32 {
                match self { $(Opcode::$ident => { let $b = arg; $pushes })* }
            }

            /// Whether it may raise an exception.
            pub const fn may_raise(self) -> bool {
                match self { $(Opcode::$ident => $raises,)* }
            }

            /// What it does.
            pub const fn doc(self) -> &'static str {
                match self { $(Opcode::$ident => $doc,)* }
            }
        }
    };
}

crate::for_each_opcode!(define_opcodes);

impl Opcode {
    /// The lowest number with an argument.
    pub const HAVE_ARGUMENT: u8 = 43;

    /// Whether the instruction has an argument.
    pub const fn has_argument(self) -> bool {
        self as u8 > Self::HAVE_ARGUMENT
    }

    /// Whether the instruction may go on elsewhere.
    pub const fn is_jump(self) -> bool {
        matches!(self.operand(), OperandKind::JumpForward | OperandKind::JumpBackward)
    }

    /// Whether what follows the instruction is not reached from it.
    pub const fn ends_block(self) -> bool {
        matches!(
            self,
            Opcode::ReturnValue
                | Opcode::RaiseVarargs
                | Opcode::Reraise
                | Opcode::JumpForward
                | Opcode::JumpBackward
                | Opcode::JumpBackwardNoInterrupt
                | Opcode::InterpreterExit
        )
    }

    /// How many of the values that it pops are only looked at: the lowest ones, which stay where they are
    /// and are among those it pushes. What a yield takes counts as kept, for an exception that is thrown in
    /// finds None in its place.
    pub const fn keeps(self, arg: u32) -> u32 {
        match self {
            Opcode::CheckExcMatch
            | Opcode::ForIter
            | Opcode::GetAnext
            | Opcode::GetLen
            | Opcode::ImportFrom
            | Opcode::MatchMapping
            | Opcode::MatchSequence
            | Opcode::Send
            | Opcode::YieldValue => 1,
            Opcode::MatchKeys => 2,
            Opcode::WithExceptStart => 5,
            Opcode::Copy
            | Opcode::DictUpdate
            | Opcode::ListAppend
            | Opcode::ListExtend
            | Opcode::MapAdd
            | Opcode::Reraise
            | Opcode::SetAdd
            | Opcode::SetUpdate => arg,
            Opcode::DictMerge => arg + 3,
            _ => 0,
        }
    }

    /// What of its operands the interpreter has to check when it runs, raising SystemError; all else that
    /// the instruction relies on is proven by the verifier. Errors of the language, such as operands that
    /// do not add, are not listed.
    pub const fn checked(self) -> Option<&'static str> {
        Some(match self {
            Opcode::BuildInterpolation => "the source text is a str",
            Opcode::BuildString => "all values are str",
            Opcode::BuildTemplate => "both values are tuples, of strings and of interpolations",
            Opcode::CallKw => "the names are a tuple of str, not more than the arguments",
            Opcode::CallFunctionEx => "the arguments are a tuple or iterable, the keywords a mapping",
            Opcode::CallIntrinsic1 | Opcode::CallIntrinsic2 => "the operands' types, function by function",
            Opcode::CheckEgMatch | Opcode::CheckExcMatch | Opcode::CleanupThrow => "the exception is one",
            Opcode::EndAsyncFor | Opcode::Reraise => "the exception is one",
            Opcode::WithExceptStart => "the exception is one",
            Opcode::CopyFreeVars => "the function's closure is as many objects, all cells",
            Opcode::DictMerge | Opcode::DictUpdate | Opcode::MapAdd => "the container is a dict",
            Opcode::ForIter => "the iterator is one",
            Opcode::ListAppend | Opcode::ListExtend => "the container is a list",
            Opcode::LoadFromDictOrDeref | Opcode::LoadFromDictOrGlobals => "the namespace is a mapping",
            Opcode::LoadName | Opcode::StoreName | Opcode::DeleteName | Opcode::LoadLocals => {
                "the frame has a namespace"
            }
            Opcode::ImportName => "the level is an int",
            Opcode::LoadFast | Opcode::LoadFastLoadFast | Opcode::StoreFastLoadFast => {
                "the local is bound, unless definite assignment proves it"
            }
            Opcode::LoadFastBorrow | Opcode::LoadFastBorrowLoadFastBorrow => {
                "as for `LOAD_FAST`; that the local keeps the value as long as it is used is not proven"
            }
            Opcode::MakeFunction => "the value is a code object",
            Opcode::MatchClass => "the names are a tuple of str",
            Opcode::MatchKeys => "the keys are a tuple",
            Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::UnaryNot => "the value is a bool",
            Opcode::SetAdd | Opcode::SetUpdate => "the container is a set",
            Opcode::SetFunctionAttribute => "the function is one, the attribute of its type",
            Opcode::SetupAnnotations => "the frame has a namespace",
            _ => return None,
        })
    }

    /// Whether an exception may come out of it that the code around it handles: its own, what a check of
    /// [`Opcode::checked`] raises, or one that is thrown into a generator where it yields.
    pub const fn reaches_handlers(self) -> bool {
        self.may_raise() || self.checked().is_some() || matches!(self, Opcode::YieldValue)
    }

    /// Whether it works on a container or callable that stands below what it takes, at any distance.
    pub const fn reaches_below(self) -> bool {
        matches!(
            self,
            Opcode::DictMerge
                | Opcode::DictUpdate
                | Opcode::ListAppend
                | Opcode::ListExtend
                | Opcode::MapAdd
                | Opcode::SetAdd
                | Opcode::SetUpdate
        )
    }

    /// Whether an artifact may hold it: the others are the interpreter's own.
    pub const fn is_public(self) -> bool {
        !matches!(self, Opcode::Cache | Opcode::Reserved | Opcode::InterpreterExit | Opcode::ExitInitCheck)
    }
}

/// The binary operators, by their numbers.
pub const BINARY_OPERATORS: &[&str] = &[
    "+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^", "+=", "&=", "//=", "<<=", "@=",
    "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^=", "[]",
];

/// The names of the binary operators, by their numbers.
pub const BINARY_OPERATOR_NAMES: &[&str] = &[
    "NB_ADD",
    "NB_AND",
    "NB_FLOOR_DIVIDE",
    "NB_LSHIFT",
    "NB_MATRIX_MULTIPLY",
    "NB_MULTIPLY",
    "NB_REMAINDER",
    "NB_OR",
    "NB_POWER",
    "NB_RSHIFT",
    "NB_SUBTRACT",
    "NB_TRUE_DIVIDE",
    "NB_XOR",
    "NB_INPLACE_ADD",
    "NB_INPLACE_AND",
    "NB_INPLACE_FLOOR_DIVIDE",
    "NB_INPLACE_LSHIFT",
    "NB_INPLACE_MATRIX_MULTIPLY",
    "NB_INPLACE_MULTIPLY",
    "NB_INPLACE_REMAINDER",
    "NB_INPLACE_OR",
    "NB_INPLACE_POWER",
    "NB_INPLACE_RSHIFT",
    "NB_INPLACE_SUBTRACT",
    "NB_INPLACE_TRUE_DIVIDE",
    "NB_INPLACE_XOR",
    "NB_SUBSCR",
];

/// The comparisons, by their numbers.
pub const COMPARISONS: &[&str] = &["<", "<=", "==", "!=", ">", ">="];

/// The intrinsic functions of one argument, by their numbers.
pub const INTRINSICS_1: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

/// The intrinsic functions of two arguments, by their numbers.
pub const INTRINSICS_2: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

/// The common constants, by their numbers.
pub const COMMON_CONSTANTS: &[&str] = &["AssertionError", "NotImplementedError", "tuple", "all", "any"];

/// The special methods of `LOAD_SPECIAL`, by their numbers.
pub const SPECIAL_METHODS: &[&str] = &["__enter__", "__exit__", "__aenter__", "__aexit__"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_back() {
        for &opcode in Opcode::ALL {
            assert_eq!(Opcode::from_number(opcode as u8), Some(opcode));
            assert_eq!(Opcode::from_name(opcode.name()), Some(opcode));
            assert_eq!(opcode.has_argument(), opcode.operand() != OperandKind::None, "{opcode:?}");
        }
        assert_eq!(Opcode::from_number(3), None);
        assert_eq!(Opcode::from_number(255), None);
    }

    #[test]
    fn effects_that_stand_in_tables_are_those_of_every_argument() {
        for &opcode in Opcode::ALL {
            for arg in (0..70).chain([0xFF, 0x100, 0x1FF, 0xFFFF, 0x1_0000, 0x00FF_FF00]) {
                assert_eq!(opcode.pops(arg), opcode.pops_by_arg(arg), "{opcode:?} {arg}");
                assert_eq!(opcode.pushes(arg), opcode.pushes_by_arg(arg), "{opcode:?} {arg}");
            }
        }
    }

    #[test]
    fn stack_effects_are_the_reference_s() {
        let effect = |opcode: Opcode, arg| i64::from(opcode.pushes(arg)) - i64::from(opcode.pops(arg));
        assert_eq!(effect(Opcode::Call, 3), -4);
        assert_eq!(effect(Opcode::CallKw, 3), -5);
        assert_eq!(effect(Opcode::BuildInterpolation, 3), -2);
        assert_eq!(effect(Opcode::UnpackEx, 3), 3);
        assert_eq!(effect(Opcode::LoadAttr, 3), 1);
        assert_eq!(effect(Opcode::MatchClass, 3), -2);
        assert_eq!(effect(Opcode::EndAsyncFor, 3), -2);
    }
}
