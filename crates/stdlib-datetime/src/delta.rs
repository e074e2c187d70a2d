//! `timedelta`. Durations are reckoned as microseconds in 128 bits, of which they take 67.

use taipan_object::datetime::{PyTimeDelta, TIMEDELTA};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::hash::TupleHasher;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, int, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;

use taipan_object::declare::method_table;

use crate::arguments::text;
use crate::delta_numbers as numbers;

/// Microseconds of a second.
pub(crate) const SECOND: i128 = 1_000_000;
/// Microseconds of a day.
pub(crate) const DAY: i128 = 86_400 * SECOND;
const MAX_DAYS: i32 = 999_999_999;

method_table! { METHODS:
    Instance None c"total_seconds" "($self, /)" total_seconds, c"The whole duration in seconds.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes it again from.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    let slots = TIMEDELTA.slots();
    slots.new.set(Some(new));
    slots.repr.set(Some(repr));
    slots.str.set(Some(str));
    slots.hash.set(Some(hash_of));
    slots.richcompare.set(Some(compare));
    slots.add.set(Some(|thread, a, b| sum(thread, a, b, 1)));
    slots.subtract.set(Some(|thread, a, b| sum(thread, a, b, -1)));
    slots.multiply.set(Some(numbers::multiply));
    slots.remainder.set(Some(numbers::remainder));
    slots.divmod.set(Some(numbers::divmod));
    slots.floor_divide.set(Some(numbers::floor_divide));
    slots.true_divide.set(Some(numbers::true_divide));
    slots.negative.set(Some(|thread, this| made(thread, -micros_of(thread, this)?)));
    slots.positive.set(Some(|thread, this| made(thread, micros_of(thread, this)?)));
    slots.absolute.set(Some(|thread, this| made(thread, micros_of(thread, this)?.abs())));
    slots.bool.set(Some(|thread, this| Ok(micros_of(thread, this)? != 0)));
    install::methods(thread, &TIMEDELTA, &METHODS)?;
    let [days, seconds, micros] = PyTimeDelta::OFFSETS;
    let fields = [("days", days), ("seconds", seconds), ("microseconds", micros)];
    install::fields(thread, &TIMEDELTA, &fields.map(|(name, at)| (name, at, MemberKind::Int, true)))
}

/// The receiver.
fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTimeDelta> {
    this.get::<PyTimeDelta>().ok_or_else(|| {
        let got = this.ty().name();
        raise!(thread, TYPE_ERROR, "descriptor requires a 'datetime.timedelta' object but received a '{got}'")
    })
}

/// The microseconds of a duration.
pub(crate) fn micros(delta: &PyTimeDelta) -> i128 {
    let [days, seconds, micros] = delta.parts();
    i128::from(days) * DAY + i128::from(seconds) * SECOND + i128::from(micros)
}

fn micros_of(thread: &Thread, this: Ref<'_>) -> PyResult<i128> {
    own(thread, this).map(micros)
}

/// A duration of a class, of so many microseconds.
///
/// # Errors
/// `OverflowError` if there are too many.
pub(crate) fn of_class(thread: &Thread, class: &PyTypeObject, total: i128) -> PyResult<Owned<PyTimeDelta>> {
    let Ok(days) = i32::try_from(total.div_euclid(DAY)) else { return Err(too_large(thread)) };
    if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
        return Err(raise!(thread, OVERFLOW_ERROR, "days={days}; must have magnitude <= {MAX_DAYS}"));
    }
    let rest = total.rem_euclid(DAY);
    PyTimeDelta::new(thread, class, [days, (rest / SECOND) as i32, (rest % SECOND) as i32])
}

/// A `timedelta` of so many microseconds.
pub(crate) fn of_micros(thread: &Thread, total: i128) -> PyResult<Owned<PyTimeDelta>> {
    of_class(thread, &TIMEDELTA, total)
}

/// The same as a value.
pub(crate) fn made(thread: &Thread, total: i128) -> PyResult<Value> {
    of_micros(thread, total).map(Owned::into_value)
}

/// Says that a duration is beyond what there is.
#[cold]
pub(crate) fn too_large(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C int")
}

// -- making --------------------------------------------------------------------------------------

const NEW: Parameters<7> = Parameters {
    function: "__new__",
    names: ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    positional_only: 0,
    positional: 7,
    required: 0,
};

/// Microseconds of the units, in the order of the parameters.
const UNITS: [i128; 7] = [DAY, SECOND, 1, 1000, 60 * SECOND, 3600 * SECOND, 7 * DAY];

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let given = NEW.bind(thread, arguments, names)?;
    // what is left of floats below a microsecond is rounded once, at the end
    let (mut total, mut left) = (0_i128, 0.0_f64);
    // the smallest unit first, so that leftovers add up as they do in the reference
    for at in [2, 3, 1, 4, 5, 0, 6] {
        let (Some(Some(value)), Some(unit), Some(name)) = (given.get(at), UNITS.get(at), NEW.names.get(at))
        else {
            continue;
        };
        let more = component(thread, name, *value, *unit, &mut left)?;
        total = total.checked_add(more).ok_or_else(|| too_large(thread))?;
    }
    if left != 0.0 {
        total += rounded(left, total & 1 == 1);
    }
    Ok(of_class(thread, class, total)?.into_value())
}

