//! Clocks and sleep.

use std::time::Duration;

use taipan_host::{HostResult, Moment, of, released};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{expect_str, to_int};

fn seconds(thread: &Thread, moment: HostResult<Moment>) -> PyResult<Value> {
    let moment = moment.map_err(|error| error.raise(thread))?;
    Value::float(thread, moment.as_f64())
}

fn nanoseconds(thread: &Thread, moment: HostResult<Moment>) -> PyResult<Value> {
    let moment = moment.map_err(|error| error.raise(thread))?;
    match i64::try_from(moment.total_nanos()) {
        Ok(nanos) => Value::int(thread, nanos),
        Err(_) => Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t")),
    }
}

pub(super) fn time(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).now())
}

pub(super) fn time_ns(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    nanoseconds(thread, of(thread).now())
}

pub(super) fn monotonic(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).monotonic())
}

pub(super) fn monotonic_ns(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    nanoseconds(thread, of(thread).monotonic())
}

pub(super) fn process_time(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).process_time())
}

pub(super) fn process_time_ns(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    nanoseconds(thread, of(thread).process_time())
}

pub(super) fn thread_time(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).thread_time())
}

pub(super) fn thread_time_ns(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    nanoseconds(thread, of(thread).thread_time())
}

pub(super) fn clock_gettime(thread: &Thread, _: Ref<'_>, id: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).clock(to_int(thread, id)?))
}

pub(super) fn clock_gettime_ns(thread: &Thread, _: Ref<'_>, id: Ref<'_>) -> PyResult<Value> {
    nanoseconds(thread, of(thread).clock(to_int(thread, id)?))
}

pub(super) fn clock_getres(thread: &Thread, _: Ref<'_>, id: Ref<'_>) -> PyResult<Value> {
    seconds(thread, of(thread).clock_resolution(to_int(thread, id)?))
}

/// A number of seconds, as a duration or a moment; `ValueError` for NaN, `OverflowError` beyond 292 years.
fn nanos_of(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    let too_large = || raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t");
    if let Some(seconds) = value.to_f64() {
        if seconds.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "Invalid value NaN (not a number)"));
        }
        // the least duration that is not shorter
        let nanos = (seconds * 1e9).ceil();
        if !(-9.2e18..9.2e18).contains(&nanos) {
            return Err(too_large());
        }
        return Ok(nanos as i64);
    }
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        let name = value.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "'{name}' object cannot be interpreted as an integer or float"
        ));
    }
    let index = protocol::number::index(thread, value)?;
    index.as_ref().to_i64().and_then(|seconds| seconds.checked_mul(1_000_000_000)).ok_or_else(too_large)
}

pub(super) fn sleep(thread: &Thread, _: Ref<'_>, duration: Ref<'_>) -> PyResult<Value> {
    let nanos = nanos_of(thread, duration)?;
    let Ok(nanos) = u64::try_from(nanos) else {
        return Err(raise!(thread, VALUE_ERROR, "sleep length must be non-negative"));
    };
    let host = of(thread);
    let start = host.monotonic().map_err(|error| error.raise(thread))?;
    let end = start.total_nanos() + i128::from(nanos);
    let mut left = nanos;
    loop {
        match released(thread, |host| host.sleep(Duration::from_nanos(left))) {
            Ok(()) => return Ok(Value::none()),
            // a signal: the rest is waited for
            Err(error) if error.errno == taipan_host::numbers::EINTR => {
                taipan_host::raise::run_signals(thread)?;
                let now = host.monotonic().map_err(|error| error.raise(thread))?;
                left = u64::try_from(end - now.total_nanos()).unwrap_or(0);
                if left == 0 {
                    return Ok(Value::none());
                }
            }
            Err(error) => return Err(error.raise(thread)),
        }
    }
}

/// What is known of a clock, as an object with attributes.
pub(super) fn get_clock_info(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = expect_str(thread, "get_clock_info", "argument 1", name)?.to_text_lossy();
    let (function, monotonic, adjustable) = match name.as_str() {
        "time" => ("clock_gettime(CLOCK_REALTIME)", false, true),
        "monotonic" | "perf_counter" => ("clock_gettime(CLOCK_MONOTONIC)", true, false),
        "process_time" => ("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false),
        "thread_time" => ("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false),
        _ => return Err(raise!(thread, VALUE_ERROR, "unknown clock")),
    };
    let namespace = as_ref::<taipan_object::PyTypeObject>(
        &taipan_runtime_builtins::generics::namespace::SIMPLE_NAMESPACE,
    );
    let info = protocol::call(thread, namespace, &[], None)?;
    let entries = [
        ("implementation", PyStr::from_text(thread, function)?.into_value()),
        ("monotonic", Value::bool(monotonic)),
        ("adjustable", Value::bool(adjustable)),
        ("resolution", Value::float(thread, 1e-9)?),
    ];
    for (name, value) in entries {
        protocol::set_attribute(thread, info.as_ref(), &*intern_text(thread, name)?, Some(value))?;
    }
    Ok(info)
}
