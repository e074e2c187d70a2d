//! `float`: in the word, or on the heap when out of the word's range, NaN, infinite, or of a derived class.
//! Invariant: an exact float in range is a word wherever the VM can see it.

use std::cell::Cell;

use crate::error::PyResult;
use crate::hash;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::int::{self, IntRef};
use crate::raise;
use crate::thread::Thread;
use crate::types::layout::offsets;
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Ref, Value};
use crate::word::Word;

/// A float on the heap.
#[repr(C)]
pub struct PyFloat {
    base: PyObject,
    ob_fval: Cell<f64>,
}

offsets!(PyFloat, 24: ob_fval 16);

/// `float`.
pub static FLOAT: PyTypeObject = StaticType::new(c"float", 24, dealloc_float, &FLOAT_CORE)
    .flags(flags::BASETYPE | flags::MATCH_SELF)
    .build();
static FLOAT_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: hash_slot,
    richcompare: compare_slot,
    bool: |_, value| Ok(value.to_f64().is_some_and(|value| value != 0.0)),
    add: |thread, a, b| binary(thread, a, b, |_, a, b| Ok(a + b)),
    subtract: |thread, a, b| binary(thread, a, b, |_, a, b| Ok(a - b)),
    multiply: |thread, a, b| binary(thread, a, b, |_, a, b| Ok(a * b)),
    true_divide: |thread, a, b| binary(thread, a, b, divide),
    floor_divide: |thread, a, b| binary(thread, a, b, |thread, a, b| Ok(divmod(thread, a, b)?.0)),
    remainder: |thread, a, b| binary(thread, a, b, |thread, a, b| Ok(divmod(thread, a, b)?.1)),
    divmod: |thread, a, b| match (number(thread, a)?, number(thread, b)?) {
        (Some(a), Some(b)) => {
            let (quotient, rest) = divmod(thread, a, b)?;
            let parts = [Value::float(thread, quotient)?, Value::float(thread, rest)?];
            Ok(crate::tuple::PyTuple::pack(thread, parts)?.into_value())
        }
        _ => Ok(Value::not_implemented()),
    },
    power: power,
    negative: |thread, a| unary(thread, a, |a| -a),
    positive: |thread, a| unary(thread, a, |a| a),
    absolute: |thread, a| unary(thread, a, f64::abs),
    float: |thread, a| unary(thread, a, |a| a),
    int: |thread, a| Value::int_from_f64(thread, a.to_f64().unwrap_or(0.0)),
});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyFloat {
    fn ty() -> &'static PyTypeObject {
        &FLOAT
    }
}

impl PyFloat {
    /// The number.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.ob_fval.get()
    }

    /// The float as a heap object even if it fits a word: for C.
    #[inline]
    pub fn boxed(thread: &Thread, value: f64) -> PyResult<Value> {
        let object = lifecycle::allocate::<PyFloat>(thread, &FLOAT, Kind::Plain, size_of::<PyFloat>())?;
        // SAFETY: fresh, of this size.
        unsafe {
            (&raw mut (*object.as_ptr()).ob_fval).write(Cell::new(value));
            Ok(Value::from_object(object.cast()))
        }
    }

    /// An instance of a class derived from `float`.
    pub fn derived(thread: &Thread, class: &PyTypeObject, value: f64) -> PyResult<Value> {
        let object = lifecycle::allocate_instance(thread, class, 0)?;
        // SAFETY: instances of derived classes begin with the layout.
        unsafe {
            object.cast::<PyFloat>().as_ref().ob_fval.set(value);
            Ok(Value::from_object(object))
        }
    }
}

impl Value {
    /// The float of any `f64`.
    #[inline(always)]
    pub fn float(thread: &Thread, value: f64) -> PyResult<Value> {
        match Word::from_float(value) {
            // SAFETY: an immediate owns nothing.
            Some(word) => Ok(unsafe { Value::from_word(word) }),
            None => PyFloat::boxed(thread, value),
        }
    }
}

impl Ref<'_> {
    /// The number of a float, or of an instance of a derived class.
    #[inline(always)]
    pub fn to_f64(self) -> Option<f64> {
        match self.word().as_float() {
            Some(value) => Some(value),
            None => self.get::<PyFloat>().map(PyFloat::value),
        }
    }
}

/// The number of a float or an int; none for others.
fn number(thread: &Thread, value: Ref<'_>) -> PyResult<Option<f64>> {
    match value.to_f64() {
        Some(number) => Ok(Some(number)),
        None if value.is_int() => int::int_to_f64(thread, value).map(Some),
        None => Ok(None),
    }
}

