//! Taipan as a library: Python 3.14 in a Rust program. [`Interpreter`] is where to start; [`compile`] is the way
//! from a source to code alone, and [`COMPILER`] what an interpreter is given that is to compile while programs run.
#![forbid(unsafe_code)]

pub mod compile;
mod compile_function;
mod compiler;
mod errors;
mod symtable_function;
mod trees;
mod warn;

pub use compiler::COMPILER;
pub use taipan_runtime::{
    Compiler, Interpreter, Options, SourceText, StartError, TextEncoding, evaluate, sys,
};
