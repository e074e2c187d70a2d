//! Names with what is known of them, in the order in which they came.
//!
//! Nearly all scopes have few names, and comparing a few numbers is faster than hashing one: an index is
//! kept only from [`LINEAR`] names on. Invariant: `keys` has no name twice and is as long as `values`; there
//! is an index exactly if it has more than `LINEAR` names, and then it has all of them.

use rustc_hash::FxHashMap;
use std::iter::Zip;
use std::slice::{Iter, IterMut};
use taipan_ast::Identifier;

/// How many names are looked through one by one.
const LINEAR: usize = 16;

/// What is known of names.
#[derive(Clone, Debug)]
pub struct NameMap<V> {
    keys: Vec<Identifier>,
    values: Vec<V>,
    index: Option<Box<FxHashMap<Identifier, u32>>>,
}

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        NameMap { keys: Vec::new(), values: Vec::new(), index: None }
    }
}

impl<V> NameMap<V> {
    /// Takes all names out.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
        self.index = None;
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Which of the names `name` is, from 0.
    #[inline]
    pub fn get_index_of(&self, name: &Identifier) -> Option<usize> {
        match &self.index {
            None => self.keys.iter().position(|key| key == name),
            Some(index) => index.get(name).map(|&at| at as usize),
        }
    }

    /// Whether `name` is there.
    #[inline]
    pub fn contains(&self, name: &Identifier) -> bool {
        self.get_index_of(name).is_some()
    }

    /// What is known of `name`.
    #[inline]
    pub fn get(&self, name: &Identifier) -> Option<&V> {
        self.values.get(self.get_index_of(name)?)
    }

    /// What is known of `name`, to be changed.
    #[inline]
    pub fn get_mut(&mut self, name: &Identifier) -> Option<&mut V> {
        let at = self.get_index_of(name)?;
        self.values.get_mut(at)
    }

    /// The name at an index, with what is known of it.
    pub fn get_index(&self, at: usize) -> Option<(&Identifier, &V)> {
        self.keys.get(at).zip(self.values.get(at))
    }

    /// What is known of the name at an index, to be changed.
    pub fn get_index_mut(&mut self, at: usize) -> Option<&mut V> {
        self.values.get_mut(at)
    }

    /// Adds a name that is not there.
    fn push(&mut self, name: Identifier, value: V) -> usize {
        let at = self.keys.len();
        if at == 0 {
            self.keys.reserve(8);
            self.values.reserve(8);
        }
        self.keys.push(name);
        self.values.push(value);
        match &mut self.index {
            Some(index) => _ = index.insert(name, at as u32),
            None if at == LINEAR => self.index_all(),
            None => {}
        }
        at
    }

    fn index_all(&mut self) {
        let wanted = self.keys.len() > LINEAR;
        self.index = wanted.then(|| Box::new(self.keys.iter().copied().zip(0..).collect()));
    }

    /// The index of `name`, which is added with `value` if it is not there; whether it was added.
    #[inline]
    pub fn find_or_insert_with(&mut self, name: Identifier, value: impl FnOnce() -> V) -> (usize, bool) {
        match self.get_index_of(&name) {
            Some(at) => (at, false),
            None => (self.push(name, value()), true),
        }
    }

    /// Sets what is known of `name`.
    pub fn insert(&mut self, name: Identifier, value: V) {
        match self.get_mut(&name) {
            Some(known) => *known = value,
            None => _ = self.push(name, value),
        }
    }

    /// Takes a name out; those behind it move up. Whether it was there.
    pub fn remove(&mut self, name: &Identifier) -> bool {
        let Some(at) = self.get_index_of(name) else { return false };
        self.keys.remove(at);
        self.values.remove(at);
        self.index_all();
        true
    }

    /// Takes a name out; the last takes its place. Whether it was there.
    pub fn swap_remove(&mut self, name: &Identifier) -> bool {
        let Some(at) = self.get_index_of(name) else { return false };
        self.keys.swap_remove(at);
        self.values.swap_remove(at);
        if self.keys.len() <= LINEAR {
            self.index = None;
        } else if let Some(index) = &mut self.index {
            index.remove(name);
            if let Some(moved) = self.keys.get(at) {
                index.insert(*moved, at as u32);
            }
        }
        true
    }

