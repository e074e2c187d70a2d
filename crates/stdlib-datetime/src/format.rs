//! Dates and times as text: ISO 8601, and `strftime`, of which what C's cannot do is done before.

use taipan_object::datetime::{PyDateTime, PyTime};
use taipan_object::str::PyStr;
use taipan_object::str::build::StrBuilder;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::text;

use crate::arguments::{self, imported, method};
use crate::civil;
use crate::fields::{self, Clock, Day};
use crate::zone;

/// `YYYY-MM-DD`
pub(crate) fn iso_day([year, month, day]: Day) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// The time as `isoformat` prints it, to what `timespec` says.
pub(crate) fn iso_clock(thread: &Thread, clock: Clock, timespec: Option<&PyStr>) -> PyResult<String> {
    let [hour, minute, second, micro] = clock;
    let spec = timespec.map_or_else(|| "auto".to_owned(), PyStr::to_text_lossy);
    let spec = match (spec.as_str(), micro) {
        ("auto", 0) => "seconds",
        ("auto", _) => "microseconds",
        (other, _) => other,
    };
    Ok(match spec {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        _ => return Err(raise!(thread, VALUE_ERROR, "Unknown timespec value")),
    })
}

/// The text of C's `ctime`.
pub(crate) fn ctime([year, month, day]: Day, [hour, minute, second, _]: Clock) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let weekday = DAYS.get(civil::weekday(year, month, day) as usize).copied().unwrap_or_default();
    let month = MONTHS.get(month.max(1) as usize - 1).copied().unwrap_or_default();
    format!("{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year:04}")
}

/// `str(this)` without a format, else `this.strftime(format)`: `__format__`.
pub(crate) fn format(thread: &Thread, this: Ref<'_>, format: Ref<'_>) -> PyResult<Value> {
    let spec = taipan_runtime_builtins::arguments::expect_str(thread, "__format__", "argument 1", format)?;
    if spec.is_empty() {
        return Ok(text::str(thread, this)?.into_value());
    }
    method(thread, this, "strftime", &[format.to_value()])
}

/// What is asked of the object that is printed.
struct Printed<'a> {
    object: Ref<'a>,
    /// What its zone is asked about.
    about: Value,
    zone: Option<Value>,
    micro: i64,
    day: Day,
}

/// `strftime`: `%f`, `%z`, `%:z` and `%Z`, and years of less than four digits, are put in here; the rest is that of
/// the module `time`.
pub(crate) fn strftime(thread: &Thread, object: Ref<'_>, format: &PyStr, fields: &Value) -> PyResult<Value> {
    let printed = printed(thread, object, fields)?;
    let mut out = StrBuilder::new();
    let (mut at, mut plain) = (0, 0);
    while let Some(percent) = format.find_char('%'.into(), at) {
        let directive = format.char_at(percent + 1).and_then(char::from_u32);
        let colon = directive == Some(':') && format.char_at(percent + 2) == Some('z'.into());
        let replaced = if colon {
            Some(zone::offset_text(thread, printed.zone.as_ref(), printed.about.as_ref(), ":")?)
        } else {
            replacement(thread, &printed, directive, &mut out, (format, plain, percent))?
        };
        let end = percent + if colon { 3 } else { 2 };
        match replaced {
            Some(text) => {
                out.push_part(thread, format, plain, percent)?;
                out.push_str(thread, &text)?;
                plain = end;
            }
            None if directive == Some('Z') => plain = end,
            None => {}
        }
        at = end.min(format.len());
    }
    out.push_part(thread, format, plain, format.len())?;
    let format = out.finish(thread)?.into_value();
    let strftime = imported(thread, "time", "strftime")?;
    protocol::call(thread, strftime.as_ref(), &[format, fields.clone()], None)
}

fn printed<'a>(thread: &Thread, object: Ref<'a>, fields: &Value) -> PyResult<Printed<'a>> {
    let mut day = [1900, 1, 1];
    for (at, place) in day.iter_mut().enumerate() {
        let item = protocol::subscript(thread, fields.as_ref(), Value::small(at as i32).as_ref())?;
        *place = item.as_ref().to_i64().unwrap_or(1);
    }
    let printed = |about, zone, micro| Printed { object, about, zone, micro, day };
    Ok(if let Some(time) = object.get::<PyDateTime>() {
        let (_, [.., micro]) = fields::parts_of(time);
        printed(object.to_value(), time.zone(), micro)
    } else if let Some(time) = object.get::<PyTime>() {
        let [.., micro] = fields::clock_of(time.data());
        printed(Value::none(), time.zone(), micro)
    } else {
        printed(object.to_value(), None, 0)
    })
}

/// The text of a directive that is put in here; a name, which may hold surrogates, goes out straight.
fn replacement(
    thread: &Thread,
    printed: &Printed<'_>,
    directive: Option<char>,
    out: &mut StrBuilder,
    (format, plain, percent): (&PyStr, usize, usize),
) -> PyResult<Option<String>> {
    let [year, month, day] = printed.day;
    let about = printed.about.as_ref();
    debug_assert!(!printed.object.is_none(), "something is printed");
    Ok(Some(match directive {
        Some('f') => format!("{:06}", printed.micro),
        Some('z') => zone::offset_text(thread, printed.zone.as_ref(), about, "")?,
        Some('Z') => {
            let name = doubled(thread, zone::ask_name(thread, printed.zone.as_ref(), about)?)?;
            out.push_part(thread, format, plain, percent)?;
            if let Some(name) = name.as_ref().get::<PyStr>() {
                out.push(thread, name)?;
            }
            return Ok(None);
        }
        Some('Y') => format!("{year:04}"),
        Some('C') => format!("{:02}", year / 100),
        Some('F') => format!("{year:04}-%m-%d"),
        Some('G') => {
            let [iso_year, ..] = civil::iso_calendar(year, month.max(1), day.max(1));
            format!("{iso_year:04}")
        }
        _ => return Ok(None),
    }))
}

/// A name of a zone whose percent signs are none of the format: doubled, by the method of the string.
fn doubled(thread: &Thread, name: Value) -> PyResult<Value> {
    if name.as_ref().is_none() {
        return Ok(name);
    }
    let signs = [arguments::text(thread, "%")?, arguments::text(thread, "%%")?];
    let doubled = method(thread, name.as_ref(), "replace", &signs)?;
    if doubled.as_ref().get::<PyStr>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "tzname.replace() did not return a string"));
    }
    Ok(doubled)
}
