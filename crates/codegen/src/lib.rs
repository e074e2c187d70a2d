//! From the tree to bytecode. So far: the symbol table, which says of every name in every scope where it
//! lives, with the syntax errors that only scopes can tell.
#![forbid(unsafe_code)]

mod error;
pub mod flow;
pub mod ir;
mod mangle;
pub mod symtable;

pub use error::{CompileError, CompileErrorKind};
