//! `complex`: two floats.

use std::cell::Cell;

use crate::error::PyResult;
use crate::hash;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::raise;
use crate::thread::Thread;
use crate::types::layout::offsets;
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};

/// A complex number.
#[repr(C)]
pub struct PyComplex {
    base: PyObject,
    cval: Cell<[f64; 2]>,
}

offsets!(PyComplex, 32: cval 16);

/// `complex`.
pub static COMPLEX: PyTypeObject =
    StaticType::new(c"complex", 32, lifecycle::dealloc_plain, &COMPLEX_CORE).flags(flags::BASETYPE).build();
static COMPLEX_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: hash_slot,
    richcompare: compare_slot,
    bool: |_, value| Ok(value.get::<PyComplex>().is_some_and(|value| value.parts() != [0.0, 0.0])),
    add: |thread, a, b| binary(thread, a, b, add),
    subtract: |thread, a, b| binary(thread, a, b, subtract),
    multiply: |thread, a, b| binary(thread, a, b, multiply),
    true_divide: |thread, a, b| binary(thread, a, b, divide),
    power: power_slot,
    absolute: absolute_slot,
    negative: |thread, a| unary(thread, a, |[a, b]| [-a, -b]),
    positive: |thread, a| unary(thread, a, |parts| parts),
});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyComplex {
    fn ty() -> &'static PyTypeObject {
        &COMPLEX
    }
}

impl PyComplex {
    /// A complex number.
    pub fn new(thread: &Thread, real: f64, imaginary: f64) -> PyResult<Owned<PyComplex>> {
        let object = lifecycle::allocate::<PyComplex>(thread, &COMPLEX, Kind::Plain, size_of::<PyComplex>())?;
        // SAFETY: fresh, of this size.
        unsafe {
            (&raw mut (*object.as_ptr()).cval).write(Cell::new([real, imaginary]));
            Ok(Owned::from_ptr(object))
        }
    }

    /// An instance of a class derived from `complex`.
    pub fn derived(
        thread: &Thread,
        class: &PyTypeObject,
        real: f64,
        imaginary: f64,
    ) -> PyResult<Owned<PyComplex>> {
        let complex = crate::types::blank::new_instance::<PyComplex>(thread, class)?;
        complex.cval.set([real, imaginary]);
        Ok(complex)
    }

    /// The real and the imaginary part.
    pub fn parts(&self) -> [f64; 2] {
        self.cval.get()
    }
}

/// An operand. A real one has no imaginary part at all, which is not the same as one of zero: `1.0 - 0j` keeps
/// the sign of zeros, and an infinite factor does not make NaN of a part that is not there.
#[derive(Clone, Copy)]
enum Number {
    Real(f64),
    Complex([f64; 2]),
}

impl Number {
    fn parts(self) -> [f64; 2] {
        match self {
            Number::Real(real) => [real, 0.0],
            Number::Complex(parts) => parts,
        }
    }
}

fn number(thread: &Thread, value: Ref<'_>) -> PyResult<Option<Number>> {
    if let Some(complex) = value.get::<PyComplex>() {
        return Ok(Some(Number::Complex(complex.parts())));
    }
    if let Some(real) = value.to_f64() {
        return Ok(Some(Number::Real(real)));
    }
    if value.is_int() {
        return Ok(Some(Number::Real(crate::int::int_to_f64(thread, value)?)));
    }
    Ok(None)
}

type Operation = fn(&Thread, Number, Number) -> PyResult<[f64; 2]>;

fn binary(thread: &Thread, a: Ref<'_>, b: Ref<'_>, operation: Operation) -> PyResult<Value> {
    match (number(thread, a)?, number(thread, b)?) {
        (Some(a), Some(b)) => {
            let [real, imaginary] = operation(thread, a, b)?;
            Ok(PyComplex::new(thread, real, imaginary)?.into_value())
        }
        _ => Ok(Value::not_implemented()),
    }
}

fn add(_: &Thread, a: Number, b: Number) -> PyResult<[f64; 2]> {
    Ok(match (a, b) {
        (Number::Complex([re, im]), Number::Real(real)) | (Number::Real(real), Number::Complex([re, im])) => {
            [re + real, im]
        }
        _ => {
            let ([a, b], [c, d]) = (a.parts(), b.parts());
            [a + c, b + d]
        }
    })
}

