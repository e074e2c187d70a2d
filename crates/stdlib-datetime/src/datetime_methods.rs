//! The methods of `datetime`.

use taipan_object::datetime::{DATE, PyDateTime, PyTime, TIME};
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, wrong_type};

use taipan_object::declare::method_table;

use crate::arguments::{self, imported, method, or, plain_int, zone_or_none};
use crate::civil;
use crate::date::{invalid, iso_text, strptime};
use crate::datetime::{offset, own};
use crate::delta::{self, SECOND, micros};
use crate::time::{not_midnight, protocol_of};
use crate::{fields, format, moment, parse, zone};

method_table! { CLASS_METHODS:
    Class Keywords c"now" "($type, /, tz=None)" now, c"The time, local or in a zone.";
    Class None c"utcnow" "($type, /)" utc_now, c"The time in UTC, naive.";
    Class Keywords c"fromtimestamp" "" from_timestamp, c"The time of a timestamp, local or in a zone.";
    Class Positional c"utcfromtimestamp" "" utc_from_timestamp, c"The time of a timestamp in UTC, naive.";
    Class Positional c"strptime" "" |thread, class, arguments| strptime(thread, class, arguments, "datetime"),
        c"The time of a text in a format.";
    Class Keywords c"combine" "" combine, c"A date and a time in one.";
    Class One c"fromisoformat" "($type, object, /)" from_iso, c"The time of a text in the format of ISO 8601.";
}

method_table! { METHODS:
    Instance None c"date" "($self, /)" date, c"The date.";
    Instance None c"time" "($self, /)" |thread, this| time(thread, this, false), c"The time, without the zone.";
    Instance None c"timetz" "($self, /)" |thread, this| time(thread, this, true), c"The time, with the zone.";
    Instance None c"ctime" "($self, /)" ctime, c"The text of C's ctime.";
    Instance None c"timetuple" "($self, /)" time_tuple, c"The fields as time.struct_time.";
    Instance None c"timestamp" "($self, /)" timestamp, c"Seconds since 1970 in UTC.";
    Instance None c"utctimetuple" "($self, /)" utc_time_tuple, c"The fields in UTC as time.struct_time.";
    Instance Keywords c"isoformat" "" iso_format, c"The text YYYY-MM-DDTHH:MM:SS.ffffff, with the offset.";
    Instance None c"utcoffset" "($self, /)" |thread, this| asked(thread, this, "utcoffset"),
        c"How far the zone is from UTC.";
    Instance None c"tzname" "($self, /)" zone_name, c"The name of the zone.";
    Instance None c"dst" "($self, /)" |thread, this| asked(thread, this, "dst"), c"How much of that is summer time.";
    Instance Keywords c"replace" "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        \
        hour=unchanged, minute=unchanged, second=unchanged,\n        \
        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)" replace,
        c"A datetime with other values in some fields.";
    Instance Keywords c"__replace__" "($self, /, **changes)" replace, c"A datetime with other values in some fields.";
    Instance Keywords c"astimezone" "" as_zone, c"The same moment in another zone.";
    Instance Positional c"__reduce_ex__" "" |thread, this, given| state(thread, this, protocol_of(thread, given)?),
        c"What pickle makes it again from.";
    Instance None c"__reduce__" "($self, /)" |thread, this| state(thread, this, 2), c"What pickle makes it again from.";
}

type Names<'a> = Option<&'a PyTuple>;

// -- class methods -------------------------------------------------------------------------------

/// A moment as a datetime of a class, in a zone if there is one.
fn at(thread: &Thread, class: Ref<'_>, moment: (i64, i64), zone: Option<Ref<'_>>) -> PyResult<Value> {
    let class = fields::class_of(thread, class)?;
    let made = moment::at(thread, class, moment, zone, false)?;
    match zone {
        Some(zone) => method(thread, zone, "fromutc", &[made]),
        None => Ok(made),
    }
}

