//! The views of a dict: `dict_keys`, `dict_values`, `dict_items`. Those of keys and items are sets, too. Invariant: a
//! view holds its dict and nothing else.

use taipan_object::dict::PyDict;
use taipan_object::dict::iterators::{items, keys, values};
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::set::PySet;
use taipan_object::slot::Slot;
use taipan_object::str::StrBuilder;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::flags::DISALLOW_INSTANTIATION;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::statics::{FROZENSET, SET};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

use crate::descriptors::mapping_proxy;
use crate::iterate::{collect, for_each};
use crate::iterators::{DictPart, dict_reversed};
use crate::methods::method_table;
use crate::methods::set::algebra;
use crate::text;
use taipan_object::declare::native_state;

macro_rules! view {
    ($state:ident $static:ident $name:literal $($slot:ident: $function:expr),*) => {
        /// The dict that is looked at.
        #[derive(Default)]
        pub(crate) struct $state {
            dict: Slot,
        }

        native_type! {
            /// The view.
            pub(crate) static $static: $state = $name,
            flags DISALLOW_INSTANTIATION, dict false, weak false,
            does { repr: repr, length: length, iter: iter, $($slot: $function),* }
        }

        native_state!($state in $static: dict);
    };
}

macro_rules! set_view {
    ($state:ident $static:ident $name:literal) => {
        view!($state $static $name contains: contains, richcompare: compare, hash: protocol::no_hash, and: and,
            or: or, subtract: subtract, xor: xor);
    };
}

set_view!(KeysView DICT_KEYS "dict_keys");
view!(ValuesView DICT_VALUES "dict_values");
set_view!(ItemsView DICT_ITEMS "dict_items");
set_view!(OrderedKeys ODICT_KEYS "odict_keys");
view!(OrderedValues ODICT_VALUES "odict_values");
set_view!(OrderedItems ODICT_ITEMS "odict_items");

macro_rules! ordered {
    ($($state:ident),*) => {
        $(impl $state {
            /// A view of the dict that a slot holds.
            pub(crate) fn of(dict: Slot) -> $state {
                $state { dict }
            }
        })*
    };
}

ordered!(OrderedKeys, OrderedValues, OrderedItems);

method_table! { METHODS:
    Instance None c"__reversed__" "($self, /)" reversed, c"An iterator over the view from its end on.";
}

method_table! { SET_METHODS:
    Instance One c"isdisjoint" "($self, other, /)" isdisjoint, c"Whether there is no common element.";
}

pub(crate) static ATTRIBUTES: [taipan_object::descriptor::GetSetDef; 1] =
    [taipan_object::descriptor::GetSetDef {
        name: "mapping",
        get: mapping,
        set: None,
        doc: "the dict that this view looks at, to be read only",
    }];

/// The types of this file.
pub(crate) fn types() -> [&'static PyTypeObject; 6] {
    [&DICT_KEYS, &DICT_VALUES, &DICT_ITEMS, &ODICT_KEYS, &ODICT_VALUES, &ODICT_ITEMS]
}

/// Puts the methods into the types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    for ty in types() {
        crate::install::methods(thread, ty, &METHODS)?;
        crate::install::attributes(thread, ty, &ATTRIBUTES)?;
    }
    let sets: [&'static PyTypeObject; 4] = [&DICT_KEYS, &DICT_ITEMS, &ODICT_KEYS, &ODICT_ITEMS];
    sets.into_iter().try_for_each(|ty| crate::install::methods(thread, ty, &SET_METHODS))
}

/// A view of a dict.
pub(crate) fn view(thread: &Thread, dict: &PyDict, part: DictPart) -> PyResult<Value> {
    let dict = Slot::new(as_ref(dict).to_value());
    Ok(match part {
        DictPart::Keys => Native::new(thread, KeysView { dict })?.into_value(),
        DictPart::Values => Native::new(thread, ValuesView { dict })?.into_value(),
        DictPart::Items => Native::new(thread, ItemsView { dict })?.into_value(),
    })
}

/// What a view looks at: its dict and which part of it; none if it is no view, or was cleared.
fn parts(this: Ref<'_>) -> Option<(Owned<PyDict>, DictPart)> {
    macro_rules! any_of {
        ($($state:ident $part:ident),*) => {
            $(if let Some(view) = this.get::<Native<$state>>() {
                return Some((view.dict.get()?.downcast::<PyDict>().ok()?, DictPart::$part));
            })*
        };
    }
    any_of!(KeysView Keys, ItemsView Items, ValuesView Values, OrderedKeys Keys, OrderedItems Items,
        OrderedValues Values);
    None
}

/// Whether a value is a view that is a set.
fn is_set_view(value: Ref<'_>) -> bool {
    parts(value).is_some_and(|(_, part)| part != DictPart::Values)
}

fn length(_: &Thread, this: Ref<'_>) -> PyResult<usize> {
    Ok(parts(this).map_or(0, |(dict, _)| dict.len()))
}

fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((dict, part)) = parts(this) else { return Ok(Value::none()) };
    Ok(match part {
        DictPart::Keys => keys::PyDictKeyIterator::new(thread, &dict)?.into_value(),
        DictPart::Values => values::PyDictValueIterator::new(thread, &dict)?.into_value(),
        DictPart::Items => items::PyDictItemIterator::new(thread, &dict)?.into_value(),
    })
}

fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((dict, part)) = parts(this) else { return Ok(Value::none()) };
    dict_reversed(thread, &dict, part)
}

fn mapping(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some((dict, _)) = parts(this) else { return Ok(Value::none()) };
    mapping_proxy(thread, dict.into_value())
}

/// `dict_keys([1, 2])`
fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = this.ty().short_name();
    let Some(_guard) = text::Printing::enter(thread, this) else {
        return Ok(taipan_object::str::PyStr::from_text(thread, "...")?.into_value());
    };
    let items = PyList::from_values(thread, collect(thread, this)?)?;
    let items = text::repr(thread, items.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, name)?;
    builder.push_str(thread, "(")?;
    builder.push(thread, &items)?;
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn contains(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let Some((dict, part)) = parts(this) else { return Ok(false) };
    if part == DictPart::Keys {
        return dict.contains(thread, wanted);
    }
    let Some(pair) = wanted.get::<PyTuple>().filter(|pair| pair.len() == 2) else { return Ok(false) };
    let (Some(key), Some(value)) = (pair.borrow(0), pair.borrow(1)) else { return Ok(false) };
    match dict.get(thread, key)? {
        Some(found) => protocol::same_or_equal(thread, found.as_ref(), value),
        None => Ok(false),
    }
}

/// Whether all elements of the one are in the other.
fn all_in(thread: &Thread, these: Ref<'_>, other: Ref<'_>) -> PyResult<bool> {
    let mut all = true;
    for_each(thread, these, |element| {
        all = protocol::contains(thread, other, element.as_ref())?;
        Ok(all)
    })?;
    Ok(all)
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    if other.get::<PySet>().is_none() && !is_set_view(other) {
        return Ok(Value::not_implemented());
    }
    let (own, others) = (protocol::length(thread, this)?, protocol::length(thread, other)?);
    Ok(Value::bool(match op {
        CompareOp::Eq => own == others && all_in(thread, this, other)?,
        CompareOp::Ne => own != others || !all_in(thread, this, other)?,
        CompareOp::Lt => own < others && all_in(thread, this, other)?,
        CompareOp::Le => own <= others && all_in(thread, this, other)?,
        CompareOp::Gt => own > others && all_in(thread, other, this)?,
        CompareOp::Ge => own >= others && all_in(thread, other, this)?,
    }))
}

/// A set of the elements of any iterable.
fn set_of(thread: &Thread, iterable: Ref<'_>) -> PyResult<Owned<PySet>> {
    let set = PySet::new(thread)?;
    match iterable.get::<PySet>() {
        Some(other) => set.merge(thread, other)?,
        None => for_each(thread, iterable, |element| set.add(thread, element.as_ref()).map(|_| true))?,
    }
    Ok(set)
}

/// The common elements, in the order in which the reference finds them.
fn and(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let (view, other) = if is_set_view(a) { (a, b) } else { (b, a) };
    if other.get_exact::<PySet>().is_some_and(|_| std::ptr::eq(other.ty(), &SET))
        && protocol::length(thread, view)? <= protocol::length(thread, other)?
    {
        return algebra::intersection(thread, other, &[view.to_value()]);
    }
    // the shorter of two views is walked
    let swap = is_set_view(other) && protocol::length(thread, other)? > protocol::length(thread, view)?;
    let (view, other) = if swap { (other, view) } else { (view, other) };
    let result = PySet::new(thread)?;
    for_each(thread, other, |element| {
        if contains(thread, view, element.as_ref())? {
            result.add(thread, element.as_ref())?;
        }
        Ok(true)
    })?;
    Ok(result.into_value())
}

fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let result = set_of(thread, a)?.into_value();
    algebra::update(thread, result.as_ref(), &[b.to_value()])?;
    Ok(result)
}

fn subtract(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let result = set_of(thread, a)?.into_value();
    algebra::difference_update(thread, result.as_ref(), &[b.to_value()])?;
    Ok(result)
}

fn xor(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let result = set_of(thread, a)?.into_value();
    algebra::symmetric_difference_update(thread, result.as_ref(), b)?;
    Ok(result)
}

fn isdisjoint(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    if this.is(other) {
        return Ok(Value::bool(protocol::length(thread, this)? == 0));
    }
    let other_is_set = other.ty().is_subtype(&SET) || other.ty().is_subtype(&FROZENSET) || is_set_view(other);
    let swap = other_is_set && protocol::length(thread, other)? > protocol::length(thread, this)?;
    let (longer, shorter) = if swap { (other, this) } else { (this, other) };
    let mut disjoint = true;
    for_each(thread, shorter, |element| {
        disjoint = !protocol::contains(thread, longer, element.as_ref())?;
        Ok(disjoint)
    })?;
    Ok(Value::bool(disjoint))
}
