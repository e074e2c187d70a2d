//! Making tuples. Invariant: a tuple is tracked, and so visible to `gc.get_objects`, when it is full and not
//! before. One that holds nothing that could be part of a cycle is not tracked at all.

use std::cell::Cell;
use std::ptr::NonNull;

use super::{PyTuple, TUPLE};
use crate::error::PyResult;
use crate::header::{PyObject, PyVarObject};
use crate::heap::{Kind, MAX_SIZE};
use crate::items::{is_exported, load_item, store_item};
use crate::slot::Slot;
use crate::thread::Thread;
use crate::types::{flags, lifecycle};
use crate::value::{Owned, Ref, Value};
use crate::word::Word;

/// The tuple without items, shared by all; its block holds a pre-header like any other.
#[repr(C)]
struct StaticEmpty {
    head: PyTuple,
}

// SAFETY: an immortal object, which nothing writes to but its hash, the same from every thread.
unsafe impl Sync for StaticEmpty {}

/// The hash of the empty tuple.
const EMPTY_HASH: i64 = 5_740_354_900_026_072_187;

static EMPTY: StaticEmpty = StaticEmpty {
    head: PyTuple {
        base: PyVarObject { base: PyObject::immortal(&TUPLE), size: Cell::new(0) },
        ob_hash: Cell::new(EMPTY_HASH),
        ob_item: [],
    },
};

/// A tuple that is being made.
pub struct TupleBuilder<'a> {
    thread: &'a Thread,
    tuple: Option<NonNull<PyTuple>>,
    filled: usize,
    len: usize,
}

impl<'a> TupleBuilder<'a> {
    /// A tuple of `len` items, none of which is there yet.
    #[inline]
    pub fn new(thread: &'a Thread, len: usize) -> PyResult<TupleBuilder<'a>> {
        if len == 0 {
            return Ok(TupleBuilder { thread, tuple: None, filled: 0, len });
        }
        let tuple = blank(thread, len)?;
        Ok(TupleBuilder { thread, tuple: Some(tuple), filled: 0, len })
    }

    /// The next item. More than there is room for are released.
    #[inline]
    pub fn push(&mut self, value: Value) {
        debug_assert!(self.filled < self.len, "a tuple has room for its items");
        if let Some(tuple) = self.tuple
            && self.filled < self.len
        {
            // SAFETY: within the tuple, at a place that nothing was written to.
            unsafe {
                let items = tuple.as_ptr().byte_add(size_of::<PyTuple>()).cast::<Option<Word>>();
                store_item(items, self.filled, value);
            }
            self.filled += 1;
        }
    }

    /// The tuple. If items are missing, `None` stands for them.
    #[inline]
    pub fn finish(mut self) -> Owned<PyTuple> {
        debug_assert_eq!(self.filled, self.len, "a tuple is full when it is finished");
        while self.filled < self.len {
            self.push(Value::none());
        }
        match self.tuple.take() {
            None => Owned::new_ref(&EMPTY.head),
            // SAFETY: full; the builder gives up its reference.
            Some(tuple) => unsafe {
                let this = tuple.as_ref();
                this.base.size.set(self.len as isize);
                if this.iter().any(may_be_in_cycle) {
                    self.thread.interp().gc.track(self.thread, tuple.cast());
                }
                Owned::from_ptr(tuple)
            },
        }
    }
}

/// A tuple with room for `len` items, none of which is there; its size is zero.
#[inline(always)]
fn blank(thread: &Thread, len: usize) -> PyResult<NonNull<PyTuple>> {
    if len > MAX_SIZE / 16 {
        return Err(thread.raise_memory_error());
    }
    let size = size_of::<PyTuple>() + len * 8;
    let tuple = lifecycle::allocate::<PyTuple>(thread, &TUPLE, Kind::Gc, size)?;
    // SAFETY: fresh, as long as asked for.
    unsafe {
        let this = tuple.as_ptr();
        (&raw mut (*this).base.size).write(Cell::new(0));
        (&raw mut (*this).ob_hash).write(Cell::new(-1));
    }
    Ok(tuple)
}

/// Whether an object's type lets it take part in cycles.
#[inline]
fn may_be_in_cycle(item: Ref<'_>) -> bool {
    item.head().is_some_and(|head| {
        head.ty().has_flag(flags::HAVE_GC) && (!head.is_exact(&TUPLE) || crate::gc::inspect::is_tracked(item))
    })
}

impl Drop for TupleBuilder<'_> {
    fn drop(&mut self) {
        if let Some(tuple) = self.tuple.take() {
            // SAFETY: nobody else has seen the tuple; its items so far are owned.
            unsafe {
                tuple.as_ref().base.size.set(self.filled as isize);
                for at in 0..self.filled {
                    if let Some(word) = load_item(tuple.as_ref().items(), at) {
                        drop(Value::from_word(word));
                    }
                }
                lifecycle::free_sized(tuple.cast(), Kind::Gc, size_of::<PyTuple>() + self.len * 8);
            }
        }
    }
}

impl PyTuple {
    /// The tuple of these values.
    pub fn from_values<I>(thread: &Thread, values: I) -> PyResult<Owned<PyTuple>>
    where
        I: IntoIterator<Item = Value>,
        I::IntoIter: ExactSizeIterator,
    {
        let values = values.into_iter();
        let mut tuple = TupleBuilder::new(thread, values.len())?;
        values.for_each(|value| tuple.push(value));
        Ok(tuple.finish())
    }