const NOW: Parameters<1> =
    Parameters { function: "now", names: ["tz"], positional_only: 0, positional: 1, required: 0 };

fn now(thread: &Thread, class: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [zone] = NOW.bind(thread, given, names)?;
    let zone = zone_or_none(thread, zone)?;
    at(thread, class, moment::now(thread)?, zone)
}

const FROM_TIMESTAMP: Parameters<2> = Parameters {
    function: "fromtimestamp",
    names: ["timestamp", "tz"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn from_timestamp(thread: &Thread, class: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [timestamp, zone] = FROM_TIMESTAMP.bind(thread, given, names)?;
    let zone = zone_or_none(thread, zone)?;
    let Some(timestamp) = timestamp else { return Ok(Value::none()) };
    at(thread, class, moment::timestamp(thread, timestamp)?, zone)
}

/// Warns of a method that makes naive datetimes of UTC.
fn deprecated(thread: &Thread, function: &str, instead: &str) -> PyResult<()> {
    let message = format!(
        "datetime.datetime.{function}() is deprecated and scheduled for removal in a future version. Use \
         timezone-aware objects to represent datetimes in UTC: datetime.datetime.{instead}."
    );
    let warn = imported(thread, "_warnings", "warn")?;
    let class = as_ref(&DEPRECATION_WARNING).to_value();
    let arguments = [arguments::text(thread, &message)?, class, Value::small(1)];
    protocol::call(thread, warn.as_ref(), &arguments, None).map(drop)
}

fn utc_now(thread: &Thread, class: Ref<'_>) -> PyResult<Value> {
    deprecated(thread, "utcnow", "now(datetime.UTC)")?;
    moment::at(thread, fields::class_of(thread, class)?, moment::now(thread)?, None, true)
}

fn utc_from_timestamp(thread: &Thread, class: Ref<'_>, given: &[Value]) -> PyResult<Value> {
    deprecated(thread, "utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)")?;
    let [timestamp] = given else {
        let count = given.len();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "utcfromtimestamp() takes exactly 1 argument ({count} given)"
        ));
    };
    let moment = moment::timestamp(thread, timestamp.as_ref())?;
    moment::at(thread, fields::class_of(thread, class)?, moment, None, true)
}

const COMBINE: Parameters<3> = Parameters {
    function: "combine",
    names: ["date", "time", "tzinfo"],
    positional_only: 0,
    positional: 3,
    required: 2,
};

fn combine(thread: &Thread, class: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [date, time, zone] = COMBINE.bind(thread, given, names)?;
    let (Some(date), Some(time)) = (date, time) else { return Ok(Value::none()) };
    let Some(day) = fields::day_part(date) else {
        return Err(wrong_type(thread, "combine", "argument 1", "datetime.date", date));
    };
    let Some(clock) = time.get::<PyTime>() else {
        return Err(wrong_type(thread, "combine", "argument 2", "datetime.time", time));
    };
    let zone = match zone {
        Some(zone) => zone_or_none(thread, Some(zone))?.map(Ref::to_value),
        None => clock.zone(),
    };
    let fold = clock.fold().into();
    let parts = (day, fields::clock_of(clock.data()));
    fields::datetime_in(thread, fields::class_of(thread, class)?, parts, zone, fold)
}

