//! The two hashes of an artifact: which source it was made from, and whether it is undamaged.
//! Invariant: neither depends on the machine. Neither resists an attacker: readers verify content.

use std::fmt;
use twox_hash::{XxHash3_64, XxHash3_128};

/// The hash of the undecoded source: XXH3 with 128 bits, most significant byte first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SourceHash(pub [u8; 16]);

impl SourceHash {
    /// The hash of a source's bytes.
    pub fn of(source: &[u8]) -> Self {
        SourceHash(XxHash3_128::oneshot(source).to_be_bytes())
    }

    /// The hash that [`fmt::Display`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits =
            text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
        let value = u128::from_str_radix(text, 16).ok().filter(|_| digits)?;
        Some(SourceHash(value.to_be_bytes()))
    }
}

impl fmt::Display for SourceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The checksum of the parts of an artifact before and after the checksum itself.
pub(crate) fn checksum(before: &[u8], after: &[u8]) -> u64 {
    XxHash3_64::oneshot(after) ^ XxHash3_64::oneshot(before).rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_hash_reads_back_from_its_hexadecimal_form() {
        let hash = SourceHash::of(b"x = 1\n");
        assert_eq!(SourceHash::from_hex(&hash.to_string()), Some(hash));
        assert_eq!(SourceHash::from_hex("+0000000000000000000000000000000"), None);
        assert_eq!(SourceHash::from_hex("00"), None);
    }
}