    /// The tuple of a few values.
    #[inline(always)]
    pub fn pack<const N: usize>(thread: &Thread, values: [Value; N]) -> PyResult<Owned<PyTuple>> {
        // SAFETY: a value is a word; if there is a tuple it owns them, and the array gives them up.
        unsafe {
            let tuple = PyTuple::from_words(thread, (&raw const values).cast(), N)?;
            std::mem::forget(values);
            Ok(tuple)
        }
    }

    /// The tuple of words that stand one behind the other, as in a frame's slots. It takes over their
    /// references; if there is no memory they stay the caller's.
    ///
    /// # Safety
    /// `count` words stand at `words`, no markers among them, and the caller gives up their references if
    /// this succeeds.
    #[inline]
    pub unsafe fn from_words(thread: &Thread, words: *const Word, count: usize) -> PyResult<Owned<PyTuple>> {
        if count == 0 {
            return Ok(PyTuple::empty());
        }
        let tuple = blank(thread, count)?;
        // SAFETY: so many words by contract, and room for them; they are apart.
        unsafe {
            let to = tuple.as_ptr().byte_add(size_of::<PyTuple>()).cast::<Word>();
            let mut may_be_cyclic = false;
            for at in 0..count {
                let word = words.add(at).read();
                may_be_cyclic |= word.is_object() && may_be_in_cycle(Ref::from_word(word));
                to.add(at).write(word);
            }
            tuple.as_ref().base.size.set(count as isize);
            if may_be_cyclic {
                thread.interp().gc.track(thread, tuple.cast());
            }
            Ok(Owned::from_ptr(tuple))
        }
    }

    /// The tuple of two values: the one that `kept` holds, if nobody else has it by now, with other items; else a new
    /// one, which is kept if none was. For iterators whose tuples are mostly taken apart at once.
    #[inline]
    pub fn pack_again(thread: &Thread, kept: &Slot, values: [Value; 2]) -> PyResult<Owned<PyTuple>> {
        let Some(head) = kept.peek_object() else {
            let tuple = PyTuple::pack(thread, values)?;
            kept.init(tuple.clone().into_value());
            return Ok(tuple);
        };
        // SAFETY: what a slot holds is alive; only tuples of two items are kept.
        let (tuple, is_free) = unsafe {
            let tuple = head.cast::<PyTuple>().as_ref();
            let head = head.as_ref();
            (tuple, head.refcount() == 1 && head.is_exact(&TUPLE) && !is_exported(head) && tuple.len() == 2)
        };
        if !is_free {
            return PyTuple::pack(thread, values);
        }
        let may_be_cyclic = values.iter().any(|value| may_be_in_cycle(value.as_ref()));
        let tuple = Owned::new_ref(tuple);
        tuple.ob_hash.set(-1);
        if may_be_cyclic && !crate::gc::inspect::is_tracked(tuple.as_ref()) {
            // SAFETY: whole, and of the collector's kind.
            unsafe { thread.interp().gc.track(thread, head.cast()) };
        }
        // SAFETY: two items stand there, which are moved out; nobody else looks at the tuple.
        let old = unsafe {
            let items = head.as_ptr().byte_add(size_of::<PyTuple>()).cast::<Option<Word>>();
            let old = [load_item(items, 0), load_item(items, 1)];
            for (at, value) in values.into_iter().enumerate() {
                store_item(items, at, value);
            }
            old
        };
        for word in old.into_iter().flatten() {
            // SAFETY: the tuple owned the reference.
            drop(unsafe { Value::from_word(word) });
        }
        Ok(tuple)
    }

    /// An instance of a class derived from `tuple`, with the items of `items`.
    pub fn derived(thread: &Thread, class: &crate::types::PyTypeObject, items: &PyTuple) -> PyResult<Value> {
        if class.item_size() == 0 {
            let name = class.name();
            return Err(crate::raise!(
                thread,
                TYPE_ERROR,
                "tuple.__new__({name}) is not safe, use {name}.__new__()"
            ));
        }
        let object = lifecycle::allocate_instance(thread, class, items.len())?;
        // SAFETY: an instance of such a class begins with a tuple of so many places, all of them empty.
        unsafe {
            let to = object.as_ptr().byte_add(size_of::<PyTuple>()).cast::<Option<Word>>();
            for (at, item) in items.iter().enumerate() {
                store_item(to, at, item.to_value());
            }
            Ok(Value::from_object(object))
        }
    }

    /// The tuple without items.
    pub fn empty() -> Owned<PyTuple> {
        Owned::new_ref(&EMPTY.head)
    }

    /// The items from `start` to before `end`, both within the tuple.
    pub fn slice(&self, thread: &Thread, start: usize, end: usize) -> PyResult<Owned<PyTuple>> {
        if start == 0 && end == self.len() && self.base.base.is_exact(&TUPLE) {
            return Ok(Owned::new_ref(self));
        }
        let mut part = TupleBuilder::new(thread, end.saturating_sub(start))?;
        (start..end).filter_map(|at| self.get(at)).for_each(|item| part.push(item));
        Ok(part.finish())
    }
}
