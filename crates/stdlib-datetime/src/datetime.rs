//! `datetime`: making, attributes, order and arithmetic. Its methods stand in `datetime_methods.rs`.

use taipan_object::datetime::{DATETIME, PyDateTime, PyTimeDelta};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::install;

use taipan_object::declare::attribute_table;

use crate::arguments::{self, Constructor, c_int, method, or, zone_or_none};
use crate::date::wrong_receiver;
use crate::delta::micros;
use crate::time::repr_zone;
use crate::{datetime_methods, delta, fields, moment, zone};

attribute_table! { ATTRIBUTES:
    "hour" |thread, this| field(thread, this, 0), None, "The hour.";
    "minute" |thread, this| field(thread, this, 1), None, "The minute.";
    "second" |thread, this| field(thread, this, 2), None, "The second.";
    "microsecond" |thread, this| field(thread, this, 3), None, "The microsecond.";
    "tzinfo" |thread, this| Ok(own(thread, this)?.zone().unwrap_or_else(Value::none)), None, "The zone.";
    "fold" |thread, this| Ok(Value::small(own(thread, this)?.fold().into())), None, "0, or 1 for the later of two.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    let slots = DATETIME.slots();
    slots.new.set(Some(new));
    slots.repr.set(Some(repr));
    slots.str.set(Some(|thread, this| method(thread, this, "isoformat", &[arguments::text(thread, " ")?])));
    slots.hash.set(Some(hash));
    slots.richcompare.set(Some(compare));
    slots.add.set(Some(add));
    slots.subtract.set(Some(subtract));
    install::methods(thread, &DATETIME, &datetime_methods::METHODS)?;
    install::attributes(thread, &DATETIME, &ATTRIBUTES)
}

/// The receiver.
pub(crate) fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyDateTime> {
    this.get::<PyDateTime>().ok_or_else(|| wrong_receiver(thread, "datetime.datetime", this))
}

fn field(thread: &Thread, this: Ref<'_>, at: usize) -> PyResult<Value> {
    let (_, clock) = fields::parts_of(own(thread, this)?);
    Value::int(thread, clock.get(at).copied().unwrap_or(0))
}

const NEW: Constructor<9> = Constructor {
    names: ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 3,
    positional: 8,
};

fn new(thread: &Thread, class: &PyTypeObject, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let positional = given.len() - names.map_or(0, PyTuple::len).min(given.len());
    let sane = |state: &[u8; 10]| fields::is_month(state[2] & 0x7F);
    if (1..=2).contains(&positional)
        && let Some(mut state) = arguments::pickled(thread, given.first(), "datetime", sane)?
    {
        let zone = arguments::pickled_zone(thread, given.get(1).filter(|_| positional == 2))?;
        let fold = state[2] >> 7;
        state[2] &= 0x7F;
        return Ok(PyDateTime::new(thread, class, state, zone, fold)?.into_value());
    }
    let [year, month, day, hour, minute, second, micro, zone, fold] = NEW.bind(thread, given, names)?;
    let (mut date, mut clock) = ([0; 3], [0; 4]);
    for (place, value) in date.iter_mut().zip([year, month, day]) {
        *place = or(thread, value, 0, c_int)?;
    }
    for (place, value) in clock.iter_mut().zip([hour, minute, second, micro]) {
        *place = or(thread, value, 0, c_int)?;
    }
    let fold = or(thread, fold, 0, c_int)?;
    let zone = zone_or_none(thread, zone)?;
    fields::datetime(thread, class, (date, clock), zone.map(Ref::to_value), fold)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let ([year, month, day], [hour, minute, second, micro]) = fields::parts_of(time);
    let mut head = format!("{}({year}, {month}, {day}, {hour}, {minute}", this.ty().name());
    if micro != 0 {
        head += &format!(", {second}, {micro}");
    } else if second != 0 {
        head += &format!(", {second}");
    }
    let rest = repr_zone(thread, time.zone(), time.fold(), true)?.finish(thread)?;
    Ok(PyStr::from_text(thread, &head)?.concat(thread, &rest)?.into_value())
}

// -- offsets -------------------------------------------------------------------------------------

