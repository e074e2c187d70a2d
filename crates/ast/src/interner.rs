//! Names, kept once each. An [`Identifier`] means something only together with its [`Interner`] and
//! never leaves the process: artifacts carry the names themselves.

use lasso::{Capacity, Rodeo, Spur};
use rustc_hash::FxBuildHasher;

/// A name in NFKC, by its number in an [`Interner`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Identifier(Spur);

/// The names of one or more trees.
pub struct Interner {
    names: Rodeo<Spur, FxBuildHasher>,
}

impl Interner {
    /// No names yet.
    pub fn new() -> Self {
        Interner { names: Rodeo::with_hasher(FxBuildHasher) }
    }

    /// No names yet, with room for those that a source of `source_len` bytes usually has.
    pub fn for_source(source_len: usize) -> Self {
        let names = (source_len / 64).clamp(1, 1 << 16);
        let bytes = std::num::NonZeroUsize::new((names * 8).max(16)).unwrap_or(std::num::NonZeroUsize::MIN);
        Interner { names: Rodeo::with_capacity_and_hasher(Capacity::new(names, bytes), FxBuildHasher) }
    }

    /// The identifier of `name`.
    #[inline]
    pub fn intern(&mut self, name: &str) -> Identifier {
        Identifier(self.names.get_or_intern(name))
    }

    /// The identifier of `name` if it was ever interned.
    pub fn get(&self, name: &str) -> Option<Identifier> {
        self.names.get(name).map(Identifier)
    }

    /// The name of an identifier of this interner.
    ///
    /// # Panics
    /// If `id` is another interner's.
    #[inline]
    pub fn resolve(&self, id: Identifier) -> &str {
        self.names.resolve(&id.0)
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}
