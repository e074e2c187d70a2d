//! `list`: a block of words that grows. Invariants: `allocated` is the room of the block, or [`TAKEN_ASIDE`]; the first
//! `size` places hold canonical words; no method keeps an index, a length or a pointer into the block across
//! anything that may run Python code; none releases an item before the list is whole again, but hands it to
//! the caller.

mod change;
mod operators;
mod slots;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::PyResult;
use crate::gc::visit::visit_words;
use crate::header::{PyObject, PyVarObject};
use crate::heap::Kind;
use crate::items::{Block, admit, canonical, from_c, is_exported, load_item};
use crate::protocol;
use crate::sequence;
use crate::thread::Thread;
use crate::types::layout::{VisitProc, offsets};
use crate::types::slots::slots_of;
use crate::types::{PyTypeObject, StaticType, TypeCore, flags, lifecycle};
use crate::value::{Layout, Owned, Ref, Value};
use crate::word::Word;

/// The room of a list whose items are taken aside.
const TAKEN_ASIDE: isize = -1;

/// A list.
#[repr(C)]
pub struct PyList {
    base: PyVarObject,
    ob_item: Cell<*mut Option<Word>>,
    allocated: Cell<isize>,
}

offsets!(PyList, 40: ob_item 24, allocated 32);

/// `list`.
pub static LIST: PyTypeObject = StaticType::new(c"list", 40, dealloc_list, &LIST_CORE)
    .flags(flags::BASETYPE | flags::LIST_SUBCLASS | flags::SEQUENCE | flags::MATCH_SELF)
    .collected(traverse_list, Some(clear_list))
    .build();
static LIST_CORE: TypeCore = TypeCore::new(slots_of! {
    hash: protocol::no_hash,
    richcompare: sequence::compare_slot::<PyList>,
    length: |_, list| Ok(list.get::<PyList>().map_or(0, PyList::len)),
    subscript: slots::subscript,
    concat: operators::concat,
    repeat: operators::repeat,
    inplace_concat: operators::inplace_concat,
    inplace_repeat: operators::inplace_repeat,
    set_subscript: slots::set_subscript,
    item: item_slot,
    set_item: set_item_slot,
    contains: sequence::contains_slot::<PyList>,
    iter: crate::iterators::slots::list,
});

// SAFETY: the layout above, for the type and what derives from it.
unsafe impl Layout for PyList {
    #[inline(always)]
    fn ty() -> &'static PyTypeObject {
        &LIST
    }

    #[inline(always)]
    fn is(ty: &PyTypeObject) -> bool {
        ty.has_flag(flags::LIST_SUBCLASS)
    }
}

impl PyList {
    /// An empty list.
    pub fn new(thread: &Thread) -> PyResult<Owned<PyList>> {
        PyList::from_block(thread, Block::empty())
    }

    /// The list of a block's items.
    pub fn from_block(thread: &Thread, block: Block) -> PyResult<Owned<PyList>> {
        let list = lifecycle::allocate::<PyList>(thread, &LIST, Kind::Gc, size_of::<PyList>())?;
        let (items, len, capacity) = block.into_parts();
        // SAFETY: fresh, of this size; tracked when whole.
        unsafe {
            let this = list.as_ptr();
            (&raw mut (*this).base.size).write(Cell::new(len as isize));
            (&raw mut (*this).ob_item).write(Cell::new(items));
            (&raw mut (*this).allocated).write(Cell::new(capacity as isize));
            thread.interp().gc.track(thread, list.cast());
            Ok(Owned::from_ptr(list))
        }
    }

    /// A list without items, with room for so many.
    pub fn with_capacity(thread: &Thread, items: usize) -> PyResult<Owned<PyList>> {
        PyList::from_block(thread, Block::with_capacity(thread, items)?)
    }

    /// The list of these values.
    pub fn from_values<I>(thread: &Thread, values: I) -> PyResult<Owned<PyList>>
    where
        I: IntoIterator<Item = Value>,
        I::IntoIter: ExactSizeIterator,
    {
        let values = values.into_iter();
        let mut block = Block::with_capacity(thread, values.len())?;
        for value in values {
            if let Err(value) = block.push(value) {
                let list = PyList::from_block(thread, block)?;
                list.push(thread, value)?;
                return Ok(list);
            }
        }
        PyList::from_block(thread, block)
    }

    /// The list of words that stand one behind the other, as in a frame's slots. It takes over their
    /// references; if there is no memory they stay the caller's.
    ///
    /// # Safety
    /// As for [`PyTuple::from_words`](crate::tuple::PyTuple::from_words).
    pub unsafe fn from_words(thread: &Thread, words: *const Word, count: usize) -> PyResult<Owned<PyList>> {
        let list = PyList::from_block(thread, Block::with_capacity(thread, count)?)?;
        if count > 0 {
            // SAFETY: so many words by contract, and room for them; they are apart.
            unsafe { list.ob_item.get().copy_from_nonoverlapping(words.cast(), count) };
            list.base.size.set(count as isize);
        }
        Ok(list)
    }

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