/// The offset of a datetime from UTC.
pub(crate) fn offset(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Owned<PyTimeDelta>>> {
    let zone = own(thread, this)?.zone();
    zone::ask(thread, zone.as_ref(), "utcoffset", this)
}

/// The same datetime with another fold.
fn with_fold(thread: &Thread, time: &PyDateTime, fold: u8) -> PyResult<Value> {
    Ok(PyDateTime::new(thread, &DATETIME, time.data(), time.zone(), fold)?.into_value())
}

/// Whether the offset depends on the fold: such a time equals none of another zone (PEP 495).
fn is_problematic(thread: &Thread, time: &PyDateTime, known: Option<i128>) -> PyResult<bool> {
    let flipped = with_fold(thread, time, 1 - time.fold().min(1))?;
    let other = zone::size(offset(thread, flipped.as_ref())?.as_ref());
    Ok(other != known)
}

fn zones_are_same(one: &PyDateTime, two: &PyDateTime) -> bool {
    match (one.zone(), two.zone()) {
        (Some(one), Some(two)) => one.as_ref().is(two.as_ref()),
        (None, None) => true,
        _ => false,
    }
}

fn total(time: &PyDateTime) -> i128 {
    moment::micros(fields::parts_of(time))
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let time = own(thread, this)?;
    if let Some(known) = time.known_hash() {
        return Ok(known);
    }
    // both times of a fold hash as the first of them
    let first = if time.fold() == 0 { this.to_value() } else { with_fold(thread, time, 0)? };
    let hash = match offset(thread, first.as_ref())? {
        Some(offset) => {
            let since = delta::made(thread, total(time) - micros(&offset))?;
            protocol::hash(thread, since.as_ref())?
        }
        None => fields::hash_bytes(&time.data()),
    };
    time.note_hash(hash);
    Ok(hash)
}

fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(one), Some(two)) = (a.get::<PyDateTime>(), b.get::<PyDateTime>()) else {
        return Ok(Value::not_implemented());
    };
    if zones_are_same(one, two) {
        return Ok(Value::bool(op.holds(one.data().cmp(&two.data()))));
    }
    let first = zone::size(offset(thread, a)?.as_ref());
    let second = zone::size(offset(thread, b)?.as_ref());
    let is_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let mut ordering = match (first, second) {
        (Some(first), Some(second)) => (total(one) - first).cmp(&(total(two) - second)),
        (None, None) => one.data().cmp(&two.data()),
        _ if is_equality => std::cmp::Ordering::Less,
        _ => return Err(raise!(thread, TYPE_ERROR, "can't compare offset-naive and offset-aware datetimes")),
    };
    let problematic = is_equality
        && ordering.is_eq()
        && (is_problematic(thread, one, first)? || is_problematic(thread, two, second)?);
    if problematic {
        ordering = std::cmp::Ordering::Less;
    }
    Ok(Value::bool(op.holds(ordering)))
}

fn add(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if let (Some(time), Some(delta)) = (a.get::<PyDateTime>(), b.get::<PyTimeDelta>()) {
        return moment::shifted(thread, time, micros(delta));
    }
    match (a.get::<PyTimeDelta>(), b.get::<PyDateTime>()) {
        (Some(delta), Some(time)) => moment::shifted(thread, time, micros(delta)),
        _ => Ok(Value::not_implemented()),
    }
}

fn subtract(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let Some(one) = a.get::<PyDateTime>() else { return Ok(Value::not_implemented()) };
    if let Some(delta) = b.get::<PyTimeDelta>() {
        return moment::shifted(thread, one, -micros(delta));
    }
    let Some(two) = b.get::<PyDateTime>() else { return Ok(Value::not_implemented()) };
    let mut difference = total(one) - total(two);
    if !zones_are_same(one, two) {
        let first = zone::size(offset(thread, a)?.as_ref());
        let second = zone::size(offset(thread, b)?.as_ref());
        difference -= match (first, second) {
            (Some(first), Some(second)) => first - second,
            (None, None) => 0,
            _ => {
                let message = "can't subtract offset-naive and offset-aware datetimes";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        };
    }
    delta::made(thread, difference)
}
