//! The constants of a code object, each once.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use taipan_bytecode_format::Const;

/// How many constants are looked through one by one.
const LINEAR: usize = 16;

/// Constants by value and type, in the order in which they were added. Most code has few, so an index is
/// kept only from [`LINEAR`] of them on: it has the first constant of each hash.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    values: Vec<Const>,
    hashes: Vec<u64>,
    index: Option<Box<FxHashMap<u64, u32>>>,
}

/// Whether two constants are one: as [`Const::same`] says, but that a set has no order and
/// that what is no number equals nothing.
fn is_same(value: &Const, other: &Const) -> bool {
    match (value, other) {
        (Const::FrozenSet(values), Const::FrozenSet(others)) => same_set(values, others),
        (value, other) => value.same(other) && !has_nan(value),
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

impl Constants {
    /// The index of a constant, which is added if it is not there.
    pub fn add(&mut self, constant: Const) -> u32 {
        let hash = hash_of(&constant);
        self.find(hash, &constant).unwrap_or_else(|| self.push(hash, constant))
    }

    fn find(&self, hash: u64, constant: &Const) -> Option<u32> {
        let mut at = match &self.index {
            Some(index) => *index.get(&hash)? as usize,
            None => 0,
        };
        loop {
            at += self.hashes.get(at..)?.iter().position(|&other| other == hash)?;
            if is_same(constant, self.values.get(at)?) {
                return Some(at as u32);
            }
            at += 1;
        }
    }

    fn push(&mut self, hash: u64, constant: Const) -> u32 {
        let at = self.values.len() as u32;
        if at == 0 {
            self.values.reserve(8);
            self.hashes.reserve(8);
        }
        self.hashes.push(hash);
        self.values.push(constant);
        match &mut self.index {
            Some(index) => _ = index.entry(hash).or_insert(at),
            None if self.values.len() > LINEAR => {
                let mut index = FxHashMap::with_capacity_and_hasher(4 * LINEAR, Default::default());
                for (hash, at) in self.hashes.iter().zip(0..) {
                    index.entry(*hash).or_insert(at);
                }
                self.index = Some(Box::new(index));
            }
            None => {}
        }
        at
    }

    /// A constant by its index.
    pub fn get(&self, index: u32) -> Option<&Const> {
        self.values.get(index as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes all of them out, in order.
    pub fn take(&mut self) -> impl Iterator<Item = Const> {
        self.hashes.clear();
        self.index = None;
        self.values.drain(..)
    }

    /// Takes all of them out.
    pub fn clear(&mut self) {
        self.values.clear();
        self.hashes.clear();
        self.index = None;
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

    #[test]
    fn many_constants_are_found_at_their_places() {
        let mut constants = Constants::default();
        for _ in 0..2 {
            for n in 0..100u32 {
                assert_eq!(constants.add(Const::Int(n.into())), n);
            }
        }
    }
}
