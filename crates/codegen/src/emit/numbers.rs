//! The arguments that are numbers of something, looked up by name at compile time in the tables of the
//! bytecode.

use taipan_ast::{CmpOp, Operator};
use taipan_bytecode_format::{
    BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2, SPECIAL_METHODS,
};

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The number of `name` in a table; a name that it does not have stops the build.
const fn number(table: &[&str], name: &str) -> u32 {
    let mut at = 0;
    while at < table.len() {
        if equal(table[at], name) {
            return at as u32;
        }
        at += 1;
    }
    panic!("no such name in the table")
}

macro_rules! numbers {
    ($table:ident: $($name:ident = $text:literal,)*) => {
        $(pub(super) const $name: u32 = number($table, $text);)*
    };
}

numbers! { INTRINSICS_1:
    PRINT = "INTRINSIC_PRINT",
    IMPORT_STAR = "INTRINSIC_IMPORT_STAR",
    STOPITERATION_ERROR = "INTRINSIC_STOPITERATION_ERROR",
    ASYNC_GEN_WRAP = "INTRINSIC_ASYNC_GEN_WRAP",
    UNARY_POSITIVE = "INTRINSIC_UNARY_POSITIVE",
    LIST_TO_TUPLE = "INTRINSIC_LIST_TO_TUPLE",
    TYPEVAR = "INTRINSIC_TYPEVAR",
    PARAMSPEC = "INTRINSIC_PARAMSPEC",
    TYPEVARTUPLE = "INTRINSIC_TYPEVARTUPLE",
    SUBSCRIPT_GENERIC = "INTRINSIC_SUBSCRIPT_GENERIC",
    TYPEALIAS = "INTRINSIC_TYPEALIAS",
}

numbers! { INTRINSICS_2:
    PREP_RERAISE_STAR = "INTRINSIC_PREP_RERAISE_STAR",
    TYPEVAR_WITH_BOUND = "INTRINSIC_TYPEVAR_WITH_BOUND",
    TYPEVAR_WITH_CONSTRAINTS = "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    SET_FUNCTION_TYPE_PARAMS = "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    SET_TYPEPARAM_DEFAULT = "INTRINSIC_SET_TYPEPARAM_DEFAULT",
}

numbers! { COMMON_CONSTANTS:
    ASSERTION_ERROR = "AssertionError",
    NOT_IMPLEMENTED_ERROR = "NotImplementedError",
    BUILTIN_TUPLE = "tuple",
    BUILTIN_ALL = "all",
    BUILTIN_ANY = "any",
}

numbers! { SPECIAL_METHODS:
    ENTER = "__enter__",
    EXIT = "__exit__",
    AENTER = "__aenter__",
    AEXIT = "__aexit__",
}

numbers! { BINARY_OPERATORS: SUBSCRIPT = "[]", }

/// What a `RESUME` follows.
pub(super) mod resume {
    pub(in super::super) const START: u32 = 0;
    pub(in super::super) const YIELD: u32 = 1;
    pub(in super::super) const YIELD_FROM: u32 = 2;
    pub(in super::super) const AWAIT: u32 = 3;
}

/// The bits of `SET_FUNCTION_ATTRIBUTE`.
pub(super) mod attribute {
    pub(in super::super) const DEFAULTS: u32 = 1;
    pub(in super::super) const KEYWORD_DEFAULTS: u32 = 2;
    pub(in super::super) const CLOSURE: u32 = 8;
    pub(in super::super) const ANNOTATE: u32 = 16;
}

/// Which awaitable a `GET_AWAITABLE` asks for, as its error says.
pub(super) mod awaitable {
    pub(in super::super) const ANY: u32 = 0;
    pub(in super::super) const AENTER: u32 = 1;
    pub(in super::super) const AEXIT: u32 = 2;
}

/// The number of a binary operator, or of its in-place form.
pub(super) const fn binary(op: Operator, in_place: bool) -> u32 {
    let (plain, assigning) = match op {
        Operator::Add => ("+", "+="),
        Operator::Sub => ("-", "-="),
        Operator::Mult => ("*", "*="),
        Operator::MatMult => ("@", "@="),
        Operator::Div => ("/", "/="),
        Operator::Mod => ("%", "%="),
        Operator::Pow => ("**", "**="),
        Operator::LShift => ("<<", "<<="),
        Operator::RShift => (">>", ">>="),
        Operator::BitOr => ("|", "|="),
        Operator::BitXor => ("^", "^="),
        Operator::BitAnd => ("&", "&="),
        Operator::FloorDiv => ("//", "//="),
    };
    number(BINARY_OPERATORS, if in_place { assigning } else { plain })
}

const LESS: u32 = 2;
const GREATER: u32 = 4;
const EQUAL: u32 = 8;
const NOT_EQUAL: u32 = 7;

/// The argument of `COMPARE_OP`: the comparison's number above five bits, and which outcomes make it true.
/// None for the operators that are instructions of their own.
pub(super) const fn comparison(op: CmpOp) -> Option<u32> {
    let (name, mask) = match op {
        CmpOp::Lt => ("<", LESS),
        CmpOp::LtE => ("<=", LESS | EQUAL),
        CmpOp::Eq => ("==", EQUAL),
        CmpOp::NotEq => ("!=", NOT_EQUAL),
        CmpOp::Gt => (">", GREATER),
        CmpOp::GtE => (">=", GREATER | EQUAL),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    };
    Some(number(COMPARISONS, name) << 5 | mask)
}
