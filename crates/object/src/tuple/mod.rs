//! `tuple`: items in place. Invariants: a tuple that is visible never changes and has no empty place; its
//! items are canonical words, read and stored through [`items`](crate::items).

mod build;
mod slots;
#[cfg(test)]
mod tests;

pub use build::TupleBuilder;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::gc::visit::visit_words;
use crate::hash::TupleHasher;
use crate::header::{PyObject, PyVarObject};
use crate::heap::Kind;
use crate::items::{canonical, load_item};
use crate::sequence;
use crate::thread::Thread;
use crate::types::layout::{VisitProc, offsets};
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Ref, Value};
use crate::word::Word;

/// A tuple; its items follow.
#[repr(C)]
pub struct PyTuple {
    base: PyVarObject,
    ob_hash: Cell<i64>,
    ob_item: [Option<Word>; 0],
}

offsets!(PyTuple, 32: ob_hash 24, ob_item 32);

/// `tuple`.
pub static TUPLE: PyTypeObject = StaticType::new(c"tuple", 32, dealloc_tuple, &TUPLE_CORE)
    .item(8)
    .flags(flags::BASETYPE | flags::TUPLE_SUBCLASS | flags::SEQUENCE | flags::MATCH_SELF)
    .collected(traverse_tuple, None)
    .build();
static TUPLE_CORE: TypeCore = TypeCore::with_init(tuple_slots(), init_instance);
const fn tuple_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: hash_tuple,
    richcompare: sequence::compare_slot::<PyTuple>,
    length: |_, tuple| Ok(tuple.get::<PyTuple>().map_or(0, PyTuple::len)),
    subscript: slots::subscript,
    concat: slots::concat,
    repeat: slots::repeat,
    item: item_slot,
    contains: sequence::contains_slot::<PyTuple>,
        iter: crate::iterators::slots::tuple,
    }
}

/// The hash of a fresh instance is not known.
fn init_instance(head: &PyObject) {
    if let Some(tuple) = Ref::from_head(head).get::<PyTuple>() {
        tuple.ob_hash.set(-1);
    }
}

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyTuple {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &TUPLE
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::TUPLE_SUBCLASS)
    }
}

impl PyTuple {
    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.base.size().unsigned_abs()
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.base.size() == 0
    }

    #[inline(always)]
    fn items(&self) -> *const Option<Word> {
        let offset = size_of::<PyTuple>();
        // SAFETY: the items follow the head.
        unsafe { std::ptr::from_ref(self).byte_add(offset).cast() }
    }

    /// Where the items stand. Only `items.rs` writes there.
    pub(crate) fn item_words(&self) -> *mut Option<Word> {
        self.items().cast_mut()
    }

    /// The item at an index, borrowed: a tuple does not change.
    #[inline(always)]
    pub fn borrow(&self, at: usize) -> Option<Ref<'_>> {
        if at >= self.len() {
            return None;
        }
        // SAFETY: within the tuple, which keeps the item alive as long as itself.
        unsafe {
            let word = load_item(self.items(), at)?;
            Some(Ref::from_word(canonical(&self.base.base, word)))
        }
    }

    /// The item at an index.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Option<Value> {
        self.borrow(at).map(Ref::to_value)
    }

    /// The words of all items, as they are stored.
    #[inline]
    pub fn words(&self) -> &[Option<Word>] {
        // SAFETY: so many items stand there and do not change.
        unsafe { std::slice::from_raw_parts(self.items(), self.len()) }
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = Ref<'_>> {
        (0..self.len()).filter_map(|at| self.borrow(at))
    }
}

impl sequence::Items for PyTuple {
    #[inline]
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn item(&self, at: usize) -> Option<Value> {
        self.get(at)
    }
}

fn hash_tuple(thread: &Thread, tuple: Ref<'_>) -> PyResult<i64> {
    let Some(tuple) = tuple.get::<PyTuple>() else { return Ok(0) };
    let known = tuple.ob_hash.get();
    if known != -1 {
        return Ok(known);
    }
    let mut hasher = TupleHasher::new();
    let mut guard = None;
    for item in tuple.iter() {
        // only what is no number in a word can nest
        if guard.is_none() && item.head().is_some() {
            guard = Some(thread.recurse(" while hashing a tuple")?);
        }
        hasher.add(crate::protocol::hash(thread, item)?);
    }
    let hash = hasher.finish(tuple.len());
    tuple.ob_hash.set(hash);
    Ok(hash)
}

fn item_slot(thread: &Thread, tuple: Ref<'_>, at: isize) -> PyResult<Value> {
    let found = tuple.get::<PyTuple>().and_then(|tuple| tuple.get(usize::try_from(at).ok()?));
    found.ok_or_else(|| crate::raise!(thread, INDEX_ERROR, "tuple index out of range"))
}

/// `tp_traverse`.
///
/// # Safety
/// A live tuple; `visit` takes `arg`.
unsafe extern "C" fn traverse_tuple(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract.
    unsafe { visit_words((*object.cast::<PyTuple>()).words(), visit, arg) }
}

/// `tp_dealloc`.
///
/// # Safety
/// A tuple whose last reference is gone.
unsafe extern "C" fn dealloc_tuple(object: *mut PyObject) {
    // SAFETY: by contract; untracked first, so that nothing finds the tuple any more.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        crate::gc::untrack(pointer);
        let tuple = &*object.cast::<PyTuple>();
        for at in (0..tuple.len()).rev() {
            if let Some(word) = load_item(tuple.items(), at) {
                drop(Value::from_word(word));
            }
        }
        if tuple.base.base.is_exact(&TUPLE) {
            let size = size_of::<PyTuple>() + tuple.len() * 8;
            lifecycle::free_sized(pointer, Kind::Gc, size);
        } else {
            lifecycle::free(pointer);
        }
    }
}
