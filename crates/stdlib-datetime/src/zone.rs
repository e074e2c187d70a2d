//! `tzinfo` and `timezone`, and asking time zones: a zone may be written in Python, so each question is a call.

use taipan_object::datetime::{PyDateTime, PyTimeDelta, PyTimeZone, PyTzInfo, TIMEZONE, TZINFO};
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, wrong_type};
use taipan_runtime_builtins::{install, text};

use taipan_object::declare::method_table;

use crate::arguments::{self, method};
use crate::delta::{self, DAY, SECOND, micros};
use crate::moment;

method_table! { TZINFO_METHODS:
    Instance One c"tzname" "" |thread, _, _| abstract_method(thread, "tzname"), c"The name of the zone.";
    Instance One c"utcoffset" "" |thread, _, _| abstract_method(thread, "utcoffset"), c"How far it is from UTC.";
    Instance One c"dst" "" |thread, _, _| abstract_method(thread, "dst"), c"How much of that is summer time.";
    Instance One c"fromutc" "" from_utc, c"The local time of a datetime in UTC.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes it again from.";
}

method_table! { METHODS:
    Instance One c"tzname" "($self, dt, /)" zone_name, c"The name, or the offset as text.";
    Instance One c"utcoffset" "($self, dt, /)" zone_offset, c"The offset.";
    Instance One c"dst" "($self, dt, /)" zone_dst, c"There is no summer time.";
    Instance One c"fromutc" "($self, dt, /)" zone_from_utc, c"The local time of a datetime in UTC.";
    Instance None c"__getinitargs__" "($self, /)" init_arguments, c"What pickle makes it again from.";
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    TZINFO.slots().new.set(Some(|thread, class, _, _| PyTzInfo::instance(thread, class)));
    let slots = TIMEZONE.slots();
    slots.new.set(Some(new));
    slots.repr.set(Some(repr));
    slots.str.set(Some(|thread, this| arguments::text(thread, &shown_name(thread, this)?)));
    slots.hash.set(Some(|thread, this| delta::hash_of(thread, offset_of(thread, this)?.as_ref())));
    slots.richcompare.set(Some(compare));
    install::methods(thread, &TZINFO, &TZINFO_METHODS)?;
    install::methods(thread, &TIMEZONE, &METHODS)
}

// -- asking --------------------------------------------------------------------------------------

/// What a zone's `utcoffset` or `dst` says of a time.
///
/// # Errors
/// `TypeError` if it is not a duration, `ValueError` if it is a day or more; what the method raises.
pub(crate) fn ask(
    thread: &Thread,
    zone: Option<&Value>,
    name: &str,
    of: Ref<'_>,
) -> PyResult<Option<Owned<PyTimeDelta>>> {
    let Some(zone) = zone else { return Ok(None) };
    let answer = method(thread, zone.as_ref(), name, &[of.to_value()])?;
    if answer.as_ref().is_none() {
        return Ok(None);
    }
    let answer = answer.downcast::<PyTimeDelta>().map_err(|answer| {
        let ty = answer.as_ref().ty().name();
        raise!(thread, TYPE_ERROR, "tzinfo.{name}() must return None or timedelta, not '{ty}'")
    })?;
    check_range(thread, &answer)?;
    Ok(Some(answer))
}

/// The microseconds of an answer.
pub(crate) fn size(offset: Option<&Owned<PyTimeDelta>>) -> Option<i128> {
    offset.map(|offset| micros(offset))
}

fn check_range(thread: &Thread, offset: &Owned<PyTimeDelta>) -> PyResult<()> {
    if micros(offset).abs() < DAY {
        return Ok(());
    }
    let shown = text::repr(thread, offset.as_ref())?.to_text_lossy();
    Err(raise!(
        thread,
        VALUE_ERROR,
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
    ))
}

/// What a zone's `tzname` says of a time: a string or `None`.
pub(crate) fn ask_name(thread: &Thread, zone: Option<&Value>, of: Ref<'_>) -> PyResult<Value> {
    let Some(zone) = zone else { return Ok(Value::none()) };
    let name = method(thread, zone.as_ref(), "tzname", &[of.to_value()])?;
    if name.as_ref().is_none() || name.as_ref().get::<PyStr>().is_some() {
        return Ok(name);
    }
    let ty = name.as_ref().ty().name();
    Err(raise!(thread, TYPE_ERROR, "tzinfo.tzname() must return None or a string, not '{ty}'"))
}