/// A fraction of a microsecond to the nearest one, to the even one of two.
fn rounded(left: f64, total_is_odd: bool) -> i128 {
    let whole = left.round();
    if (whole - left).abs() != 0.5 {
        return whole as i128;
    }
    let odd = f64::from(u8::from(total_is_odd));
    (2.0 * ((left + odd) * 0.5).round() - odd) as i128
}

fn component(thread: &Thread, name: &str, value: Ref<'_>, unit: i128, left: &mut f64) -> PyResult<i128> {
    if value.is_int() {
        let number = numbers::wide(value).and_then(|number| number.checked_mul(unit));
        return number.ok_or_else(|| too_large(thread));
    }
    let Some(number) = value.to_f64() else {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "unsupported type for timedelta {name} component: {ty}"));
    };
    let whole = whole(thread, number.trunc())?;
    let base = whole.checked_mul(unit).ok_or_else(|| too_large(thread))?;
    // a day has 37 bits of microseconds: exact as a float
    let part = number.fract() * unit as f64;
    *left += part.fract();
    Ok(base + part.trunc() as i128)
}

fn whole(thread: &Thread, number: f64) -> PyResult<i128> {
    if number.is_nan() {
        return Err(raise!(thread, VALUE_ERROR, "cannot convert float NaN to integer"));
    }
    if number.is_infinite() {
        return Err(raise!(thread, OVERFLOW_ERROR, "cannot convert float infinity to integer"));
    }
    if number.abs() >= 1e37 {
        return Err(too_large(thread));
    }
    Ok(number as i128)
}

// -- text, hash, order ---------------------------------------------------------------------------

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parts = own(thread, this)?.parts();
    let names = ["days", "seconds", "microseconds"];
    let shown = names.iter().zip(parts).filter(|(_, part)| *part != 0);
    let shown: Vec<String> = shown.map(|(name, part)| format!("{name}={part}")).collect();
    let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
    text(thread, &format!("{}({shown})", this.ty().name()))
}

fn str(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [days, seconds, micros] = own(thread, this)?.parts();
    let mut out = String::new();
    if days != 0 {
        let s = if days.abs() == 1 { "" } else { "s" };
        out += &format!("{days} day{s}, ");
    }
    out += &format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros != 0 {
        out += &format!(".{micros:06}");
    }
    text(thread, &out)
}

/// The hash of a duration: that of the tuple of its parts.
pub(crate) fn hash_of(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let delta = own(thread, this)?;
    if let Some(known) = delta.known_hash() {
        return Ok(known);
    }
    let mut hasher = TupleHasher::new();
    delta.parts().iter().for_each(|part| hasher.add(taipan_object::hash::of_int((*part).into())));
    let hash = hasher.finish(3);
    delta.note_hash(hash);
    Ok(hash)
}

fn compare(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    Ok(match (a.get::<PyTimeDelta>(), b.get::<PyTimeDelta>()) {
        (Some(a), Some(b)) => Value::bool(op.holds(micros(a).cmp(&micros(b)))),
        _ => Value::not_implemented(),
    })
}

fn sum(thread: &Thread, a: Ref<'_>, b: Ref<'_>, sign: i128) -> PyResult<Value> {
    match (a.get::<PyTimeDelta>(), b.get::<PyTimeDelta>()) {
        (Some(a), Some(b)) => made(thread, micros(a) + sign * micros(b)),
        _ => Ok(Value::not_implemented()),
    }
}

fn total_seconds(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    seconds_as_float(thread, micros_of(thread, this)?)
}

/// Microseconds as seconds, the nearest float.
pub(crate) fn seconds_as_float(thread: &Thread, total: i128) -> PyResult<Value> {
    let total = big(thread, total)?;
    let second = Value::small(SECOND as i32);
    protocol::binary(thread, total.as_ref(), second.as_ref(), protocol::BinaryOp::TrueDivide)
}

/// An int of Python.
pub(crate) fn big(thread: &Thread, number: i128) -> PyResult<Value> {
    if let Ok(small) = i64::try_from(number) {
        return Value::int(thread, small);
    }
    let digits = format!("{:x}", number.unsigned_abs());
    int::parse(thread, number < 0, &digits, 16).map_err(|_| thread.raise_memory_error())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parts = own(thread, this)?.parts().map(Value::small);
    let parts = PyTuple::pack(thread, parts)?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), parts])?.into_value())
}
