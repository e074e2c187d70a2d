//! Signals of threads: masks, waiting for signals, sending them to a thread.

use std::time::Duration;

use taipan_host::{MaskChange, SignalReport, of, waiting};
use taipan_object::set::PySet;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::struct_sequence::StructSequence;

use super::{number_of, run_handlers};
use crate::thread::seconds;

/// `signal.struct_siginfo`.
pub(super) static SIGNAL_INFO: StructSequence = StructSequence {
    name: "signal.struct_siginfo",
    doc: "What is known of a signal that was waited for.",
    fields: &["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"],
    by_name_only: 0,
    is_single: false,
};

/// The numbers of an iterable of signals.
fn numbers(thread: &Thread, signals: Ref<'_>) -> PyResult<Vec<i32>> {
    let iterator = protocol::iter(thread, signals)?;
    let mut numbers = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        let index = protocol::index(thread, item.as_ref())?;
        let number = index.as_ref().to_i64().and_then(|number| i32::try_from(number).ok());
        match number.filter(|number| (1..65).contains(number)) {
            // two numbers are the threads library's own, which nobody holds back
            Some(32 | 33) => {}
            Some(number) => numbers.push(number),
            None => {
                return Err(raise!(
                    thread,
                    VALUE_ERROR,
                    "signal number {} out of range [1; 64]",
                    taipan_runtime_builtins::text::repr(thread, index.as_ref())?.to_text_lossy()
                ));
            }
        }
    }
    Ok(numbers)
}

fn set_of(thread: &Thread, numbers: &[i32]) -> PyResult<Value> {
    let set = PySet::new(thread)?;
    for &number in numbers {
        set.add(thread, Value::small(number).as_ref())?;
    }
    Ok(set.into_value())
}

pub(super) fn pthread_kill(thread: &Thread, _: Ref<'_>, other: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let other = protocol::index(thread, other)?;
    let number = to_int(thread, number)?;
    let wanted = other.as_ref().to_i64().unwrap_or(0) as u64;
    crate::thread::ident(thread);
    // a number that is no thread's is an address that must not be used
    if !thread.interp().thread_states().iter().any(|state| state.ident.get() == wanted) {
        return Err(taipan_host::HostError::new(taipan_host::numbers::ESRCH).raise(thread));
    }
    of(thread).signal_thread(wanted, number).map_err(|error| error.raise(thread))?;
    run_handlers(thread)?;
    Ok(Value::none())
}

pub(super) fn pthread_sigmask(thread: &Thread, _: Ref<'_>, how: Ref<'_>, mask: Ref<'_>) -> PyResult<Value> {
    let how = to_int(thread, how)?;
    let numbers = numbers(thread, mask)?;
    let change = match how {
        0 => MaskChange::Block,
        1 => MaskChange::Unblock,
        2 => MaskChange::Set,
        _ => return Err(taipan_host::HostError::new(taipan_host::numbers::EINVAL).raise(thread)),
    };
    let before = of(thread).change_signal_mask(change, &numbers).map_err(|error| error.raise(thread))?;
    // those that were held back come now
    run_handlers(thread)?;
    set_of(thread, &before)
}

pub(super) fn sigpending(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let pending = of(thread).pending_signals().map_err(|error| error.raise(thread))?;
    set_of(thread, &pending)
}

fn wait_for(thread: &Thread, numbers: &[i32]) -> PyResult<SignalReport> {
    loop {
        let report = waiting(thread, |host| host.wait_for_signals(numbers, None))?;
        if let Some(report) = report.map_err(|error| error.raise(thread))? {
            return Ok(report);
        }
    }
}

pub(super) fn sigwait(thread: &Thread, _: Ref<'_>, signals: Ref<'_>) -> PyResult<Value> {
    let numbers = numbers(thread, signals)?;
    Ok(Value::small(wait_for(thread, &numbers)?.signal))
}

fn info(thread: &Thread, module: Ref<'_>, report: SignalReport) -> PyResult<Value> {
    let SignalReport { signal, code, errno, process, user, status, band } = report;
    let values = vec![
        Value::small(signal),
        Value::small(code),
        Value::small(errno),
        Value::small(process),
        Value::int(thread, user.into())?,
        Value::small(status),
        Value::int(thread, band)?,
    ];
    let class = crate::call::entry(thread, module, "struct_siginfo")?;
    match class.and_then(|class| class.downcast::<PyTypeObject>().ok()) {
        Some(class) => SIGNAL_INFO.instance(thread, &class, values),
        None => Err(raise!(thread, RUNTIME_ERROR, "signal.struct_siginfo is gone")),
    }
}

pub(super) fn sigwaitinfo(thread: &Thread, module: Ref<'_>, signals: Ref<'_>) -> PyResult<Value> {
    let numbers = numbers(thread, signals)?;
    let report = wait_for(thread, &numbers)?;
    info(thread, module, report)
}

pub(super) fn sigtimedwait(
    thread: &Thread,
    module: Ref<'_>,
    signals: Ref<'_>,
    timeout: Ref<'_>,
) -> PyResult<Value> {
    let numbers = numbers(thread, signals)?;
    let seconds = seconds(thread, timeout)?;
    if seconds < 0.0 {
        return Err(raise!(thread, VALUE_ERROR, "timeout must be non-negative"));
    }
    let timeout = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    let report = waiting(thread, |host| host.wait_for_signals(&numbers, Some(timeout)))?;
    match report.map_err(|error| error.raise(thread))? {
        Some(report) => info(thread, module, report),
        None => Ok(Value::none()),
    }
}

pub(super) fn siginterrupt(thread: &Thread, _: Ref<'_>, number: Ref<'_>, flag: Ref<'_>) -> PyResult<Value> {
    number_of(thread, number)?;
    to_int(thread, flag)?;
    // calls are made again by us, after the handlers have run (PEP 475): there is nothing to tell the system
    Ok(Value::none())
}
