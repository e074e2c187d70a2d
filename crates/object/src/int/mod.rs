//! `int`: 62 bits in the word; beyond that a heap object with a sign and digits of 30 bits. Invariants: an
//! exact int that fits a word is a word wherever the VM can see it ([`PyLong::boxed`] is for C); digits are
//! normalised: the highest is not zero.
//!
//! What takes time in proportion to the digits (sum, difference, shifts, bits, comparison) works on the
//! digits in place. Products of long numbers, division, powers and decimal conversion go to `dashu-int` on
//! 64-bit limbs. Measured against `num-bigint`: a product of 65,536 limbs 50 against 112 ms, a quotient 214
//! against 301, parsing of 157,000 digits 8.6 against 23 ms, the 37th power of 16 limbs 39 against 80 µs;
//! `num-bigint` prints short numbers in two thirds of the time. What takes the library noticeable time is split into
//! parts with a safepoint before each (`long.rs`, `long_text.rs`).

mod arith;
mod bits;
mod convert;
mod divide;
mod library;
mod long;
mod long_text;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::cmp::Ordering;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::heap::{Kind, MAX_SIZE};
use crate::thread::Thread;
use crate::types::layout::offsets;
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Ref, Value};
use crate::word::Word;

pub use convert::{ParseError, int_to_f64, parse};

/// Bits of a digit.
pub(crate) const SHIFT: u32 = 30;
/// The highest digit.
pub(crate) const MASK: u32 = (1 << SHIFT) - 1;

/// An int on the heap; its digits follow, the lowest first.
#[repr(C)]
pub struct PyLong {
    base: PyObject,
    lv_tag: Cell<usize>,
    ob_digit: [u32; 0],
}

/// An int of one digit, as C's `struct` has it, for statics.
#[repr(C)]
pub struct PyLongOne {
    /// The head.
    pub base: PyObject,
    lv_tag: Cell<usize>,
    ob_digit: u32,
}

offsets!(PyLong, 24: lv_tag 16, ob_digit 24);
offsets!(PyLongOne, 32: lv_tag 16, ob_digit 24);

// SAFETY: an immortal object that is never written.
unsafe impl Sync for PyLongOne {}

impl PyLongOne {
    /// 0 or 1, of the type `bool`.
    pub(crate) const fn of_bool(value: bool, ty: &'static PyTypeObject) -> PyLongOne {
        let tag = if value { 1 << 3 } else { 1 };
        PyLongOne { base: PyObject::immortal(ty), lv_tag: Cell::new(tag), ob_digit: value as u32 }
    }

    /// One of the ints that are static objects, as the reference has them: the bit 2 of the tag says so.
    const fn of_small(value: i64) -> PyLongOne {
        let tag = match value {
            0 => 4 | 1,
            1.. => 1 << 3 | 4,
            _ => 1 << 3 | 4 | 2,
        };
        let digit = value.unsigned_abs() as u32;
        PyLongOne { base: PyObject::immortal(&INT), lv_tag: Cell::new(tag), ob_digit: digit }
    }
}

/// The least int that is a static object where C has to have an object, and how many there are.
const LEAST_STATIC: i64 = -5;
const STATIC_INTS: usize = 262;

static STATIC: [PyLongOne; STATIC_INTS] = {
    let mut all = [const { PyLongOne::of_small(0) }; STATIC_INTS];
    let mut at = 0;
    while at < STATIC_INTS {
        all[at] = PyLongOne::of_small(at as i64 + LEAST_STATIC);
        at += 1;
    }
    all
};

/// `int`.
pub static INT: PyTypeObject = StaticType::new(c"int", 24, lifecycle::dealloc_plain, &INT_CORE)
    .item(4)
    .flags(flags::BASETYPE | flags::LONG_SUBCLASS | flags::MATCH_SELF)
    .build();
static INT_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: |_, int| Ok(IntRef::of(int).map_or(0, |int| int.hash())),
    richcompare: compare_slot,
    bool: |_, int| Ok(IntRef::of(int).is_some_and(|int| !int.is_zero())),
    add: |thread, a, b| binary(thread, a, b, arith::add),
    subtract: |thread, a, b| binary(thread, a, b, arith::subtract),
    multiply: |thread, a, b| binary(thread, a, b, arith::multiply),
    floor_divide: |thread, a, b| binary(thread, a, b, divide::floor_divide),
    remainder: |thread, a, b| binary(thread, a, b, divide::remainder),
    divmod: |thread, a, b| binary(thread, a, b, divide::divmod),
    true_divide: |thread, a, b| binary(thread, a, b, divide::true_divide),
    power: divide::power_slot,
    lshift: |thread, a, b| binary(thread, a, b, bits::shift_left),
    rshift: |thread, a, b| binary(thread, a, b, bits::shift_right),
    and: |thread, a, b| binary(thread, a, b, bits::and),
    or: |thread, a, b| binary(thread, a, b, bits::or),
    xor: |thread, a, b| binary(thread, a, b, bits::xor),
    negative: |thread, a| unary(thread, a, arith::negate),
    positive: |thread, a| unary(thread, a, |a, thread| a.to_value(thread)),
    absolute: |thread, a| unary(thread, a, arith::absolute),
    invert: |thread, a| unary(thread, a, bits::invert),
    int: |thread, a| unary(thread, a, |a, thread| a.to_value(thread)),
    index: |thread, a| unary(thread, a, |a, thread| a.to_value(thread)),
    float: convert::float_slot,
});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyLong {
    fn ty() -> &'static PyTypeObject {
        &INT
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::LONG_SUBCLASS)
    }
}

