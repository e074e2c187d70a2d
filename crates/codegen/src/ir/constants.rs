//! The constants of a code object, each once.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHasher};
use std::hash::{Hash, Hasher};
use taipan_bytecode_format::Const;

/// Constants by value and type, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    entries: IndexSet<Key, FxBuildHasher>,
}

/// A constant, equal to others as [`Const::same`] says, but that a set has no order and that what is no
/// number equals nothing.
#[derive(Clone, Debug)]
struct Key(Const);

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        match (&self.0, &other.0) {
            (Const::FrozenSet(values), Const::FrozenSet(others)) => same_set(values, others),
            (value, other) => value.same(other) && !has_nan(value),
        }
    }
}

impl Eq for Key {}

/// Whether something in a constant is no number.
fn has_nan(constant: &Const) -> bool {
    match constant {
        Const::Float(value) => value.is_nan(),
        Const::Complex(real, imaginary) => real.is_nan() || imaginary.is_nan(),
        Const::Tuple(values) => values.iter().any(has_nan),
        Const::Code(code) => code.consts.iter().any(has_nan),
        _ => false,
    }
}

/// Whether two sets have the same values, in whatever order.
fn same_set(values: &[Const], others: &[Const]) -> bool {
    if values.len() != others.len() {
        return false;
    }
    let by_hash = |values: &[Const]| -> Vec<(u64, usize)> {
        let mut hashes: Vec<_> = values.iter().map(hash_of).zip(0..).collect();
        hashes.sort_unstable();
        hashes
    };
    let sorted = by_hash(others);
    values.iter().all(|value| {
        let hash = hash_of(value);
        let candidates = sorted.iter().skip(sorted.partition_point(|(other, _)| *other < hash));
        let mut candidates = candidates.take_while(|(other, _)| *other == hash);
        candidates.any(|&(_, index)| value.same(&others[index]))
    })
}

fn hash_of(value: &Const) -> u64 {
    let mut state = FxHasher::default();
    hash(value, &mut state);
    state.finish()
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(constant: &Const, state: &mut H) {
    std::mem::discriminant(constant).hash(state);
    let all = |values: &[Const], state: &mut H| values.iter().for_each(|value| hash(value, state));
    match constant {
        Const::None | Const::Ellipsis => {}
        Const::Bool(value) => value.hash(state),
        Const::Int(value) => value.hash(state),
        Const::Float(value) => value.to_bits().hash(state),
        Const::Complex(real, imaginary) => (real.to_bits(), imaginary.to_bits()).hash(state),
        Const::Str(value) => value.hash(state),
        Const::Bytes(value) => value.hash(state),
        Const::Tuple(values) => all(values, state),
        Const::FrozenSet(values) => {
            let hashes = values.iter().map(hash_of);
            hashes.fold(0u64, u64::wrapping_add).hash(state);
        }
        Const::Slice(parts) => all(parts.as_slice(), state),
        Const::Code(code) => (&code.name, code.firstlineno, code.code.len()).hash(state),
    }
}

impl Constants {
    /// The index of a constant, which is added if it is not there.
    pub fn add(&mut self, constant: Const) -> u32 {
        self.entries.insert_full(Key(constant)).0 as u32
    }

    /// A constant by its index.
    pub fn get(&self, index: u32) -> Option<&Const> {
        self.entries.get_index(index as usize).map(|key| &key.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them in order.
    pub fn into_vec(self) -> Vec<Const> {
        self.entries.into_iter().map(|key| key.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_of_other_types_are_other_constants() {
        let mut constants = Constants::default();
        let all = [
            Const::Int(1.into()),
            Const::Bool(true),
            Const::Float(1.0),
            Const::Complex(1.0, 0.0),
            Const::Float(0.0),
            Const::Float(-0.0),
            Const::Tuple(vec![Const::Float(0.0)]),
            Const::Tuple(vec![Const::Float(-0.0)]),
        ];
        for round in 0..2 {
            for (index, constant) in all.iter().enumerate() {
                assert_eq!(constants.add(constant.clone()), index as u32, "round {round}");
            }
        }
        assert_eq!(constants.len(), all.len());
    }

    #[test]
    fn a_set_has_no_order_and_what_is_no_number_equals_nothing() {
        let set = |values: &[i32]| Const::FrozenSet(values.iter().map(|&n| Const::Int(n.into())).collect());
        let mut constants = Constants::default();
        assert_eq!(constants.add(set(&[1, 2, 3])), 0);
        assert_eq!(constants.add(set(&[3, 1, 2])), 0);
        assert_eq!(constants.add(set(&[1, 2, 4])), 1);
        assert_eq!(constants.add(Const::Float(f64::NAN)), 2);
        assert_eq!(constants.add(Const::Float(f64::NAN)), 3);
        assert_eq!(constants.add(Const::Tuple(vec![Const::Float(f64::NAN)])), 4);
        assert_eq!(constants.add(Const::Tuple(vec![Const::Float(f64::NAN)])), 5);
    }
}