fn subtract(_: &Thread, a: Number, b: Number) -> PyResult<[f64; 2]> {
    Ok(match (a, b) {
        (Number::Complex([re, im]), Number::Real(real)) => [re - real, im],
        (Number::Real(real), Number::Complex([re, im])) => [real - re, -im],
        _ => {
            let ([a, b], [c, d]) = (a.parts(), b.parts());
            [a - c, b - d]
        }
    })
}

fn multiply(_: &Thread, a: Number, b: Number) -> PyResult<[f64; 2]> {
    Ok(match (a, b) {
        (Number::Complex([re, im]), Number::Real(real)) | (Number::Real(real), Number::Complex([re, im])) => {
            [re * real, im * real]
        }
        _ => product(a.parts(), b.parts()),
    })
}

/// One with the sign of `part` if it is infinite, otherwise a zero with its sign.
fn boxed_infinity(part: f64) -> f64 {
    if part.is_infinite() { 1_f64.copysign(part) } else { 0_f64.copysign(part) }
}

fn zero_for_nan(part: f64) -> f64 {
    if part.is_nan() { 0_f64.copysign(part) } else { part }
}

/// The product, infinite where a factor is (C11, Annex G.5.1).
fn product([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let plain = [ac - bd, ad + bc];
    if !(plain[0].is_nan() && plain[1].is_nan()) {
        return plain;
    }
    let is_infinite = |re: f64, im: f64| re.is_infinite() || im.is_infinite();
    let (mut x, mut y) = ([a, b], [c, d]);
    let mut again = false;
    if is_infinite(a, b) {
        (x, y) = (x.map(boxed_infinity), y.map(zero_for_nan));
        again = true;
    }
    if is_infinite(c, d) {
        (x, y) = (x.map(zero_for_nan), y.map(boxed_infinity));
        again = true;
    }
    if !again && [ac, bd, ad, bc].into_iter().any(f64::is_infinite) {
        (x, y) = (x.map(zero_for_nan), y.map(zero_for_nan));
        again = true;
    }
    if !again {
        return plain;
    }
    let ([a, b], [c, d]) = (x, y);
    [f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)]
}

fn unary(thread: &Thread, a: Ref<'_>, operation: fn([f64; 2]) -> [f64; 2]) -> PyResult<Value> {
    match a.get::<PyComplex>() {
        Some(a) => {
            let [real, imaginary] = operation(a.parts());
            Ok(PyComplex::new(thread, real, imaginary)?.into_value())
        }
        None => Ok(Value::not_implemented()),
    }
}

fn divide(thread: &Thread, a: Number, b: Number) -> PyResult<[f64; 2]> {
    if b.parts() == [0.0, 0.0] {
        return Err(raise!(thread, ZERO_DIVISION_ERROR, "division by zero"));
    }
    Ok(match (a, b) {
        (Number::Complex([re, im]), Number::Real(real)) => [re / real, im / real],
        (Number::Real(real), Number::Complex(parts)) => real_quotient(real, parts),
        _ => quotient(a.parts(), b.parts()),
    })
}

