//! `date`, but for what it has in common with `datetime`.

use taipan_object::datetime::{DATE, PyDate, PyDateTime, PyTimeDelta};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::{Parameters, expect_str};
use taipan_runtime_builtins::{install, text};

use taipan_object::declare::{attribute_table, method_table};

use crate::arguments::{self, Constructor, c_int, imported, method, or, plain_int};
use crate::civil::{self, IsoError, MAX_ORDINAL, MAX_YEAR, MIN_YEAR};
use crate::delta::{self, DAY};
use crate::fields::{self, Day};
use crate::{calendar, format, moment, parse};

method_table! { CLASS_METHODS:
    Class One c"fromtimestamp" "($type, timestamp, /)" from_timestamp, c"The local date of a timestamp.";
    Class Positional c"fromordinal" "" from_ordinal, c"The date of a day, counted from the first of year 1.";
    Class One c"fromisoformat" "($type, object, /)" from_iso, c"The date of a text in the format of ISO 8601.";
    Class Keywords c"fromisocalendar" "" from_iso_calendar, c"The date of an ISO year, week and weekday.";
    Class Positional c"strptime" "" |thread, class, arguments| strptime(thread, class, arguments, "date"),
        c"The date of a text in a format.";
    Class None c"today" "($type, /)" today, c"The local date.";
}

method_table! { METHODS:
    Instance None c"ctime" "($self, /)" ctime, c"The text of C's ctime.";
    Instance Keywords c"strftime" "" strftime, c"A text by a format.";
    Instance One c"__format__" "" format::format, c"A text by a format.";
    Instance None c"timetuple" "($self, /)" time_tuple, c"The fields as time.struct_time.";
    Instance None c"isocalendar" "($self, /)" iso_calendar, c"ISO year, week and weekday.";
    Instance None c"isoformat" "($self, /)" iso_format, c"The text YYYY-MM-DD.";
    Instance None c"isoweekday" "($self, /)" |thread, this| weekday(thread, this, 1), c"The weekday, Monday is 1.";
    Instance None c"toordinal" "($self, /)" ordinal, c"The day, counted from the first of year 1.";
    Instance None c"weekday" "($self, /)" |thread, this| weekday(thread, this, 0), c"The weekday, Monday is 0.";
    Instance Keywords c"replace" "($self, /, year=unchanged, month=unchanged, day=unchanged)" replace,
        c"A date with other values in some fields.";
    Instance Keywords c"__replace__" "($self, /, **changes)" replace, c"A date with other values in some fields.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes it again from.";
}

attribute_table! { ATTRIBUTES:
    "year" |thread, this| field(thread, this, 0), None, "The year.";
    "month" |thread, this| field(thread, this, 1), None, "The month.";
    "day" |thread, this| field(thread, this, 2), None, "The day of the month.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    let slots = DATE.slots();
    slots.new.set(Some(new));
    slots.repr.set(Some(repr));
    slots.str.set(Some(|thread, this| method(thread, this, "isoformat", &[])));
    slots.hash.set(Some(hash));
    slots.richcompare.set(Some(compare));
    slots.add.set(Some(add));
    slots.subtract.set(Some(subtract));
    install::methods(thread, &DATE, &METHODS)?;
    install::attributes(thread, &DATE, &ATTRIBUTES)
}

/// The fields of the receiver.
pub(crate) fn own(thread: &Thread, this: Ref<'_>) -> PyResult<Day> {
    fields::day_part(this).ok_or_else(|| wrong_receiver(thread, "datetime.date", this))
}

/// Says that a method was called on something else.
#[cold]
pub(crate) fn wrong_receiver(thread: &Thread, own: &str, this: Ref<'_>) -> Raised {
    let got = this.ty().name();
    raise!(thread, TYPE_ERROR, "descriptor requires a '{own}' object but received a '{got}'")
}

fn field(thread: &Thread, this: Ref<'_>, at: usize) -> PyResult<Value> {
    Value::int(thread, own(thread, this)?.get(at).copied().unwrap_or(0))
}

const NEW: Constructor<3> = Constructor { names: ["year", "month", "day"], required: 3, positional: 3 };

fn new(thread: &Thread, class: &PyTypeObject, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let is_state = given.len() == 1 + names.map_or(0, PyTuple::len);
    let sane = |state: &[u8; 4]| fields::is_month(state[2]);
    if is_state && let Some(state) = arguments::pickled(thread, given.first(), "date", sane)? {
        return Ok(PyDate::new(thread, class, state)?.into_value());
    }
    let [year, month, day] = NEW.bind(thread, given, names)?;
    let day = [or(thread, year, 0, c_int)?, or(thread, month, 0, c_int)?, or(thread, day, 0, c_int)?];
    fields::date(thread, class, day)
}