fn from_iso(thread: &Thread, class: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    let text = iso_text(thread, given)?;
    let bad = || invalid(thread, given);
    let end = parse::separator(&text).filter(|end| *end <= text.len()).ok_or_else(bad)?;
    let (date, rest) = text.split_at(end);
    let mut day = parse::day(date).ok_or_else(bad)?;
    let (mut clock, mut offset) = ([0; 4], None);
    if let Some((_, rest)) = rest.split_first() {
        let time = parse::time(rest).ok_or_else(bad)?;
        (clock, offset) = (time.clock, time.offset);
    }
    let zone = offset.map(|offset| zone::of_micros(thread, offset)).transpose()?;
    let ([year, month, date], [hour, rest @ ..]) = (day, clock);
    if hour == 24 && (1..=12).contains(&month) && date <= civil::days_in_month(year, month) {
        if rest != [0; 3] {
            return Err(not_midnight(thread));
        }
        clock = [0; 4];
        // the year may be one too many, which is refused like any other
        day = match (month, date == civil::days_in_month(year, month)) {
            (12, true) => [year + 1, 1, 1],
            (_, true) => [year, month + 1, 1],
            _ => [year, month, date + 1],
        };
    }
    fields::datetime_in(thread, fields::class_of(thread, class)?, (day, clock), zone, 0)
}

// -- parts ---------------------------------------------------------------------------------------

fn date(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (day, _) = fields::parts_of(own(thread, this)?);
    fields::date(thread, &DATE, day)
}

fn time(thread: &Thread, this: Ref<'_>, with_zone: bool) -> PyResult<Value> {
    let own = own(thread, this)?;
    let (_, clock) = fields::parts_of(own);
    fields::time(thread, &TIME, clock, own.zone().filter(|_| with_zone), own.fold().into())
}

fn ctime(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (day, clock) = fields::parts_of(own(thread, this)?);
    arguments::text(thread, &format::ctime(day, clock))
}

fn time_tuple(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let summer = zone::ask(thread, time.zone().as_ref(), "dst", this)?;
    let summer = summer.map_or(-1, |summer| i64::from(micros(&summer) != 0));
    let (day, [hour, minute, second, _]) = fields::parts_of(time);
    fields::struct_time(thread, day, [hour, minute, second], summer)
}

fn utc_time_tuple(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let mut parts = fields::parts_of(time);
    if let Some(offset) = offset(thread, this)? {
        let moved = moment::fields_of(moment::micros(parts) - micros(&offset));
        parts = moved.ok_or_else(|| fields::out_of_range(thread))?;
    }
    let (day, [hour, minute, second, _]) = parts;
    fields::struct_time(thread, day, [hour, minute, second], 0)
}

fn timestamp(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let (_, [.., micro]) = fields::parts_of(time);
    let total = if time.zone().is_some()
        && let Some(offset) = offset(thread, this)?
    {
        moment::micros(fields::parts_of(time)) - micros(&offset) - i128::from(moment::EPOCH) * SECOND
    } else {
        let seconds = moment::seconds_of_local(thread, time)?;
        return Value::float(thread, seconds as f64 + micro as f64 / 1e6);
    };
    delta::seconds_as_float(thread, total)
}

fn asked(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let zone = own(thread, this)?.zone();
    Ok(zone::ask(thread, zone.as_ref(), name, this)?.map_or_else(Value::none, Owned::into_value))
}

fn zone_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let zone = own(thread, this)?.zone();
    zone::ask_name(thread, zone.as_ref(), this)
}

