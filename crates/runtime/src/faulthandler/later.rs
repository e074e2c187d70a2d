//! `dump_traceback_later`: a thread that waits until a lock is let go or a time is over.

use super::dump::{self, Target};
use super::{Names, memory, remember, truth};
use crate::interpreter::import;
use taipan_object::builtin::PyCFunction;
use taipan_object::declare::method_table;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

const LATER: Parameters<4> = Parameters {
    function: "dump_traceback_later",
    names: ["timeout", "repeat", "file", "exit"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

method_table! { WATCH:
    Instance Positional c"watch" "" watch, c"Waits, and writes where the threads are.";
}

/// What the module remembers the lock under.
const LOCK: &str = "_later";

fn method(thread: &Thread, object: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<Value> {
    protocol::attribute::call_method(thread, object, &*intern_text(thread, name)?, arguments)
}

/// `dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False)`
pub(super) fn start(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [timeout, repeat, file, exit] = LATER.bind(thread, arguments, names)?;
    let Some(timeout) = timeout else { return Ok(Value::none()) };
    let Some(seconds) = timeout.to_f64().or_else(|| timeout.to_i64().map(|seconds| seconds as f64)) else {
        let ty = timeout.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{ty}' object cannot be interpreted as an integer or float"));
    };
    if seconds.is_nan() || seconds <= 0.0 {
        return Err(raise!(thread, VALUE_ERROR, "timeout must be greater than 0"));
    }
    if seconds > 9_223_372_036.0 {
        return Err(raise!(thread, OVERFLOW_ERROR, "timestamp out of range for C PyTime_t"));
    }
    let (repeat, exit) = (truth(thread, repeat, false)?, truth(thread, exit, false)?);
    let target = Target::of(thread, file)?;
    drop(cancel(thread, this)?);
    let threads = import(thread, "_thread")?;
    let lock = method(thread, threads.as_ref(), "allocate_lock", &[])?;
    drop(method(thread, lock.as_ref(), "acquire", &[])?);
    let [definition] = &WATCH;
    let watch = PyCFunction::new(thread, definition, None, None)?.into_value();
    let state =
        [lock.clone(), Value::float(thread, seconds)?, target.kept(), Value::bool(repeat), Value::bool(exit)];
    let state = PyTuple::pack(thread, state)?.into_value();
    drop(method(thread, threads.as_ref(), "start_new_thread", &[watch, state])?);
    drop(remember(thread, this, LOCK, Some(lock))?);
    Ok(Value::none())
}

/// `cancel_dump_traceback_later()`
pub(super) fn cancel(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let lock = memory(thread, this)?.get_str(thread, &*intern_text(thread, LOCK)?)?;
    if let Some(lock) = lock {
        drop(remember(thread, this, LOCK, None)?);
        drop(method(thread, lock.as_ref(), "release", &[])?);
    }
    Ok(Value::none())
}

/// What the thread runs.
fn watch(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let [lock, seconds, target, repeat, exit] = arguments else { return Ok(Value::none()) };
    let yes = |value: &Value| value.as_ref().is(Value::bool(true).as_ref());
    loop {
        let wait = [Value::bool(true), seconds.clone()];
        if yes(&method(thread, lock.as_ref(), "acquire", &wait)?) {
            return Ok(Value::none());
        }
        let title = format!("Timeout ({})!\n", clock(seconds.as_ref().to_f64().unwrap_or(0.0)));
        let text = title + &dump::all_threads(thread)?;
        Target::kept_in(target.clone()).write(thread, &text);
        if yes(exit) {
            let system = import(thread, "posix")?;
            drop(method(thread, system.as_ref(), "_exit", &[Value::small(1)])?);
        }
        if !yes(repeat) {
            return Ok(Value::none());
        }
    }
}

/// Hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds as u64;
    let micro = ((seconds - whole as f64) * 1e6).round() as u64;
    let text = format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    if micro == 0 { text } else { format!("{text}.{micro:06}") }
}
