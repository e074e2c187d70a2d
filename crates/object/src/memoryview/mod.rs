//! `memoryview`: a view of the memory that an object lends. Several views share what was lent (`managedbuffer`); when
//! the last of them is released, it is given back.
//!
//! Invariants: a view that is not released holds what its numbers lead into; a view that lends its memory itself, or
//! that a native function reads at the moment ([`PyMemoryView::lend`]), is not released.

mod make;

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::NonNull;

use crate::buffer::{Buffer, Geometry};
use crate::error::PyResult;
use crate::gc;
use crate::header::{PyObject, PyVarObject};
use crate::native::{NativeStatic, NativeType, Visitor};
use crate::raise;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::layout::VisitProc;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Ref, Value};

/// C's `Py_buffer`.
#[repr(C)]
pub(crate) struct PyBufferView {
    pub(crate) buf: Cell<*mut u8>,
    pub(crate) obj: Cell<*const PyObject>,
    pub(crate) len: Cell<isize>,
    pub(crate) itemsize: Cell<isize>,
    pub(crate) readonly: Cell<i32>,
    pub(crate) ndim: Cell<i32>,
    pub(crate) format: Cell<*const c_char>,
    pub(crate) shape: Cell<*mut isize>,
    pub(crate) strides: Cell<*mut isize>,
    suboffsets: Cell<*mut isize>,
    internal: Cell<*mut c_void>,
}

crate::types::layout::offsets!(PyBufferView, 80: buf 0, obj 8, len 16, itemsize 24, readonly 32, ndim 36, format 40,
    shape 48, strides 56, suboffsets 64, internal 72);

/// A memoryview; its shape, strides and as many words more follow.
#[repr(C)]
pub struct PyMemoryView {
    base: PyVarObject,
    mbuf: Slot,
    hash: Cell<i64>,
    flags: Cell<i32>,
    exports: Cell<isize>,
    view: PyBufferView,
    weakreflist: Cell<*const crate::weakref::PyWeakReference>,
}

crate::types::layout::offsets!(PyMemoryView, 144: mbuf 24, hash 32, flags 40, exports 48, view 56, weakreflist 136);

/// In `flags`: the view is released.
const RELEASED: i32 = 1;

/// `memoryview`.
pub static MEMORYVIEW: PyTypeObject = StaticType::new(c"memoryview", 144, dealloc, &MEMORYVIEW_CORE)
    .item(8)
    .flags(flags::SEQUENCE)
    .collected(traverse, Some(clear))
    .offsets(0, 136)
    .build();
static MEMORYVIEW_CORE: TypeCore = TypeCore::new(slots_of! {
    get_buffer: make::get_buffer,
    // that a buffer is gone, the view is told by the buffer itself
    release_buffer: |_, _| {},
});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyMemoryView {
    fn ty() -> &'static PyTypeObject {
        &MEMORYVIEW
    }
}

/// What views share: the memory that an object lent.
#[derive(Default)]
pub struct Managed {
    buffer: RefCell<Option<Buffer>>,
}

crate::native_type! {
    /// `managedbuffer`.
    pub static MANAGED_BUFFER: Managed = "managedbuffer", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

impl NativeType for Managed {
    fn definition() -> &'static NativeStatic<Managed> {
        &MANAGED_BUFFER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        let Ok(buffer) = self.buffer.try_borrow() else { return };
        if let Some(buffer) = buffer.as_ref() {
            buffer.traverse(visitor);
        }
    }

    /// Nothing: the views that use the memory are cleared, and the last of them gives it back.
    fn clear(&self) {}
}

/// Lets a view be released again when it goes.
struct Lent<'a>(&'a PyMemoryView);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.0.export(-1);
    }
}

impl PyMemoryView {
    /// Whether the view was released.
    pub fn is_released(&self) -> bool {
        self.flags.get() & RELEASED != 0
    }

    /// # Errors
    /// `ValueError` if the view was released.
    pub fn check(&self, thread: &Thread) -> PyResult<()> {
        match self.is_released() {
            true => {
                let message = "operation forbidden on released memoryview object";
                Err(raise!(thread, VALUE_ERROR, "{message}"))
            }
            false => Ok(()),
        }
    }

    /// Shows the items to a function. While it runs the view can't be released.
    ///
    /// # Errors
    /// `ValueError` if the view was released.
    pub fn lend<R>(&self, thread: &Thread, show: impl FnOnce(Geometry<'_>) -> R) -> PyResult<R> {
        self.check(thread)?;
        self.export(1);
        let _lent = Lent(self);
        Ok(show(self.geometry()))
    }

    /// The items of a view that is not released, and not while this is used.
    fn geometry(&self) -> Geometry<'_> {
        let view = &self.view;
        let writable = view.readonly.get() == 0;
        // SAFETY: the view holds the memory that these describe until it is released.
        unsafe { Geometry::new(view.buf.get(), self.item_size(), self.lengths(), self.strides(), writable) }
    }

