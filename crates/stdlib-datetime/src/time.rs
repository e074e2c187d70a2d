//! `time`: a time of day, perhaps in a zone.

use taipan_object::datetime::{PyTime, TIME};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::{install, text};

use taipan_object::declare::{attribute_table, method_table};

use crate::arguments::{self, Constructor, c_int, method, or, plain_int, zone_or_none};
use crate::date::{invalid, iso_text, strftime_format, strptime, wrong_receiver};
use crate::delta::{self, SECOND};
use crate::fields::{self, Clock};
use crate::{format, parse, zone};

method_table! { CLASS_METHODS:
    Class Positional c"strptime" "" |thread, class, arguments| strptime(thread, class, arguments, "time"),
        c"The time of a text in a format.";
    Class One c"fromisoformat" "($type, object, /)" from_iso, c"The time of a text in the format of ISO 8601.";
}

method_table! { METHODS:
    Instance Keywords c"isoformat" "" iso_format, c"The text HH:MM:SS.ffffff, with the offset.";
    Instance Keywords c"strftime" "" strftime, c"A text by a format.";
    Instance One c"__format__" "" format::format, c"A text by a format.";
    Instance None c"utcoffset" "($self, /)" |thread, this| asked(thread, this, "utcoffset"),
        c"How far the zone is from UTC.";
    Instance None c"tzname" "($self, /)" zone_name, c"The name of the zone.";
    Instance None c"dst" "($self, /)" |thread, this| asked(thread, this, "dst"), c"How much of that is summer time.";
    Instance Keywords c"replace" "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        \
        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)" replace,
        c"A time with other values in some fields.";
    Instance Keywords c"__replace__" "($self, /, **changes)" replace, c"A time with other values in some fields.";
    Instance Positional c"__reduce_ex__" "" reduce_ex, c"What pickle makes it again from.";
    Instance None c"__reduce__" "($self, /)" |thread, this| state(thread, this, 2), c"What pickle makes it again from.";
}

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
    let slots = TIME.slots();
    slots.new.set(Some(new));
    slots.repr.set(Some(repr));
    slots.str.set(Some(|thread, this| method(thread, this, "isoformat", &[])));
    slots.hash.set(Some(hash));
    slots.richcompare.set(Some(compare));
    install::methods(thread, &TIME, &METHODS)?;
    install::attributes(thread, &TIME, &ATTRIBUTES)
}

fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTime> {
    this.get::<PyTime>().ok_or_else(|| wrong_receiver(thread, "datetime.time", this))
}

fn clock(time: &PyTime) -> Clock {
    fields::clock_of(time.data())
}

fn field(thread: &Thread, this: Ref<'_>, at: usize) -> PyResult<Value> {
    Value::int(thread, clock(own(thread, this)?).get(at).copied().unwrap_or(0))
}

const NEW: Constructor<6> = Constructor {
    names: ["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 0,
    positional: 5,
};

fn new(thread: &Thread, class: &PyTypeObject, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let positional = given.len() - names.map_or(0, PyTuple::len).min(given.len());
    let sane = |state: &[u8; 6]| state[0] & 0x7F < 24;
    if (1..=2).contains(&positional)
        && let Some(mut state) = arguments::pickled(thread, given.first(), "time", sane)?
    {
        let zone = arguments::pickled_zone(thread, given.get(1).filter(|_| positional == 2))?;
        let fold = state[0] >> 7;
        state[0] &= 0x7F;
        return Ok(PyTime::new(thread, class, state, zone, fold)?.into_value());
    }
    let [hour, minute, second, micro, zone, fold] = NEW.bind(thread, given, names)?;
    let mut clock = [0; 4];
    for (place, value) in clock.iter_mut().zip([hour, minute, second, micro]) {
        *place = or(thread, value, 0, c_int)?;
    }
    let fold = or(thread, fold, 0, c_int)?;
    let zone = zone_or_none(thread, zone)?;
    fields::time(thread, class, clock, zone.map(Ref::to_value), fold)
}

fn from_iso(thread: &Thread, class: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let text = iso_text(thread, given)?;
    let bare = text.strip_prefix(&[u32::from('T')]).unwrap_or(&text);
    let time = parse::time(bare).ok_or_else(|| invalid(thread, given))?;
    let mut clock = time.clock;
    let [hour, rest @ ..] = clock;
    if hour == 24 {
        if rest != [0; 3] {
            return Err(not_midnight(thread));
        }
        clock = [0; 4];
    }
    let zone = time.offset.map(|offset| zone::of_micros(thread, offset)).transpose()?;
    fields::time_in(thread, fields::class_of(thread, class)?, clock, zone, 0)
}

/// Refuses a time after 24:00.
#[cold]
pub(crate) fn not_midnight(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, VALUE_ERROR, "minute, second, and microsecond must be 0 when hour is 24")
}

