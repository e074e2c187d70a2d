//! What the functions of this crate are called with: descriptors, times to wait.

use taipan_host::{Moment, of};
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, protocol, raise};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::objects::find_attribute;

/// A descriptor: an int, or what `fileno()` gives.
pub(crate) fn descriptor(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let fd = if value.is_int() {
        to_int(thread, value)?
    } else {
        let Some(method) = find_attribute(thread, value, &*intern_text(thread, "fileno")?)? else {
            return Err(raise!(thread, TYPE_ERROR, "argument must be an int, or have a fileno() method."));
        };
        let fd = protocol::call(thread, method.as_ref(), &[], None)?;
        if !fd.as_ref().is_int() {
            return Err(raise!(thread, TYPE_ERROR, "fileno() returned a non-integer"));
        }
        to_int(thread, fd.as_ref())?
    };
    match fd {
        0.. => Ok(fd),
        _ => Err(raise!(thread, VALUE_ERROR, "file descriptor cannot be a negative integer ({fd})")),
    }
}

/// When to stop waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Deadline {
    nanos: i128,
}

/// A time in units of so many nanoseconds, rounded up, in nanoseconds; none if it is no number.
pub(crate) fn duration(thread: &Thread, value: Ref<'_>, unit: i64) -> PyResult<Option<i64>> {
    let too_long = || raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t");
    if let Some(number) = value.to_f64().filter(|_| !value.is_int()) {
        if number.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        let nanos = number * unit as f64;
        let nanos = if nanos < 0.0 { nanos.floor() } else { nanos.ceil() };
        if nanos.abs() >= 9.2e18 {
            return Err(too_long());
        }
        return Ok(Some(nanos as i64));
    }
    if value.ty().slots().index.get().is_none() {
        return Ok(None);
    }
    let number = protocol::number::index(thread, value)?;
    let nanos = number.as_ref().to_i64().and_then(|number| number.checked_mul(unit));
    nanos.map(Some).ok_or_else(too_long)
}

impl Deadline {
    /// So many nanoseconds from now.
    pub(crate) fn after(thread: &Thread, nanos: i64) -> PyResult<Deadline> {
        let now = now(thread)?;
        Ok(Deadline { nanos: now.total_nanos() + i128::from(nanos) })
    }

    /// The milliseconds that are left, rounded up.
    pub(crate) fn milliseconds(self, thread: &Thread) -> PyResult<i32> {
        let left = self.nanos - now(thread)?.total_nanos();
        Ok(i32::try_from((left.max(0) + 999_999) / 1_000_000).unwrap_or(i32::MAX))
    }
}

fn now(thread: &Thread) -> PyResult<Moment> {
    of(thread).monotonic().map_err(|error| error.raise(thread))
}

/// Waits by a call that is given milliseconds and may be interrupted by signals.
pub(crate) fn wait<T>(
    thread: &Thread,
    deadline: Option<Deadline>,
    mut call: impl FnMut(Option<i32>) -> taipan_host::HostResult<T>,
) -> PyResult<T> {
    loop {
        let left = deadline.map(|deadline| deadline.milliseconds(thread)).transpose()?;
        match call(left) {
            Err(error) if error.errno == taipan_host::numbers::EINTR => {
                taipan_host::raise::run_signals(thread)?
            }
            Err(error) => return Err(error.raise(thread)),
            Ok(result) => return Ok(result),
        }
    }
}
