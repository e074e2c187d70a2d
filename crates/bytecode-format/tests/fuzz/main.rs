//! Damaged code objects: what is read is fine or refused by name, nothing panics or asks for much memory,
//! and what the verifier accepts runs on an abstract machine without leaving its stack.
//!
//! `TAIPAN_FUZZ_ROUNDS` sets how many mutants each test tries, as `cargo xtask fuzz` does; the default takes
//! seconds. With `--nocapture` each test says how many inputs there were and what became of them.

mod artifacts;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/heap.rs"]
mod heap;
mod machine;
mod marshal;
mod oracle;
mod report;
mod tamper;

use taipan_artifact::mutate::Random;

#[global_allocator]
static ALLOCATOR: heap::Watched = heap::Watched;
