//! `set` and `frozenset`. The order of iteration is CPython's, so the table, its growth and its probing are
//! as well: a sequence of jumps, nine neighbours looked at after each. Invariants: `fill` counts places that
//! are not empty, `used` those with a key; a place whose key went holds a marker and the hash -1; the table is
//! the small one inside or a block of its own; `changes` is as in a dict.
//!
//! `lookup.rs` has the search, `change.rs` what changes a set.

mod change;
pub mod iter;
mod lookup;
mod operators;
#[cfg(test)]
mod tests;

pub use change::SetContents;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::heap::Kind;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::layout::{VisitProc, offsets};
use crate::types::slots::{CompareOp, slots_of};
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};
use crate::word::Word;

/// A place of the table.
#[repr(C)]
pub(crate) struct Entry {
    /// None where the place is empty, [`GONE`] where its key went.
    key: Cell<Option<Word>>,
    hash: Cell<i64>,
}

/// Stands for a key that went.
const GONE: Word = Word::NULL;
/// Places of the table inside.
const SMALL: usize = 8;

/// A set or a frozenset.
#[repr(C)]
pub struct PySet {
    base: PyObject,
    fill: Cell<isize>,
    used: Cell<isize>,
    mask: Cell<isize>,
    table: Cell<*mut Entry>,
    /// Of a frozenset, once it is known; -1 before.
    hash: Cell<i64>,
    /// Where `pop` goes on.
    finger: Cell<isize>,
    smalltable: [Entry; SMALL],
    weakreflist: Slot,
}

offsets!(PySet, 200: fill 16, used 24, mask 32, table 40, hash 48, finger 56, smalltable 64,
    weakreflist 192);

/// `set`.
pub static SET: PyTypeObject = StaticType::new(c"set", 200, dealloc_set, &SET_CORE)
    .flags(flags::BASETYPE | flags::MATCH_SELF)
    .collected(traverse_set, Some(clear_set))
    .offsets(0, 192)
    .build();
static SET_CORE: TypeCore = TypeCore::with_init(set_slots(), init_instance);
const fn set_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: crate::protocol::no_hash,
    richcompare: compare_slot,
    length: |_, set| Ok(set.get::<PySet>().map_or(0, PySet::len)),
    contains: contains_slot,
    or: operators::or,
    and: operators::and,
    subtract: operators::subtract,
    xor: operators::xor,
    inplace_or: operators::inplace_or,
    inplace_and: operators::inplace_and,
    inplace_subtract: operators::inplace_subtract,
    inplace_xor: operators::inplace_xor,
        iter: iter::iter_slot,
    }
}

/// `frozenset`.
pub static FROZENSET: PyTypeObject = StaticType::new(c"frozenset", 200, dealloc_set, &FROZENSET_CORE)
    .flags(flags::BASETYPE | flags::MATCH_SELF)
    .collected(traverse_set, Some(clear_set))
    .offsets(0, 192)
    .build();
static FROZENSET_CORE: TypeCore = TypeCore::with_init(frozenset_slots(), init_instance);
const fn frozenset_slots() -> crate::types::slots::Slots {
    slots_of! {
    hash: |_, set| Ok(set.get::<PySet>().map_or(0, PySet::frozen_hash)),
    richcompare: compare_slot,
    length: |_, set| Ok(set.get::<PySet>().map_or(0, PySet::len)),
    contains: contains_slot,
    or: operators::or,
    and: operators::and,
    subtract: operators::subtract,
    xor: operators::xor,
        iter: iter::iter_slot,
    }
}

/// Makes a zeroed instance of a derived class an empty set.
fn init_instance(head: &PyObject) {
    if let Some(set) = Ref::from_head(head).get::<PySet>() {
        set.init();
    }
}

// SAFETY: the layout above, for both types and what derives from them.
unsafe impl Layout for PySet {
    fn ty() -> &'static PyTypeObject {
        &SET
    }

    #[inline]
    fn is(ty: &PyTypeObject) -> bool {
        let built_in = std::ptr::eq(ty, &SET) || std::ptr::eq(ty, &FROZENSET);
        built_in || ty.is_subtype(&SET) || ty.is_subtype(&FROZENSET)
    }
}

impl PySet {
    /// An empty set.
    pub fn new(thread: &Thread) -> PyResult<Owned<PySet>> {
        PySet::make(thread, &SET)
    }

    /// An empty frozenset: the caller fills it before anyone else sees it.
    pub fn new_frozen(thread: &Thread) -> PyResult<Owned<PySet>> {
        PySet::make(thread, &FROZENSET)
    }

    fn make(thread: &Thread, ty: &'static PyTypeObject) -> PyResult<Owned<PySet>> {
        let size = size_of::<PySet>();
        let set = lifecycle::allocate::<PySet>(thread, ty, Kind::Gc, size)?;
        // SAFETY: fresh, of this size: all fields behind the head are words, zero at first.
        unsafe {
            set.byte_add(size_of::<PyObject>()).cast::<u8>().write_bytes(0, size - size_of::<PyObject>());
            set.as_ref().init();
            thread.interp().gc.track(thread, set.cast());
            Ok(Owned::from_ptr(set))
        }
    }

    /// Makes a zeroed object an empty set.
    fn init(&self) {
        if self.table.get().is_null() {
            self.mask.set(SMALL as isize - 1);
            self.table.set(self.small());
            self.hash.set(-1);
        }
    }

