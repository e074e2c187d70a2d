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
    add: |thread, a, b| binary(thread, a, b, |_, [a, b], [c, d]| Ok([a + c, b + d])),
    subtract: |thread, a, b| binary(thread, a, b, |_, [a, b], [c, d]| Ok([a - c, b - d])),
    multiply: |thread, a, b| {
        binary(thread, a, b, |_, [a, b], [c, d]| Ok([a * c - b * d, a * d + b * c]))
    },
    true_divide: |thread, a, b| binary(thread, a, b, divide),
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

    /// The real and the imaginary part.
    pub fn parts(&self) -> [f64; 2] {
        self.cval.get()
    }
}

fn number(thread: &Thread, value: Ref<'_>) -> PyResult<Option<[f64; 2]>> {
    if let Some(complex) = value.get::<PyComplex>() {
        return Ok(Some(complex.parts()));
    }
    if let Some(real) = value.to_f64() {
        return Ok(Some([real, 0.0]));
    }
    if value.is_int() {
        return Ok(Some([crate::int::int_to_f64(thread, value)?, 0.0]));
    }
    Ok(None)
}

type Operation = fn(&Thread, [f64; 2], [f64; 2]) -> PyResult<[f64; 2]>;

fn binary(thread: &Thread, a: Ref<'_>, b: Ref<'_>, operation: Operation) -> PyResult<Value> {
    match (number(thread, a)?, number(thread, b)?) {
        (Some(a), Some(b)) => {
            let [real, imaginary] = operation(thread, a, b)?;
            Ok(PyComplex::new(thread, real, imaginary)?.into_value())
        }
        _ => Ok(Value::not_implemented()),
    }
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

/// Smith's method, which does not overflow on the way.
fn divide(thread: &Thread, [a, b]: [f64; 2], [c, d]: [f64; 2]) -> PyResult<[f64; 2]> {
    if c == 0.0 && d == 0.0 {
        return Err(raise!(thread, ZERO_DIVISION_ERROR, "division by zero"));
    }
    if c.abs() >= d.abs() {
        let ratio = d / c;
        let scale = c + d * ratio;
        return Ok([(a + b * ratio) / scale, (b - a * ratio) / scale]);
    }
    let ratio = c / d;
    let scale = c * ratio + d;
    Ok([(a * ratio + b) / scale, (b * ratio - a) / scale])
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
            Some([c, d]) => real == c && imaginary == d,
            None => return Ok(Value::not_implemented()),
        }
    };
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}
