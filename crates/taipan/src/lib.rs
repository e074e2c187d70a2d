//! Taipan as a library: Python 3.14 in a Rust program.
#![forbid(unsafe_code)]

pub mod compile;
