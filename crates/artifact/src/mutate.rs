//! A seeded mutator of artifacts, for the tests of every format's reader.
//! Invariant: the same seed and input give the same mutant.

use crate::hash::checksum;
use crate::header::{CHECKSUM_AT, FIXED_LEN};

/// A mutant of `bytes`: one to four flips, overwrites, cuts, removals, or splices of `other`. Every
/// second one has its length and checksum repaired, so that it reaches what lies behind them.
pub fn mutant(bytes: &[u8], other: &[u8], seed: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03);
    let mut out = bytes.to_vec();
    let low = if seed.is_multiple_of(2) { FIXED_LEN } else { 0 };
    for _ in 0..1 + random.below(4) {
        change(&mut out, other, low, &mut random);
    }
    if seed.is_multiple_of(2) {
        repair(&mut out);
    }
    out
}

/// Sets the length and the checksum to what the bytes ask for.
pub fn repair(bytes: &mut [u8]) {
    let length = (bytes.len() as u64).to_le_bytes();
    let Some((fixed, body)) = bytes.split_at_mut_checked(FIXED_LEN) else { return };
    let Some((before, sum)) = fixed.split_at_mut_checked(CHECKSUM_AT) else { return };
    if let Some(field) = before.last_chunk_mut::<8>() {
        *field = length;
    }
    sum.copy_from_slice(&checksum(before, body).to_le_bytes());
}

fn change(out: &mut Vec<u8>, other: &[u8], low: usize, random: &mut Random) {
    if out.len() <= low {
        return;
    }
    let at = low + random.below(out.len() - low);
    let end = (at + 1 + random.below(16)).min(out.len());
    let Some(byte) = out.get_mut(at) else { return };
    match random.below(8) {
        0..3 => *byte ^= 1 << random.below(8),
        3 => *byte = random.next() as u8,
        4 => *byte = [0, 1, 127, 250, 251, 252, 253, 255].get(random.below(8)).copied().unwrap_or_default(),
        5 => drop(out.drain(at..end)),
        6 if random.below(4) == 0 => out.truncate(at),
        _ if other.is_empty() => {}
        _ => {
            let from = random.below(other.len());
            let piece = other.get(from..).unwrap_or_default();
            let piece = piece.get(..random.below(32)).unwrap_or(piece);
            drop(out.splice(at..end, piece.iter().copied()));
        }
    }
}

/// Numbers that a seed determines (splitmix64).
pub struct Random(pub u64);

impl Random {
    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "there is no end")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number, below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