/// Smith's method, which does not overflow on the way; infinite or zero where an operand is infinite (C11,
/// Annex G.5.1).
fn quotient([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    let plain = if c.abs() >= d.abs() {
        let ratio = d / c;
        let scale = c + d * ratio;
        [(a + b * ratio) / scale, (b - a * ratio) / scale]
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let scale = c * ratio + d;
        [(a * ratio + b) / scale, (b * ratio - a) / scale]
    } else {
        [f64::NAN, f64::NAN]
    };
    if !(plain[0].is_nan() && plain[1].is_nan()) {
        return plain;
    }
    if (a.is_infinite() || b.is_infinite()) && c.is_finite() && d.is_finite() {
        let [x, y] = [a, b].map(boxed_infinity);
        return [f64::INFINITY * (x * c + y * d), f64::INFINITY * (y * c - x * d)];
    }
    if (c.is_infinite() || d.is_infinite()) && a.is_finite() && b.is_finite() {
        let [x, y] = [c, d].map(boxed_infinity);
        return [0.0 * (a * x + b * y), 0.0 * (b * x - a * y)];
    }
    plain
}

/// The same for a dividend without imaginary part.
fn real_quotient(a: f64, [c, d]: [f64; 2]) -> [f64; 2] {
    let plain = if c.abs() >= d.abs() {
        let ratio = d / c;
        let scale = c + d * ratio;
        [a / scale, (-a * ratio) / scale]
    } else if d.abs() >= c.abs() {
        let ratio = c / d;
        let scale = c * ratio + d;
        [(a * ratio) / scale, -a / scale]
    } else {
        [f64::NAN, f64::NAN]
    };
    if plain[0].is_nan() && plain[1].is_nan() && a.is_finite() && (c.is_infinite() || d.is_infinite()) {
        let [x, y] = [c, d].map(boxed_infinity);
        return [0.0 * (a * x), 0.0 * (-a * y)];
    }
    plain
}

fn hash_slot(_: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let Some(complex) = value.get::<PyComplex>() else { return Ok(0) };
    let part = |part: f64| {
        if part.is_nan() { hash::of_address(value.word().bits()) } else { hash::of_float(part) }
    };
    let [real, imaginary] = complex.parts();
    Ok(hash::of_complex(part(real), part(imaginary)))
}

fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    let Some([real, imaginary]) = a.get::<PyComplex>().map(PyComplex::parts) else {
        return Ok(Value::not_implemented());
    };
    let equal = if b.is_int() {
        imaginary == 0.0 && {
            let real = Value::float(thread, real)?;
            crate::protocol::same_or_equal(thread, real.as_ref(), b)?
        }
    } else {
        match number(thread, b)? {
            Some(other) => [real, imaginary] == other.parts(),
            None => return Ok(Value::not_implemented()),
        }
    };
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// `abs(z)`.
fn absolute_slot(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let [real, imaginary] = value.get::<PyComplex>().map_or([0.0, 0.0], PyComplex::parts);
    let magnitude = real.hypot(imaginary);
    if magnitude.is_infinite() && real.is_finite() && imaginary.is_finite() {
        return Err(raise!(thread, OVERFLOW_ERROR, "absolute value too large"));
    }
    Value::float(thread, magnitude)
}

/// Exponents up to this one are taken by multiplying.
const MOST_MULTIPLIED: f64 = 100.0;

/// `a ** b`.
fn power_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, modulus: Ref<'_>) -> PyResult<Value> {
    let (Some(base), Some(exponent)) = (number(thread, a)?, number(thread, b)?) else {
        return Ok(Value::not_implemented());
    };
    if !modulus.is_none() {
        return Err(raise!(thread, VALUE_ERROR, "complex modulo"));
    }
    let (base, exponent) = (base.parts(), exponent.parts());
    let [real, imaginary] = exponent;
    let is_small_int = imaginary == 0.0 && real == real.floor() && real.abs() <= MOST_MULTIPLIED;
    let of_zero = base == [0.0, 0.0] && (imaginary != 0.0 || real < 0.0);
    if of_zero {
        return Err(no_power(thread));
    }
    let result = match is_small_int {
        true => Some(multiplied(base, real as i32)),
        false => by_logarithm(base, exponent),
    };
    let Some(result) = result else { return Err(no_power(thread)) };
    if result.iter().any(|part| part.is_infinite()) {
        return Err(raise!(thread, OVERFLOW_ERROR, "complex exponentiation"));
    }
    let [real, imaginary] = result;
    Ok(PyComplex::new(thread, real, imaginary)?.into_value())
}

#[cold]
fn no_power(thread: &Thread) -> crate::Raised {
    raise!(thread, ZERO_DIVISION_ERROR, "zero to a negative or complex power")
}

/// A power with an integer exponent, by squaring.
fn multiplied(base: [f64; 2], exponent: i32) -> [f64; 2] {
    let (mut result, mut square) = ([1.0, 0.0], base);
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        if left & 1 != 0 {
            result = product(result, square);
        }
        square = product(square, square);
        left >>= 1;
    }
    if exponent > 0 { result } else { quotient([1.0, 0.0], result) }
}

/// Any power, of a base that is not zero; none where the angle is infinite.
fn by_logarithm([a, b]: [f64; 2], [real, imaginary]: [f64; 2]) -> Option<[f64; 2]> {
    use crate::libm;
    if real == 0.0 && imaginary == 0.0 {
        return Some([1.0, 0.0]);
    }
    if a == 0.0 && b == 0.0 {
        return Some([0.0, 0.0]);
    }
    let magnitude = a.hypot(b);
    let angle = libm::atan2(b, a);
    let (mut length, mut phase) = (libm::pow(magnitude, real), angle * real);
    if imaginary != 0.0 {
        length *= libm::exp(-angle * imaginary);
        phase += imaginary * libm::log(magnitude);
    }
    (!phase.is_infinite()).then(|| [length * libm::cos(phase), length * libm::sin(phase)])
}
