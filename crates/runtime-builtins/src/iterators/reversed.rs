//! `reversed`, and the iterators that walk a list or a dict backwards.

use std::cell::Cell;

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::range::PyRange;
use taipan_object::slot::Slot;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};

use super::{builtin, itself, reduced, reduced_with, type_of};
use crate::arguments::{check_count, no_keywords, to_plain_size};
use crate::install;
use crate::iterate::collect;
use crate::methods::method_table;
use crate::special::find_special;
use taipan_object::declare::{native_state, receiver};

/// A sequence and the index of the next item; no sequence at the end.
#[derive(Default)]
pub(super) struct Reversed {
    sequence: Slot,
    index: Cell<isize>,
}

native_type! {
    /// `reversed`.
    pub(super) static REVERSED: Reversed = "reversed", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Reversed in REVERSED: sequence);

/// The same over a list.
#[derive(Default)]
pub(super) struct ListReversed {
    list: Slot,
    index: Cell<isize>,
}

native_type! {
    /// `list_reverseiterator`.
    pub(super) static LIST_REVERSE_ITERATOR: ListReversed = "list_reverseiterator",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: itself, next: list_next }
}

native_state!(ListReversed in LIST_REVERSE_ITERATOR: list);

method_table! { METHODS:
    Instance None c"__length_hint__" "($self, /)" length_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" setstate, c"Sets the index of the next item.";
}

method_table! { LIST_METHODS:
    Instance None c"__length_hint__" "($self, /)" list_length_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" list_reduce, c"What pickle makes the iterator again from.";
    Instance One c"__setstate__" "($self, state, /)" list_setstate, c"Sets the index of the next item.";
}

method_table! { DICT_METHODS:
    Instance None c"__length_hint__" "($self, /)" dict_length_hint, c"How many items are left.";
    Instance None c"__reduce__" "($self, /)" dict_reduce, c"What pickle makes the iterator again from.";
}

/// Puts the methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &REVERSED, &METHODS)?;
    install::methods(thread, &LIST_REVERSE_ITERATOR, &LIST_METHODS)?;
    for ty in [&*DICT_REVERSE_KEY_ITERATOR, &*DICT_REVERSE_VALUE_ITERATOR, &*DICT_REVERSE_ITEM_ITERATOR] {
        install::methods(thread, ty, &DICT_METHODS)?;
    }
    Ok(())
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    by_name: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &REVERSED, arguments, by_name)?;
    check_count(thread, "reversed", arguments.len(), 1, 1)?;
    let none = Value::none();
    let sequence = arguments.first().unwrap_or(&none).as_ref();
    match find_special(thread, sequence, names::__reversed__.get())? {
        Some(method) if !method.as_ref().is_none() => {
            return protocol::call(thread, method.as_ref(), &[], None);
        }
        None if is_sequence(sequence) => {}
        _ => {
            let ty = sequence.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not reversible"));
        }
    }
    let index = protocol::length(thread, sequence)? as isize - 1;
    let state = Reversed { sequence: Slot::new(sequence.to_value()), index: Cell::new(index) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// Whether there are items at indices, as far as a type tells.
fn is_sequence(value: Ref<'_>) -> bool {
    let slots = value.ty().slots();
    let by_subscript = value.ty().has_flag(flags::HEAPTYPE) || slots.length.get().is_some();
    let has_items = slots.item.get().is_some() || by_subscript && slots.subscript.get().is_some();
    has_items && value.get::<PyDict>().is_none()
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Reversed>(thread, this)?;
    let (Some(sequence), index) = (this.sequence.get(), this.index.get()) else { return Ok(None) };
    if index >= 0 {
        let at = Value::int(thread, index as i64)?;
        match protocol::subscript(thread, sequence.as_ref(), at.as_ref()) {
            Ok(item) => {
                this.index.set(index - 1);
                return Ok(Some(item));
            }
            Err(raised) => crate::iterate::ends_sequence(thread, raised)?,
        }
    }
    this.index.set(-1);
    drop(this.sequence.take());
    Ok(None)
}

fn length_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<Reversed>(thread, this)?;
    let Some(sequence) = this.sequence.get() else { return Ok(Value::small(0)) };
    let length = protocol::length(thread, sequence.as_ref())? as isize;
    let left = this.index.get() + 1;
    Value::int(thread, if length < left { 0 } else { left } as i64)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = type_of(this);
    let this = receiver::<Reversed>(thread, this)?;
    match this.sequence.get() {
        Some(sequence) => {
            let index = Value::int(thread, this.index.get() as i64)?;
            reduced_with(thread, ty, [sequence], index)
        }
        None => reduced(thread, ty, [PyTuple::empty().into_value()]),
    }
}

fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let index = to_plain_size(thread, state)?;
    let this = receiver::<Reversed>(thread, this)?;
    if let Some(sequence) = this.sequence.get() {
        let length = protocol::length(thread, sequence.as_ref())? as isize;
        this.index.set(index.clamp(-1, length - 1));
    }
    Ok(Value::none())
}

/// `list.__reversed__`.
pub(crate) fn list_reversed(thread: &Thread, list: &PyList) -> PyResult<Value> {
    let state =
        ListReversed { list: Slot::new(as_ref(list).to_value()), index: Cell::new(list.len() as isize - 1) };
    Ok(Native::new(thread, state)?.into_value())
}

fn list_next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<ListReversed>(thread, this)?;
    let Some(held) = this.list.get() else { return Ok(None) };
    let index = this.index.get();
    let list = held.as_ref().get::<PyList>();
    match list.and_then(|list| list.get(usize::try_from(index).ok()?)) {
        Some(item) => {
            this.index.set(index - 1);
            Ok(Some(item))
        }
        None => {
            this.index.set(-1);
            drop(this.list.take());
            Ok(None)
        }
    }
}

fn list_length_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<ListReversed>(thread, this)?;
    let held = this.list.get();
    let length = held.as_ref().and_then(|held| held.as_ref().get::<PyList>()).map_or(0, PyList::len);
    let left = this.index.get() + 1;
    Value::int(thread, if (length as isize) < left { 0 } else { left } as i64)
}

fn list_reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<ListReversed>(thread, this)?;
    let reversed = builtin(thread, "reversed")?;
    match this.list.get().filter(|_| this.index.get() >= 0) {
        Some(list) => {
            let index = Value::int(thread, this.index.get() as i64)?;
            reduced_with(thread, reversed, [list], index)
        }
        None => reduced(thread, reversed, [PyList::new(thread)?.into_value()]),
    }
}

fn list_setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let index = to_plain_size(thread, state)?;
    let this = receiver::<ListReversed>(thread, this)?;
    if let Some(list) = this.list.get()
        && let Some(list) = list.as_ref().get::<PyList>()
    {
        this.index.set(index.clamp(-1, list.len() as isize - 1));
    }
    Ok(Value::none())
}

/// What an iterator over a dict gives.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum DictPart {
    #[default]
    Keys,
    Values,
    Items,
}

/// A walk through a dict: where it is, how many keys there were, how many are left.
#[derive(Default)]
struct DictWalk {
    dict: Slot,
    position: Cell<usize>,
    used: Cell<usize>,
    left: Cell<usize>,
}

impl DictWalk {
    fn new(dict: &PyDict) -> DictWalk {
        DictWalk {
            dict: Slot::new(as_ref(dict).to_value()),
            position: Cell::new(DictCursor::end(dict).position()),
            used: Cell::new(dict.len()),
            left: Cell::new(dict.len()),
        }
    }

    fn next(&self, thread: &Thread, part: DictPart) -> PyResult<Option<Value>> {
        let Some(held) = self.dict.get() else { return Ok(None) };
        let Some(dict) = held.as_ref().get::<PyDict>() else { return Ok(None) };
        if dict.len() != self.used.get() {
            self.used.set(usize::MAX);
            return Err(raise!(thread, RUNTIME_ERROR, "dictionary changed size during iteration"));
        }
        let mut cursor = DictCursor::at(self.position.get());
        let Some((key, value)) = cursor.previous(dict) else {
            drop(self.dict.take());
            return Ok(None);
        };
        self.position.set(cursor.position());
        self.left.set(self.left.get().saturating_sub(1));
        Ok(Some(match part {
            DictPart::Keys => key,
            DictPart::Values => value,
            DictPart::Items => PyTuple::pack(thread, [key, value])?.into_value(),
        }))
    }
}

