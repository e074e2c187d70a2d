//! The fields of dates and times as numbers, as the bytes of objects hold them, and what may stand in them.

use taipan_object::datetime::{DATE, DATETIME, PyDate, PyDateTime, PyTime, TIME};
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::{call_class, same};
use crate::civil::{self, MAX_YEAR, MIN_YEAR};

/// Year, month, day.
pub(crate) type Day = [i64; 3];
/// Hour, minute, second, microsecond.
pub(crate) type Clock = [i64; 4];

/// The fields of the first four bytes of a date.
pub(crate) fn day_of(data: [u8; 4]) -> Day {
    let [high, low, month, day] = data;
    [i64::from(high) << 8 | i64::from(low), month.into(), day.into()]
}

/// The fields of the bytes of a time.
pub(crate) fn clock_of(data: [u8; 6]) -> Clock {
    let [hour, minute, second, a, b, c] = data.map(i64::from);
    [hour, minute, second, a << 16 | b << 8 | c]
}

/// The fields of a datetime.
pub(crate) fn parts_of(time: &PyDateTime) -> (Day, Clock) {
    let [a, b, c, d, rest @ ..] = time.data();
    (day_of([a, b, c, d]), clock_of(rest))
}

/// The fields of a date, which may be a datetime.
pub(crate) fn day_part(date: Ref<'_>) -> Option<Day> {
    match date.get::<PyDateTime>() {
        Some(time) => Some(parts_of(time).0),
        None => date.get::<PyDate>().map(|date| day_of(date.data())),
    }
}

fn day_bytes([year, month, day]: Day) -> [u8; 4] {
    [(year >> 8) as u8, year as u8, month as u8, day as u8]
}

fn clock_bytes([hour, minute, second, micro]: Clock) -> [u8; 6] {
    [hour as u8, minute as u8, second as u8, (micro >> 16) as u8, (micro >> 8) as u8, micro as u8]
}

/// The bytes of a datetime.
fn bytes(day: Day, clock: Clock) -> [u8; 10] {
    let ([a, b, c, d], [e, f, g, h, i, j]) = (day_bytes(day), clock_bytes(clock));
    [a, b, c, d, e, f, g, h, i, j]
}

/// Whether a byte can be that of a month in a pickled state.
pub(crate) fn is_month(byte: u8) -> bool {
    (1..=12).contains(&byte)
}

/// Refuses a date that there is not.
pub(crate) fn check_day(thread: &Thread, [year, month, day]: Day) -> PyResult<()> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(raise!(thread, VALUE_ERROR, "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"));
    }
    if !(1..=12).contains(&month) {
        return Err(raise!(thread, VALUE_ERROR, "month must be in 1..12, not {month}"));
    }
    let last = civil::days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "day {day} must be in range 1..{last} for month {month} in year {year}"
        ));
    }
    Ok(())
}

/// Refuses a time that there is not.
pub(crate) fn check_clock(thread: &Thread, clock: Clock, fold: i64) -> PyResult<()> {
    let limits = [("hour", 23), ("minute", 59), ("second", 59), ("microsecond", 999_999)];
    for ((name, most), value) in limits.into_iter().zip(clock) {
        if !(0..=most).contains(&value) {
            return Err(raise!(thread, VALUE_ERROR, "{name} must be in 0..{most}, not {value}"));
        }
    }
    if !(0..=1).contains(&fold) {
        return Err(raise!(thread, VALUE_ERROR, "fold must be either 0 or 1, not {fold}"));
    }
    Ok(())
}

/// A date of a class, straight.
pub(crate) fn date(thread: &Thread, class: &PyTypeObject, day: Day) -> PyResult<Value> {
    check_day(thread, day)?;
    Ok(PyDate::new(thread, class, day_bytes(day))?.into_value())
}

/// A time of a class, straight.
pub(crate) fn time(
    thread: &Thread,
    class: &PyTypeObject,
    clock: Clock,
    zone: Option<Value>,
    fold: i64,
) -> PyResult<Value> {
    check_clock(thread, clock, fold)?;
    Ok(PyTime::new(thread, class, clock_bytes(clock), zone, fold as u8)?.into_value())
}

