//! Taipan as a library: Python 3.14 in a Rust program. [`Interpreter`] is where to start; [`compile`] is the way
//! from a source to code alone.
#![forbid(unsafe_code)]

mod builtins;
pub mod compile;
mod compile_function;
mod errors;
mod evaluate;
mod faulthandler;
mod files;
mod imports;
mod interpreter;
mod report;
mod shutdown;
mod site;
mod streams;
mod symtable_function;
pub mod sys;
mod trees;
mod warn;

pub use interpreter::{Interpreter, Options, StartError};
pub use streams::TextEncoding;
