//! Moments: datetimes moved by durations, timestamps, what the host says of local time.

use taipan_host::LocalTime;
use taipan_object::datetime::PyDateTime;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use crate::civil::{self, EPOCH_ORDINAL, MAX_ORDINAL, MAX_YEAR, MIN_YEAR};
use crate::delta::{self, DAY, SECOND};
use crate::fields::{self, Clock, Day};
use crate::zone;

/// Seconds that a change of the local time takes at most.
const LONGEST_FOLD: i64 = 24 * 3600;
/// The beginning of 1970 in seconds since the day before the first of January of year 1.
pub(crate) const EPOCH: i64 = EPOCH_ORDINAL * 86_400;

/// The microseconds of a date and time since the day before the first of January of year 1.
pub(crate) fn micros((day, clock): (Day, Clock)) -> i128 {
    let [year, month, date] = day;
    let [hour, minute, second, micro] = clock;
    let seconds = civil::ordinal(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second;
    i128::from(seconds) * SECOND + i128::from(micro)
}

/// The fields of such microseconds; none if there is no such date.
pub(crate) fn fields_of(total: i128) -> Option<(Day, Clock)> {
    let day = i64::try_from(total.div_euclid(DAY)).ok().filter(|day| (1..=MAX_ORDINAL).contains(day))?;
    let rest = total.rem_euclid(DAY) as i64;
    let (seconds, micro) = (rest / 1_000_000, rest % 1_000_000);
    Some((civil::date_of(day), [seconds / 3600, seconds / 60 % 60, seconds % 60, micro]))
}

/// A datetime so many microseconds later, of the same class and zone.
pub(crate) fn shifted(thread: &Thread, time: &PyDateTime, by: i128) -> PyResult<Value> {
    let moved = fields_of(micros(fields::parts_of(time)) + by).ok_or_else(|| fields::out_of_range(thread))?;
    fields::datetime_in(thread, as_ref(time).ty(), moved, time.zone(), 0)
}

/// The local time of a moment.
pub(crate) fn local_time(thread: &Thread, seconds: i64) -> PyResult<LocalTime> {
    check_year(thread, seconds)?;
    taipan_host::of(thread).local_time(seconds).map_err(|error| error.raise(thread))
}

/// Refuses a moment whose year is more than C's `struct tm` can hold.
fn check_year(thread: &Thread, seconds: i64) -> PyResult<()> {
    const EOVERFLOW: i32 = if cfg!(target_os = "macos") { 84 } else { 75 };
    if (-67_768_040_609_740_800..=67_767_976_233_532_799).contains(&seconds) {
        return Ok(());
    }
    Err(taipan_host::HostError::new(EOVERFLOW).raise(thread))
}

/// A local time in seconds since the day before the first of January of year 1.
fn local_seconds(thread: &Thread, since: i64) -> PyResult<i64> {
    let time = local_time(thread, since - EPOCH)?;
    if !(MIN_YEAR..=MAX_YEAR).contains(&time.year) {
        let year = time.year;
        return Err(raise!(thread, VALUE_ERROR, "year must be in {MIN_YEAR}..{MAX_YEAR}, not {year}"));
    }
    let day = civil::ordinal(time.year, time.month.into(), time.day.into());
    let [hour, minute, second] = [time.hour, time.minute, time.second].map(i64::from);
    Ok(day * 86_400 + hour * 3600 + minute * 60 + second.min(59))
}

/// The moment of a local time, both in seconds since the day before the first of January of year 1 (PEP 495).
pub(crate) fn from_local(thread: &Thread, time: i64, fold: u8) -> PyResult<i64> {
    let before = local_seconds(thread, time)? - time;
    let one = time - before;
    let one_local = local_seconds(thread, one)?;
    let after = if one_local == time {
        // found; the other solution, if there is one, is on the other side of a change
        let probe = if fold != 0 { one + LONGEST_FOLD } else { one - LONGEST_FOLD };
        let other = local_seconds(thread, probe)? - probe;
        if other == before {
            return Ok(one);
        }
        other
    } else {
        one_local - one
    };
    let two = time - after;
    if local_seconds(thread, two)? == time {
        return Ok(two);
    }
    if one_local == time {
        return Ok(one);
    }
    // in a gap
    Ok(if fold != 0 { one.min(two) } else { one.max(two) })
}

/// A timestamp in seconds and microseconds.
///
/// # Errors
/// `TypeError` for what is no number, `OverflowError`, `ValueError` for NaN.
pub(crate) fn timestamp(thread: &Thread, value: Ref<'_>) -> PyResult<(i64, i64)> {
    let too_large = || raise!(thread, OVERFLOW_ERROR, "timestamp out of range for platform time_t");
    if let Some(number) = value.to_f64().filter(|_| !value.is_int()) {
        if number.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        let (mut whole, part) = (number.trunc(), number.fract());
        let mut micro = (part * 1e6).round_ties_even();
        if micro >= 1e6 {
            (whole, micro) = (whole + 1.0, micro - 1e6);
        } else if micro < 0.0 {
            (whole, micro) = (whole - 1.0, micro + 1e6);
        }
        if !(-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(&whole) {
            return Err(too_large());
        }
        return Ok((whole as i64, micro as i64));
    }
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument must be int or float, not {ty}"));
    }
    let index = protocol::number::index(thread, value)?;
    index.as_ref().to_i64().map(|seconds| (seconds, 0)).ok_or_else(too_large)
}

/// A timestamp in seconds, rounded down.
pub(crate) fn timestamp_seconds(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let too_large = || raise!(thread, OVERFLOW_ERROR, "timestamp out of range for platform time_t");
    if let Some(number) = value.to_f64().filter(|_| !value.is_int()) {
        if number.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        let number = number.floor();
        let fits = (-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(&number);
        return if fits { Ok(number as i64) } else { Err(too_large()) };
    }
    let index = protocol::number::index(thread, value)?;
    index.as_ref().to_i64().ok_or_else(too_large)
}

/// The time of day, in seconds and microseconds.
pub(crate) fn now(thread: &Thread) -> PyResult<(i64, i64)> {
    let now = taipan_host::of(thread).now().map_err(|error| error.raise(thread))?;
    Ok((now.seconds, i64::from(now.nanos / 1000)))
}

/// A datetime of a class of a moment: in UTC if there is a zone or `utc` says so, else the local time.
pub(crate) fn at(
    thread: &Thread,
    class: &PyTypeObject,
    (seconds, micro): (i64, i64),
    zone: Option<Ref<'_>>,
    utc: bool,
) -> PyResult<Value> {
    if utc || zone.is_some() {
        check_year(thread, seconds)?;
        let days = seconds.div_euclid(86_400) + EPOCH_ORDINAL;
        let rest = seconds.rem_euclid(86_400);
        let clock = [rest / 3600, rest / 60 % 60, rest % 60, micro];
        let day = civil::date_of(days);
        return fields::datetime_in(thread, class, (day, clock), zone.map(Ref::to_value), 0);
    }
    let local = local_time(thread, seconds)?;
    let day = [local.year, local.month.into(), local.day.into()];
    let [hour, minute, second] = [local.hour, local.minute, local.second].map(i64::from);
    let clock = [hour, minute, second.min(59), micro];
    let mut fold = 0;
    if (MIN_YEAR..=MAX_YEAR).contains(&local.year) {
        let [year, month, date] = day;
        let own = civil::ordinal(year, month, date) * 86_400 + hour * 3600 + minute * 60 + second.min(59);
        let change = own - local_seconds(thread, EPOCH + seconds - LONGEST_FOLD)? - LONGEST_FOLD;
        if change < 0 && local_seconds(thread, EPOCH + seconds + change)? == own {
            fold = 1;
        }
    }
    fields::datetime_in(thread, class, (day, clock), None, fold)
}

/// The local time zone as it is at a moment, in seconds since 1970.
pub(crate) fn local_zone(thread: &Thread, seconds: i64) -> PyResult<Value> {
    let local = local_time(thread, seconds)?;
    let offset = delta::of_micros(thread, i128::from(local.offset) * SECOND)?;
    zone::made(thread, offset, Some(crate::arguments::text(thread, &local.zone)?))
}

/// The moment of a local time in seconds since 1970.
pub(crate) fn seconds_of_local(thread: &Thread, time: &PyDateTime) -> PyResult<i64> {
    let total = micros(fields::parts_of(time)).div_euclid(SECOND) as i64;
    Ok(from_local(thread, total, time.fold())? - EPOCH)
}

/// The zone that a naive local time is in. In a gap it is the one on the side that the fold says, for there is no such
/// time on either.
pub(crate) fn zone_of_local(thread: &Thread, time: &PyDateTime) -> PyResult<Value> {
    let total = micros(fields::parts_of(time)).div_euclid(SECOND) as i64;
    let fold = time.fold();
    let mut moment = from_local(thread, total, fold)?;
    let other = from_local(thread, total, u8::from(fold == 0))?;
    if other != moment && (other > moment) == (fold != 0) {
        moment = other;
    }
    local_zone(thread, moment - EPOCH)
}