    /// Items that there is room for.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        usize::try_from(self.allocated.get()).unwrap_or(0)
    }

    /// The item at an index.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Option<Value> {
        // SAFETY: what a list holds is alive.
        self.peek(at).map(|word| unsafe { Value::from_borrowed(word) })
    }

    /// The word at an index; nobody counts it, so it is good until the next call that may run Python code.
    #[inline(always)]
    pub fn peek(&self, at: usize) -> Option<Word> {
        self.raw(at).map(|word| canonical(&self.base.base, word))
    }

    /// The place of an item where words are stored as they are; none if there is no such item, or C looks on.
    #[inline(always)]
    pub fn plain_slot(&self, at: usize) -> Option<&std::cell::Cell<Option<Word>>> {
        if at >= self.len() || is_exported(&self.base.base) {
            return None;
        }
        // SAFETY: within the block, which the list owns.
        unsafe { self.ob_item.get().add(at).cast::<std::cell::Cell<Option<Word>>>().as_ref() }
    }

    /// The word as it is stored.
    #[inline(always)]
    fn raw(&self, at: usize) -> Option<Word> {
        if at >= self.len() {
            return None;
        }
        // SAFETY: within the block.
        unsafe { load_item(self.ob_item.get(), at) }
    }

    /// Puts a value at an index and hands out what was there; none if there is no such item.
    #[inline(always)]
    pub fn replace(&self, thread: &Thread, at: usize, value: Value) -> PyResult<Option<Value>> {
        let value = admit(thread, &self.base.base, value)?;
        let Some(old) = self.raw(at) else { return Ok(None) };
        // SAFETY: within the block; the old item is moved out.
        unsafe {
            crate::items::store_item(self.ob_item.get(), at, value);
            Ok(Some(self.moved_out(old)))
        }
    }

    /// Where the items stand.
    pub(crate) fn item_words(&self) -> *mut Option<Word> {
        self.ob_item.get()
    }

    /// The value of a word that was moved out of the list.
    ///
    /// # Safety
    /// The word owned its reference, and its place does not any more.
    #[inline(always)]
    unsafe fn moved_out(&self, word: Word) -> Value {
        // SAFETY: by contract.
        let value = unsafe { Value::from_word(word) };
        if is_exported(&self.base.base) { from_c(value) } else { value }
    }

    /// The first index from `from` to before `to` of an item that is, or equals, `wanted`.
    pub fn position(
        &self,
        thread: &Thread,
        wanted: Ref<'_>,
        from: usize,
        to: usize,
    ) -> PyResult<Option<usize>> {
        sequence::position(thread, self, wanted, from, to)
    }

    /// Takes all items out: the list is empty from then on.
    pub fn take(&self) -> Block {
        let (items, len, capacity) =
            (self.ob_item.replace(std::ptr::null_mut()), self.len(), self.capacity());
        self.base.size.set(0);
        self.allocated.set(0);
        // SAFETY: the list's own block, which it gives up.
        unsafe { Block::from_parts(items, len, capacity) }
    }

    /// The same, for a while: [`PyList::is_untouched`] says then whether the list got or lost items meanwhile, even if
    /// it is empty again.
    pub fn take_aside(&self) -> Block {
        let block = self.take();
        self.allocated.set(TAKEN_ASIDE);
        block
    }

    /// Whether nothing happened to the list since its items were taken aside.
    pub fn is_untouched(&self) -> bool {
        self.allocated.get() == TAKEN_ASIDE
    }

    /// Puts a block's items in, and hands out those that were there.
    pub fn put(&self, thread: &Thread, mut block: Block) -> PyResult<Block> {
        if is_exported(&self.base.base) {
            block.box_all(thread)?;
        }
        let old = self.take();
        let (items, len, capacity) = block.into_parts();
        self.ob_item.set(items);
        self.base.size.set(len as isize);
        self.allocated.set(capacity as isize);
        Ok(old)
    }
}

impl sequence::Items for PyList {
    #[inline]
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn item(&self, at: usize) -> Option<Value> {
        self.get(at)
    }
}

fn item_slot(thread: &Thread, list: Ref<'_>, at: isize) -> PyResult<Value> {
    let found = list.get::<PyList>().and_then(|list| list.get(usize::try_from(at).ok()?));
    found.ok_or_else(|| crate::raise!(thread, INDEX_ERROR, "list index out of range"))
}

fn set_item_slot(thread: &Thread, list: Ref<'_>, at: isize, value: Option<Value>) -> PyResult<()> {
    let (Some(list), Ok(at)) = (list.get::<PyList>(), usize::try_from(at)) else {
        return Err(crate::raise!(thread, INDEX_ERROR, "list assignment index out of range"));
    };
    let old = match value {
        Some(value) => list.replace(thread, at, value)?,
        None => list.remove(at),
    };
    match old {
        Some(old) => {
            drop(old);
            Ok(())
        }
        None => Err(crate::raise!(thread, INDEX_ERROR, "list assignment index out of range")),
    }
}

/// `tp_traverse`.
///
/// # Safety
/// A live list; `visit` takes `arg`.
unsafe extern "C" fn traverse_list(object: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> i32 {
    // SAFETY: by contract; visiting does not change the list.
    unsafe {
        let list = &*object.cast::<PyList>();
        if list.is_empty() {
            return 0;
        }
        visit_words(std::slice::from_raw_parts(list.ob_item.get(), list.len()), visit, arg)
    }
}

/// `tp_clear`.
///
/// # Safety
/// A live list.
unsafe extern "C" fn clear_list(object: *mut PyObject) -> i32 {
    // SAFETY: by contract.
    drop(unsafe { (*object.cast::<PyList>()).take() });
    0
}

/// `tp_dealloc`.
///
/// # Safety
/// A list whose last reference is gone.
unsafe extern "C" fn dealloc_list(object: *mut PyObject) {
    // SAFETY: by contract; untracked first, so that nothing finds the list any more.
    unsafe {
        let Some(pointer) = NonNull::new(object) else { return };
        crate::gc::untrack(pointer);
        let list = &*object.cast::<PyList>();
        drop(list.take());
        if list.base.base.is_exact(&LIST) {
            lifecycle::free_sized(pointer, Kind::Gc, size_of::<PyList>());
        } else {
            lifecycle::free(pointer);
        }
    }
}