/// An offset as text, as `+01:00`, with what is put between its parts; nothing for a naive time.
pub(crate) fn offset_text(
    thread: &Thread,
    zone: Option<&Value>,
    of: Ref<'_>,
    between: &str,
) -> PyResult<String> {
    let offset = ask(thread, zone, "utcoffset", of)?;
    Ok(offset.map_or_else(String::new, |offset| shown(micros(&offset), between)))
}

fn shown(offset: i128, between: &str) -> String {
    let (sign, size) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    let (seconds, rest) = (size / SECOND, size % SECOND);
    let mut out = format!("{sign}{:02}{between}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || rest != 0 {
        out += &format!("{between}{:02}", seconds % 60);
    }
    if rest != 0 {
        out += &format!(".{rest:06}");
    }
    out
}

// -- tzinfo --------------------------------------------------------------------------------------

fn abstract_method(thread: &Thread, name: &str) -> PyResult<Value> {
    Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "a tzinfo subclass must implement {name}()"))
}

/// The datetime that a zone is to make local.
pub(crate) fn own_time<'a>(thread: &Thread, this: Ref<'_>, time: Ref<'a>) -> PyResult<&'a PyDateTime> {
    let Some(given) = time.get::<PyDateTime>() else {
        return Err(raise!(thread, TYPE_ERROR, "fromutc: argument must be a datetime"));
    };
    if given.zone().is_none_or(|zone| !zone.as_ref().is(this)) {
        return Err(raise!(thread, VALUE_ERROR, "fromutc: dt.tzinfo is not self"));
    }
    Ok(given)
}

/// `tzinfo.fromutc`, as PEP 495 and the documentation of `tzinfo` describe it.
fn from_utc(thread: &Thread, this: Ref<'_>, time: Ref<'_>) -> PyResult<Value> {
    let given = own_time(thread, this, time)?;
    let zone = this.to_value();
    let Some(offset) = ask(thread, Some(&zone), "utcoffset", time)? else {
        return Err(raise!(thread, VALUE_ERROR, "fromutc: non-None utcoffset() result required"));
    };
    let Some(summer) = ask(thread, Some(&zone), "dst", time)? else {
        return Err(raise!(thread, VALUE_ERROR, "fromutc: non-None dst() result required"));
    };
    let standard = moment::shifted(thread, given, micros(&offset) - micros(&summer))?;
    let summer = ask(thread, Some(&zone), "dst", standard.as_ref())?;
    let Some(summer) = summer else {
        let message = "fromutc: tz.dst() gave inconsistent results; cannot convert";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    };
    match standard.as_ref().get::<PyDateTime>() {
        Some(time) if micros(&summer) != 0 => moment::shifted(thread, time, micros(&summer)),
        _ => Ok(standard),
    }
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let found = protocol::attribute::find(thread, this, &*intern_text(thread, "__getinitargs__")?);
    let arguments = match found {
        Ok(Some(get)) => protocol::call(thread, get.as_ref(), &[], None)?,
        Ok(None) => PyTuple::empty().into_value(),
        Err(raised) => {
            let exception = thread.catch(raised);
            if !exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                return Err(thread.raise(exception));
            }
            PyTuple::empty().into_value()
        }
    };
    let state = method(thread, this, "__getstate__", &[])?;
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments, state])?.into_value())
}

// -- timezone ------------------------------------------------------------------------------------

