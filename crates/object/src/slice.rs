//! `slice`: three values. C reads the fields, so they hold objects only (see [`items::to_c`](crate::items::to_c));
//! reading gives words again.

use crate::error::PyResult;
use crate::gc::visit::{dealloc_slots, traverse_slots};
use crate::hash::TupleHasher;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::items::{from_c, to_c};
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore};
use crate::value::{Layout, Owned, Ref, Value};

/// A slice.
#[repr(C)]
pub struct PySlice {
    base: PyObject,
    start: Slot,
    stop: Slot,
    step: Slot,
}

crate::types::layout::offsets!(PySlice, 40: start 16, stop 24, step 32);

/// `slice`.
pub static SLICE: PyTypeObject =
    StaticType::new(c"slice", 40, dealloc_slice, &SLICE_CORE).collected(traverse_slice, None).build();
static SLICE_CORE: TypeCore = TypeCore::new(slots_of! { hash: hash_slot });

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PySlice {
    fn ty() -> &'static PyTypeObject {
        &SLICE
    }
}

traverse_slots!(traverse_slice, PySlice: start, stop, step);
dealloc_slots!(dealloc_slice, PySlice: step, start, stop);

impl PySlice {
    /// A slice.
    pub fn new(thread: &Thread, start: Value, stop: Value, step: Value) -> PyResult<Owned<PySlice>> {
        let (start, stop, step) = (to_c(thread, start)?, to_c(thread, stop)?, to_c(thread, step)?);
        let size = size_of::<PySlice>();
        let object = crate::types::lifecycle::allocate::<PySlice>(thread, &SLICE, Kind::Gc, size)?;
        // SAFETY: fresh, of this size; tracked when whole.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).start).write(Slot::new(start));
            (&raw mut (*this).stop).write(Slot::new(stop));
            (&raw mut (*this).step).write(Slot::new(step));
            thread.interp().gc.track(thread, object.cast());
            Ok(Owned::from_ptr(object))
        }
    }

    /// `slice.start`.
    pub fn start(&self) -> Value {
        self.start.get().map_or_else(Value::none, from_c)
    }

    /// `slice.stop`.
    pub fn stop(&self) -> Value {
        self.stop.get().map_or_else(Value::none, from_c)
    }

    /// `slice.step`.
    pub fn step(&self) -> Value {
        self.step.get().map_or_else(Value::none, from_c)
    }
}

fn hash_slot(thread: &Thread, slice: Ref<'_>) -> PyResult<i64> {
    let Some(slice) = slice.get::<PySlice>() else { return Ok(0) };
    let mut hasher = TupleHasher::new();
    for part in [slice.start(), slice.stop(), slice.step()] {
        hasher.add(crate::protocol::hash(thread, part.as_ref())?);
    }
    Ok(hasher.finish_short())
}

/// The part of a sequence of `len` items that clipped bounds select: start, step and count.
pub fn adjust(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> (i64, i64, usize) {
    let len = len as i64;
    let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clip = |bound: i64| {
        if bound < 0 { bound.saturating_add(len).max(lowest) } else { bound.min(highest) }
    };
    let start = start.map_or(if step < 0 { highest } else { lowest }, clip);
    let stop = stop.map_or(if step < 0 { lowest } else { highest }, clip);
    let span = if step < 0 { start - stop } else { stop - start };
    let count = if span > 0 && step != 0 { (span - 1) as u64 / step.unsigned_abs() + 1 } else { 0 };
    (start, step, count as usize)
}
