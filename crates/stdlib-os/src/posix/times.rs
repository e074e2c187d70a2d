//! `utime`.

use taipan_host::{Moment, of};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use crate::arguments::{Allows, PathArgument, flag, folder, some};

const UTIME: Parameters<5> = some("utime", ["path", "times", "ns", "dir_fd", "follow_symlinks"], 2, 1);

/// A moment in seconds, rounded down.
fn seconds(thread: &Thread, value: Ref<'_>) -> PyResult<Moment> {
    if let Some(seconds) = value.to_f64() {
        if seconds.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        if !(-9.2e18..9.2e18).contains(&seconds) {
            return Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for platform time_t"));
        }
        let whole = seconds.floor();
        return Ok(Moment { seconds: whole as i64, nanos: ((seconds - whole) * 1e9).floor() as u32 });
    }
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let name = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument must be int or float, not {name}"));
    }
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(seconds) => Ok(Moment { seconds, nanos: 0 }),
        None => Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for platform time_t")),
    }
}

/// A moment in nanoseconds.
fn nanoseconds(thread: &Thread, value: Ref<'_>) -> PyResult<Moment> {
    let index = protocol::number::index(thread, value)?;
    let nanos = index.as_ref().int_to_text(10).and_then(|digits| digits.parse::<i128>().ok());
    nanos
        .map(Moment::from_nanos)
        .ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"))
}

/// Two moments in a tuple.
fn pair(
    thread: &Thread,
    value: Ref<'_>,
    what: &str,
    read: fn(&Thread, Ref<'_>) -> PyResult<Moment>,
) -> PyResult<(Moment, Moment)> {
    let items = value.get::<PyTuple>().filter(|tuple| tuple.len() == 2);
    let Some((Some(first), Some(second))) = items.map(|items| (items.get(0), items.get(1))) else {
        return Err(raise!(thread, TYPE_ERROR, "utime: {what}"));
    };
    Ok((read(thread, first.as_ref())?, read(thread, second.as_ref())?))
}

pub(super) fn utime(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [path, times, ns, base, follows] = UTIME.bind(thread, arguments, names)?;
    let path = PathArgument::read(thread, "utime", "path", path.unwrap_or(module), Allows::Descriptor)?;
    let times = times.filter(|times| !times.is_none());
    let set = match (times, ns) {
        (Some(_), Some(_)) => {
            return Err(raise!(
                thread,
                VALUE_ERROR,
                "utime: you may specify either 'times' or 'ns' but not both"
            ));
        }
        (Some(times), None) => {
            Some(pair(thread, times, "'times' must be either a tuple of two ints or None", seconds)?)
        }
        (None, Some(ns)) => Some(pair(thread, ns, "'ns' must be a tuple of two ints", nanoseconds)?),
        (None, None) => None,
    };
    let base = folder(thread, base)?;
    let follows = flag(thread, follows, true)?;
    path.check_with(thread, "utime", base, follows)?;
    let result = match path.fd {
        Some(fd) => of(thread).set_times_of(fd, set),
        None => of(thread).set_times_at(path.place(base), set, follows),
    };
    match result {
        Ok(()) => Ok(Value::none()),
        Err(error) => Err(path.failed(thread, error)),
    }
}
