//! The hash functions, behind one type: which there are, and a hasher of any of them.

use blake2b_simd::State as Blake2b;
use blake2s_simd::State as Blake2s;
use digest::{Digest, ExtendableOutput, Update, XofReader};
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};

macro_rules! algorithms {
    ($($name:ident $text:literal size $size:literal block $block:literal holds $state:ty, $new:expr;)*) => {
        /// A hash function.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub(crate) enum Algorithm {
            #[default]
            $($name),*
        }

        impl Algorithm {
            /// All of them.
            pub(crate) const ALL: &[Algorithm] = &[$(Algorithm::$name),*];

            /// Its name in Python.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Algorithm::$name => $text),* }
            }

            /// The bytes of a digest; 0 if whoever wants one says.
            pub(crate) fn digest_size(self) -> usize {
                match self { $(Algorithm::$name => $size),* }
            }

            /// The bytes that are taken at once.
            pub(crate) fn block_size(self) -> usize {
                match self { $(Algorithm::$name => $block),* }
            }

            /// A hasher of nothing yet.
            pub(crate) fn hasher(self) -> Hasher {
                match self { $(Algorithm::$name => Hasher::$name($new)),* }
            }
        }

        /// What has been hashed so far.
        #[derive(Clone)]
        pub(crate) enum Hasher {
            $($name($state)),*
        }

        impl Hasher {
            /// Which function it is.
            pub(crate) fn algorithm(&self) -> Algorithm {
                match self { $(Hasher::$name(_) => Algorithm::$name),* }
            }
        }
    };
}

algorithms! {
    Md5 "md5" size 16 block 64 holds md5::Md5, md5::Md5::new();
    Sha1 "sha1" size 20 block 64 holds sha1::Sha1, sha1::Sha1::new();
    Sha224 "sha224" size 28 block 64 holds Sha224, Sha224::new();
    Sha256 "sha256" size 32 block 64 holds Sha256, Sha256::new();
    Sha384 "sha384" size 48 block 128 holds Sha384, Sha384::new();
    Sha512 "sha512" size 64 block 128 holds Sha512, Sha512::new();
    Sha512_224 "sha512_224" size 28 block 128 holds Sha512_224, Sha512_224::new();
    Sha512_256 "sha512_256" size 32 block 128 holds Sha512_256, Sha512_256::new();
    Sha3_224 "sha3_224" size 28 block 144 holds Sha3_224, Sha3_224::new();
    Sha3_256 "sha3_256" size 32 block 136 holds Sha3_256, Sha3_256::new();
    Sha3_384 "sha3_384" size 48 block 104 holds Sha3_384, Sha3_384::new();
    Sha3_512 "sha3_512" size 64 block 72 holds Sha3_512, Sha3_512::new();
    Shake128 "shake_128" size 0 block 168 holds Shake128, Shake128::default();
    Shake256 "shake_256" size 0 block 136 holds Shake256, Shake256::default();
    Blake2b "blake2b" size 64 block 128 holds Box<Blake2b>, Box::new(Blake2b::new());
    Blake2s "blake2s" size 32 block 64 holds Box<Blake2s>, Box::new(Blake2s::new());
}

impl Default for Hasher {
    fn default() -> Hasher {
        Algorithm::default().hasher()
    }
}

impl Algorithm {
    /// The function of a name; as OpenSSL has it the case does not matter, and the dashes of its own names neither.
    pub(crate) fn of_name(name: &str) -> Option<Algorithm> {
        let plain = name.to_ascii_lowercase();
        let plain = match plain.as_str() {
            "md-5" => "md5",
            "sha-1" | "ssl3-sha1" => "sha1",
            "sha-224" | "sha2-224" => "sha224",
            "sha-256" | "sha2-256" => "sha256",
            "sha-384" | "sha2-384" => "sha384",
            "sha-512" | "sha2-512" => "sha512",
            "sha512-224" | "sha512/224" => "sha512_224",
            "sha512-256" | "sha512/256" => "sha512_256",
            "sha3-224" => "sha3_224",
            "sha3-256" => "sha3_256",
            "sha3-384" => "sha3_384",
            "sha3-512" => "sha3_512",
            "shake128" | "shake-128" => "shake_128",
            "shake256" | "shake-256" => "shake_256",
            "blake2b512" | "blake2b-512" => "blake2b",
            "blake2s256" | "blake2s-256" => "blake2s",
            plain => plain,
        };
        Algorithm::ALL.iter().copied().find(|algorithm| algorithm.name() == plain)
    }

