//! The iterators over a range: one for ranges of which all numbers fit words, one for the others.

use std::cell::Cell;
use std::ptr::NonNull;

use super::PyRange;
use crate::error::PyResult;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::protocol::{BinaryOp, binary};
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};

/// `range_iterator`: over ranges of which all numbers fit words.
#[repr(C)]
pub struct PyRangeIterator {
    base: PyObject,
    start: Cell<i64>,
    step: Cell<i64>,
    left: Cell<i64>,
}

crate::types::layout::offsets!(PyRangeIterator, 40: start 16, step 24, left 32);

/// `range_iterator`.
pub static RANGE_ITERATOR: PyTypeObject =
    StaticType::new(c"range_iterator", 40, lifecycle::dealloc_plain, &RANGE_ITERATOR_CORE)
        .flags(flags::DISALLOW_INSTANTIATION)
        .build();
static RANGE_ITERATOR_CORE: TypeCore = TypeCore::new(slots_of! {
    iter: |_, this| Ok(this.to_value()),
    next: |thread, this| match this.get::<PyRangeIterator>().and_then(PyRangeIterator::advance) {
        Some(int) => Value::int(thread, int).map(Some),
        None => Ok(None),
    },
});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyRangeIterator {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &RANGE_ITERATOR
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        std::ptr::eq(ty, &RANGE_ITERATOR)
    }
}

impl PyRangeIterator {
    /// An iterator over `length` ints from `start` on.
    pub fn new(thread: &Thread, start: i64, step: i64, length: i64) -> PyResult<Owned<PyRangeIterator>> {
        let size = size_of::<PyRangeIterator>();
        let object = lifecycle::allocate::<PyRangeIterator>(thread, &RANGE_ITERATOR, Kind::Plain, size)?;
        // SAFETY: fresh, of this size.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).start).write(Cell::new(start));
            (&raw mut (*this).step).write(Cell::new(step));
            (&raw mut (*this).left).write(Cell::new(length));
            Ok(Owned::from_ptr(object))
        }
    }

    /// The next int, the step, and how many are left.
    pub fn parts(&self) -> [i64; 3] {
        [self.start.get(), self.step.get(), self.left.get()]
    }

    /// Passes so many ints over.
    pub fn skip(&self, count: i64) {
        let count = count.clamp(0, self.left.get().max(0));
        self.start.set(self.start.get().wrapping_add(count.wrapping_mul(self.step.get())));
        self.left.set(self.left.get() - count);
    }

    /// The next int; none at the end. It runs no code.
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let int = self.start.get();
        self.start.set(int.wrapping_add(self.step.get()));
        self.left.set(left - 1);
        Some(int)
    }
}

/// `longrange_iterator`.
#[repr(C)]
pub struct PyLongRangeIterator {
    base: PyObject,
    start: Slot,
    step: Slot,
    left: Slot,
}

crate::types::layout::offsets!(PyLongRangeIterator, 40: start 16, step 24, left 32);

/// `longrange_iterator`.
pub static LONG_RANGE_ITERATOR: PyTypeObject =
    StaticType::new(c"longrange_iterator", 40, dealloc_long, &LONG_RANGE_ITERATOR_CORE)
        .flags(flags::DISALLOW_INSTANTIATION)
        .build();
static LONG_RANGE_ITERATOR_CORE: TypeCore = TypeCore::new(slots_of! {
    iter: |_, this| Ok(this.to_value()),
    next: |thread, this| match this.get::<PyLongRangeIterator>() {
        Some(iterator) => iterator.advance(thread),
        None => Ok(None),
    },
});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyLongRangeIterator {
    fn ty() -> &'static PyTypeObject {
        &LONG_RANGE_ITERATOR
    }
}

impl PyLongRangeIterator {
    /// An iterator over `length` ints from `start` on.
    pub fn new(
        thread: &Thread,
        start: Value,
        step: Value,
        length: Value,
    ) -> PyResult<Owned<PyLongRangeIterator>> {
        let size = size_of::<PyLongRangeIterator>();
        let ty = &LONG_RANGE_ITERATOR;
        let object = lifecycle::allocate::<PyLongRangeIterator>(thread, ty, Kind::Plain, size)?;
        // SAFETY: fresh, of this size.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).start).write(Slot::new(start));
            (&raw mut (*this).step).write(Slot::new(step));
            (&raw mut (*this).left).write(Slot::new(length));
            Ok(Owned::from_ptr(object))
        }
    }

    /// The next int, the step, and how many are left.
    pub fn parts(&self) -> [Value; 3] {
        [&self.start, &self.step, &self.left].map(|slot| slot.get().unwrap_or(Value::small(0)))
    }

    /// Sets the next int and how many are left, both ints.
    pub fn set_place(&self, start: Value, left: Value) {
        // ints run no code when they die
        drop((self.start.replace(Some(start)), self.left.replace(Some(left))));
    }

    /// The next int; none at the end.
    pub fn advance(&self, thread: &Thread) -> PyResult<Option<Value>> {
        let (Some(int), Some(step), Some(left)) = (self.start.get(), self.step.get(), self.left.get()) else {
            return Ok(None);
        };
        if left.as_ref().to_i64().is_some_and(|left| left <= 0) {
            return Ok(None);
        }
        let after = binary(thread, int.as_ref(), step.as_ref(), BinaryOp::Add)?;
        let fewer = binary(thread, left.as_ref(), Value::small(1).as_ref(), BinaryOp::Subtract)?;
        // ints run no code when they die
        drop((self.start.replace(Some(after)), self.left.replace(Some(fewer))));
        Ok(Some(int))
    }
}

/// The `iter` slot of ranges.
pub(super) fn iter_slot(thread: &Thread, range: Ref<'_>) -> PyResult<Value> {
    let Some(range) = range.get::<PyRange>() else { return Ok(Value::not_implemented()) };
    if let Some([start, _, step, length]) = range.small() {
        return Ok(PyRangeIterator::new(thread, start, step, length)?.into_value());
    }
    let [start, _, step, length] = range.parts();
    Ok(PyLongRangeIterator::new(thread, start, step, length)?.into_value())
}

/// `tp_dealloc`.
///
/// # Safety
/// An iterator whose last reference is gone.
unsafe extern "C" fn dealloc_long(object: *mut PyObject) {
    // SAFETY: by contract; ints run no code when they die.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        let iterator = &*object.cast::<PyLongRangeIterator>();
        for slot in [&iterator.start, &iterator.step, &iterator.left] {
            drop(slot.take());
        }
        lifecycle::free(pointer);
    }
}