impl PyLong {
    fn digits(&self) -> &[u32] {
        let count = self.lv_tag.get() >> 3;
        // SAFETY: so many digits follow the head, and never change.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).add(1).cast(), count) }
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.lv_tag.get() & 3 == 2
    }

    /// The int as a word; none if it does not fit.
    pub fn to_word(&self) -> Option<Word> {
        magnitude(self.digits()).and_then(|m| small(self.is_negative(), m))
    }

    /// The int as an object even if it fits a word: for C.
    pub fn boxed(thread: &Thread, value: i64) -> PyResult<Value> {
        let at = value.checked_sub(LEAST_STATIC).and_then(|at| usize::try_from(at).ok());
        if let Some(known) = at.and_then(|at| STATIC.get(at)) {
            return Ok(Value::from_static(&known.base));
        }
        let mut buffer = [0; 3];
        let int = IntRef::from_i64(value, &mut buffer);
        heap_int(thread, &INT, int.negative, int.digits)
    }

    /// An instance of a class derived from `int`, equal to `value`.
    pub fn derived(thread: &Thread, class: &PyTypeObject, value: Ref<'_>) -> PyResult<Value> {
        let mut buffer = [0; 3];
        match IntRef::with_buffer(value, &mut buffer) {
            Some(int) => heap_int(thread, class, int.negative, int.digits),
            None => Err(crate::raise!(thread, TYPE_ERROR, "an integer is required")),
        }
    }
}

/// An int as sign and digits, wherever it stands.
#[derive(Clone, Copy)]
pub(crate) struct IntRef<'a> {
    pub(crate) negative: bool,
    pub(crate) digits: &'a [u32],
    word: Option<Word>,
}

impl<'a> IntRef<'a> {
    /// The int that a value is, if it is one (of a derived class, even). Words have their digits written to
    /// the buffer.
    #[inline]
    pub(crate) fn with_buffer(value: Ref<'a>, buffer: &'a mut [u32; 3]) -> Option<IntRef<'a>> {
        if let Some(int) = value.word().as_int() {
            return Some(IntRef::from_i64(int, buffer));
        }
        let long = value.get::<PyLong>()?;
        Some(IntRef { negative: long.is_negative(), digits: long.digits(), word: None })
    }

    /// The same, for what does not need the digits of words.
    fn of(value: Ref<'a>) -> Option<IntRef<'a>> {
        if value.word().is_int() {
            return Some(IntRef { negative: false, digits: &[], word: Some(value.word()) });
        }
        let long = value.get::<PyLong>()?;
        Some(IntRef { negative: long.is_negative(), digits: long.digits(), word: long.to_word() })
    }

    fn from_i64(value: i64, buffer: &'a mut [u32; 3]) -> IntRef<'a> {
        let magnitude = value.unsigned_abs();
        *buffer =
            [magnitude as u32 & MASK, (magnitude >> SHIFT) as u32 & MASK, (magnitude >> (2 * SHIFT)) as u32];
        let used = buffer.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
        let digits = buffer.get(..used).unwrap_or_default();
        IntRef { negative: value < 0, digits, word: Word::from_int(value) }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.word == Some(Word::from_i32(0)) || (self.word.is_none() && self.digits.is_empty())
    }

    fn hash(&self) -> i64 {
        if let Some(int) = self.word.and_then(Word::as_int) {
            return crate::hash::of_int(int);
        }
        let mut sum = 0_u64;
        for &digit in self.digits.iter().rev() {
            // times 2^30 modulo 2^61 - 1 is a rotation of 61 bits
            sum = ((sum << SHIFT) & crate::hash::MODULUS) | sum >> (61 - SHIFT);
            sum += u64::from(digit);
            if sum >= crate::hash::MODULUS {
                sum -= crate::hash::MODULUS;
            }
        }
        crate::hash::not_minus_one(if self.negative { -(sum as i64) } else { sum as i64 })
    }

    /// The exact int, canonical.
    fn to_value(self, thread: &Thread) -> PyResult<Value> {
        from_digits(thread, self.negative, self.digits)
    }

    fn compare(&self, other: &IntRef<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => arith::compare_digits(self.digits, other.digits),
            (true, true) => arith::compare_digits(other.digits, self.digits),
        }
    }
}