    /// Whether whoever wants a digest says how long it is.
    pub(crate) fn is_extendable(self) -> bool {
        matches!(self, Algorithm::Shake128 | Algorithm::Shake256)
    }
}

impl Hasher {
    /// Hashes more.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Md5(state) => Update::update(state, bytes),
            Hasher::Sha1(state) => Update::update(state, bytes),
            Hasher::Sha224(state) => Update::update(state, bytes),
            Hasher::Sha256(state) => Update::update(state, bytes),
            Hasher::Sha384(state) => Update::update(state, bytes),
            Hasher::Sha512(state) => Update::update(state, bytes),
            Hasher::Sha512_224(state) => Update::update(state, bytes),
            Hasher::Sha512_256(state) => Update::update(state, bytes),
            Hasher::Sha3_224(state) => Update::update(state, bytes),
            Hasher::Sha3_256(state) => Update::update(state, bytes),
            Hasher::Sha3_384(state) => Update::update(state, bytes),
            Hasher::Sha3_512(state) => Update::update(state, bytes),
            Hasher::Shake128(state) => Update::update(state, bytes),
            Hasher::Shake256(state) => Update::update(state, bytes),
            Hasher::Blake2b(state) => _ = state.update(bytes),
            Hasher::Blake2s(state) => _ = state.update(bytes),
        }
    }

    /// The digest of what was hashed so far; more may follow. Of the functions whose digests are as long as one likes
    /// it is empty.
    pub(crate) fn digest(&self) -> Vec<u8> {
        match self {
            Hasher::Md5(state) => state.clone().finalize().to_vec(),
            Hasher::Sha1(state) => state.clone().finalize().to_vec(),
            Hasher::Sha224(state) => state.clone().finalize().to_vec(),
            Hasher::Sha256(state) => state.clone().finalize().to_vec(),
            Hasher::Sha384(state) => state.clone().finalize().to_vec(),
            Hasher::Sha512(state) => state.clone().finalize().to_vec(),
            Hasher::Sha512_224(state) => state.clone().finalize().to_vec(),
            Hasher::Sha512_256(state) => state.clone().finalize().to_vec(),
            Hasher::Sha3_224(state) => state.clone().finalize().to_vec(),
            Hasher::Sha3_256(state) => state.clone().finalize().to_vec(),
            Hasher::Sha3_384(state) => state.clone().finalize().to_vec(),
            Hasher::Sha3_512(state) => state.clone().finalize().to_vec(),
            Hasher::Shake128(_) | Hasher::Shake256(_) => Vec::new(),
            Hasher::Blake2b(state) => state.finalize().as_bytes().to_vec(),
            Hasher::Blake2s(state) => state.finalize().as_bytes().to_vec(),
        }
    }

    /// Fills `out`, if the function's digests are as long as one likes.
    pub(crate) fn fill(&self, out: &mut [u8]) {
        match self {
            Hasher::Shake128(state) => state.clone().finalize_xof().read(out),
            Hasher::Shake256(state) => state.clone().finalize_xof().read(out),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_have_their_sizes_and_names_are_found() {
        for &algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::of_name(algorithm.name()), Some(algorithm));
            let mut hasher = algorithm.hasher();
            assert_eq!(hasher.algorithm(), algorithm);
            assert_eq!(hasher.digest().len(), algorithm.digest_size());
            let before = hasher.digest();
            hasher.update(b"more");
            assert!(algorithm.is_extendable() || hasher.digest() != before);
        }
        assert_eq!(Algorithm::of_name("SHA-256"), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::of_name("sha257"), None);
    }
}
