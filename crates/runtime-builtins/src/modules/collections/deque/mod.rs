//! `deque`: items that are added and taken at both ends. Invariants: no code runs while the items are borrowed, and
//! what is taken out is released afterwards; every change counts up `version`, so that a walk sees that there was
//! one.

mod iterators;
mod methods;
mod slots;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::protocol;
use taipan_object::types::flags;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, raise};

pub(super) use iterators::{DEQUE_ITERATOR, DEQUE_REVERSE_ITERATOR};

/// The items, how many there can be, and how often they changed.
#[derive(Default)]
pub(in crate::modules::collections) struct Deque {
    items: RefCell<VecDeque<Value>>,
    most: Cell<Option<usize>>,
    version: Cell<u64>,
}

native_type! {
    /// `deque`.
    pub(in crate::modules::collections) static DEQUE: Deque = "collections.deque",
    flags flags::BASETYPE | flags::SEQUENCE, dict false, weak true,
    does {
        new: slots::new,
        init: slots::init,
        repr: slots::repr,
        hash: protocol::no_hash,
        richcompare: slots::compare,
        iter: iterators::iter,
        length: slots::length,
        bool: |thread, this| Ok(slots::length(thread, this)? != 0),
        item: slots::item,
        set_item: slots::set_item,
        contains: slots::contains,
        concat: slots::concat,
        repeat: slots::repeat,
        inplace_concat: slots::inplace_concat,
        inplace_repeat: slots::inplace_repeat,
    }
}

impl NativeType for Deque {
    fn definition() -> &'static NativeStatic<Deque> {
        &DEQUE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        // the items are borrowed for moments only in which nothing else runs
        for item in self.items.try_borrow().iter().flat_map(|items| items.iter()) {
            visitor.value(item);
        }
    }

    fn clear(&self) {
        drop(self.take());
    }
}

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    methods::install(thread)?;
    iterators::install(thread)
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Deque>> {
    taipan_object::declare::receiver::<Deque>(thread, this)
}

#[cold]
fn mutated(thread: &Thread) -> Raised {
    raise!(thread, RUNTIME_ERROR, "deque mutated during iteration")
}

/// An end of a deque.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

impl Deque {
    fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }

    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }

    fn take(&self) -> VecDeque<Value> {
        self.changed();
        std::mem::take(&mut *self.items.borrow_mut())
    }

    /// Adds an item at an end; the one at the other end goes if there are too many.
    fn push(&self, thread: &Thread, item: Value, end: End) -> PyResult<()> {
        let displaced = {
            let mut items = self.items.borrow_mut();
            if items.try_reserve(1).is_err() {
                drop(items);
                return Err(thread.raise_memory_error());
            }
            match end {
                End::Left => items.push_front(item),
                End::Right => items.push_back(item),
            }
            let too_many = self.most.get().is_some_and(|most| items.len() > most);
            match end {
                _ if !too_many => None,
                End::Left => items.pop_back(),
                End::Right => items.pop_front(),
            }
        };
        self.changed();
        drop(displaced);
        Ok(())
    }

    fn pop(&self, end: End) -> Option<Value> {
        let item = match end {
            End::Left => self.items.borrow_mut().pop_front(),
            End::Right => self.items.borrow_mut().pop_back(),
        };
        self.changed();
        item
    }

    fn remove(&self, at: usize) -> Option<Value> {
        let item = self.items.borrow_mut().remove(at);
        self.changed();
        item
    }

    fn replace(&self, at: usize, item: Value) -> Option<Value> {
        Some(std::mem::replace(self.items.borrow_mut().get_mut(at)?, item))
    }

    /// The first index of a value within bounds. A deque that changes meanwhile is an error of the kind that the
    /// caller has.
    fn position(
        &self,
        thread: &Thread,
        wanted: Ref<'_>,
        (start, stop): (usize, usize),
        changed: fn(&Thread) -> Raised,
    ) -> PyResult<Option<usize>> {
        let version = self.version.get();
        for at in start..stop {
            let Some(item) = self.get(at) else { break };
            let same = protocol::same_or_equal(thread, item.as_ref(), wanted)?;
            if self.version.get() != version {
                return Err(changed(thread));
            }
            if same {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }
}

/// An empty deque of a limit.
fn empty(thread: &Thread, most: Option<usize>) -> PyResult<Value> {
    Ok(Native::new(thread, Deque { most: Cell::new(most), ..Deque::default() })?.into_value())
}