    fn numbers(&self, skip: usize) -> &[isize] {
        let (dimensions, size) = (self.dimensions(), size_of::<PyMemoryView>());
        // SAFETY: as many words as the object was made with follow it: three for each dimension. They are written
        // before anyone sees the object, and not after that.
        unsafe {
            let start = std::ptr::from_ref(self).byte_add(size).cast::<isize>();
            std::slice::from_raw_parts(start.add(skip * dimensions), dimensions)
        }
    }

    /// The lengths of the dimensions.
    pub fn lengths(&self) -> &[isize] {
        self.numbers(0)
    }

    /// Bytes from one item to the next, by dimension.
    pub fn strides(&self) -> &[isize] {
        self.numbers(1)
    }

    /// How many dimensions there are.
    pub fn dimensions(&self) -> usize {
        self.view.ndim.get().unsigned_abs() as usize
    }

    /// Bytes of an item.
    pub fn item_size(&self) -> usize {
        self.view.itemsize.get().unsigned_abs()
    }

    /// Bytes of all items.
    pub fn byte_count(&self) -> usize {
        self.view.len.get().unsigned_abs()
    }

    /// Whether the items must not be written.
    pub fn readonly(&self) -> bool {
        self.view.readonly.get() != 0
    }

    /// The format of an item, in the language of `struct`.
    pub fn format(&self, thread: &Thread) -> PyResult<std::ffi::CString> {
        self.check(thread)?;
        // SAFETY: a string that is static or belongs to what the view holds.
        Ok(unsafe { CStr::from_ptr(self.view.format.get()) }.to_owned())
    }

    /// The letter of a format that is one letter, in native order; none if it is another, or the view is released.
    pub fn letter(&self) -> Option<u8> {
        if self.is_released() {
            return None;
        }
        // SAFETY: as in `format`.
        match unsafe { CStr::from_ptr(self.view.format.get()) }.to_bytes() {
            [letter] | [b'@', letter] => Some(*letter),
            _ => None,
        }
    }

    /// The hash, if it was computed.
    pub fn known_hash(&self) -> Option<i64> {
        Some(self.hash.get()).filter(|hash| *hash != -1)
    }

    /// Keeps the hash.
    pub fn note_hash(&self, hash: i64) {
        self.hash.set(hash);
    }

    /// The object that lends the memory.
    pub fn exporter(&self, thread: &Thread) -> PyResult<Option<Value>> {
        self.check(thread)?;
        Ok(self.managed(|buffer| buffer.owner().map(Ref::to_value)).flatten())
    }

    fn managed<R>(&self, look: impl FnOnce(&Buffer) -> R) -> Option<R> {
        let held = self.mbuf.get()?;
        let managed = held.as_ref().get::<crate::native::Native<Managed>>()?;
        let buffer = managed.buffer.try_borrow().ok()?;
        buffer.as_ref().map(look)
    }

    /// Counts one who looks into the memory of this view, or one less.
    pub(crate) fn export(&self, by: isize) {
        self.exports.set(self.exports.get() + by);
    }

    /// Lets go of the memory.
    ///
    /// # Errors
    /// `BufferError` while it is lent.
    pub fn release(&self, thread: &Thread) -> PyResult<()> {
        let exports = self.exports.get();
        if exports > 0 && !self.is_released() {
            let plural = if exports == 1 { "" } else { "s" };
            return Err(raise!(thread, BUFFER_ERROR, "memoryview has {exports} exported buffer{plural}"));
        }
        self.let_go();
        Ok(())
    }

    fn let_go(&self) {
        self.flags.set(self.flags.get() | RELEASED);
        self.view.obj.set(std::ptr::null());
        drop(self.mbuf.take());
    }
}

/// `tp_traverse`.
///
/// # Safety
/// A live memoryview; `visit` takes `arg`.
unsafe extern "C" fn traverse(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract.
    unsafe { gc::visit::visit_slot(&(*object.cast::<PyMemoryView>()).mbuf, visit, arg) }
}

/// `tp_clear`.
///
/// # Safety
/// A live memoryview.
unsafe extern "C" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    let view = unsafe { &*object.cast::<PyMemoryView>() };
    if view.exports.get() == 0 {
        view.let_go();
    }
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// A memoryview whose last reference is gone; so nobody looks into its memory.
unsafe extern "C" fn dealloc(object: *mut PyObject) {
    let Some(pointer) = NonNull::new(object) else { return };
    // SAFETY: by contract; the memory stays whole until the end.
    unsafe {
        gc::untrack(pointer);
        crate::weakref::clear_dying_object(object);
        (*object.cast::<PyMemoryView>()).let_go();
        lifecycle::free(pointer);
    }
}
