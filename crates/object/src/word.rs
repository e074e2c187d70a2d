//! The value word: 64 bits that are an int, a float, a pointer to a heap object or one of the VM's
//! own markers, told apart by the low bits. Invariant: a word is *canonical*, so an exact int of 62
//! bits and an exact float in range are never pointers, and equal ints are equal words.
//!
//! | low bits | meaning | encoding |
//! |---|---|---|
//! | `01` | int, 62 bits signed | `v << 2 \| 1` |
//! | `011`, `110`, `111` | float | `rotl(bits, 4) + 3` |
//! | `000` | pointer to a heap object | the address |
//! | `100` | marker of the VM, never visible to Python | see [`Word::UNBOUND`] |
//!
//! `010` does not occur. A word says nothing about who owns the reference: see [`Value`](crate::Value)
//! and [`Ref`](crate::Ref).

use std::num::NonZeroU64;
use std::ptr::NonNull;

use crate::header::PyObject;

/// A tagged word, `Copy` and never zero, so that `Option<Word>` is one register.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Word(NonZeroU64);

const _: () = assert!(size_of::<Option<Word>>() == 8);

/// Which encodings of the low three bits are an immediate float.
const FLOAT_PATTERNS: u64 = 0xC8;

impl Word {
    /// The largest int that a word holds.
    pub const MAX_INT: i64 = (1 << 61) - 1;
    /// The smallest int that a word holds.
    pub const MIN_INT: i64 = -(1 << 61);
    /// Marks a local or a cell that is not bound.
    pub const UNBOUND: Word = Word::from_nonzero(4);
    /// Marks an empty stack slot where a callable's `self` could stand.
    pub const NULL: Word = Word::from_nonzero(12);

    const fn from_nonzero(bits: u64) -> Word {
        match NonZeroU64::new(bits) {
            Some(bits) => Word(bits),
            None => panic!("a word is not zero"),
        }
    }