// -- class methods -------------------------------------------------------------------------------

fn from_timestamp(thread: &Thread, class: Ref<'_>, timestamp: Ref<'_>) -> PyResult<Value> {
    let seconds = moment::timestamp_seconds(thread, timestamp)?;
    let local = moment::local_time(thread, seconds)?;
    let day = [local.year, local.month.into(), local.day.into()];
    fields::date_in(thread, fields::class_of(thread, class)?, day)
}

fn today(thread: &Thread, class: Ref<'_>) -> PyResult<Value> {
    let time = imported(thread, "time", "time")?;
    let now = taipan_object::protocol::call(thread, time.as_ref(), &[], None)?;
    method(thread, class, "fromtimestamp", &[now])
}

fn from_ordinal(thread: &Thread, class: Ref<'_>, given: &[Value]) -> PyResult<Value> {
    let [ordinal] = given else {
        let count = given.len();
        return Err(raise!(thread, TYPE_ERROR, "fromordinal() takes exactly 1 argument ({count} given)"));
    };
    let ordinal = c_int(thread, ordinal.as_ref())?;
    if ordinal < 1 {
        return Err(raise!(thread, VALUE_ERROR, "ordinal must be >= 1"));
    }
    fields::date_in(thread, fields::class_of(thread, class)?, civil::date_of(ordinal))
}

/// Refuses a text that is no date or time.
#[cold]
pub(crate) fn invalid(thread: &Thread, given: Ref<'_>) -> Raised {
    match text::repr(thread, given) {
        Ok(shown) => raise!(thread, VALUE_ERROR, "Invalid isoformat string: {}", shown.to_text_lossy()),
        Err(raised) => raised,
    }
}

/// The code points of a text that `fromisoformat` is given.
pub(crate) fn iso_text(thread: &Thread, given: Ref<'_>) -> PyResult<Vec<u32>> {
    match given.get::<PyStr>() {
        Some(text) => Ok(arguments::points(text)),
        None => Err(raise!(thread, TYPE_ERROR, "fromisoformat: argument must be str")),
    }
}

fn from_iso(thread: &Thread, class: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let text = iso_text(thread, given)?;
    let day = parse::day(&text).ok_or_else(|| invalid(thread, given))?;
    fields::date_in(thread, fields::class_of(thread, class)?, day)
}

const FROM_ISO_CALENDAR: Parameters<3> = Parameters {
    function: "fromisocalendar",
    names: ["year", "week", "day"],
    positional_only: 0,
    positional: 3,
    required: 3,
};

fn from_iso_calendar(
    thread: &Thread,
    class: Ref<'_>,
    given: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let mut numbers = [0; 3];
    for (place, value) in numbers.iter_mut().zip(FROM_ISO_CALENDAR.bind(thread, given, names)?) {
        *place = or(thread, value, 0, iso_component)?;
    }
    let [year, week, day] = numbers;
    let found = civil::from_iso(year, week, day).map_err(|error| match error {
        IsoError::Year => raise!(thread, VALUE_ERROR, "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"),
        IsoError::Week => raise!(thread, VALUE_ERROR, "Invalid week: {week}"),
        IsoError::Day => raise!(thread, VALUE_ERROR, "Invalid weekday: {day} (range is [1, 7])"),
    })?;
    fields::date_in(thread, fields::class_of(thread, class)?, found)
}

fn iso_component(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let index = taipan_object::protocol::number::index(thread, value)?;
    let number = index.as_ref().to_i64().filter(|number| i32::try_from(*number).is_ok());
    number.ok_or_else(|| raise!(thread, VALUE_ERROR, "ISO calendar component out of range"))
}

/// `strptime` of one of the three classes: what the module `_strptime` makes of it.
pub(crate) fn strptime(thread: &Thread, class: Ref<'_>, given: &[Value], what: &str) -> PyResult<Value> {
    let [text, format] = given else {
        let count = given.len();
        return Err(raise!(thread, TYPE_ERROR, "strptime() takes exactly 2 arguments ({count} given)"));
    };
    expect_str(thread, "strptime", "argument 1", text.as_ref())?;
    expect_str(thread, "strptime", "argument 2", format.as_ref())?;
    let parse = imported(thread, "_strptime", &format!("_strptime_datetime_{what}"))?;
    let arguments = [class.to_value(), text.clone(), format.clone()];
    taipan_object::protocol::call(thread, parse.as_ref(), &arguments, None)
}

