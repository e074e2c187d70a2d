//! From the tree to bytecode.
//!
//! [`compile`] is the whole way: `symtable/` says of every name in every scope where it lives, `emit/`
//! walks the tree and writes instructions, `flow/` makes code objects of them. `ir/` is what the last two
//! share.
#![forbid(unsafe_code)]

mod compile;
mod emit;
mod error;
mod flow;
mod future;
pub mod ir;
mod leaving;
mod mangle;
pub mod name_map;
pub mod symtable;
mod warning;

pub use compile::{CompileOptions, compile, compile_tree, header, symtable_of};
pub use error::{CompileError, CompileErrorKind};
pub use future::features;
pub use warning::{CompileWarning, WarningKind};

/// Levels of a tree that are walked over between two looks at the native stack.
const STACK_LEVELS: u32 = 8;

/// Runs a step of a walk with enough native stack for [`STACK_LEVELS`] more.
#[inline(never)]
fn with_stack<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(192 * 1024, 1024 * 1024, step)
}
