//! The bytecode of Python 3.14 as data: opcodes, code objects, their encodings and the proof that they
//! are safe to run.
#![deny(unsafe_code)]

pub mod artifact;
pub mod assembly;
mod chunks;
mod code;
mod code_ref;
pub mod dis;
pub mod doc;
pub mod instruction;
pub mod marshal;
pub mod numbers;
mod opcode;
pub mod pyc;
mod repr;
mod table;
pub mod tables;
mod verified;
pub mod verify;

pub use artifact::WriteError;
pub use code::{Code, CodeFlags, Const, LocalKind};
pub use code_ref::{CodeRef, Head, KindCounts};
pub use opcode::{
    BINARY_OPERATOR_NAMES, BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2,
    Opcode, OperandKind, SPECIAL_METHODS,
};
pub use pyc::{Pyc, PycError, Validation};
pub use tables::TableError;
pub use tables::exceptions::ExceptionEntry;
pub use tables::positions::{LineRange, Location, PositionEntry};
pub use verified::Verified;
pub use verify::VerifyError;
