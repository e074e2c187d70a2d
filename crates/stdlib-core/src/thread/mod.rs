//! The module `_thread`: threads and their locks.
//!
//! `start.rs` starts threads and waits for them at the end, `handle.rs` stands for one, `lock.rs` and `rlock.rs` are
//! the locks, `local.rs` is data of a thread.

mod handle;
mod local;
mod lock;
mod rlock;
mod start;

pub(crate) use lock::seconds;
pub use start::finish_threads;

use taipan_host::of;
use taipan_object::exception::{RUNTIME_ERROR, SYSTEM_EXIT};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Interp, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_size};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};
use taipan_runtime_builtins::struct_sequence::StructSequence;

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Positional c"start_new_thread" "($module, function, args, kwargs={}, /)" start::start, c"Starts a thread.";
    Instance Positional c"start_new" "($module, function, args, kwargs={}, /)" start::start, c"Another name of start_new_thread.";
    Instance Keywords c"start_joinable_thread" "($module, /, function, handle=None, daemon=True)" start::start_joinable, c"Starts a thread that can be waited for.";
    Instance None c"daemon_threads_allowed" "($module, /)" daemon_allowed, c"Whether threads may be left behind at the end.";
    Instance None c"allocate_lock" "($module, /)" allocate, c"A new lock.";
    Instance None c"allocate" "($module, /)" allocate, c"Another name of allocate_lock.";
    Instance None c"exit_thread" "($module, /)" exit, c"Another name of exit.";
    Instance None c"exit" "($module, /)" exit, c"Ends the thread, by SystemExit.";
    Instance Positional c"interrupt_main" "($module, signum=signal.SIGINT, /)" interrupt_main, c"As if a signal had come to the main thread.";
    Instance None c"get_ident" "($module, /)" ident_of, c"A number that no other thread has.";
    Instance None c"get_native_id" "($module, /)" native_id, c"The number that the system has for the thread.";
    Instance None c"_count" "($module, /)" count, c"How many threads were started and still run.";
    Instance Positional c"stack_size" "($module, size=0, /)" stack_size, c"The size of the stacks of new threads.";
    Instance One c"_excepthook" "($module, args, /)" excepthook, c"Reports what ended a thread.";
    Instance None c"_is_main_interpreter" "($module, /)" is_main, c"Whether this is the first interpreter.";
    Instance None c"_shutdown" "($module, /)" start::shutdown, c"Waits for the threads that are not to be left behind.";
    Instance One c"_make_thread_handle" "($module, ident, /)" handle::make, c"A handle of a thread that runs.";
    Instance None c"_get_main_thread_ident" "($module, /)" main_ident, c"The number of the first thread.";
    Instance Keywords c"set_name" "($module, /, name)" set_name, c"Tells the system the name of the thread.";
    Instance None c"_get_name" "($module, /)" get_name, c"The name of the thread.";
}

/// `_thread`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    doc: Some("What threads and their locks are made of."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

static HOOK_ARGUMENTS: StructSequence = StructSequence {
    name: "_thread._ExceptHookArgs",
    doc: "What a hook is told of an exception that ended a thread.",
    fields: &["exc_type", "exc_value", "exc_traceback", "thread"],
    by_name_only: 0,
    is_single: false,
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [(&str, &'static PyTypeObject); 6] = [
        ("lock", &lock::LOCK),
        ("LockType", &lock::LOCK),
        ("RLock", &rlock::RLOCK),
        ("_local", &local::LOCAL),
        ("_ThreadHandle", &handle::HANDLE),
        ("error", &RUNTIME_ERROR),
    ];
    for (name, ty) in types {
        add(thread, module, name, as_ref(ty).to_value())?;
    }
    add(thread, module, "_ExceptHookArgs", HOOK_ARGUMENTS.class(thread)?.into_value())?;
    add(thread, module, "TIMEOUT_MAX", Value::float(thread, lock::TIMEOUT_MAX)?)?;
    add(thread, module, "_NAME_MAXLEN", Value::small(15))
}

/// Lets an interpreter know what a fork leaves of its threads.
pub(crate) fn prepare(interp: &Interp) {
    interp.hooks.forked.set(start::forked);
}

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&lock::LOCK, &rlock::RLOCK, &local::LOCAL, &handle::HANDLE]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &lock::LOCK, &lock::METHODS)?;
    install::methods(thread, &rlock::RLOCK, &rlock::METHODS)?;
    install::methods(thread, &handle::HANDLE, &handle::METHODS)?;
    install::attributes(thread, &handle::HANDLE, &handle::ATTRIBUTES)?;
    install::attributes(thread, &local::LOCAL, &local::ATTRIBUTES)
}

/// The number of the thread: the host's, or one of our own.
pub fn ident(thread: &Thread) -> u64 {
    if thread.ident.get() == 0 {
        let own = std::ptr::from_ref(thread).addr() as u64;
        thread.ident.set(of(thread).thread_ident().unwrap_or(own));
    }
    thread.ident.get()
}

fn ident_of(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, ident(thread))
}