/// The value of up to three digits; none if they are more than 64 bits.
fn magnitude(digits: &[u32]) -> Option<u64> {
    match *digits {
        [] => Some(0),
        [a] => Some(a.into()),
        [a, b] => Some(u64::from(a) | u64::from(b) << SHIFT),
        [a, b, c] if c < 16 => Some(u64::from(a) | u64::from(b) << SHIFT | u64::from(c) << (2 * SHIFT)),
        _ => None,
    }
}

fn small(negative: bool, magnitude: u64) -> Option<Word> {
    let value = i64::try_from(magnitude).ok()?;
    Word::from_int(if negative { -value } else { value })
}

/// The canonical int of a sign and digits, which need not be normalised.
pub(crate) fn from_digits(thread: &Thread, negative: bool, digits: &[u32]) -> PyResult<Value> {
    let used = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    let digits = digits.get(..used).unwrap_or_default();
    match magnitude(digits).and_then(|m| small(negative, m)) {
        // SAFETY: an int owns nothing.
        Some(word) => Ok(unsafe { Value::from_word(word) }),
        None => heap_int(thread, &INT, negative, digits),
    }
}

fn heap_int(thread: &Thread, ty: &PyTypeObject, negative: bool, digits: &[u32]) -> PyResult<Value> {
    let room = digits.len().max(1);
    if room > MAX_SIZE / 8 {
        return Err(thread.raise_memory_error());
    }
    let sign = if digits.is_empty() { 1 } else { usize::from(negative) * 2 };
    let exact = std::ptr::eq(ty, &INT);
    let object: NonNull<PyObject> = if exact {
        let size = (size_of::<PyLong>() + room * 4 + 7) & !7;
        lifecycle::allocate(thread, ty, Kind::Plain, size)?
    } else {
        lifecycle::allocate_instance(thread, ty, room)?
    };
    // SAFETY: fresh, with room for the digits.
    unsafe {
        let this = object.cast::<PyLong>().as_ptr();
        (&raw mut (*this).lv_tag).write(Cell::new(digits.len() << 3 | sign));
        let to = this.add(1).cast::<u32>();
        to.write(0);
        to.copy_from_nonoverlapping(digits.as_ptr(), digits.len());
        Ok(Value::from_object(object))
    }
}

impl Value {
    /// The int of any `i64`.
    #[inline]
    pub fn int(thread: &Thread, value: i64) -> PyResult<Value> {
        match Word::from_int(value) {
            // SAFETY: an int owns nothing.
            Some(word) => Ok(unsafe { Value::from_word(word) }),
            None => PyLong::boxed(thread, value),
        }
    }

    /// The int of any `u64`.
    pub fn uint(thread: &Thread, value: u64) -> PyResult<Value> {
        match i64::try_from(value) {
            Ok(value) => Value::int(thread, value),
            Err(_) => {
                let digits = [value as u32 & MASK, (value >> SHIFT) as u32 & MASK, (value >> 60) as u32];
                from_digits(thread, false, &digits)
            }
        }
    }
}

impl Ref<'_> {
    /// The value of an int (or of an instance of a derived class) that fits 64 bits.
    pub fn to_i64(self) -> Option<i64> {
        if let Some(int) = self.word().as_int() {
            return Some(int);
        }
        let long = self.get::<PyLong>()?;
        let magnitude = magnitude(long.digits())?;
        if long.is_negative() { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    }

    /// Whether this is an int, or an instance of a derived class.
    pub fn is_int(self) -> bool {
        self.word().is_int() || self.get::<PyLong>().is_some()
    }
}

type Operation = fn(IntRef<'_>, IntRef<'_>, &Thread) -> PyResult<Value>;

#[inline]
fn binary(thread: &Thread, a: Ref<'_>, b: Ref<'_>, operation: Operation) -> PyResult<Value> {
    let (mut x, mut y) = ([0; 3], [0; 3]);
    match (IntRef::with_buffer(a, &mut x), IntRef::with_buffer(b, &mut y)) {
        (Some(a), Some(b)) => operation(a, b, thread),
        _ => Ok(Value::not_implemented()),
    }
}

fn unary(
    thread: &Thread,
    a: Ref<'_>,
    operation: fn(IntRef<'_>, &Thread) -> PyResult<Value>,
) -> PyResult<Value> {
    let mut x = [0; 3];
    match IntRef::with_buffer(a, &mut x) {
        Some(a) => operation(a, thread),
        None => Ok(Value::not_implemented()),
    }
}

fn compare_slot(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (mut x, mut y) = ([0; 3], [0; 3]);
    Ok(match (IntRef::with_buffer(a, &mut x), IntRef::with_buffer(b, &mut y)) {
        (Some(a), Some(b)) => Value::bool(op.holds(a.compare(&b))),
        _ => Value::not_implemented(),
    })
}

/// The order of two ints; equal if one of them is none.
pub(crate) fn compare(a: Ref<'_>, b: Ref<'_>) -> Ordering {
    let (mut x, mut y) = ([0; 3], [0; 3]);
    match (IntRef::with_buffer(a, &mut x), IntRef::with_buffer(b, &mut y)) {
        (Some(a), Some(b)) => a.compare(&b),
        _ => Ordering::Equal,
    }
}
