//! `bool`: two immortal ints.

use crate::error::PyResult;
use crate::exception::DEPRECATION_WARNING;
use crate::int::{INT, PyLongOne};
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Ref, Value};

/// `bool`.
pub static BOOL: PyTypeObject = StaticType::new(c"bool", 24, lifecycle::dealloc_never, &BOOL_CORE)
    .item(4)
    .base(&INT)
    .flags(flags::LONG_SUBCLASS)
    .build();
static BOOL_CORE: TypeCore = TypeCore::new(slots_of! {
    invert: invert,
    bool: |_, value| Ok(value.is(Ref::from_head(&TRUE.base))),
    and: |thread, a, b| logic(thread, a, b, |a, b| a & b, |slots| slots.and.get()),
    or: |thread, a, b| logic(thread, a, b, |a, b| a | b, |slots| slots.or.get()),
    xor: |thread, a, b| logic(thread, a, b, |a, b| a ^ b, |slots| slots.xor.get()),
});

/// `True`.
pub static TRUE: PyLongOne = PyLongOne::of_bool(true, &BOOL);
/// `False`.
pub static FALSE: PyLongOne = PyLongOne::of_bool(false, &BOOL);

const INVERTED: &str = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. \
    This returns the bitwise inversion of the underlying int object and is usually not what you expect from \
    negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise \
    inversion of the underlying int.";

fn invert(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    thread.warn(&DEPRECATION_WARNING, INVERTED)?;
    match INT.slots().invert.get() {
        Some(invert) => invert(thread, value),
        None => Ok(Value::not_implemented()),
    }
}

fn truth_of(value: Ref<'_>) -> Option<bool> {
    if value.is(Ref::from_head(&TRUE.base)) {
        return Some(true);
    }
    value.is(Ref::from_head(&FALSE.base)).then_some(false)
}

fn logic(
    thread: &Thread,
    a: Ref<'_>,
    b: Ref<'_>,
    operation: fn(bool, bool) -> bool,
    of_int: fn(&crate::types::slots::Slots) -> Option<crate::types::slots::Binary>,
) -> PyResult<Value> {
    match (truth_of(a), truth_of(b), of_int(INT.slots())) {
        (Some(a), Some(b), _) => Ok(Value::bool(operation(a, b))),
        (_, _, Some(of_int)) => of_int(thread, a, b),
        _ => Ok(Value::not_implemented()),
    }
}