    /// The names with what is known of them.
    pub fn iter(&self) -> Zip<Iter<'_, Identifier>, Iter<'_, V>> {
        self.keys.iter().zip(&self.values)
    }

    /// The names with what is known of them, to be changed.
    pub fn iter_mut(&mut self) -> Zip<Iter<'_, Identifier>, IterMut<'_, V>> {
        self.keys.iter().zip(&mut self.values)
    }
}

impl<V: Default> NameMap<V> {
    /// What is known of `name`, which is added if it is not there.
    #[inline]
    pub fn get_or_default(&mut self, name: Identifier) -> &mut V {
        let (at, _) = self.find_or_insert_with(name, V::default);
        &mut self.values[at]
    }
}

/// Names.
#[derive(Clone, Debug, Default)]
pub struct NameSet(NameMap<()>);

impl NameSet {
    /// Takes all names out.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `name` is there.
    #[inline]
    pub fn contains(&self, name: &Identifier) -> bool {
        self.0.contains(name)
    }

    /// Which of the names `name` is, from 0.
    #[inline]
    pub fn get_index_of(&self, name: &Identifier) -> Option<usize> {
        self.0.get_index_of(name)
    }

    /// The name at an index.
    pub fn get_index(&self, at: usize) -> Option<&Identifier> {
        self.0.keys.get(at)
    }

    /// The index of `name`, which is added if it is not there; whether it was added.
    #[inline]
    pub fn insert_full(&mut self, name: Identifier) -> (usize, bool) {
        self.0.find_or_insert_with(name, || ())
    }

    /// Adds a name; whether it was not there.
    #[inline]
    pub fn insert(&mut self, name: Identifier) -> bool {
        self.insert_full(name).1
    }

    /// Takes a name out; the last takes its place. Whether it was there.
    pub fn swap_remove(&mut self, name: &Identifier) -> bool {
        self.0.swap_remove(name)
    }

    /// The names.
    pub fn iter(&self) -> Iter<'_, Identifier> {
        self.0.keys.iter()
    }
}

impl<'s> IntoIterator for &'s NameSet {
    type Item = &'s Identifier;
    type IntoIter = Iter<'s, Identifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'n> Extend<&'n Identifier> for NameSet {
    fn extend<I: IntoIterator<Item = &'n Identifier>>(&mut self, names: I) {
        for name in names {
            self.insert(*name);
        }
    }
}

impl FromIterator<Identifier> for NameSet {
    fn from_iter<I: IntoIterator<Item = Identifier>>(names: I) -> Self {
        let mut set = NameSet::default();
        for name in names {
            set.insert(name);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_ast::Interner;

    #[test]
    fn few_and_many_names_are_found_at_their_places() {
        let mut interner = Interner::new();
        let names: Vec<Identifier> = (0..40).map(|n| interner.intern(&format!("n{n}"))).collect();
        for count in [0, 1, LINEAR, LINEAR + 1, 40] {
            let mut map = NameMap::default();
            for (value, name) in names[..count].iter().enumerate() {
                *map.get_or_default(*name) = value;
                assert_eq!(map.find_or_insert_with(*name, || 99), (value, false));
            }
            for (at, name) in names.iter().enumerate() {
                assert_eq!(map.get_index_of(name), (at < count).then_some(at));
            }
        }
    }

    #[test]
    fn names_that_are_taken_out_leave_the_others_where_they_can_be_found() {
        let mut interner = Interner::new();
        let names: Vec<Identifier> = (0..20).map(|n| interner.intern(&format!("n{n}"))).collect();
        let whole: NameSet = names.iter().copied().collect();
        for removed in &names {
            for swap in [false, true] {
                let mut set = whole.clone();
                // twice, so that the index is given up at some time
                for other in [removed, &names[7], &names[8], &names[9], &names[10]] {
                    let there = set.contains(other);
                    let was = if swap { set.swap_remove(other) } else { set.0.remove(other) };
                    assert_eq!((was, set.contains(other)), (there, false));
                    for (at, name) in set.iter().enumerate() {
                        assert_eq!(set.get_index_of(name), Some(at));
                    }
                }
            }
        }
    }
}
