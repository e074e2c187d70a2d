//! Names, kept once each. An [`Identifier`] means something only together with its [`Interner`] and
//! never leaves the process: artifacts carry the names themselves.

use lasso::{Capacity, Key, Rodeo, Spur};
use rustc_hash::FxBuildHasher;

/// A name in NFKC, by its number in an [`Interner`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Identifier(Spur);

/// The names of one or more trees.
pub struct Interner {
    names: Rodeo<Spur, FxBuildHasher>,
    /// A bit for each name that begins with two underscores.
    underscored: Vec<u64>,
}

impl Interner {
    /// No names yet.
    pub fn new() -> Self {
        Interner { names: Rodeo::with_hasher(FxBuildHasher), underscored: Vec::new() }
    }

    /// No names yet, with room for those that a source of `source_len` bytes usually has.
    pub fn for_source(source_len: usize) -> Self {
        let names = (source_len / 64).clamp(1, 1 << 16);
        let bytes = std::num::NonZeroUsize::new((names * 8).max(16)).unwrap_or(std::num::NonZeroUsize::MIN);
        let names = Rodeo::with_capacity_and_hasher(Capacity::new(names, bytes), FxBuildHasher);
        Interner { names, underscored: Vec::new() }
    }

    /// The identifier of `name`.
    #[inline]
    pub fn intern(&mut self, name: &str) -> Identifier {
        let id = Identifier(self.names.get_or_intern(name));
        if name.starts_with("__") {
            self.note_underscored(id);
        }
        id
    }

    fn note_underscored(&mut self, id: Identifier) {
        let number = id.0.into_usize();
        if self.underscored.len() <= number / 64 {
            self.underscored.resize(number / 64 + 1, 0);
        }
        if let Some(word) = self.underscored.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether a name begins with two underscores, without a look at its text.
    #[inline]
    pub fn is_underscored(&self, id: Identifier) -> bool {
        let number = id.0.into_usize();
        self.underscored.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
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
