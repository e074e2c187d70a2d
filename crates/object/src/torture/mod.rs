//! Tests that go across the types: random graphs and a model of what is reachable, each allocation failing
//! once, and callbacks that change the container that calls them, by generation.

mod graph;
mod memory;
mod reentrancy;

/// A generator of pseudo-random numbers that needs no crate.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }
}
