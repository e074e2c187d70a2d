//! The native modules that are made of the compiler's stages: `_ast` and `_tokenize`, and the objects of `_symtable`.
//!
//! They know the tree and the parser, so that they stand above all other native modules. Invariant: what they say of
//! the language comes from the tables of the stages, which declare it once.
#![forbid(unsafe_code)]

pub mod ast;
pub mod symtable;
mod tokenize;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 2] = [&ast::MODULE, &tokenize::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 3] = [&ast::AST, &tokenize::TOKENIZER_ITER, &symtable::ENTRY];
    ready::ready_more(thread, &types)?;
    ast::fill(thread)?;
    symtable::fill(thread)
}