const ISO_FORMAT: Parameters<1> =
    Parameters { function: "isoformat", names: ["timespec"], positional_only: 0, positional: 1, required: 0 };

fn iso_format(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [spec] = ISO_FORMAT.bind(thread, given, names)?;
    let spec = spec.map(|spec| arguments::text_argument(thread, "isoformat", "argument 1", Some(spec)));
    let mut out = format::iso_clock(thread, clock(time), spec.transpose()?)?;
    out += &zone::offset_text(thread, time.zone().as_ref(), Value::none().as_ref(), ":")?;
    arguments::text(thread, &out)
}

fn strftime(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let format = strftime_format(thread, given, names)?;
    let [hour, minute, second, _] = clock(own(thread, this)?);
    // the date of C's `struct tm` has to be one
    let items = [1900, 1, 1, hour, minute, second, 0, 1, -1];
    let items = items.iter().map(|item| Value::int(thread, *item)).collect::<PyResult<Vec<_>>>()?;
    let items = PyTuple::from_values(thread, items)?.into_value();
    format::strftime(thread, this, format, &items)
}

fn asked(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let zone = own(thread, this)?.zone();
    let answer = zone::ask(thread, zone.as_ref(), name, Value::none().as_ref())?;
    Ok(answer.map_or_else(Value::none, taipan_object::Owned::into_value))
}

fn zone_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let zone = own(thread, this)?.zone();
    zone::ask_name(thread, zone.as_ref(), Value::none().as_ref())
}

const REPLACE: Parameters<6> = Parameters {
    function: "replace",
    names: ["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    positional_only: 0,
    positional: 5,
    required: 0,
};

fn replace(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [hour, minute, second, micro, zone, fold] = REPLACE.bind(thread, given, names)?;
    let mut clock = clock(time);
    for (place, value) in clock.iter_mut().zip([hour, minute, second, micro]) {
        *place = or(thread, value, *place, plain_int)?;
    }
    let fold = or(thread, fold, time.fold().into(), plain_int)?;
    let zone = match zone {
        Some(zone) => zone_or_none(thread, Some(zone))?.map(Ref::to_value),
        None => time.zone(),
    };
    fields::time_in(thread, this.ty(), clock, zone, fold)
}

fn reduce_ex(thread: &Thread, this: Ref<'_>, given: &[Value]) -> PyResult<Value> {
    state(thread, this, protocol_of(thread, given)?)
}

/// The version of pickle that `__reduce_ex__` is given.
pub(crate) fn protocol_of(thread: &Thread, given: &[Value]) -> PyResult<i64> {
    match given {
        [version] => c_int(thread, version.as_ref()),
        _ => {
            let count = given.len();
            Err(raise!(thread, TYPE_ERROR, "__reduce_ex__() takes exactly 1 argument ({count} given)"))
        }
    }
}

fn state(thread: &Thread, this: Ref<'_>, version: i64) -> PyResult<Value> {
    let time = own(thread, this)?;
    let mut data = time.data();
    if version > 3 && time.fold() != 0 {
        data[0] |= 0x80;
    }
    let data = fields::to_bytes(thread, &data)?;
    let state = match time.zone() {
        Some(zone) => PyTuple::pack(thread, [data, zone])?,
        None => PyTuple::pack(thread, [data])?,
    };
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), state.into_value()])?.into_value())
}