const ISO_FORMAT: Parameters<2> = Parameters {
    function: "isoformat",
    names: ["sep", "timespec"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// The character between date and time.
fn separator(thread: &Thread, given: Ref<'_>) -> PyResult<u32> {
    let what = "isoformat() argument 1 must be a unicode character, not";
    let Some(text) = given.get::<PyStr>() else {
        let ty = given.ty().name();
        let ty = if given.is_none() { "None" } else { ty };
        return Err(raise!(thread, TYPE_ERROR, "{what} {ty}"));
    };
    match (text.len(), text.char_at(0)) {
        (1, Some(c)) => Ok(c),
        (len, _) => Err(raise!(thread, TYPE_ERROR, "{what} a string of length {len}")),
    }
}

fn iso_format(thread: &Thread, this: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [between, spec] = ISO_FORMAT.bind(thread, given, names)?;
    let between = between.map_or(Ok(u32::from('T')), |between| separator(thread, between))?;
    let spec = spec.map(|spec| arguments::text_argument(thread, "isoformat", "argument 2", Some(spec)));
    let (day, clock) = fields::parts_of(time);
    let clock = format::iso_clock(thread, clock, spec.transpose()?)?;
    let offset = zone::offset_text(thread, time.zone().as_ref(), this, ":")?;
    let mut out = taipan_object::str::build::StrBuilder::new();
    out.push_str(thread, &format::iso_day(day))?;
    out.push_char(thread, between)?;
    out.push_str(thread, &clock)?;
    out.push_str(thread, &offset)?;
    Ok(out.finish(thread)?.into_value())
}

const REPLACE: Parameters<9> = Parameters {
    function: "replace",
    names: ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    positional_only: 0,
    positional: 8,
    required: 0,
};

fn replace(thread: &Thread, this: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [year, month, date, hour, minute, second, micro, zone, fold] = REPLACE.bind(thread, given, names)?;
    let (mut day, mut clock) = fields::parts_of(time);
    for (place, value) in day.iter_mut().zip([year, month, date]) {
        *place = or(thread, value, *place, plain_int)?;
    }
    for (place, value) in clock.iter_mut().zip([hour, minute, second, micro]) {
        *place = or(thread, value, *place, plain_int)?;
    }
    let fold = or(thread, fold, time.fold().into(), plain_int)?;
    let zone = match zone {
        Some(zone) => zone_or_none(thread, Some(zone))?.map(Ref::to_value),
        None => time.zone(),
    };
    fields::datetime_in(thread, this.ty(), (day, clock), zone, fold)
}

const AS_ZONE: Parameters<1> =
    Parameters { function: "astimezone", names: ["tz"], positional_only: 0, positional: 1, required: 0 };

fn as_zone(thread: &Thread, this: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let time = own(thread, this)?;
    let [wanted] = AS_ZONE.bind(thread, given, names)?;
    let wanted = zone_or_none(thread, wanted)?;
    let mut own_zone = time.zone().map_or_else(|| moment::zone_of_local(thread, time), Ok)?;
    if wanted.is_some_and(|wanted| wanted.is(own_zone.as_ref())) {
        return Ok(this.to_value());
    }
    let mut known = zone::ask(thread, Some(&own_zone), "utcoffset", this)?;
    if known.is_none() {
        // the zone says nothing: the time counts as naive
        own_zone = moment::zone_of_local(thread, time)?;
        if wanted.is_some_and(|wanted| wanted.is(own_zone.as_ref())) {
            return Ok(this.to_value());
        }
        known = zone::ask(thread, Some(&own_zone), "utcoffset", this)?;
    }
    let Some(offset) = known else { return Ok(this.to_value()) };
    let utc = moment::shifted(thread, time, -micros(&offset))?;
    let Some(moved) = utc.as_ref().get::<PyDateTime>() else { return Ok(utc) };
    let zone = match wanted {
        Some(wanted) => wanted.to_value(),
        None => {
            let total = moment::micros(fields::parts_of(moved)).div_euclid(SECOND) as i64;
            moment::local_zone(thread, total - moment::EPOCH)?
        }
    };
    let class = utc.as_ref().ty();
    let made = PyDateTime::new(thread, class, moved.data(), Some(zone.clone()), moved.fold())?;
    method(thread, zone.as_ref(), "fromutc", &[made.into_value()])
}

fn state(thread: &Thread, this: Ref<'_>, version: i64) -> PyResult<Value> {
    let time = own(thread, this)?;
    let mut data = time.data();
    if version > 3 && time.fold() != 0 {
        data[2] |= 0x80;
    }
    let data = fields::to_bytes(thread, &data)?;
    let state = match time.zone() {
        Some(zone) => PyTuple::pack(thread, [data, zone])?,
        None => PyTuple::pack(thread, [data])?,
    };
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), state.into_value()])?.into_value())
}
