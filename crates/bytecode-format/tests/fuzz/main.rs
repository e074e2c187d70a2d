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

#[global_allocator]
static ALLOCATOR: heap::Watched = heap::Watched;

/// Numbers that a seed determines (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
