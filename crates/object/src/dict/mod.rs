//! `dict`: entries in the order of insertion behind an index table. Invariants:
//!
//! - the index table names each entry that is in use once, at a place on its hash's probe sequence;
//! - an entry whose key is none is a hole; `used` counts the others;
//! - `changes` moves whenever the set of keys, or the place of an entry, does: whoever ran Python code since
//!   it looked compares it before it trusts an entry's number;
//! - no method releases a key or a value before the dict is whole: what is displaced goes to the caller.
//!
//! `table.rs` has the memory, `lookup.rs` the search, `change.rs` what changes it, `iter.rs` how to walk it.

mod change;
pub mod derived;
mod iter;
pub mod iterators;
mod lookup;
mod table;
#[cfg(test)]
mod tests;

pub use iter::DictCursor;
pub use table::Contents;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::thread::Thread;
use crate::types::layout::{VisitProc, offsets};
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};
use table::Table;

/// A dict.
#[repr(C)]
pub struct PyDict {
    base: PyObject,
    ma_used: Cell<isize>,
    /// A number that no other state of any dict's keys has; zero until somebody asks.
    version: Cell<u32>,
    changes: Cell<u32>,
    ma_keys: Table,
    /// The type whose namespace this is, null for other dicts: its cached lookups end when this changes.
    ma_values: Cell<*const PyTypeObject>,
}

offsets!(PyDict, 48: ma_used 16, version 24, changes 28, ma_keys 32, ma_values 40);

/// `dict`.
pub static DICT: PyTypeObject = StaticType::new(c"dict", 48, dealloc_dict, &DICT_CORE)
    .flags(flags::BASETYPE | flags::DICT_SUBCLASS | flags::MAPPING | flags::MATCH_SELF)
    .collected(traverse_dict, Some(clear_dict))
    .build();
static DICT_CORE: TypeCore = TypeCore::with_init(dict_slots(), init_instance);
const fn dict_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: crate::protocol::no_hash,
    richcompare: compare_slot,
    contains: |thread, dict, key| match dict.get::<PyDict>() {
        Some(dict) => dict.contains(thread, key),
        None => Ok(false),
    },
    map_length: |_, dict| Ok(dict.get::<PyDict>().map_or(0, PyDict::len)),
    set_subscript: set_slot,
        iter: |thread, dict| match dict.get::<PyDict>() {
            Some(dict) => Ok(iterators::keys::PyDictKeyIterator::new(thread, dict)?.into_value()),
            None => Ok(Value::not_implemented()),
        },
    }
}

/// Gives a zeroed instance of a derived class its table.
fn init_instance(head: &PyObject) {
    if let Some(dict) = Ref::from_head(head).get::<PyDict>() {
        dict.ma_keys.replace(Table::empty());
    }
}

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyDict {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &DICT
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::DICT_SUBCLASS)
    }
}

impl PyDict {
    /// An empty dict.
    #[inline]
    pub fn new(thread: &Thread) -> PyResult<Owned<PyDict>> {
        let dict = lifecycle::allocate::<PyDict>(thread, &DICT, Kind::Gc, size_of::<PyDict>())?;
        // SAFETY: fresh, of this size; tracked when whole.
        unsafe {
            let this = dict.as_ptr();
            (&raw mut (*this).ma_used).write(Cell::new(0));
            (&raw mut (*this).version).write(Cell::new(0));
            (&raw mut (*this).changes).write(Cell::new(0));
            (&raw mut (*this).ma_keys).write(Table::empty());
            (&raw mut (*this).ma_values).write(Cell::new(std::ptr::null()));
            thread.interp().gc.track(thread, dict.cast());
            Ok(Owned::from_ptr(dict))
        }
    }

    /// An empty dict with room for so many keys.
    pub fn with_capacity(thread: &Thread, keys: usize) -> PyResult<Owned<PyDict>> {
        let dict = PyDict::new(thread)?;
        dict.reserve(thread, keys)?;
        Ok(dict)
    }

