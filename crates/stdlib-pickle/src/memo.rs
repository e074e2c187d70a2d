//! The objects that were read, by number. Pickles number them one after the other, which needs no table; one that does
//! not is read as well, and takes no more memory than it has objects.

use rustc_hash::FxHashMap;
use taipan_object::Value;

/// Objects by number.
#[derive(Clone, Default)]
pub(crate) struct ReadMemo {
    /// Those from 0 on without a gap.
    dense: Vec<Value>,
    /// The others.
    sparse: FxHashMap<usize, Value>,
}

impl ReadMemo {
    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.dense.len() + self.sparse.len()
    }

    /// The object of a number.
    #[inline]
    pub(crate) fn get(&self, number: usize) -> Option<&Value> {
        self.dense.get(number).or_else(|| self.sparse.get(&number))
    }

    /// Gives a number to an object, and hands out the one that had it.
    #[inline]
    pub(crate) fn insert(&mut self, number: usize, object: Value) -> Option<Value> {
        if let Some(place) = self.dense.get_mut(number) {
            return Some(std::mem::replace(place, object));
        }
        if number > self.dense.len() {
            return self.sparse.insert(number, object);
        }
        self.dense.push(object);
        if self.sparse.is_empty() { None } else { self.sparse.remove(&number) }
    }

    /// All objects, by number.
    pub(crate) fn all(&self) -> Vec<(usize, Value)> {
        let mut all: Vec<(usize, Value)> = self.dense.iter().cloned().enumerate().collect();
        let dense = all.len();
        all.extend(self.sparse.iter().map(|(number, object)| (*number, object.clone())));
        if let Some(sparse) = all.get_mut(dense..) {
            sparse.sort_by_key(|(number, _)| *number);
        }
        all
    }

    /// The objects in any order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &Value> {
        self.dense.iter().chain(self.sparse.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_come_in_any_order() {
        let mut memo = ReadMemo::default();
        for number in [1, 0, 7, 1, 2] {
            drop(memo.insert(number, Value::small(number as i32)));
        }
        assert_eq!(memo.len(), 4);
        assert_eq!(memo.all().into_iter().map(|(number, _)| number).collect::<Vec<_>>(), [0, 1, 2, 7]);
        assert!(memo.get(7).is_some() && memo.get(1).is_some() && memo.get(3).is_none());
    }
}
