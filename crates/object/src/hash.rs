//! Hashes: SipHash-1-3 of strings and bytes under a secret of the process, and the hashes of numbers, which
//! are documented (`sys.hash_info`). Invariants: no hash is -1; equal numbers of any type have equal hashes;
//! the secret is set once, before the first string is hashed.

use std::sync::OnceLock;

/// The modulus of numeric hashes: 2^61 - 1.
pub const MODULUS: u64 = (1 << 61) - 1;
/// The hash of infinity.
pub const INFINITY: i64 = 314_159;
/// By which the hash of an imaginary part counts.
pub const IMAGINARY: u64 = 1_000_003;

/// The secret of string hashes: two words.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct HashSecret {
    /// The first word of SipHash's key.
    pub k0: u64,
    /// The second.
    pub k1: u64,
}

impl HashSecret {
    /// The secret of two words.
    pub fn from_words(k0: u64, k1: u64) -> HashSecret {
        HashSecret { k0, k1 }
    }

    /// The secret that `PYTHONHASHSEED` gives: zeros for 0, otherwise the bytes of a linear congruential
    /// generator, as CPython derives them.
    pub fn from_seed(seed: u32) -> HashSecret {
        if seed == 0 {
            return HashSecret::default();
        }
        let mut state = seed;
        let mut word = || {
            let mut bytes = [0; 8];
            for byte in &mut bytes {
                state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
                *byte = (state >> 16) as u8;
            }
            u64::from_le_bytes(bytes)
        };
        HashSecret { k0: word(), k1: word() }
    }
}

static SECRET: OnceLock<HashSecret> = OnceLock::new();

/// Sets the secret; the first call counts.
pub(crate) fn set_secret(secret: HashSecret) {
    SECRET.get_or_init(|| secret);
}

/// The hash of bytes, as `hash(bytes)` and `hash(str)` have it.
pub fn of_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let secret = SECRET.get().copied().unwrap_or_default();
    not_minus_one(siphash13(secret, bytes) as i64)
}

/// -1 is kept free: it becomes -2.
#[inline(always)]
pub const fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// The hash of an object by where it is.
#[inline]
pub fn of_address(address: u64) -> i64 {
    not_minus_one(address.rotate_right(4) as i64)
}

/// The hash of an int of one word.
#[inline(always)]
pub fn of_int(value: i64) -> i64 {
    let magnitude = value.unsigned_abs();
    let reduced = if magnitude < MODULUS { magnitude } else { magnitude % MODULUS } as i64;
    not_minus_one(if value < 0 { -reduced } else { reduced })
}

/// The hash of a float that is not NaN: that of the equal rational number modulo 2^61 - 1.
pub fn of_float(value: f64) -> i64 {
    if value.is_infinite() {
        return if value > 0.0 { INFINITY } else { -INFINITY };
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7FF) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    // multiplying by 2^power is a rotation of 61 bits
    let by = power.rem_euclid(61) as u32;
    let rotated = if by == 0 { mantissa } else { (mantissa << by & MODULUS) | mantissa >> (61 - by) };
    let reduced = (rotated % MODULUS) as i64;
    not_minus_one(if value < 0.0 { -reduced } else { reduced })
}

/// The hash of a complex number from those of its parts.
pub fn of_complex(real: i64, imaginary: i64) -> i64 {
    not_minus_one((real as u64).wrapping_add(IMAGINARY.wrapping_mul(imaginary as u64)) as i64)
}

/// Collects the hashes of a tuple's items: the mixing of xxHash.
pub struct TupleHasher {
    state: u64,
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

impl TupleHasher {
    /// Before the first item.
    pub fn new() -> TupleHasher {
        TupleHasher { state: PRIME_5 }
    }

    /// Takes in the hash of the next item.
    #[inline]
    pub fn add(&mut self, hash: i64) {
        let mixed = self.state.wrapping_add((hash as u64).wrapping_mul(PRIME_2));
        self.state = mixed.rotate_left(31).wrapping_mul(PRIME_1);
    }

    /// The hash of a slice, which does not take in how many items there were.
    pub fn finish_short(self) -> i64 {
        if self.state == u64::MAX { 1_546_275_796 } else { self.state as i64 }
    }

    /// The hash of a tuple of so many items.
    pub fn finish(self, count: usize) -> i64 {
        let hash = self.state.wrapping_add(count as u64 ^ (PRIME_5 ^ 3_527_539));
        if hash == u64::MAX { 1_546_275_796 } else { hash as i64 }
    }
}

impl Default for TupleHasher {
    fn default() -> Self {
        TupleHasher::new()
    }
}

/// SipHash with one round a word and three at the end.
fn siphash13(key: HashSecret, bytes: &[u8]) -> u64 {
    let mut v = [
        key.k0 ^ 0x736f_6d65_7073_6575,
        key.k1 ^ 0x646f_7261_6e64_6f6d,
        key.k0 ^ 0x6c79_6765_6e65_7261,
        key.k1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = (bytes.len() as u64) << 56;
    for (i, &byte) in rest.iter().enumerate() {
        last |= u64::from(byte) << (8 * i);
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `PYTHONHASHSEED=n python3.14 -c "print(hash('abc'), hash('a'))"`
    #[test]
    fn strings_hash_as_the_reference_does_for_each_seed() {
        for (seed, abc, a) in [
            (0, -4594863902769663758, 4644417185603328019),
            (1, -4667308735975688587, -3012895188637184397),
            (42, 3869580338025362921, -123207753977932514),
        ] {
            let secret = HashSecret::from_seed(seed);
            assert_eq!(siphash13(secret, b"abc") as i64, abc, "seed {seed}");
            assert_eq!(siphash13(secret, b"a") as i64, a, "seed {seed}");
        }
    }

    #[test]
    fn equal_numbers_have_equal_hashes() {
        for v in [0_i64, 1, -1, 2, -2, 12345, -98765, 1 << 52, -(1 << 53)] {
            assert_eq!(of_int(v), of_float(v as f64), "{v}");
        }
        assert_eq!(of_float(1.5), 1_152_921_504_606_846_977);
        assert_eq!(of_float(0.1), 230_584_300_921_369_408);
        assert_eq!(of_float(1e300), 1_224_995_262_755_759_164);
        assert_eq!(of_float(5e-324), 16_777_216);
        assert_eq!(of_float(-2.5), -1_152_921_504_606_846_978);
        assert_eq!(of_complex(of_float(1.0), of_float(2.0)), 2_000_007);
        assert_eq!((of_int(-1), of_int(1 << 61)), (-2, 1));
    }

    #[test]
    fn tuples_hash_as_the_reference_does() {
        let mut hasher = TupleHasher::new();
        for item in [1, 2, 3] {
            hasher.add(of_int(item));
        }
        assert_eq!(hasher.finish(3), 529_344_067_295_497_451);
    }
}
