//! Keyed hashing (RFC 2104): the state of an HMAC over any of the functions.

use crate::algorithm::{Algorithm, Hasher};

/// What has been authenticated so far.
#[derive(Clone, Default)]
pub(crate) struct Hmac {
    inner: Hasher,
    outer: Hasher,
}

impl Hmac {
    /// With a key; none for a function whose digests have no length of their own.
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Option<Hmac> {
        if algorithm.is_extendable() {
            return None;
        }
        let mut block = match key.len() > algorithm.block_size() {
            true => {
                let mut hasher = algorithm.hasher();
                hasher.update(key);
                hasher.digest()
            }
            false => key.to_vec(),
        };
        block.resize(algorithm.block_size(), 0);
        let keyed = |pad: u8| {
            let mut hasher = algorithm.hasher();
            hasher.update(&block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>());
            hasher
        };
        Some(Hmac { inner: keyed(0x36), outer: keyed(0x5C) })
    }

    /// The function.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.inner.algorithm()
    }

    /// Authenticates more.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    /// The code for what was authenticated so far.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest());
        outer.digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 4231, test case 2
        let mut hmac = Hmac::new(Algorithm::Sha256, b"Jefe").unwrap();
        hmac.update(b"what do ya want ");
        hmac.update(b"for nothing?");
        let digest = hmac.digest();
        assert_eq!(digest[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(digest[28..], [0x64, 0xec, 0x38, 0x43]);
        // a key longer than a block is hashed first
        let (long, mut hash) = ([0xaa; 131], Algorithm::Sha256.hasher());
        hash.update(&long);
        let of = |key: &[u8]| Hmac::new(Algorithm::Sha256, key).map(|hmac| hmac.digest());
        assert_eq!(of(&long), of(&hash.digest()));
    }
}
