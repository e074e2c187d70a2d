//! `OrderedDict`. Its order is that of the dict that it is; keys move by being taken out and put in again.

mod methods;
mod views;

use taipan_object::dict::derived::{ORDERED_DICT, PyOrderedDict};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::KEY_ERROR;
use taipan_object::protocol;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::statics::DICT;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, raise};

use crate::iterate::{collect, for_each};
use crate::methods::dict;
use crate::text;

pub(super) use views::types;

/// Fills the slots.
pub(super) fn install_slots() {
    let slots = ORDERED_DICT.slots();
    slots.set_subscript.set(Some(set_item));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    slots.iter.set(Some(views::iter));
    slots.richcompare.set(Some(compare));
    slots.hash.set(Some(protocol::no_hash));
    slots.or.set(Some(or));
    slots.inplace_or.set(Some(inplace_or));
}

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    methods::install(thread)
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyDict> {
    this.get::<PyOrderedDict>().map(PyOrderedDict::dict).ok_or_else(|| {
        let got = this.ty().name();
        raise!(thread, TYPE_ERROR, "'collections.OrderedDict' object expected, not '{got}'")
    })
}

/// Carries out a change and notes it, if keys came or went.
fn changing<T>(this: Ref<'_>, change: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let Some(ordered) = this.get::<PyOrderedDict>() else { return change() };
    let before = ordered.dict().len();
    let result = change();
    let after = ordered.dict().len();
    if before != after {
        ordered.note((ordered.known() + after).saturating_sub(before));
    }
    result
}

/// What changed the keys while they were walked over.
fn mutated(thread: &Thread) -> Raised {
    raise!(thread, RUNTIME_ERROR, "OrderedDict mutated during iteration")
}

/// Raises KeyError if keys were removed behind the back of the type.
fn check_known(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    match this.get::<PyOrderedDict>() {
        Some(ordered) if ordered.dict().len() < ordered.known() => {
            Err(thread.raise_arguments(&KEY_ERROR, PyTuple::empty()))
        }
        _ => Ok(()),
    }
}

/// As a dict sets items.
fn set_item(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    match DICT.slots().set_subscript.get() {
        Some(set) => changing(this, || set(thread, this, key, value)),
        None => Ok(()),
    }
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    update(thread, this, arguments, names).map(drop)
}

/// What `OrderedDict(…)` and `update` do: each key is set as the class sets it.
fn update(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    if positional.len() > 1 {
        let given = positional.len();
        return Err(raise!(thread, TYPE_ERROR, "expected at most 1 argument, got {given}"));
    }
    receiver(thread, this)?;
    if let Some(other) = positional.first() {
        update_from(thread, this, other.as_ref())?;
    }
    for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(named) {
        protocol::set_subscript(thread, this, name, Some(value.clone()))?;
    }
    Ok(Value::none())
}

/// Sets what a mapping has, or pairs.
fn update_from(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<()> {
    let is_mapping = other.get::<PyDict>().is_some()
        || protocol::attribute::find(thread, other, taipan_object::str::statics::names::keys.get())?
            .is_some();
    if is_mapping {
        // keys and values are read as a dict reads them, in their order
        let read = PyDict::new(thread)?;
        dict::update_from(thread, &read, other)?;
        let mut cursor = DictCursor::start();
        while let Some((key, value)) = cursor.next(&read) {
            protocol::set_subscript(thread, this, key.as_ref(), Some(value))?;
        }
        return Ok(());
    }
    for_each(thread, other, |pair| {
        let [key, value] =
            <[Value; 2]>::try_from(collect(thread, pair.as_ref())?).map_err(|parts| match parts.len() {
                0 => raise!(thread, VALUE_ERROR, "need more than 0 values to unpack"),
                1 => raise!(thread, VALUE_ERROR, "need more than 1 value to unpack"),
                _ => raise!(thread, VALUE_ERROR, "too many values to unpack (expected 2)"),
            })?;
        protocol::set_subscript(thread, this, key.as_ref(), Some(value)).map(|()| true)
    })
}

/// Two of them are equal if their pairs are in one order; one and another mapping as dicts are.
fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(left), Some(_)) = (a.get::<PyDict>(), b.get::<PyDict>()) else {
        return Ok(Value::not_implemented());
    };
    let equal = match DICT.slots().richcompare.get() {
        Some(compare) if matches!(op, CompareOp::Eq | CompareOp::Ne) => compare(thread, a, b, CompareOp::Eq)?,
        _ => return Ok(Value::not_implemented()),
    };
    let mut equal = protocol::truth(thread, equal.as_ref())?;
    if let Some(right) = b.get::<PyOrderedDict>()
        && equal
    {
        let states = || (a.get::<PyOrderedDict>().map(PyOrderedDict::state), right.state());
        let before = states();
        equal = left.len() == right.dict().len();
        let (mut mine, mut theirs) = (DictCursor::start(), DictCursor::start());
        while equal && let (Some((x, _)), Some((y, _))) = (mine.next(left), theirs.next(right.dict())) {
            equal = protocol::same_or_equal(thread, x.as_ref(), y.as_ref())?;
            if states() != before {
                return Err(mutated(thread));
            }
        }
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

/// `OrderedDict({1: 2})`
fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ordered = receiver(thread, this)?;
    let name = this.ty().short_name();
    if ordered.is_empty() {
        return Ok(PyStr::from_text(thread, &format!("{name}()"))?.into_value());
    }
    let Some(_guard) = text::Printing::enter(thread, this) else {
        return Ok(PyStr::from_text(thread, "...")?.into_value());
    };
    check_known(thread, this)?;
    let plain = PyDict::new(thread)?;
    let mut cursor = DictCursor::start();
    while let Some((key, _)) = cursor.next(ordered) {
        let value = value_of(thread, ordered, &key)?;
        drop(plain.insert(thread, key.as_ref(), value)?);
    }
    let pairs = text::repr(thread, plain.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &format!("{name}("))?;
    builder.push(thread, &pairs)?;
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if a.get::<PyDict>().is_none() || b.get::<PyDict>().is_none() {
        return Ok(Value::not_implemented());
    }
    let class = if a.get::<PyOrderedDict>().is_some() { a.ty() } else { b.ty() };
    let union = protocol::call(thread, as_ref(class), &[a.to_value()], None)?;
    update(thread, union.as_ref(), &[b.to_value()], None)?;
    Ok(union)
}

fn inplace_or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    update(thread, a, &[b.to_value()], None)?;
    Ok(a.to_value())
}

/// The value of a key that is there, looked up by its hash.
fn value_of(thread: &Thread, ordered: &PyDict, key: &Value) -> PyResult<Value> {
    match ordered.get(thread, key.as_ref())? {
        Some(value) => Ok(value),
        None => Err(thread.raise_value(&KEY_ERROR, key.clone())),
    }
}

/// The dict as an owned reference.
fn owned(this: Ref<'_>) -> Option<Owned<PyDict>> {
    this.to_value().downcast::<PyDict>().ok()
}