fn binary(
    thread: &Thread,
    a: Ref<'_>,
    b: Ref<'_>,
    operation: fn(&Thread, f64, f64) -> PyResult<f64>,
) -> PyResult<Value> {
    match (number(thread, a)?, number(thread, b)?) {
        (Some(a), Some(b)) => Value::float(thread, operation(thread, a, b)?),
        _ => Ok(Value::not_implemented()),
    }
}

fn unary(thread: &Thread, a: Ref<'_>, operation: fn(f64) -> f64) -> PyResult<Value> {
    match a.to_f64() {
        Some(a) => Value::float(thread, operation(a)),
        None => Ok(Value::not_implemented()),
    }
}

fn divide(thread: &Thread, a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 {
        return Err(raise!(thread, ZERO_DIVISION_ERROR, "division by zero"));
    }
    Ok(a / b)
}

/// `a ** b`; a negative number to a power that is no integer is complex.
fn power(thread: &Thread, a: Ref<'_>, b: Ref<'_>, modulus: Ref<'_>) -> PyResult<Value> {
    let (Some(a), Some(b)) = (number(thread, a)?, number(thread, b)?) else {
        return Ok(Value::not_implemented());
    };
    if !modulus.is_none() {
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "pow() 3rd argument not allowed unless all arguments are integers"
        ));
    }
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(raise!(thread, ZERO_DIVISION_ERROR, "zero to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        let (length, angle) = (a.abs().powf(b), std::f64::consts::PI * b);
        let (sine, cosine) = angle.sin_cos();
        let result = crate::complex::PyComplex::new(thread, length * cosine, length * sine)?;
        return Ok(result.into_value());
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        // the number of ERANGE, as the reference's message has it
        let parts = [Value::small(34), crate::str::PyStr::from_text(thread, OUT_OF_RANGE)?.into_value()];
        let arguments = crate::tuple::PyTuple::pack(thread, parts)?;
        return Err(thread.raise_arguments(&crate::exception::OVERFLOW_ERROR, arguments));
    }
    Value::float(thread, result)
}

const OUT_OF_RANGE: &str = "Numerical result out of range";

/// Quotient and remainder towards minus infinity; the remainder has the divisor's sign, even when it is zero.
pub fn divmod(thread: &Thread, a: f64, b: f64) -> PyResult<(f64, f64)> {
    if b == 0.0 {
        return Err(raise!(thread, ZERO_DIVISION_ERROR, "division by zero"));
    }
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0_f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return Ok((0_f64.copysign(a / b), rest));
    }
    let floor = quotient.floor();
    Ok((if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest))
}

fn hash_slot(_: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let number = value.to_f64().unwrap_or(0.0);
    // a NaN is equal to itself only, and hashes by identity
    Ok(if number.is_nan() { hash::of_address(value.word().bits()) } else { hash::of_float(number) })
}

fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let Some(x) = a.to_f64() else { return Ok(Value::not_implemented()) };
    let ordering = match b.to_f64() {
        Some(y) => x.partial_cmp(&y),
        None if b.is_int() => compare_with_int(thread, x, b)?,
        None => return Ok(Value::not_implemented()),
    };
    Ok(Value::bool(ordering.map_or(op == CompareOp::Ne, |ordering| op.holds(ordering))))
}

/// The exact order of a float and an int.
fn compare_with_int(thread: &Thread, x: f64, int: Ref<'_>) -> PyResult<Option<std::cmp::Ordering>> {
    if x.is_nan() {
        return Ok(None);
    }
    let mut buffer = [0; 3];
    let Some(small) = IntRef::with_buffer(int, &mut buffer) else { return Ok(None) };
    if x.is_infinite() {
        return Ok(x.partial_cmp(&0.0));
    }
    if small.bit_length() <= 53 {
        return Ok(x.partial_cmp(&int::int_to_f64(thread, int)?));
    }
    // the int is large: the fraction of the float decides nothing but between equal whole parts
    let whole = Value::int_from_f64(thread, x)?;
    let order = int::compare(whole.as_ref(), int);
    Ok(Some(order.then(x.fract().partial_cmp(&0.0).unwrap_or(std::cmp::Ordering::Equal))))
}

/// `tp_dealloc`.
///
/// # Safety
/// A float whose last reference is gone.
unsafe extern "C" fn dealloc_float(object: *mut PyObject) {
    // SAFETY: by contract; an exact float is allocated with this kind and size.
    unsafe {
        let Some(pointer) = std::ptr::NonNull::new(object) else { return };
        if pointer.as_ref().is_exact(&FLOAT) {
            lifecycle::free_sized(pointer, Kind::Plain, size_of::<PyFloat>());
        } else {
            lifecycle::free(pointer);
        }
    }
}
