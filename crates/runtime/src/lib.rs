//! An interpreter without a compiler: what compiled code needs to run, all native modules that are no part of the
//! compiler, and the library. [`Interpreter`] is where to start; a [`Compiler`] is given to it or not.
#![forbid(unsafe_code)]

mod builtins;
pub mod compiler;
pub mod evaluate;
mod faulthandler;
pub mod files;
mod imports;
pub mod interactive;
mod interpreter;
mod report;
mod shutdown;
mod site;
mod streams;
pub mod sys;

pub use compiler::{Compiler, SourceText};
pub use interactive::{Line, LineEditor};
pub use interpreter::{Interpreter, Options, StartError};
pub use streams::TextEncoding;
