//! `bytes`: bytes in place, a NUL behind them. Invariant: bytes that are visible never change; the hash is
//! -1 until it is known, and equals that of an ASCII string of the same bytes.

pub(crate) mod compare;
pub(crate) mod short;
pub(crate) mod slots;

use std::cell::Cell;
use std::ptr::NonNull;

use crate::buffer::Buffer;
use crate::error::PyResult;
use crate::header::{PyObject, PyVarObject};
use crate::heap::{Kind, MAX_SIZE};
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};

/// A bytes object; its bytes follow.
#[repr(C)]
pub struct PyBytes {
    base: PyVarObject,
    ob_shash: Cell<i64>,
    ob_sval: [u8; 0],
}

crate::types::layout::offsets!(PyBytes, 32: ob_shash 24, ob_sval 32);

/// `bytes`.
pub static BYTES: PyTypeObject = StaticType::new(c"bytes", 33, dealloc_bytes, &BYTES_CORE)
    .item(1)
    .flags(flags::BASETYPE | flags::BYTES_SUBCLASS | flags::MATCH_SELF)
    .build();
static BYTES_CORE: TypeCore = TypeCore::with_init(bytes_slots(), init_instance);
const fn bytes_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: |_, bytes| Ok(bytes.get::<PyBytes>().map_or(0, PyBytes::hash)),
    richcompare: compare::compare_slot,
    contains: compare::contains_slot,
        iter: crate::iterators::slots::bytes,
    length: |_, bytes| Ok(bytes.get::<PyBytes>().map_or(0, |bytes| bytes.as_slice().len())),
    subscript: slots::subscript,
    concat: slots::concat,
    repeat: slots::repeat,
    get_buffer: |thread, bytes, request| {
        Buffer::of_bytes(thread, receiver::<PyBytes>(thread, bytes)?, request)
    },
    }
}

/// The hash of a fresh instance is not known.
fn init_instance(head: &PyObject) {
    if let Some(bytes) = Ref::from_head(head).get::<PyBytes>() {
        bytes.ob_shash.set(-1);
    }
}

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyBytes {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &BYTES
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::BYTES_SUBCLASS)
    }
}

/// Bytes of an object of so many bytes, exact.
const fn object_size(len: usize) -> usize {
    (33 + len + 7) & !7
}

impl PyBytes {
    /// A copy of bytes.
    pub fn new(thread: &Thread, bytes: &[u8]) -> PyResult<Owned<PyBytes>> {
        if bytes.len() < 2
            && let Some(always) = short::find(bytes)
        {
            return Ok(always);
        }
        // SAFETY: the bytes are as many as there is room for.
        unsafe {
            PyBytes::make(thread, bytes.len(), |to| to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()))
        }
    }

    /// `len` bytes that begin as zeros, and that `fill` may change before anyone else sees them.
    ///
    /// # Errors
    /// `MemoryError`, and those of `fill`.
    pub fn build(
        thread: &Thread,
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> PyResult<()>,
    ) -> PyResult<Owned<PyBytes>> {
        let mut filled = Ok(());
        // SAFETY: all bytes are written before they are lent, and nobody else has them yet.
        let bytes = unsafe {
            PyBytes::make(thread, len, |to| {
                to.write_bytes(0, len);
                filled = fill(std::slice::from_raw_parts_mut(to, len));
            })?
        };
        filled.map(|()| bytes)
    }

    /// `len` bytes that `fill` writes.
    ///
    /// # Safety
    /// `fill` initialises all of them.
    unsafe fn make(thread: &Thread, len: usize, fill: impl FnOnce(*mut u8)) -> PyResult<Owned<PyBytes>> {
        if len > MAX_SIZE / 2 {
            return Err(thread.raise_memory_error());
        }
        let object = lifecycle::allocate::<PyBytes>(thread, &BYTES, Kind::Plain, object_size(len))?;
        // SAFETY: fresh and as long as asked for.
        unsafe {
            let this = object.as_ptr();
            (&raw mut (*this).base.size).write(Cell::new(len as isize));
            (&raw mut (*this).ob_shash).write(Cell::new(-1));
            let to = this.byte_add(32).cast::<u8>();
            fill(to);
            to.add(len).write(0);
            Ok(Owned::from_ptr(object))
        }
    }

    /// An instance of a class derived from `bytes`, with a copy of bytes.
    pub fn derived(thread: &Thread, class: &PyTypeObject, bytes: &[u8]) -> PyResult<Value> {
        let object = lifecycle::allocate_instance(thread, class, bytes.len())?;
        // SAFETY: an instance of such a class has room for so many bytes, and a zero behind them.
        unsafe {
            let to = object.as_ptr().byte_add(32).cast::<u8>();
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            Ok(Value::from_object(object))
        }
    }

    /// `self + other`.
    pub fn concat(thread: &Thread, a: &[u8], b: &[u8]) -> PyResult<Owned<PyBytes>> {
        let Some(len) = a.len().checked_add(b.len()) else { return Err(thread.raise_memory_error()) };
        // SAFETY: both together are as many as there is room for.
        unsafe {
            PyBytes::make(thread, len, |to| {
                to.copy_from_nonoverlapping(a.as_ptr(), a.len());
                to.add(a.len()).copy_from_nonoverlapping(b.as_ptr(), b.len());
            })
        }
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: so many bytes follow the head, and never change.
        unsafe {
            let start = std::ptr::from_ref(self).byte_add(32).cast();
            std::slice::from_raw_parts(start, self.base.size().unsigned_abs())
        }
    }

    /// The hash, computed at most once.
    pub fn hash(&self) -> i64 {
        if self.ob_shash.get() == -1 {
            self.ob_shash.set(crate::hash::of_bytes(self.as_slice()));
        }
        self.ob_shash.get()
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// Bytes whose last reference is gone.
unsafe extern "C" fn dealloc_bytes(object: *mut PyObject) {
    // SAFETY: by contract; exact bytes have exactly this size.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        lifecycle::free(pointer);
    }
}
