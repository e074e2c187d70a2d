//! What the benchmarks share: the corpus, the stages as functions to time, and a counting allocator,
//! and programs run by two interpreters.

pub mod clock;
pub mod code;
pub mod corpus;
pub mod heap;
pub mod programs;
pub mod stages;
