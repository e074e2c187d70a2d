//! The module `faulthandler`: where all threads are, on demand, after a time, or on a signal. `dump.rs` writes it,
//! `later.rs` waits for a time.
//!
//! Taipan does not end by a signal of its own making: what would be one elsewhere is an exception, or a message that says
//! so. `enable` therefore only notes that it was called; what another process sends is not caught.

mod dump;
mod later;

use crate::interpreter::import;
use dump::Target;
use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::modules::ModuleDef;

type Names<'a> = Option<&'a PyTuple>;

method_table! { FUNCTIONS:
    Instance Keywords c"enable" "($module, /, file=sys.stderr, all_threads=True)" enable, c"Notes that faults are to be shown.";
    Instance None c"disable" "($module, /)" disable, c"Notes that they are not; whether they were.";
    Instance None c"is_enabled" "($module, /)" is_enabled, c"Whether faults are to be shown.";
    Instance Keywords c"dump_traceback" "($module, /, file=sys.stderr, all_threads=True)" dump_traceback, c"Writes where the threads are.";
    Instance Keywords c"dump_traceback_later" "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)" later::start, c"Writes where the threads are after some seconds.";
    Instance None c"cancel_dump_traceback_later" "($module, /)" later::cancel, c"Takes dump_traceback_later() back.";
    Instance Keywords c"register" "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)" register, c"Writes where the threads are when a signal comes.";
    Instance One c"unregister" "($module, signum, /)" unregister, c"Takes register() back; whether it was called.";
}

method_table! { HANDLER:
    Instance Positional c"on_signal" "" on_signal, c"Writes where the threads are.";
}

/// `faulthandler`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "faulthandler",
    doc: Some("Shows where all threads are."),
    functions: &FUNCTIONS,
    exec: None,
};

const ENABLE: Parameters<2> = Parameters {
    function: "enable",
    names: ["file", "all_threads"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

/// The module's dict, which has what the module remembers.
fn memory(thread: &Thread, module: Ref<'_>) -> PyResult<Owned<PyDict>> {
    let dict = module.get::<PyModule>().and_then(PyModule::dict);
    dict.ok_or_else(|| raise!(thread, SYSTEM_ERROR, "faulthandler has no memory"))
}

/// Remembers something, or forgets it; gives what was remembered.
fn remember(thread: &Thread, module: Ref<'_>, name: &str, value: Option<Value>) -> PyResult<Option<Value>> {
    let (memory, name) = (memory(thread, module)?, intern_text(thread, name)?);
    let old = memory.get_str(thread, &name)?;
    match value {
        Some(value) => drop(memory.insert(thread, name.as_ref(), value)?),
        None => drop(memory.remove(thread, name.as_ref())?),
    }
    Ok(old)
}

fn truth(thread: &Thread, value: Option<Ref<'_>>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), |value| protocol::truth(thread, value))
}

fn enable(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [file, all] = ENABLE.bind(thread, arguments, names)?;
    let target = Target::of(thread, file)?;
    truth(thread, all, true)?;
    drop(remember(thread, this, "_enabled", Some(target.kept()))?);
    Ok(Value::none())
}

fn disable(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(remember(thread, this, "_enabled", None)?.is_some()))
}

fn is_enabled(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let found = memory(thread, this)?.get_str(thread, &*intern_text(thread, "_enabled")?)?;
    Ok(Value::bool(found.is_some()))
}

const DUMP: Parameters<2> = Parameters { function: "dump_traceback", ..ENABLE };

fn dump_traceback(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [file, all] = DUMP.bind(thread, arguments, names)?;
    let target = Target::of(thread, file)?;
    let text = match truth(thread, all, true)? {
        true => dump::all_threads(thread)?,
        false => dump::this_thread(thread, "Stack")?,
    };
    target.write(thread, &text);
    Ok(Value::none())
}

const REGISTER: Parameters<4> = Parameters {
    function: "register",
    names: ["signum", "file", "all_threads", "chain"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

/// The number of a signal that a program may handle.
fn signal_number(thread: &Thread, number: Ref<'_>) -> PyResult<i32> {
    // those that a fault raises
    const FAULTS: [i32; 5] = [4, 6, 7, 8, 11];
    let number = to_int(thread, number)?;
    if FAULTS.contains(&number) {
        let message = format!("signal {number} cannot be registered, use enable() instead");
        return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
    }
    match (1..=64).contains(&number) {
        true => Ok(number),
        false => Err(raise!(thread, VALUE_ERROR, "signal number out of range")),
    }
}

fn handle(thread: &Thread, number: i32, handler: Value) -> PyResult<Value> {
    let signals = import(thread, "_signal")?;
    let set = protocol::get_attribute(thread, signals.as_ref(), &*intern_text(thread, "signal")?)?;
    protocol::call(thread, set.as_ref(), &[Value::small(number), handler], None)
}

fn register(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [signum, file, all, chain] = REGISTER.bind(thread, arguments, names)?;
    let Some(signum) = signum else { return Ok(Value::none()) };
    let number = signal_number(thread, signum)?;
    let target = Target::of(thread, file)?;
    let (all, chain) = (truth(thread, all, true)?, truth(thread, chain, false)?);
    let state = vec![target.kept(), Value::bool(all)];
    let [definition] = &HANDLER;
    let kept = taipan_object::list::PyList::from_values(thread, state)?;
    let own = Some(kept.clone().into_value());
    let handler = taipan_object::builtin::PyCFunction::new(thread, definition, own, None)?.into_value();
    let before = handle(thread, number, handler)?;
    kept.push(thread, if chain { before.clone() } else { Value::none() })?;
    let name = format!("_signal_{number}");
    // registered twice, what was there before the first time comes back
    if let Some(first) = remember(thread, this, &name, Some(before))? {
        drop(remember(thread, this, &name, Some(first))?);
    }
    Ok(Value::none())
}

fn unregister(thread: &Thread, this: Ref<'_>, signum: Ref<'_>) -> PyResult<Value> {
    let number = signal_number(thread, signum)?;
    let before = remember(thread, this, &format!("_signal_{number}"), None)?;
    let Some(before) = before else { return Ok(Value::bool(false)) };
    drop(handle(thread, number, before)?);
    Ok(Value::bool(true))
}

/// What a registered signal calls: `this` is a list of where to write, whether all threads are shown, and who is next.
fn on_signal(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let Some(kept) = this.get::<taipan_object::list::PyList>() else { return Ok(Value::none()) };
    let all = kept.get(1).is_some_and(|all| all.as_ref().is(Value::bool(true).as_ref()));
    let text = if all { dump::all_threads(thread)? } else { dump::this_thread(thread, "Stack")? };
    if let Some(target) = kept.get(0) {
        Target::kept_in(target).write(thread, &text);
    }
    match kept.get(2).filter(|next| next.as_ref().ty().slots().call.get().is_some()) {
        Some(next) => protocol::call(thread, next.as_ref(), arguments, None),
        None => Ok(Value::none()),
    }
}
