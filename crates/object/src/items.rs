//! The words that lists and tuples hold: the one pair of functions through which an item is read and
//! stored ([`load_item`], [`store_item`]), the pair that turns a value into a C pointer and back ([`to_c`],
//! [`from_c`]), and blocks of items. Invariants: items are canonical words; a [`Block`] owns its items; no
//! other file reads or writes an item array of a live container.
//!
//! A list or tuple of which C holds the pointer must hold pointers only. That state, [`EXPORTED`], is sticky and
//! stands in the pre-header. [`export`] sets it, of all lists and tuples that can be reached from one by items. It is
//! honoured in two places: [`admit`], through which every value goes before it is stored, and [`canonical`], through which
//! every word goes that is read. Invariant: what is stored in an exported container is exported.

use std::ptr::NonNull;

use crate::error::PyResult;
use crate::float::PyFloat;
use crate::gc::pre_header::{EXPORTED, PreHeader};
use crate::header::PyObject;
use crate::heap::{Heap, Kind};
use crate::int::PyLong;
use crate::list::PyList;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};
use crate::word::Word;

/// The word at an index of an item array.
///
/// # Safety
/// The index is within the array.
#[inline(always)]
pub(crate) unsafe fn load_item(items: *const Option<Word>, at: usize) -> Option<Word> {
    // SAFETY: by contract.
    unsafe { *items.add(at) }
}

/// Stores a value at an index of an item array; what was there is not looked at.
///
/// # Safety
/// The index is within the array, and what was there is moved out or was nothing.
#[inline(always)]
pub(crate) unsafe fn store_item(items: *mut Option<Word>, at: usize, value: Value) {
    // SAFETY: by contract.
    unsafe { items.add(at).write(Some(value.into_word())) }
}

/// The value as a container may hold it: as it is, or as an object if C may look. To be called before the
/// container is changed, for it may fail.
#[inline(always)]
pub(crate) fn admit(thread: &Thread, container: &PyObject, value: Value) -> PyResult<Value> {
    if is_exported(container) { admit_to_exported(thread, value) } else { Ok(value) }
}

#[cold]
#[inline(never)]
fn admit_to_exported(thread: &Thread, value: Value) -> PyResult<Value> {
    export(thread, value)
}

/// Whether C may hold a pointer to a list or tuple that has items, or that is a list.
#[inline(always)]
pub(crate) fn is_exported(container: &PyObject) -> bool {
    // SAFETY: lists and tuples have a pre-header, but for the static empty tuple, which is not asked.
    unsafe { PreHeader::of(container.as_ptr()) }.has(EXPORTED)
}

/// The word that an item stands for, borrowed as the item is: an immediate for a number that C needed as an
/// object.
#[inline(always)]
pub(crate) fn canonical(container: &PyObject, word: Word) -> Word {
    if is_exported(container) { canonical_of_object(word) } else { word }
}

#[cold]
#[inline(never)]
fn canonical_of_object(word: Word) -> Word {
    // SAFETY: what a container holds is alive while it is looked at.
    immediate_of(unsafe { Ref::from_word(word) }).unwrap_or(word)
}

/// The immediate that is equal to an exact int or float on the heap, if there is one.
fn immediate_of(value: Ref<'_>) -> Option<Word> {
    match value.head() {
        Some(head) if head.is_exact(&crate::int::INT) => value.get::<PyLong>().and_then(PyLong::to_word),
        Some(head) if head.is_exact(&crate::float::FLOAT) => {
            value.get::<PyFloat>().and_then(|float| Word::from_float(float.value()))
        }
        _ => None,
    }
}

/// The value as an object that C can hold: immediates become heap objects.
pub fn to_c(thread: &Thread, value: Value) -> PyResult<Value> {
    let word = value.word();
    if let Some(int) = word.as_int() {
        return PyLong::boxed(thread, int);
    }
    match word.as_float() {
        Some(float) => PyFloat::boxed(thread, float),
        None => Ok(value),
    }
}

/// The value that a reference from C stands for: exact ints and floats in range become words.
#[inline]
pub fn from_c(value: Value) -> Value {
    let word = immediate_of(value.as_ref());
    // SAFETY: an immediate owns nothing.
    word.map_or(value, |word| unsafe { Value::from_word(word) })
}

/// The value as C may have it: an object, and lists and tuples hold nothing but objects from now on, however deep they
/// stand in each other.
///
/// # Errors
/// MemoryError; what was exported until then stays so.
pub fn export(thread: &Thread, value: Value) -> PyResult<Value> {
    let value = to_c(thread, value)?;
    let mut left = vec![value.clone()];
    while let Some(container) = left.pop() {
        let Some((head, items, len)) = items_of(container.as_ref()) else { continue };
        // all memory first: a container that is half exported would be neither
        let mut boxed: Vec<Value> = Vec::new();
        if boxed.try_reserve_exact(len).is_err() {
            return Err(thread.raise_memory_error());
        }
        for at in 0..len {
            // SAFETY: within the array; nothing here runs code that could change the container.
            let item = unsafe { load_item(items, at) };
            // SAFETY: the container holds what its items refer to.
            let item = item.map_or_else(Value::none, |word| unsafe { Ref::from_word(word) }.to_value());
            boxed.push(to_c(thread, item)?);
        }
        // SAFETY: `items_of` gives containers with a pre-header.
        unsafe { PreHeader::of(head.as_ptr()) }.set(EXPORTED);
        for (at, item) in boxed.into_iter().enumerate() {
            left.push(item.clone());
            // SAFETY: within the array.
            let old = unsafe { load_item(items, at) };
            // a place without item stays one
            if let Some(old) = old {
                // SAFETY: as above; what was there is moved out, and stands for the same object or is an immediate.
                unsafe {
                    store_item(items, at, item);
                    drop(Value::from_word(old));
                }
            }
        }
    }
    Ok(value)
}