    /// The word of these bits; none if they are zero.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Option<Word> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Word(bits)),
            None => None,
        }
    }

    /// The bits.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }

    // ---- ints ----

    /// The word of an int; none beyond 62 bits.
    #[inline(always)]
    pub const fn from_int(value: i64) -> Option<Word> {
        let bits = (value << 2) | 1;
        if bits >> 2 == value { Word::from_bits(bits as u64) } else { None }
    }

    /// The word of an int that is 32 bits wide.
    #[inline(always)]
    pub const fn from_i32(value: i32) -> Word {
        Word::from_nonzero(((value as i64) << 2 | 1) as u64)
    }

    /// Whether the word is an int.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.bits() & 3 == 1
    }

    /// Whether both words are ints: one test.
    #[inline(always)]
    pub const fn both_ints(a: Word, b: Word) -> bool {
        (a.bits().wrapping_sub(1) | (b.bits() ^ 1)) & 3 == 0
    }

    /// The int; none if the word is none.
    #[inline(always)]
    pub const fn as_int(self) -> Option<i64> {
        if self.is_int() { Some(self.int_unchecked()) } else { None }
    }

    /// The int of a word that is known to be one; nonsense, not undefined, for others.
    #[inline(always)]
    pub const fn int_unchecked(self) -> i64 {
        (self.bits() as i64) >> 2
    }

    /// `a + b` of two ints; none when the sum needs the heap.
    #[inline(always)]
    pub const fn add_ints(a: Word, b: Word) -> Option<Word> {
        match (a.bits().wrapping_sub(1) as i64).checked_add(b.bits() as i64) {
            Some(sum) => Word::from_bits(sum as u64),
            None => None,
        }
    }

    /// `a - b` of two ints; none when the difference needs the heap.
    #[inline(always)]
    pub const fn sub_ints(a: Word, b: Word) -> Option<Word> {
        match (a.bits() as i64).checked_sub(b.bits().wrapping_sub(1) as i64) {
            Some(difference) => Word::from_bits(difference as u64),
            None => None,
        }
    }

    /// `a * b` of two ints; none when the product needs the heap.
    #[inline(always)]
    pub const fn mul_ints(a: Word, b: Word) -> Option<Word> {
        match (a.bits().wrapping_sub(1) as i64).checked_mul(b.int_unchecked()) {
            Some(product) => Word::from_bits(product as u64 | 1),
            None => None,
        }
    }

    // ---- floats ----

    /// The word of a float; none for NaN, infinities and what is very large or very small but not
    /// zero or subnormal: those are heap objects.
    #[inline(always)]
    pub const fn from_float(value: f64) -> Option<Word> {
        let bits = value.to_bits().rotate_left(4).wrapping_add(3);
        if (FLOAT_PATTERNS >> (bits & 7)) & 1 != 0 { Word::from_bits(bits) } else { None }
    }

    /// Whether the word is a float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.bits() & 2 != 0
    }

    /// Whether both words are floats: one test.
    #[inline(always)]
    pub const fn both_floats(a: Word, b: Word) -> bool {
        a.bits() & b.bits() & 2 != 0
    }

    /// The float; none if the word is none.
    #[inline(always)]
    pub const fn as_float(self) -> Option<f64> {
        if self.is_float() { Some(self.float_unchecked()) } else { None }
    }

    /// The float of a word that is known to be one; nonsense, not undefined, for others.
    #[inline(always)]
    pub const fn float_unchecked(self) -> f64 {
        f64::from_bits(self.bits().wrapping_sub(3).rotate_right(4))
    }

    // ---- pointers and markers ----

    /// The word of a heap object. It owns nothing.
    #[inline(always)]
    pub fn from_object(object: NonNull<PyObject>) -> Word {
        debug_assert_eq!(object.as_ptr() as usize & 7, 0, "objects are aligned to 8 bytes");
        let bits = object.as_ptr().expose_provenance() as u64;
        // SAFETY: `object` is not null, and an address is 64 bits wide here.
        Word(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    /// Whether the word is a pointer.
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.bits() & 7 == 0
    }

    /// The pointer; none if the word is none.
    #[inline(always)]
    pub fn as_object(self) -> Option<NonNull<PyObject>> {
        if self.is_object() {
            NonNull::new(std::ptr::with_exposed_provenance_mut(self.bits() as usize))
        } else {
            None
        }
    }

    /// Whether the word is one of the VM's markers.
    #[inline(always)]
    pub const fn is_marker(self) -> bool {
        self.bits() & 7 == 4
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.as_int(), self.as_float()) {
            (Some(int), _) => write!(f, "int {int}"),
            (_, Some(float)) => write!(f, "float {float:?}"),
            _ if self.is_marker() => write!(f, "marker {:#x}", self.bits()),
            _ => write!(f, "object {:#x}", self.bits()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTS: [i64; 12] = [
        0,
        1,
        -1,
        2,
        255,
        -256,
        1 << 30,
        -(1 << 31),
        Word::MAX_INT,
        Word::MIN_INT,
        Word::MAX_INT - 1,
        Word::MIN_INT + 1,
    ];

    #[test]
    fn ints_of_62_bits_come_back_and_others_are_refused() {
        for v in INTS {
            assert_eq!(Word::from_int(v).unwrap().as_int(), Some(v));
        }
        for v in [Word::MAX_INT + 1, Word::MIN_INT - 1, i64::MAX, i64::MIN] {
            assert_eq!(Word::from_int(v), None);
        }
    }

    #[test]
    fn arithmetic_on_words_is_exact_or_refused() {
        for a in INTS {
            for b in INTS {
                let (x, y) = (Word::from_int(a).unwrap(), Word::from_int(b).unwrap());
                let fits = |wide: i128| i64::try_from(wide).ok().and_then(Word::from_int);
                assert!(Word::both_ints(x, y));
                assert_eq!(Word::add_ints(x, y), fits(i128::from(a) + i128::from(b)), "{a} + {b}");
                assert_eq!(Word::sub_ints(x, y), fits(i128::from(a) - i128::from(b)), "{a} - {b}");
                assert_eq!(Word::mul_ints(x, y), fits(i128::from(a) * i128::from(b)), "{a} * {b}");
                assert_eq!((x.bits() as i64).cmp(&(y.bits() as i64)), a.cmp(&b));
            }
        }
    }

    /// Every sign and exponent, with mantissas of every shape.
    #[test]
    fn a_float_comes_back_or_is_refused_by_its_exponent_alone() {
        for top in 0..1_u64 << 12 {
            for mantissa in [0, 1, (1 << 52) - 1, 1 << 51, 0x5555_5555_5555, 0xF_0000_0000_0000] {
                let value = f64::from_bits(top << 52 | mantissa);
                let word = Word::from_float(value);
                let exponent_class = top >> 8 & 7;
                assert_eq!(word.is_some(), matches!(exponent_class, 0 | 3 | 4), "{value:?}");
                if let Some(word) = word {
                    assert!(word.is_float() && !word.is_int() && !word.is_object() && !word.is_marker());
                    assert_ne!(word.bits() & 7, 2);
                    assert_eq!(word.as_float().unwrap().to_bits(), value.to_bits());
                }
            }
        }
    }

    #[test]
    fn usual_floats_are_held_and_nan_and_infinity_are_not() {
        for v in [0.0, -0.0, 1.0, -1.5, 1e77, 1e-76, f64::MIN_POSITIVE, 5e-324] {
            assert!(Word::from_float(v).is_some(), "{v}");
        }
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e78, 1e-78] {
            assert!(Word::from_float(v).is_none(), "{v}");
        }
    }

    #[test]
    fn the_test_for_two_ints_is_true_of_ints_only() {
        let words = [
            Word::from_i32(3),
            Word::from_i32(-3),
            Word::from_float(1.5).unwrap(),
            Word::from_float(-0.0).unwrap(),
            Word::from_float(-3.0e5).unwrap(),
            Word::UNBOUND,
            Word::from_bits(0x7f00_1230).unwrap(),
        ];
        for a in words {
            for b in words {
                assert_eq!(Word::both_ints(a, b), a.is_int() && b.is_int(), "{a:?} {b:?}");
                assert_eq!(Word::both_floats(a, b), a.is_float() && b.is_float(), "{a:?} {b:?}");
            }
        }
    }
}
