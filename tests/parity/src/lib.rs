//! What the comparisons share with the tests of other crates: how a program is run whose output counts.

pub mod children;
pub mod piped;
pub mod program;
