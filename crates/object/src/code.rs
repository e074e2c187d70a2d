//! `code`: the object that holds a code object. What it says and how it runs is the VM's, which hangs it off
//! [`PyCode::host`]; here are the fields that C macros read. Invariant: a code object refers to immutable
//! objects only, and so is not the collector's.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::{PyObject, PyVarObject};
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::layout::offsets;
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, lifecycle};
use crate::value::{Layout, Owned};

/// A code object. Its instructions as C would see them follow; there are none.
#[repr(C)]
pub struct PyCode {
    base: PyVarObject,
    /// Constants, names, exception table.
    tables: [Slot; 3],
    /// Flags, then the counts of CPython's struct, in its order.
    pub numbers: Cell<[i32; 12]>,
    /// Names and kinds of the locals.
    locals: [Slot; 2],
    /// `co_filename`.
    pub co_filename: Slot,
    /// `co_name`.
    pub co_name: Slot,
    /// `co_qualname`.
    pub co_qualname: Slot,
    /// `co_linetable`.
    pub co_linetable: Slot,
    co_weakreflist: Cell<*const crate::weakref::PyWeakReference>,
    /// For the VM: what it runs.
    pub host: Cell<*mut c_void>,
    /// Ends what hangs off `host`.
    pub host_drop: Cell<Option<unsafe fn(*mut c_void)>>,
    /// For the VM: what a call runs, null until the first one.
    pub ready: Cell<*mut c_void>,
    private: [Cell<usize>; 4],
}

offsets!(PyCode, 208: tables 24, numbers 48, locals 96, co_filename 112, co_name 120, co_qualname 128,
    co_linetable 136, co_weakreflist 144, host 152, ready 168);

/// `code`.
pub static CODE: PyTypeObject =
    StaticType::new(c"code", 208, dealloc_code, &CODE_CORE).item(2).offsets(0, 144).build();
static CODE_CORE: TypeCore = TypeCore::new(slots_of! {});

// SAFETY: the layout above; nothing derives from the type.
unsafe impl Layout for PyCode {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &CODE
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        std::ptr::eq(ty, &CODE)
    }
}

impl PyCode {
    /// A code object that the VM fills.
    pub fn new(thread: &Thread) -> PyResult<Owned<PyCode>> {
        let object = lifecycle::allocate_instance(thread, &CODE, 0)?;
        // SAFETY: zeroed behind the head: all slots are empty.
        Ok(unsafe { Owned::from_ptr(object.cast()) })
    }

    /// Constants, names, exception table, names of locals, kinds of locals.
    pub fn tables(&self) -> [&Slot; 5] {
        let [constants, names, exceptions] = &self.tables;
        let [locals, kinds] = &self.locals;
        [constants, names, exceptions, locals, kinds]
    }
}

/// `tp_dealloc`.
///
/// # Safety
/// A code object whose last reference is gone.
unsafe extern "C" fn dealloc_code(object: *mut PyObject) {
    // SAFETY: by contract; what hangs off `host` came with the function that ends it.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        Thread::current(|thread| crate::weakref::clear_dying(thread, pointer.as_ref()));
        let code = &*object.cast::<PyCode>();
        if let Some(end) = code.host_drop.take() {
            end(code.host.replace(std::ptr::null_mut()));
        }
        let texts = [&code.co_filename, &code.co_name, &code.co_qualname, &code.co_linetable];
        for slot in texts.into_iter().chain(code.tables()) {
            drop(slot.take());
        }
        lifecycle::free(pointer);
    }
}