const NEW: Parameters<2> = Parameters {
    function: "timezone",
    names: ["offset", "name"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [offset, name] = NEW.bind(thread, arguments, names)?;
    let Some(offset) = offset else { return Ok(Value::none()) };
    if offset.get::<PyTimeDelta>().is_none() {
        return Err(wrong_type(thread, "timezone", "argument 1", "datetime.timedelta", offset));
    }
    if let Some(name) = name.filter(|name| name.get::<PyStr>().is_none()) {
        return Err(wrong_type(thread, "timezone", "argument 2", "str", name));
    }
    let Ok(offset) = offset.to_value().downcast::<PyTimeDelta>() else { return Ok(Value::none()) };
    made(thread, offset, name.map(Ref::to_value))
}

/// A time zone; the one of UTC if there is neither offset nor name.
pub(crate) fn made(thread: &Thread, offset: Owned<PyTimeDelta>, name: Option<Value>) -> PyResult<Value> {
    if name.is_none() && micros(&offset) == 0 {
        return utc(thread);
    }
    check_range(thread, &offset)?;
    Ok(PyTimeZone::new(thread, offset, name)?.into_value())
}

/// The time zone of so many microseconds.
pub(crate) fn of_micros(thread: &Thread, offset: i128) -> PyResult<Value> {
    made(thread, delta::of_micros(thread, offset)?, None)
}

/// `timezone.utc`, which stands in the dict of the type.
pub(crate) fn utc(thread: &Thread) -> PyResult<Value> {
    let name = intern_text(thread, "utc")?;
    let known = TIMEZONE.dict().map_or(Ok(None), |dict| dict.get_str(thread, &name))?;
    match known {
        Some(utc) => Ok(utc),
        None => Ok(PyTimeZone::new(thread, delta::of_micros(thread, 0)?, None)?.into_value()),
    }
}

fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTimeZone> {
    this.get::<PyTimeZone>().ok_or_else(|| {
        let got = this.ty().name();
        raise!(thread, TYPE_ERROR, "descriptor requires a 'datetime.timezone' object but received a '{got}'")
    })
}

fn offset_of(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PyTimeDelta>> {
    let offset = own(thread, this)?.offset();
    offset.map_or_else(|| delta::of_micros(thread, 0), Ok)
}

/// The offset in microseconds.
fn size_of(thread: &Thread, this: Ref<'_>) -> PyResult<i128> {
    Ok(micros(&*offset_of(thread, this)?))
}

fn is_utc(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    Ok(this.is(utc(thread)?.as_ref()))
}

fn shown_name(thread: &Thread, this: Ref<'_>) -> PyResult<String> {
    let zone = own(thread, this)?;
    if let Some(name) = zone.name().as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        return Ok(name.to_text_lossy());
    }
    let offset = size_of(thread, this)?;
    Ok(if is_utc(thread, this)? || offset == 0 {
        "UTC".to_owned()
    } else {
        format!("UTC{}", shown(offset, ":"))
    })
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if is_utc(thread, this)? {
        return arguments::text(thread, "datetime.timezone.utc");
    }
    let mut out = taipan_object::str::build::StrBuilder::new();
    out.push_str(thread, this.ty().name())?;
    out.push_str(thread, "(")?;
    out.push(thread, &*text::repr(thread, offset_of(thread, this)?.as_ref())?)?;
    if let Some(name) = own(thread, this)?.name() {
        out.push_str(thread, ", ")?;
        out.push(thread, &*text::repr(thread, name.as_ref())?)?;
    }
    out.push_str(thread, ")")?;
    Ok(out.finish(thread)?.into_value())
}

fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    if b.get::<PyTimeZone>().is_none() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    let (a, b) = (size_of(thread, a)?, size_of(thread, b)?);
    Ok(Value::bool(op.holds(a.cmp(&b))))
}

/// The argument of the methods of a `timezone`, which they ignore.
fn check_argument(thread: &Thread, name: &str, given: Ref<'_>) -> PyResult<()> {
    if given.is_none() || given.get::<PyDateTime>().is_some() {
        return Ok(());
    }
    let ty = given.ty().name();
    Err(raise!(thread, TYPE_ERROR, "{name}(dt) argument must be a datetime instance or None, not {ty}"))
}

fn zone_name(thread: &Thread, this: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    check_argument(thread, "tzname", given)?;
    match own(thread, this)?.name() {
        Some(name) => Ok(name),
        None => arguments::text(thread, &shown_name(thread, this)?),
    }
}

fn zone_offset(thread: &Thread, this: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    check_argument(thread, "utcoffset", given)?;
    Ok(offset_of(thread, this)?.into_value())
}

fn zone_dst(thread: &Thread, _: Ref<'_>, given: Ref<'_>) -> PyResult<Value> {
    check_argument(thread, "dst", given)?;
    Ok(Value::none())
}

fn zone_from_utc(thread: &Thread, this: Ref<'_>, time: Ref<'_>) -> PyResult<Value> {
    let given = own_time(thread, this, time)?;
    moment::shifted(thread, given, size_of(thread, this)?)
}

fn init_arguments(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let offset = offset_of(thread, this)?.into_value();
    let items = match own(thread, this)?.name() {
        Some(name) => PyTuple::pack(thread, [offset, name])?,
        None => PyTuple::pack(thread, [offset])?,
    };
    Ok(items.into_value())
}
