//! The bytecode of Python 3.14 as data: opcodes, code objects, their encodings and the proof that they
//! are safe to run.
#![forbid(unsafe_code)]

mod code;
mod opcode;
mod table;
pub mod tables;

pub use code::{Code, CodeFlags, Const, LocalKind};
pub use opcode::{
    BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2, Opcode, OperandKind,
    SPECIAL_METHODS,
};
pub use tables::TableError;
pub use tables::exceptions::ExceptionEntry;
pub use tables::positions::{LineRange, Location, PositionEntry};
