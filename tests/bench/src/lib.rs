//! What the benchmarks share: the corpus, the stages as functions to time, and a counting allocator.

pub mod clock;
pub mod code;
pub mod corpus;
pub mod heap;
pub mod stages;
