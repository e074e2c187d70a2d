//! The two hashes of an artifact: which source it was made from, and whether it is undamaged.
//! Invariant: neither depends on the machine. Neither resists an attacker: readers verify content.

use siphasher::sip::SipHasher13;
use std::fmt;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// The magic number of `.pyc` files, which is the key of the hash in them as well.
pub const PYC_MAGIC: [u8; 4] = *b"Ta\r\n";

/// The hash of the undecoded source: the eight bytes that PEP 552 puts into `.pyc` files, then eight of
/// XXH3, so that artifacts name their source by 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct SourceHash(pub [u8; 16]);

impl SourceHash {
    /// The hash of a source's bytes.
    pub fn of(source: &[u8]) -> Self {
        let pyc = keyed_hash(u32::from_le_bytes(PYC_MAGIC).into(), source);
        let mut hash = [0; 16];
        let parts = pyc.into_iter().chain(XxHash3_64::oneshot(source).to_be_bytes());
        hash.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        SourceHash(hash)
    }

    /// The part that stands in `.pyc` files.
    pub fn pyc(self) -> [u8; 8] {
        self.0.first_chunk().copied().unwrap_or_default()
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

/// `_imp.source_hash(key, source)`: SipHash-1-3 under the key and zero, least significant byte first.
pub fn keyed_hash(key: u64, source: &[u8]) -> [u8; 8] {
    let mut hasher = SipHasher13::new_with_keys(key, 0);
    hasher.write(source);
    hasher.finish().to_le_bytes()
}

/// The checksum of the parts of an artifact before and after the checksum itself.
pub(crate) fn checksum(before: &[u8], after: &[u8]) -> u64 {
    XxHash3_64::oneshot(after) ^ XxHash3_64::oneshot(before).rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_that_of_the_reference() {
        assert_eq!(keyed_hash(42, b"hi"), *b"\xfb\xd9G\x05\xaf$\x9b~");
        let key = u32::from_le_bytes(PYC_MAGIC).into();
        assert_eq!(SourceHash::of(b"x = 1\n").pyc(), keyed_hash(key, b"x = 1\n"));
    }

    #[test]
    fn a_source_hash_reads_back_from_its_hexadecimal_form() {
        let hash = SourceHash::of(b"x = 1\n");
        assert_eq!(SourceHash::from_hex(&hash.to_string()), Some(hash));
        assert_eq!(SourceHash::from_hex("+0000000000000000000000000000000"), None);
        assert_eq!(SourceHash::from_hex("00"), None);
    }
}