    /// The dict behind a value that is to be merged into another: also of a derived class, if that iterates as dicts
    /// do. What it says about subscripts does not count then.
    pub fn to_merge(value: Ref<'_>) -> Option<&PyDict> {
        let (own, of_dict) = (value.ty().slots().iter.get(), DICT.slots().iter.get());
        let same = matches!((own, of_dict), (Some(a), Some(b)) if std::ptr::fn_addr_eq(a, b));
        value.get::<PyDict>().filter(|_| same)
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ma_used.get().unsigned_abs()
    }

    /// Whether all keys are strings, whose hash and equality run no code.
    pub fn has_strings_only(&self) -> bool {
        self.ma_keys.header().strings.get()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.ma_used.get() == 0
    }

    /// The version of the set of keys: as long as it is the same, each key has the same entry. Zero when
    /// there are no more versions.
    pub fn version(&self, thread: &Thread) -> u32 {
        if self.base.is_immortal() {
            // shared by all interpreters
            return 0;
        }
        if self.version.get() == 0 {
            let next = &thread.interp().next_dict_version;
            self.version.set(next.get());
            if next.get() != 0 {
                next.set(next.get().wrapping_add(1));
            }
        }
        self.version.get()
    }

    /// The version if there is one: what an inline cache compares.
    #[inline(always)]
    pub fn known_version(&self) -> u32 {
        self.version.get()
    }

    /// Notes that the set of keys, or the place of an entry, changes.
    #[inline(always)]
    fn changed(&self) {
        self.version.set(0);
        self.changes.set(self.changes.get().wrapping_add(1));
        self.tell_type();
    }

    /// Lets the cached lookups of the type end whose namespace this is, before anything is released that they
    /// may name: whoever changes it, and by whatever way they got hold of the dict.
    #[inline(always)]
    fn tell_type(&self) {
        if !self.ma_values.get().is_null() {
            self.tell_type_slowly();
        }
    }

    #[cold]
    fn tell_type_slowly(&self) {
        // SAFETY: a type takes itself out of its dict before it dies.
        if let Some(ty) = unsafe { self.ma_values.get().as_ref() } {
            Thread::current(|thread| ty.modified(thread));
        }
    }

    /// Makes this the namespace of a type, or of none any more.
    pub(crate) fn set_type(&self, ty: Option<&PyTypeObject>) {
        self.ma_values.set(ty.map_or(std::ptr::null(), std::ptr::from_ref));
    }
}

fn set_slot(thread: &Thread, dict: Ref<'_>, key: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(dict) = dict.get::<PyDict>() else { return Ok(()) };
    match value {
        Some(value) => drop(dict.insert(thread, key, value)?),
        None => match dict.remove(thread, key)? {
            Some(old) => drop(old),
            None => return Err(thread.raise_value(&crate::exception::KEY_ERROR, key.to_value())),
        },
    }
    Ok(())
}

/// Equality only, key by key of the first; values are compared while both may change.
fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<PyDict>(), b.get::<PyDict>()) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    let equal = x.len() == y.len() && equal_entries(thread, x, y)?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn equal_entries(thread: &Thread, x: &PyDict, y: &PyDict) -> PyResult<bool> {
    let mut cursor = DictCursor::start();
    while let Some((key, value)) = cursor.next(x) {
        match y.get(thread, key.as_ref())? {
            Some(other) if crate::protocol::same_or_equal(thread, value.as_ref(), other.as_ref())? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// `tp_traverse`.
///
/// # Safety
/// A live dict; `visit` takes `arg`.
unsafe extern "C" fn traverse_dict(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract; visiting does not change the dict.
    unsafe { (*object.cast::<PyDict>()).ma_keys.visit(visit, arg) }
}

/// `tp_clear`.
///
/// # Safety
/// A live dict.
unsafe extern "C" fn clear_dict(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    drop(unsafe { (*object.cast::<PyDict>()).take() });
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// A dict whose last reference is gone.
unsafe extern "C" fn dealloc_dict(object: *mut PyObject) {
    // SAFETY: by contract; untracked first, so that nothing finds the dict any more.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        crate::gc::untrack(pointer);
        let dict = &*object.cast::<PyDict>();
        drop(dict.take());
        if dict.base.is_exact(&DICT) {
            lifecycle::free_sized(pointer, Kind::Gc, size_of::<PyDict>());
        } else {
            lifecycle::free(pointer);
        }
    }
}