fn main_ident(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let interp = thread.interp();
    match interp.main_ident.get() {
        0 => Value::uint(thread, ident(interp.first_thread())),
        ident => Value::uint(thread, ident),
    }
}

fn native_id(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, of(thread).native_thread_id().map_err(|error| error.raise(thread))?)
}

fn daemon_allowed(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(true))
}

fn allocate(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    lock::new_lock(thread)
}

fn exit(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Err(thread.raise_arguments(&SYSTEM_EXIT, PyTuple::empty()))
}

fn interrupt_main(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "interrupt_main", arguments.len(), 0, 1)?;
    let number = arguments.first().map_or(Ok(2), |number| to_size(thread, number.as_ref()))?;
    let number = i32::try_from(number).ok().filter(|number| (1..65).contains(number));
    let Some(number) = number else {
        return Err(raise!(thread, VALUE_ERROR, "signal number out of range"));
    };
    let host = of(thread);
    if host.signal_action(number) == Ok(Some(taipan_host::SignalAction::Note)) {
        host.note_signal(number);
        taipan_host::raise::run_signals(thread)?;
    }
    Ok(Value::none())
}

fn count(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, thread.interp().started_threads() as i64)
}

/// The smallest stack that may be asked for.
const SMALLEST_STACK: isize = 32 << 10;

/// The size of the stacks of new threads; none for what the host likes.
fn stack_size_of(thread: &Thread) -> Option<usize> {
    match thread.interp().thread_stack_size.get() {
        0 => None,
        size => Some(size),
    }
}

fn stack_size(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "stack_size", arguments.len(), 0, 1)?;
    let slot = &thread.interp().thread_stack_size;
    let before = slot.get();
    if let Some(size) = arguments.first() {
        let size = to_size(thread, size.as_ref())?;
        if size < 0 {
            return Err(raise!(thread, VALUE_ERROR, "size must be 0 or a positive value"));
        }
        if size != 0 && size < SMALLEST_STACK {
            return Err(raise!(thread, VALUE_ERROR, "size not valid: {size} bytes"));
        }
        slot.set(size.unsigned_abs());
    }
    Value::int(thread, before as i64)
}

/// Reports what ended a thread, as `threading.excepthook` does by default.
fn excepthook(thread: &Thread, _: Ref<'_>, arguments: Ref<'_>) -> PyResult<Value> {
    let Some(items) = arguments.get::<PyTuple>().filter(|items| items.len() == 4) else {
        return Err(raise!(thread, TYPE_ERROR, "_thread._excepthook argument type must be ExceptHookArgs"));
    };
    let [kind, value, traceback, of] = [0, 1, 2, 3].map(|at| items.get(at).unwrap_or_else(Value::none));
    if kind.as_ref().is(as_ref(&SYSTEM_EXIT)) {
        return Ok(Value::none());
    }
    let file = call::of_sys(thread, "stderr")?.filter(|file| !file.as_ref().is_none());
    let file = match file {
        Some(file) => file,
        // a thread that was made while there was one has kept it
        None => match attribute(thread, of.as_ref(), "_stderr")? {
            Some(file) if !file.as_ref().is_none() => file,
            _ => return Ok(Value::none()),
        },
    };
    let name = match attribute(thread, of.as_ref(), "name")? {
        Some(name) => taipan_runtime_builtins::text::str(thread, name.as_ref())?.to_text_lossy(),
        None => ident(thread).to_string(),
    };
    let text = call::text(thread, &format!("Exception in thread {name}:\n"))?;
    let write = protocol::get_attribute(thread, file.as_ref(), &*intern_text(thread, "write")?)?;
    drop(protocol::call(thread, write.as_ref(), &[text], None)?);
    if let Some(show) = call::of_sys(thread, "__excepthook__")? {
        drop(protocol::call(thread, show.as_ref(), &[kind, value, traceback], None)?);
    }
    Ok(Value::none())
}

/// An attribute, if there is one.
fn attribute(thread: &Thread, object: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    protocol::attribute::find(thread, object, &*intern_text(thread, name)?)
}

fn is_main(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(true))
}

const NAME: Parameters<1> =
    Parameters { function: "set_name", names: ["name"], positional_only: 0, positional: 1, required: 1 };

fn set_name(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [name] = NAME.bind(thread, arguments, names)?;
    let Some(name) = name.and_then(|name| name.get::<PyStr>()) else {
        let got = name.map_or("NoneType".to_owned(), |name| name.ty().short_name().to_owned());
        return Err(raise!(thread, TYPE_ERROR, "set_name() argument 'name' must be str, not {got}"));
    };
    // who debugs sees it; that a system has no such thing is no error
    let name = name.to_text_lossy();
    let _ = of(thread).set_thread_name(name.split('\0').next().unwrap_or_default().as_bytes());
    Ok(Value::none())
}

fn get_name(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let name = of(thread).thread_name().map_err(|error| error.raise(thread))?;
    Ok(taipan_host::path::decode(thread, &name)?.into_value())
}
