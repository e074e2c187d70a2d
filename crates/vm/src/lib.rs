//! The virtual machine: register code, made from verified bytecode, and the frames that it runs in.
//!
//! Start with `code/`, which says what a frame's slots hold and what an operation may do to them, then
//! `translate/` and `frame.rs`. The interpreter itself is not written yet. Invariant: nothing here knows a lexer, a parser or a code generator; what is translated was
//! verified.
#![deny(unsafe_op_in_unsafe_fn)]

pub mod code;
pub mod frame;
mod load;
pub mod translate;

pub use load::{Program, code_object, program};