/// The end of the representation of a time or a datetime: `, tzinfo=…, fold=1)`.
pub(crate) fn repr_zone(
    thread: &Thread,
    zone: Option<Value>,
    fold: u8,
    fold_first: bool,
) -> PyResult<taipan_object::str::build::StrBuilder> {
    let mut out = taipan_object::str::build::StrBuilder::new();
    let fold = if fold == 0 { "" } else { ", fold=1" };
    if fold_first {
        out.push_str(thread, fold)?;
    }
    if let Some(zone) = zone {
        out.push_str(thread, ", tzinfo=")?;
        out.push(thread, &*text::repr(thread, zone.as_ref())?)?;
    }
    if !fold_first {
        out.push_str(thread, fold)?;
    }
    out.push_str(thread, ")")?;
    Ok(out)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [hour, minute, second, micro] = clock(time);
    let mut head = format!("{}({hour}, {minute}", this.ty().name());
    if micro != 0 {
        head += &format!(", {second}, {micro}");
    } else if second != 0 {
        head += &format!(", {second}");
    }
    let rest = repr_zone(thread, time.zone(), time.fold(), false)?.finish(thread)?;
    let head = taipan_object::str::PyStr::from_text(thread, &head)?;
    Ok(head.concat(thread, &rest)?.into_value())
}

fn micros(time: &PyTime) -> i128 {
    let [hour, minute, second, micro] = clock(time);
    i128::from(hour * 3600 + minute * 60 + second) * SECOND + i128::from(micro)
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let time = own(thread, this)?;
    if let Some(known) = time.known_hash() {
        return Ok(known);
    }
    // both times of a fold are equal, so that they hash as the first of them
    let first = match time.fold() {
        0 => this.to_value(),
        _ => PyTime::new(thread, &TIME, time.data(), time.zone(), 0)?.into_value(),
    };
    let offset = asked(thread, first.as_ref(), "utcoffset")?;
    let hash = match offset.as_ref().get::<taipan_object::datetime::PyTimeDelta>() {
        Some(offset) => {
            let since = delta::made(thread, micros(time) - delta::micros(offset))?;
            protocol::hash(thread, since.as_ref())?
        }
        None => fields::hash_bytes(&time.data()),
    };
    time.note_hash(hash);
    Ok(hash)
}

fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(one), Some(two)) = (a.get::<PyTime>(), b.get::<PyTime>()) else {
        return Ok(Value::not_implemented());
    };
    let (zone, other) = (one.zone(), two.zone());
    let same = match (&zone, &other) {
        (Some(zone), Some(other)) => zone.as_ref().is(other.as_ref()),
        (None, None) => true,
        _ => false,
    };
    if same {
        return Ok(Value::bool(op.holds(one.data().cmp(&two.data()))));
    }
    let none = Value::none();
    let first = zone::size(zone::ask(thread, zone.as_ref(), "utcoffset", none.as_ref())?.as_ref());
    let second = zone::size(zone::ask(thread, other.as_ref(), "utcoffset", none.as_ref())?.as_ref());
    match (first, second, op) {
        (Some(first), Some(second), _) => {
            Ok(Value::bool(op.holds((micros(one) - first).cmp(&(micros(two) - second)))))
        }
        (None, None, _) => Ok(Value::bool(op.holds(one.data().cmp(&two.data())))),
        (_, _, CompareOp::Eq) => Ok(Value::bool(false)),
        (_, _, CompareOp::Ne) => Ok(Value::bool(true)),
        _ => Err(raise!(thread, TYPE_ERROR, "can't compare offset-naive and offset-aware times")),
    }
}
