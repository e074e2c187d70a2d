//! A place in an object that may hold a value. Invariant: a slot owns what it holds; what is taken out or
//! displaced is handed to the caller, to be released when the object is whole again.

use std::cell::Cell;

use crate::header::PyObject;
use crate::value::{Layout, Owned, Value};
use crate::word::Word;

/// An owned word or nothing (zero, as C's null).
#[repr(transparent)]
pub struct Slot {
    word: Cell<Option<Word>>,
}

const _: () = assert!(size_of::<Slot>() == 8);

impl Slot {
    /// Holds nothing.
    pub const fn empty() -> Slot {
        Slot { word: Cell::new(None) }
    }

    /// Holds a value.
    #[inline(always)]
    pub fn new(value: Value) -> Slot {
        Slot { word: Cell::new(Some(value.into_word())) }
    }

    /// Holds a value or nothing.
    #[inline(always)]
    pub fn from_option(value: Option<Value>) -> Slot {
        Slot { word: Cell::new(value.map(Value::into_word)) }
    }

    /// A counted reference to what is held.
    #[inline(always)]
    pub fn get(&self) -> Option<Value> {
        // SAFETY: what the slot holds is alive while it holds it.
        self.word.get().map(|word| unsafe { Value::from_borrowed(word) })
    }

    /// The word held; nobody counts it, so it is good until the next call that may run Python code.
    #[inline(always)]
    pub fn peek(&self) -> Option<Word> {
        self.word.get()
    }

    /// The head of the object held, good as long as `peek`'s word.
    #[inline(always)]
    pub fn peek_object(&self) -> Option<std::ptr::NonNull<PyObject>> {
        self.word.get().and_then(Word::as_object)
    }

    /// Stores, and hands out what was there.
    #[inline(always)]
    #[must_use = "what was displaced is released here, which may run Python code: say where"]
    pub fn replace(&self, value: Option<Value>) -> Option<Value> {
        let old = self.word.replace(value.map(Value::into_word));
        // SAFETY: the slot owned the reference and gives it up.
        old.map(|word| unsafe { Value::from_word(word) })
    }

    /// Stores a word that is owned, and hands out the one that was there, which the caller owns.
    ///
    /// # Safety
    /// The slot takes the word's reference over.
    #[inline(always)]
    pub unsafe fn exchange(&self, word: Word) -> Option<Word> {
        self.word.replace(Some(word))
    }

    /// What is held, `None` where that is nothing.
    pub fn get_or_none(&self) -> Value {
        self.get().unwrap_or_else(Value::none)
    }

    /// What is held, if it is of a type.
    pub fn get_as<T: Layout>(&self) -> Option<Owned<T>> {
        self.get()?.downcast().ok()
    }

    /// Takes out what is held.
    #[inline(always)]
    #[must_use = "what was taken out is released here, which may run Python code: say where"]
    pub fn take(&self) -> Option<Value> {
        self.replace(None)
    }

    /// Stores into a slot that holds nothing.
    #[inline(always)]
    pub fn init(&self, value: Value) {
        debug_assert!(self.word.get().is_none(), "the slot is empty");
        self.word.set(Some(value.into_word()));
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::empty()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.take());
    }
}
