//! `range`: start, stop, step and the number of items, ints of any size. Invariant: the fields never change.

mod compare;
mod iter;
mod slots;

pub use iter::{LONG_RANGE_ITERATOR, PyLongRangeIterator, PyRangeIterator, RANGE_ITERATOR};

use crate::error::PyResult;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags};
use crate::value::{Layout, Owned, Ref, Value};

/// A range.
#[repr(C)]
pub struct PyRange {
    base: PyObject,
    start: Slot,
    stop: Slot,
    step: Slot,
    length: Slot,
}

crate::types::layout::offsets!(PyRange, 48: start 16, stop 24, step 32, length 40);

/// `range`.
pub static RANGE: PyTypeObject =
    StaticType::new(c"range", 48, dealloc_range, &RANGE_CORE).flags(flags::SEQUENCE).build();
static RANGE_CORE: TypeCore = TypeCore::new(slots_of! {
    length: length_slot,
    hash: compare::hash,
    richcompare: compare::compare,
    contains: compare::contains,
    subscript: slots::subscript,
    iter: iter::iter_slot,
});

fn length_slot(thread: &Thread, range: Ref<'_>) -> PyResult<usize> {
    let length = range.get::<PyRange>().and_then(|range| range.length.get());
    match length.and_then(|length| usize::try_from(length.as_ref().to_i64()?).ok()) {
        Some(length) => Ok(length),
        None => Err(crate::raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyRange {
    fn ty() -> &'static PyTypeObject {
        &RANGE
    }
}

impl PyRange {
    /// A range of ints; `length` is the number of its items.
    pub fn new(
        thread: &Thread,
        start: Value,
        stop: Value,
        step: Value,
        length: Value,
    ) -> PyResult<Owned<PyRange>> {
        let size = size_of::<PyRange>();
        let object = crate::types::lifecycle::allocate::<PyRange>(thread, &RANGE, Kind::Plain, size)?;
        // SAFETY: fresh, of this size.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).start).write(Slot::new(start));
            (&raw mut (*this).stop).write(Slot::new(stop));
            (&raw mut (*this).step).write(Slot::new(step));
            (&raw mut (*this).length).write(Slot::new(length));
            Ok(Owned::from_ptr(object))
        }
    }

    /// Start, stop, step and length where all are words: what a loop over it wants to know.
    #[inline]
    pub fn small(&self) -> Option<[i64; 4]> {
        let int = |slot: &Slot| slot.peek().and_then(crate::word::Word::as_int);
        Some([int(&self.start)?, int(&self.stop)?, int(&self.step)?, int(&self.length)?])
    }

    /// Start, stop, step and length.
    pub fn parts(&self) -> [Value; 4] {
        [&self.start, &self.stop, &self.step, &self.length].map(|slot| slot.get().unwrap_or(Value::small(0)))
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// A range whose last reference is gone.
unsafe extern "C" fn dealloc_range(object: *mut PyObject) {
    // SAFETY: by contract; ints run no code when they die.
    unsafe {
        if let Some(pointer) = std::ptr::NonNull::new(object) {
            let range = &*object.cast::<PyRange>();
            for slot in [&range.start, &range.stop, &range.step, &range.length] {
                drop(slot.take());
            }
            crate::types::lifecycle::free(pointer);
        }
    }
}
