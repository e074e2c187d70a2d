//! Timers that are descriptors.

use taipan_host::{Call, Moment, of};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use super::files::Names;
use crate::arguments::{fildes, int};

/// Parameters of which the first is given by position, the rest by name.
const fn parameters<const N: usize>(function: &'static str, names: [&'static str; N]) -> Parameters<N> {
    Parameters { function, names, positional_only: 1, positional: 1, required: 1 }
}

const CREATE: Parameters<2> = parameters("timerfd_create", ["", "flags"]);
const SET: Parameters<4> = parameters("timerfd_settime", ["", "flags", "initial", "interval"]);
const SET_NS: Parameters<4> = parameters("timerfd_settime_ns", ["", "flags", "initial", "interval"]);
/// `TFD_CLOEXEC`
const CLOSED: i32 = 0x80000;

pub(super) fn timerfd_create(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [clock, flags] = CREATE.bind(thread, arguments, names)?;
    let clock = int(thread, clock, 0)?;
    let flags = int(thread, flags, 0)? | CLOSED;
    let fd = super::calls::make(thread, Call::Timer, [clock.into(), flags.into(), 0, 0])?;
    Value::int(thread, fd)
}

/// A duration in seconds.
fn seconds(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Moment> {
    let Some(value) = value else { return Ok(Moment::default()) };
    let seconds = match value.to_f64() {
        Some(seconds) => seconds,
        None if value.ty().slots().index.get().is_some() => {
            let index = protocol::number::index(thread, value)?;
            index.as_ref().to_i64().map_or(f64::INFINITY, |seconds| seconds as f64)
        }
        None => {
            let got = value.ty().short_name();
            return Err(raise!(thread, TYPE_ERROR, "must be real number, not {got}"));
        }
    };
    if !(-9.2e9..9.2e9).contains(&seconds) {
        return Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t"));
    }
    Ok(Moment::from_nanos((seconds * 1e9).floor() as i128))
}

/// A duration in nanoseconds.
fn nanoseconds(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Moment> {
    let Some(value) = value else { return Ok(Moment::default()) };
    match protocol::number::index(thread, value)?.as_ref().to_i64() {
        Some(nanos) => Ok(Moment::from_nanos(nanos.into())),
        None => Err(raise!(thread, OVERFLOW_ERROR, "int too big to convert")),
    }
}

fn pair(
    thread: &Thread,
    (first, interval): (Moment, Moment),
    give: fn(&Thread, Moment) -> PyResult<Value>,
) -> PyResult<Value> {
    Ok(PyTuple::pack(thread, [give(thread, first)?, give(thread, interval)?])?.into_value())
}

fn give_seconds(thread: &Thread, moment: Moment) -> PyResult<Value> {
    Value::float(thread, moment.as_f64())
}

fn give_nanoseconds(thread: &Thread, moment: Moment) -> PyResult<Value> {
    Value::int(thread, i64::try_from(moment.total_nanos()).unwrap_or(i64::MAX))
}

fn set(
    thread: &Thread,
    parameters: &Parameters<4>,
    (arguments, names): (&[Value], Names<'_>),
    read: fn(&Thread, Option<Ref<'_>>) -> PyResult<Moment>,
    give: fn(&Thread, Moment) -> PyResult<Value>,
) -> PyResult<Value> {
    let [fd, flags, first, interval] = parameters.bind(thread, arguments, names)?;
    let fd = fd.map_or(Ok(-1), |fd| fildes(thread, fd))?;
    let flags = int(thread, flags, 0)?;
    let (first, interval) = (read(thread, first)?, read(thread, interval)?);
    let old = of(thread).set_timer_of(fd, flags, first, interval).map_err(|error| error.raise(thread))?;
    pair(thread, old, give)
}

pub(super) fn timerfd_settime(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    set(thread, &SET, (arguments, names), seconds, give_seconds)
}

pub(super) fn timerfd_settime_ns(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    set(thread, &SET_NS, (arguments, names), nanoseconds, give_nanoseconds)
}

pub(super) fn timerfd_gettime(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let found = of(thread).timer_of(fildes(thread, fd)?).map_err(|error| error.raise(thread))?;
    pair(thread, found, give_seconds)
}

pub(super) fn timerfd_gettime_ns(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let found = of(thread).timer_of(fildes(thread, fd)?).map_err(|error| error.raise(thread))?;
    pair(thread, found, give_nanoseconds)
}
