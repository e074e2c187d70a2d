//! The iterators over a `deque`, forwards and backwards.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use super::{Deque, mutated};
use crate::arguments::{check_count, no_keywords, to_size};
use crate::install;
use crate::iterators::reduced_call;
use crate::methods::method_table;
use taipan_object::declare::native_state;

/// A walk: the deque, how many items were given, how often the deque had changed.
#[derive(Default)]
struct Walk {
    deque: Slot,
    given: Cell<usize>,
    version: Cell<u64>,
    broken: Cell<bool>,
}

macro_rules! iterator {
    ($state:ident $static:ident $name:literal $function:literal $next:ident) => {
        /// A walk through a deque.
        #[derive(Default)]
        pub(in crate::modules::collections) struct $state {
            deque: Slot,
            given: Cell<usize>,
            version: Cell<u64>,
            broken: Cell<bool>,
        }

        native_type! {
            /// The iterator.
            pub(in crate::modules::collections) static $static: $state = $name, flags 0, dict false, weak false,
            does {
                iter: |_, this| Ok(this.to_value()),
                next: $next,
                new: |thread, class, arguments, names| {
                    let Walk { deque, given, version, broken } =
                        walk(thread, class, (&$static, $function), arguments, names)?;
                    Ok(Native::new_in(thread, class, $state { deque, given, version, broken })?.into_value())
                },
            }
        }

        native_state!($state in $static: deque);

        impl $state {
            fn step(&self, thread: &Thread, backwards: bool) -> PyResult<Option<Value>> {
                step(thread, (&self.deque, &self.given, &self.version, &self.broken), backwards)
            }
        }
    };
}

iterator!(DequeIterator DEQUE_ITERATOR "_collections._deque_iterator" "_deque_iterator" next);
iterator!(DequeReverseIterator DEQUE_REVERSE_ITERATOR "_collections._deque_reverse_iterator"
    "_deque_reverse_iterator" next_back);

method_table! { METHODS:
    Instance None c"__length_hint__" "($self, /)" length_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
}

/// Puts the methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DEQUE_ITERATOR, &METHODS)?;
    install::methods(thread, &DEQUE_REVERSE_ITERATOR, &METHODS)
}

/// What a constructor makes of a deque and how many items are passed over.
fn walk(
    thread: &Thread,
    class: &PyTypeObject,
    (base, function): (&PyTypeObject, &str),
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Walk> {
    let arguments = no_keywords(thread, class, base, arguments, names)?;
    if arguments.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "function takes at least 1 argument (0 given)"));
    }
    check_count(thread, function, arguments.len(), 1, 2)?;
    let none = Value::none();
    let deque = arguments.first().unwrap_or(&none);
    let Some(found) = deque.as_ref().get::<Native<Deque>>() else {
        let got = deque.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument 1 must be collections.deque, not {got}"));
    };
    let given = arguments.get(1).map_or(Ok(0), |given| to_size(thread, given.as_ref()))?;
    Ok(Walk {
        deque: Slot::new(deque.clone()),
        given: Cell::new(usize::try_from(given).unwrap_or(0)),
        version: Cell::new(found.version.get()),
        broken: Cell::new(false),
    })
}

fn start(deque: &Native<Deque>) -> Walk {
    Walk {
        deque: Slot::new(as_ref(deque).to_value()),
        given: Cell::new(0),
        version: Cell::new(deque.version.get()),
        broken: Cell::new(false),
    }
}

/// The `iter` slot of `deque`.
pub(super) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Walk { deque, given, version, broken } = start(super::receiver(thread, this)?);
    Ok(Native::new(thread, DequeIterator { deque, given, version, broken })?.into_value())
}

/// `deque.__reversed__`.
pub(super) fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Walk { deque, given, version, broken } = start(super::receiver(thread, this)?);
    Ok(Native::new(thread, DequeReverseIterator { deque, given, version, broken })?.into_value())
}

type Parts<'a> = (&'a Slot, &'a Cell<usize>, &'a Cell<u64>, &'a Cell<bool>);

fn step(
    thread: &Thread,
    (deque, given, version, broken): Parts<'_>,
    backwards: bool,
) -> PyResult<Option<Value>> {
    let held = deque.get();
    let Some(found) = held.as_ref().and_then(|deque| deque.as_ref().get::<Native<Deque>>()) else {
        return Ok(None);
    };
    if broken.get() || given.get() >= found.len() && found.version.get() == version.get() {
        return Ok(None);
    }
    if found.version.get() != version.get() {
        broken.set(true);
        return Err(mutated(thread));
    }
    let at = given.get();
    given.set(at + 1);
    Ok(found.get(if backwards { found.len() - 1 - at } else { at }))
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    taipan_object::declare::receiver::<DequeIterator>(thread, this)?.step(thread, false)
}

fn next_back(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    taipan_object::declare::receiver::<DequeReverseIterator>(thread, this)?.step(thread, true)
}

/// The deque of an iterator and how many items it has given.
fn place(this: Ref<'_>) -> Option<(Value, usize)> {
    let (deque, given, broken) = match this.get::<Native<DequeIterator>>() {
        Some(walk) => (&walk.deque, walk.given.get(), walk.broken.get()),
        None => {
            let walk = this.get::<Native<DequeReverseIterator>>()?;
            (&walk.deque, walk.given.get(), walk.broken.get())
        }
    };
    let deque = deque.get()?;
    let length = deque.as_ref().get::<Native<Deque>>().map_or(0, |deque| deque.len());
    Some((deque, if broken { length } else { given }))
}

fn length_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((deque, given)) = place(this) else { return Ok(Value::small(0)) };
    let length = deque.as_ref().get::<Native<Deque>>().map_or(0, |deque| deque.len());
    Value::int(thread, length.saturating_sub(given) as i64)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = as_ref(this.ty()).to_value();
    match place(this) {
        Some((deque, given)) => reduced_call(thread, class, vec![deque, Value::int(thread, given as i64)?]),
        None => reduced_call(thread, class, vec![Native::new(thread, Deque::default())?.into_value()]),
    }
}