/// A datetime of a class, straight.
pub(crate) fn datetime(
    thread: &Thread,
    class: &PyTypeObject,
    (day, clock): (Day, Clock),
    zone: Option<Value>,
    fold: i64,
) -> PyResult<Value> {
    check_day(thread, day)?;
    check_clock(thread, clock, fold)?;
    Ok(PyDateTime::new(thread, class, bytes(day, clock), zone, fold as u8)?.into_value())
}

fn ints(thread: &Thread, numbers: impl IntoIterator<Item = i64>) -> PyResult<Vec<Value>> {
    numbers.into_iter().map(|number| Value::int(thread, number)).collect()
}

/// A date of a class, whose constructor is called if it is derived.
pub(crate) fn date_in(thread: &Thread, class: &PyTypeObject, day: Day) -> PyResult<Value> {
    if same(class, &DATE) {
        return date(thread, class, day);
    }
    if same(class, &DATETIME) {
        return datetime(thread, class, (day, [0; 4]), None, 0);
    }
    call_class(thread, class, &ints(thread, day)?)
}

/// The same of a time.
pub(crate) fn time_in(
    thread: &Thread,
    class: &PyTypeObject,
    clock: Clock,
    zone: Option<Value>,
    fold: i64,
) -> PyResult<Value> {
    if same(class, &TIME) {
        return time(thread, class, clock, zone, fold);
    }
    let mut arguments = ints(thread, clock)?;
    arguments.push(zone.unwrap_or_else(Value::none));
    let made = call_class(thread, class, &arguments)?;
    if let Some(time) = made.as_ref().get::<PyTime>() {
        check_clock(thread, [0; 4], fold)?;
        time.set_fold(fold as u8);
    }
    Ok(made)
}

/// The same of a datetime.
pub(crate) fn datetime_in(
    thread: &Thread,
    class: &PyTypeObject,
    (day, clock): (Day, Clock),
    zone: Option<Value>,
    fold: i64,
) -> PyResult<Value> {
    if same(class, &DATETIME) {
        return datetime(thread, class, (day, clock), zone, fold);
    }
    let mut arguments = ints(thread, day.into_iter().chain(clock))?;
    arguments.push(zone.unwrap_or_else(Value::none));
    let made = call_class(thread, class, &arguments)?;
    if let Some(time) = made.as_ref().get::<PyDateTime>() {
        check_clock(thread, [0; 4], fold)?;
        time.set_fold(fold as u8);
    }
    Ok(made)
}

/// Takes the year's place: `date value out of range`.
#[cold]
pub(crate) fn out_of_range(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, OVERFLOW_ERROR, "date value out of range")
}

/// The class that a class method was called on.
pub(crate) fn class_of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTypeObject> {
    match this.get::<PyTypeObject>() {
        Some(class) => Ok(class),
        None => Err(raise!(thread, TYPE_ERROR, "a class is required, not '{}'", this.ty().name())),
    }
}

/// The hash of bytes, which never is -1.
pub(crate) fn hash_bytes(data: &[u8]) -> i64 {
    taipan_object::hash::not_minus_one(taipan_object::hash::of_bytes(data))
}

/// Bytes of Python.
pub(crate) fn to_bytes(thread: &Thread, data: &[u8]) -> PyResult<Value> {
    Ok(taipan_object::bytes::PyBytes::new(thread, data)?.into_value())
}

/// `time.struct_time` of some fields; `summer` is `tm_isdst`.
pub(crate) fn struct_time(thread: &Thread, day: Day, clock: [i64; 3], summer: i64) -> PyResult<Value> {
    let [year, month, date] = day;
    let year_day = civil::days_before_month(year, month) + date;
    let rest = [civil::weekday(year, month, date), year_day, summer];
    let items = ints(thread, day.into_iter().chain(clock).chain(rest))?;
    let items = taipan_object::tuple::PyTuple::from_values(thread, items)?.into_value();
    let class = crate::arguments::imported(thread, "time", "struct_time")?;
    protocol::call(thread, class.as_ref(), &[items], None)
}