macro_rules! dict_reversed {
    ($($state:ident $static:ident $name:literal $part:ident;)*) => {$(
        /// A dict that is walked backwards.
        #[derive(Default)]
        pub(super) struct $state {
            walk: DictWalk,
        }

        native_type! {
            /// The iterator.
            pub(super) static $static: $state = $name,
            flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
            does { iter: itself, next: |thread, this| {
                receiver::<$state>(thread, this)?.walk.next(thread, DictPart::$part)
            } }
        }

        impl taipan_object::native::NativeType for $state {
            fn definition() -> &'static taipan_object::native::NativeStatic<$state> {
                &$static
            }

            fn traverse(&self, visitor: &mut taipan_object::native::Visitor) {
                visitor.slot(&self.walk.dict);
            }

            fn clear(&self) {
                drop(self.walk.dict.take());
            }
        }
    )*};
}

dict_reversed! {
    ReversedKeys DICT_REVERSE_KEY_ITERATOR "dict_reversekeyiterator" Keys;
    ReversedValues DICT_REVERSE_VALUE_ITERATOR "dict_reversevalueiterator" Values;
    ReversedItems DICT_REVERSE_ITEM_ITERATOR "dict_reverseitemiterator" Items;
}

/// `dict.__reversed__`, and that of the views.
pub(crate) fn dict_reversed(thread: &Thread, dict: &PyDict, part: DictPart) -> PyResult<Value> {
    let walk = DictWalk::new(dict);
    Ok(match part {
        DictPart::Keys => Native::new(thread, ReversedKeys { walk })?.into_value(),
        DictPart::Values => Native::new(thread, ReversedValues { walk })?.into_value(),
        DictPart::Items => Native::new(thread, ReversedItems { walk })?.into_value(),
    })
}

fn walk_of(this: Ref<'_>) -> Option<&DictWalk> {
    let keys = this.get::<Native<ReversedKeys>>().map(|this| &this.walk);
    let values = || this.get::<Native<ReversedValues>>().map(|this| &this.walk);
    keys.or_else(values).or_else(|| this.get::<Native<ReversedItems>>().map(|this| &this.walk))
}

fn dict_length_hint(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(walk) = walk_of(this) else { return Ok(Value::small(0)) };
    let held = walk.dict.get();
    let length = held.as_ref().and_then(|dict| dict.as_ref().get::<PyDict>()).map(PyDict::len);
    let left = if length == Some(walk.used.get()) { walk.left.get() } else { 0 };
    Value::int(thread, left as i64)
}

fn dict_reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let iter = builtin(thread, "iter")?;
    let Some(walk) = walk_of(this) else { return Ok(Value::none()) };
    // a copy is walked, so that this one stays where it is
    let copy = DictWalk {
        dict: Slot::from_option(walk.dict.get()),
        position: walk.position.clone(),
        used: walk.used.clone(),
        left: walk.left.clone(),
    };
    let copy = if this.get::<Native<ReversedKeys>>().is_some() {
        Native::new(thread, ReversedKeys { walk: copy })?.into_value()
    } else if this.get::<Native<ReversedValues>>().is_some() {
        Native::new(thread, ReversedValues { walk: copy })?.into_value()
    } else {
        Native::new(thread, ReversedItems { walk: copy })?.into_value()
    };
    let list = PyList::from_values(thread, collect(thread, copy.as_ref())?)?;
    reduced(thread, iter, [list.into_value()])
}

/// `range.__reversed__`: the range from the last number on, with the opposite step.
pub(crate) fn range_reversed(thread: &Thread, range: &PyRange) -> PyResult<Value> {
    let [start, _, step, length] = range.parts();
    let op = |a: &Value, b: &Value, op: BinaryOp| binary(thread, a.as_ref(), b.as_ref(), op);
    let one = Value::small(1);
    let last = op(&op(&length, &one, BinaryOp::Subtract)?, &step, BinaryOp::Multiply)?;
    let last = op(&start, &last, BinaryOp::Add)?;
    let before = op(&start, &step, BinaryOp::Subtract)?;
    let back = op(&Value::small(0), &step, BinaryOp::Subtract)?;
    let reversed = PyRange::new(thread, last, before, back, length)?;
    protocol::iter(thread, reversed.as_ref())
}