/// Where a list or a tuple that is not exported yet has its items, and how many.
fn items_of(value: Ref<'_>) -> Option<(&PyObject, *mut Option<Word>, usize)> {
    let (items, len) = match (value.get::<PyList>(), value.get::<PyTuple>()) {
        (Some(list), _) => (list.item_words(), list.len()),
        // the empty tuple is static
        (_, Some(tuple)) if !tuple.is_empty() => (tuple.item_words(), tuple.len()),
        _ => return None,
    };
    let head = value.head()?;
    (!is_exported(head)).then_some((head, items, len))
}

/// A block of items outside of any object, with those that it owns.
pub struct Block {
    items: *mut Option<Word>,
    len: usize,
    capacity: usize,
}

impl Block {
    /// No items, no memory.
    pub const fn empty() -> Block {
        Block { items: std::ptr::null_mut(), len: 0, capacity: 0 }
    }

    /// Takes over a block.
    ///
    /// # Safety
    /// The raw block has room for `capacity` items, `len` of which are initialised and now owned here.
    pub(crate) unsafe fn from_parts(items: *mut Option<Word>, len: usize, capacity: usize) -> Block {
        Block { items, len, capacity }
    }

    /// Gives the block up.
    pub(crate) fn into_parts(self) -> (*mut Option<Word>, usize, usize) {
        let block = std::mem::ManuallyDrop::new(self);
        (block.items, block.len, block.capacity)
    }

    /// Room for `capacity` items.
    pub fn with_capacity(thread: &Thread, capacity: usize) -> PyResult<Block> {
        if capacity == 0 {
            return Ok(Block::empty());
        }
        let bytes = capacity.checked_mul(8);
        match bytes.and_then(|bytes| thread.heap().alloc(Kind::Raw, bytes)) {
            Some(block) => Ok(Block { items: block.as_ptr().cast(), len: 0, capacity }),
            None => Err(thread.raise_memory_error()),
        }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends to a block with room; hands the value back if there is none.
    #[inline]
    pub fn push(&mut self, value: Value) -> Result<(), Value> {
        if self.len == self.capacity {
            return Err(value);
        }
        // SAFETY: there is room behind the last item.
        unsafe { store_item(self.items, self.len, value) };
        self.len += 1;
        Ok(())
    }

    /// Appends to a block with room.
    ///
    /// # Safety
    /// There is room.
    #[inline(always)]
    pub(crate) unsafe fn push_unchecked(&mut self, value: Value) {
        // SAFETY: by contract.
        unsafe { store_item(self.items, self.len, value) };
        self.len += 1;
    }

    /// The items, to be put into another order or to be read.
    pub fn words_mut(&mut self) -> &mut [Option<Word>] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: so many items are initialised; the block is nobody else's.
        unsafe { std::slice::from_raw_parts_mut(self.items, self.len) }
    }

    /// Makes objects of all immediates, for an exported list.
    pub(crate) fn box_all(&mut self, thread: &Thread) -> PyResult<()> {
        for at in 0..self.len {
            if let Some(item) = self.get(at).map(Ref::to_value) {
                let boxed = to_c(thread, item)?;
                // SAFETY: within the block; what was there owned what `item` counted again.
                let old = unsafe { load_item(self.items, at) };
                // SAFETY: as above.
                unsafe { store_item(self.items, at, boxed) };
                // SAFETY: moved out.
                drop(old.map(|word| unsafe { Value::from_word(word) }));
            }
        }
        Ok(())
    }

    /// An item.
    pub fn get(&self, at: usize) -> Option<Ref<'_>> {
        if at >= self.len {
            return None;
        }
        // SAFETY: within the block, which owns it. What came from an exported container stands for a word.
        unsafe {
            let word = load_item(self.items, at)?;
            Some(Ref::from_word(if word.is_object() { canonical_of_object(word) } else { word }))
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // the last item first, as a list releases its items
        if self.items.is_null() {
            return;
        }
        while self.len > 0 {
            self.len -= 1;
            // SAFETY: initialised, owned, and given up once; the block is nobody else's meanwhile.
            unsafe {
                if let Some(word) = load_item(self.items, self.len) {
                    drop(Value::from_word(word));
                }
            }
        }
        if let Some(block) = NonNull::new(self.items) {
            // SAFETY: a raw block of this size, without items.
            unsafe { Heap::free_anywhere(Kind::Raw, block.cast(), self.capacity * 8) };
        }
    }
}

/// The head of an object that a word points to, for comparisons by address.
#[inline]
pub fn address(word: Word) -> *const PyObject {
    word.as_object().map_or(std::ptr::null(), |object| object.as_ptr().cast_const())
}
