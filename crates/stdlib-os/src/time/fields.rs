//! `struct_time`, and moments as such tuples.

use taipan_host::{LocalTime, of};
use taipan_object::str::PyStr;
use taipan_object::struct_sequence::field;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::civil::{date_from_days, days_from_date};
use crate::struct_sequence::sequence;

sequence! {
    /// `time.struct_time`.
    STRUCT_TIME STRUCT_TIME_TYPE STRUCT_TIME_CORE c"time.struct_time", 11, 9:
    Some("tm_year"), Some("tm_mon"), Some("tm_mday"), Some("tm_hour"), Some("tm_min"), Some("tm_sec"),
    Some("tm_wday"), Some("tm_yday"), Some("tm_isdst"), Some("tm_zone"), Some("tm_gmtoff"),
}

const DAY: i64 = 86_400;

/// The fields of a moment in UTC.
fn utc(seconds: i64) -> LocalTime {
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date_from_days(days);
    LocalTime {
        year,
        month,
        day,
        hour: (rest / 3600) as i32,
        minute: (rest / 60 % 60) as i32,
        second: (rest % 60) as i32,
        weekday: (days + 3).rem_euclid(7) as i32,
        year_day: (days - days_from_date(year, 1, 1) + 1) as i32,
        summer: 0,
        offset: 0,
        zone: "UTC".to_owned(),
    }
}

/// The tuple of fields.
fn value(thread: &Thread, time: &LocalTime, zone: &str) -> PyResult<Value> {
    let numbers =
        [time.month, time.day, time.hour, time.minute, time.second, time.weekday, time.year_day, time.summer];
    let mut values = vec![Value::int(thread, time.year)?];
    values.extend(numbers.map(Value::small));
    values.push(PyStr::from_text(thread, zone)?.into_value());
    values.push(Value::int(thread, time.offset)?);
    (STRUCT_TIME.make)(thread, values)
}

/// The moment that a function was given, in seconds; now without one.
pub(super) fn moment(thread: &Thread, function: &str, arguments: &[Value]) -> PyResult<i64> {
    check_count(thread, function, arguments.len(), 0, 1)?;
    let Some(given) = arguments.first().map(Value::as_ref).filter(|given| !given.is_none()) else {
        return Ok(of(thread).now().map_err(|error| error.raise(thread))?.seconds);
    };
    let too_large = || raise!(thread, OVERFLOW_ERROR, "timestamp out of range for platform time_t");
    if let Some(seconds) = given.to_f64() {
        if seconds.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        let seconds = seconds.floor();
        return if (-9.2e18..9.2e18).contains(&seconds) { Ok(seconds as i64) } else { Err(too_large()) };
    }
    let index = protocol::number::index(thread, given)?;
    index.as_ref().to_i64().ok_or_else(too_large)
}

/// Raises if the year of a moment is more than C's `struct tm` can hold.
fn check_year(thread: &Thread, seconds: i64) -> PyResult<()> {
    const MOST: i64 = 67_767_976_233_532_799;
    if (-67_768_040_609_740_800..=MOST).contains(&seconds) {
        return Ok(());
    }
    const EOVERFLOW: i32 = if cfg!(target_os = "macos") { 84 } else { 75 };
    Err(taipan_host::HostError::new(EOVERFLOW).raise(thread))
}

pub(super) fn gmtime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let seconds = moment(thread, "gmtime", arguments)?;
    check_year(thread, seconds)?;
    value(thread, &utc(seconds), if cfg!(target_os = "macos") { "UTC" } else { "GMT" })
}

/// The local time of a moment.
pub(super) fn local(thread: &Thread, seconds: i64) -> PyResult<LocalTime> {
    check_year(thread, seconds)?;
    of(thread).local_time(seconds).map_err(|error| error.raise(thread))
}

pub(super) fn localtime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let seconds = moment(thread, "localtime", arguments)?;
    let time = local(thread, seconds)?;
    let zone = time.zone.clone();
    value(thread, &time, &zone)
}

/// The fields of a tuple of nine; those that are out of range stay so.
pub(super) fn read(thread: &Thread, function: &str, given: Ref<'_>) -> PyResult<LocalTime> {
    let Some(tuple) = given.get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "Tuple or struct_time argument required"));
    };
    if tuple.len() != 9 {
        return Err(raise!(thread, TYPE_ERROR, "{function}(): illegal time tuple argument"));
    }
    let mut numbers = [0_i32; 9];
    for (place, item) in numbers.iter_mut().zip(tuple.iter()) {
        *place = narrow(thread, item)?;
    }
    let [year, month, day, hour, minute, second, weekday, year_day, summer] = numbers;
    let is_own = std::ptr::eq(given.ty(), as_type());
    let zone = field(given, 9).filter(|_| is_own);
    let zone = zone.as_ref().and_then(|zone| zone.as_ref().get::<PyStr>()).map(PyStr::to_text_lossy);
    let offset = field(given, 10).filter(|_| is_own).and_then(|offset| offset.as_ref().to_i64());
    Ok(LocalTime {
        year: year.into(),
        month,
        day,
        hour,
        minute,
        second,
        weekday,
        year_day,
        summer,
        offset: offset.unwrap_or(0),
        zone: zone.unwrap_or_default(),
    })
}

fn as_type() -> &'static taipan_object::PyTypeObject {
    &STRUCT_TIME_TYPE
}

/// A field: a C `int`.
fn narrow(thread: &Thread, item: Ref<'_>) -> PyResult<i32> {
    let index = protocol::number::index(thread, item)?;
    match index.as_ref().to_i64().map(i32::try_from) {
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(raise!(thread, OVERFLOW_ERROR, "signed integer is greater than maximum")),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")),
    }
}

pub(super) fn mktime(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let time = read(thread, "mktime", given)?;
    match of(thread).moment_of(&time) {
        Ok(seconds) => Value::float(thread, seconds as f64),
        Err(_) => Err(raise!(thread, OVERFLOW_ERROR, "mktime argument out of range")),
    }
}