// -- methods -------------------------------------------------------------------------------------

fn ctime(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    arguments::text(thread, &format::ctime(own(thread, this)?, [0; 4]))
}

const STRFTIME: Parameters<1> =
    Parameters { function: "strftime", names: ["format"], positional_only: 0, positional: 1, required: 1 };

/// The format that `strftime` is given.
pub(crate) fn strftime_format<'a>(
    thread: &Thread,
    given: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<&'a PyStr> {
    let [format] = STRFTIME.bind(thread, given, names)?;
    arguments::text_argument(thread, "strftime", "argument 1", format)
}

fn strftime(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let format = strftime_format(thread, given, names)?;
    let fields = method(thread, this, "timetuple", &[])?;
    format::strftime(thread, this, format, &fields)
}

fn time_tuple(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    fields::struct_time(thread, own(thread, this)?, [0; 3], -1)
}

fn iso_calendar(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [year, month, day] = own(thread, this)?;
    calendar::made(thread, civil::iso_calendar(year, month, day))
}

fn iso_format(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    arguments::text(thread, &format::iso_day(own(thread, this)?))
}

fn weekday(thread: &Thread, this: Ref<'_>, first: i64) -> PyResult<Value> {
    let [year, month, day] = own(thread, this)?;
    Value::int(thread, civil::weekday(year, month, day) + first)
}

fn ordinal(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [year, month, day] = own(thread, this)?;
    Value::int(thread, civil::ordinal(year, month, day))
}

const REPLACE: Parameters<3> = Parameters {
    function: "replace",
    names: ["year", "month", "day"],
    positional_only: 0,
    positional: 3,
    required: 0,
};

fn replace(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let mut day = own(thread, this)?;
    for (place, value) in day.iter_mut().zip(REPLACE.bind(thread, given, names)?) {
        *place = or(thread, value, *place, plain_int)?;
    }
    fields::date_in(thread, this.ty(), day)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(date) = this.get::<PyDate>() else { return Err(wrong_receiver(thread, "datetime.date", this)) };
    let state = PyTuple::pack(thread, [fields::to_bytes(thread, &date.data())?])?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), state])?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [year, month, day] = own(thread, this)?;
    arguments::text(thread, &format!("{}({year}, {month}, {day})", this.ty().name()))
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let Some(date) = this.get::<PyDate>() else { return Err(wrong_receiver(thread, "datetime.date", this)) };
    if let Some(known) = date.known_hash() {
        return Ok(known);
    }
    let hash = fields::hash_bytes(&date.data());
    date.note_hash(hash);
    Ok(hash)
}

/// A date that is no datetime.
fn plain(value: Ref<'_>) -> Option<&PyDate> {
    value.get::<PyDate>().filter(|_| value.get::<PyDateTime>().is_none())
}

fn compare(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    // a datetime says itself how it compares with a date: not at all
    Ok(match (a.get::<PyDate>(), plain(b)) {
        (Some(a), Some(b)) => Value::bool(op.holds(a.data().cmp(&b.data()))),
        _ => Value::not_implemented(),
    })
}

fn moved(thread: &Thread, date: Ref<'_>, by: i64) -> PyResult<Value> {
    let [year, month, day] = own(thread, date)?;
    let moved = civil::ordinal(year, month, day) + by;
    if !(1..=MAX_ORDINAL).contains(&moved) {
        return Err(fields::out_of_range(thread));
    }
    fields::date_in(thread, date.ty(), civil::date_of(moved))
}

/// The days of a duration, its rest left out.
fn days(delta: &PyTimeDelta) -> i64 {
    let [days, ..] = delta.parts();
    days.into()
}

fn add(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if let (Some(_), Some(delta)) = (plain(a), b.get::<PyTimeDelta>()) {
        return moved(thread, a, days(delta));
    }
    match (a.get::<PyTimeDelta>(), plain(b)) {
        (Some(delta), Some(_)) => moved(thread, b, days(delta)),
        _ => Ok(Value::not_implemented()),
    }
}

fn subtract(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if plain(a).is_none() {
        return Ok(Value::not_implemented());
    }
    if plain(b).is_some() {
        let (a, b) = (own(thread, a)?, own(thread, b)?);
        let [one, two] = [a, b].map(|[year, month, day]| civil::ordinal(year, month, day));
        return delta::made(thread, i128::from(one - two) * DAY);
    }
    match b.get::<PyTimeDelta>() {
        Some(delta) => moved(thread, a, -days(delta)),
        None => Ok(Value::not_implemented()),
    }
}
