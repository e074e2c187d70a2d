//! Tuples with named fields, as `os.stat_result`: types with room for a fixed number of items, of which the first
//! ones are those of the tuple and the rest are reached by name only. Invariants: an object of such a type is as long
//! as its type says, whatever its length as a tuple; all its places are filled; no class derives from the type.

use std::ffi::{CStr, c_void};
use std::ptr::NonNull;

use crate::descriptor::member::{MemberDef, MemberKind};
use crate::error::PyResult;
use crate::gc;
use crate::header::{PyObject, PyVarObject};
use crate::items::store_item;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::tuple::{PyTuple, TUPLE};
use crate::types::layout::VisitProc;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Ref, Value};
use crate::word::Word;

/// A static type of tuples with `N` fields; derefs to the type.
#[repr(transparent)]
pub struct StructSequence<const N: usize> {
    ty: PyTypeObject,
}

// SAFETY: as for `PyTypeObject`, which is written only while the process is set up.
unsafe impl<const N: usize> Sync for StructSequence<N> {}

impl<const N: usize> std::ops::Deref for StructSequence<N> {
    type Target = PyTypeObject;

    fn deref(&self) -> &PyTypeObject {
        &self.ty
    }
}

impl<const N: usize> StructSequence<N> {
    /// The type.
    pub const fn new(name: &'static CStr, core: &'static TypeCore) -> StructSequence<N> {
        let size = size_of::<PyTuple>() + 8 * N;
        let ty = StaticType::new(name, size, dealloc::<N>, core)
            .base(&TUPLE)
            .collected(traverse::<N>, None)
            .build();
        StructSequence { ty }
    }

    /// An object with these fields, of which the first `visible` are the tuple. `None` stands for those that are
    /// missing, what is too much is released.
    pub fn make(
        &'static self,
        thread: &Thread,
        visible: usize,
        values: impl IntoIterator<Item = Value>,
    ) -> PyResult<Value> {
        let object = lifecycle::allocate_instance(thread, &self.ty, 0)?;
        let mut values = values.into_iter();
        // SAFETY: fresh, with room for `N` items behind the head; the length is set when they are there.
        unsafe {
            let items = object.as_ptr().byte_add(size_of::<PyTuple>()).cast::<Option<Word>>();
            for at in 0..N {
                store_item(items, at, values.next().unwrap_or_else(Value::none));
            }
            object.cast::<PyVarObject>().as_ref().size.set(visible.min(N) as isize);
            Ok(Value::from_object(object))
        }
    }
}

/// Which field of its objects a name of such a type is.
pub const fn member(at: usize) -> MemberDef {
    let offset = (size_of::<PyTuple>() + 8 * at) as u32;
    MemberDef { offset, kind: MemberKind::Object, read_only: true }
}

/// The places of a live object.
///
/// # Safety
/// The object is of a type with `count` fields.
unsafe fn places<'a>(object: *mut PyObject, count: usize) -> &'a [Slot] {
    // SAFETY: by contract; a place is a word or nothing.
    unsafe {
        let first = object.byte_add(size_of::<PyTuple>()).cast::<Slot>();
        std::slice::from_raw_parts(first, count)
    }
}

/// A field of an object of such a type, visible or not; none for other objects.
pub fn field(object: Ref<'_>, at: usize) -> Option<Value> {
    let ty = object.ty();
    let head = object.head()?;
    if !ty.has_flag(flags::TUPLE_SUBCLASS) || ty.item_size() != 0 {
        return None;
    }
    let count = ty.basic_size().checked_sub(size_of::<PyTuple>())? / 8;
    // SAFETY: only types of this file are tuples without an item size.
    unsafe { places(head.as_ptr().as_ptr(), count) }.get(at)?.get()
}

/// `tp_traverse`.
///
/// # Safety
/// A live object of the type; `visit` takes `arg`.
unsafe extern "C" fn traverse<const N: usize>(
    object: *mut PyObject,
    visit: VisitProc,
    arg: *mut c_void,
) -> i32 {
    // SAFETY: by contract.
    unsafe {
        for slot in places(object, N) {
            let stop = gc::visit::visit_slot(slot, visit, arg);
            if stop != 0 {
                return stop;
            }
        }
    }
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// An object of the type whose last reference is gone.
unsafe extern "C" fn dealloc<const N: usize>(object: *mut PyObject) {
    // SAFETY: by contract; untracked first, so that nothing finds the object any more.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        gc::untrack(pointer);
        for slot in places(object, N) {
            drop(slot.take());
        }
        lifecycle::free(pointer);
    }
}