    fn small(&self) -> *mut Entry {
        (&raw const self.smalltable).cast::<Entry>().cast_mut()
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get().unsigned_abs()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    fn last_place(&self) -> usize {
        self.mask.get().unsigned_abs()
    }

    /// The place at an index that is at most the mask.
    #[inline(always)]
    fn place(&self, at: usize) -> Option<&Entry> {
        if at > self.last_place() || self.table.get().is_null() {
            return None;
        }
        // SAFETY: the table has as many places as the mask says.
        Some(unsafe { &*self.table.get().add(at) })
    }

    /// The next key from a position on, in the order of iteration; moves the position behind it.
    #[inline]
    pub fn next(&self, position: &mut usize) -> Option<Value> {
        self.next_with_hash(position).map(|(key, _)| key)
    }

    /// The same with the key's hash.
    pub fn next_with_hash(&self, position: &mut usize) -> Option<(Value, i64)> {
        while let Some(entry) = self.place(*position) {
            *position += 1;
            if let Some(key) = entry.key.get().filter(|key| *key != GONE) {
                // SAFETY: what a set holds is alive.
                return Some((unsafe { Value::from_borrowed(key) }, entry.hash.get()));
            }
        }
        None
    }

    /// The hash of a frozenset: of its keys in no order.
    pub fn frozen_hash(&self) -> i64 {
        if self.hash.get() != -1 {
            return self.hash.get();
        }
        let mut hash = 0_u64;
        for at in 0..=self.last_place() {
            // empty places and those whose key went have hashes 0 and -1
            hash ^= shuffle(self.place(at).map_or(0, |entry| entry.hash.get() as u64));
        }
        let (places, fill, used) =
            (self.last_place() as i64 + 1, self.fill.get() as i64, self.used.get() as i64);
        if (places - fill) & 1 != 0 {
            hash ^= shuffle(0);
        }
        if (fill - used) & 1 != 0 {
            hash ^= shuffle(u64::MAX);
        }
        hash ^= (used as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        let hash = if hash == u64::MAX { 590_923_713 } else { hash as i64 };
        self.hash.set(hash);
        hash
    }
}

fn shuffle(hash: u64) -> u64 {
    ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167)
}

/// A set that has no hash, so that it is looked for as the frozenset of its keys.
pub fn unhashable<'a>(key: Ref<'a>) -> Option<&'a PySet> {
    type Hash = fn(&Thread, Ref<'_>) -> PyResult<i64>;
    let hash = key.ty().slots().hash.get();
    let has_none = hash.is_none_or(|hash| std::ptr::fn_addr_eq(hash, crate::protocol::no_hash as Hash));
    key.get::<PySet>().filter(|_| has_none)
}

/// `in`; a set that is looked for is looked for as the frozenset of its keys.
fn contains_slot(thread: &Thread, set: Ref<'_>, key: Ref<'_>) -> PyResult<bool> {
    let Some(set) = set.get::<PySet>() else { return Ok(false) };
    if let Some(wanted) = unhashable(key) {
        let frozen = PySet::new_frozen(thread)?;
        frozen.merge(thread, wanted)?;
        return set.contains(thread, frozen.as_ref());
    }
    set.contains(thread, key)
}

/// `==` by keys, the others by inclusion.
fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<PySet>(), b.get::<PySet>()) else {
        return Ok(Value::not_implemented());
    };
    let result = match op {
        CompareOp::Eq => x.len() == y.len() && x.is_subset(thread, y)?,
        CompareOp::Ne => x.len() != y.len() || !x.is_subset(thread, y)?,
        CompareOp::Le => x.len() <= y.len() && x.is_subset(thread, y)?,
        CompareOp::Lt => x.len() < y.len() && x.is_subset(thread, y)?,
        CompareOp::Ge => y.len() <= x.len() && y.is_subset(thread, x)?,
        CompareOp::Gt => y.len() < x.len() && y.is_subset(thread, x)?,
    };
    Ok(Value::bool(result))
}

/// `tp_traverse`.
///
/// # Safety
/// A live set; `visit` takes `arg`.
unsafe extern "C" fn traverse_set(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract; visiting does not change the set.
    let set = unsafe { &*object.cast::<PySet>() };
    for entry in (0..=set.last_place()).map_while(|at| set.place(at)) {
        // SAFETY: what a set holds is alive; the marker is no pointer.
        let stop = unsafe { crate::gc::visit::visit_words(&[entry.key.get()], visit, arg) };
        if stop != 0 {
            return stop;
        }
    }
    0
}

/// `tp_clear`.
///
/// # Safety
/// A live set.
unsafe extern "C" fn clear_set(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    drop(unsafe { (*object.cast::<PySet>()).take() });
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// A set whose last reference is gone.
unsafe extern "C" fn dealloc_set(object: *mut PyObject) {
    // SAFETY: by contract; untracked first, so that nothing finds the set any more.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        crate::gc::untrack(pointer);
        let set = &*object.cast::<PySet>();
        if set.weakreflist.peek().is_some() {
            Thread::current(|thread| crate::weakref::clear_dying(thread, pointer.as_ref()));
        }
        if !set.table.get().is_null() {
            drop(set.take());
        }
        lifecycle::free(pointer);
    }
}
