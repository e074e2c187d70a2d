//! The module `_thread`: locks, and what there is of threads while an interpreter has one.
//!
//! `lock.rs` and `rlock.rs` are the locks, `local.rs` is data of a thread, `handle.rs` stands for a thread. There is no
//! second thread that could give a lock back: to wait for one without end is an error.

mod handle;
mod local;
mod lock;
mod rlock;

pub(crate) use lock::seconds;

use taipan_object::exception::{RUNTIME_ERROR, SYSTEM_EXIT};
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::{check_count, to_size};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};
use taipan_runtime_builtins::struct_sequence::StructSequence;

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Positional c"start_new_thread" "($module, function, args, kwargs={}, /)" start, c"Starts a thread.";
    Instance Positional c"start_new" "($module, function, args, kwargs={}, /)" start, c"Another name of start_new_thread.";
    Instance Keywords c"start_joinable_thread" "($module, /, function, handle=None, daemon=True)" start_joinable, c"Starts a thread that can be waited for.";
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
    Instance None c"_shutdown" "($module, /)" shutdown, c"Waits for the threads that are not to be left behind.";
    Instance One c"_make_thread_handle" "($module, ident, /)" handle::make, c"A handle of a thread that runs.";
    Instance None c"_get_main_thread_ident" "($module, /)" ident_of, c"The number of the first thread.";
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

/// The number of the thread.
pub fn ident(thread: &Thread) -> u64 {
    std::ptr::from_ref(thread).addr() as u64
}

fn ident_of(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, ident(thread))
}

fn native_id(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, std::process::id().into())
}

#[cold]
fn cannot_start(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, RUNTIME_ERROR, "can't start new thread")
}

fn start(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "start_new_thread", arguments.len(), 2, 3)?;
    let [function, positional, ..] = arguments else { return Err(cannot_start(thread)) };
    if function.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "first arg must be callable"));
    }
    if positional.as_ref().get::<PyTuple>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "2nd arg must be a tuple"));
    }
    Err(cannot_start(thread))
}

fn start_joinable(thread: &Thread, _: Ref<'_>, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Err(cannot_start(thread))
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
    if !(1..=64).contains(&number) {
        return Err(raise!(thread, VALUE_ERROR, "signal number out of range"));
    }
    match number {
        2 => Err(thread.raise_arguments(&taipan_object::exception::KEYBOARD_INTERRUPT, PyTuple::empty())),
        _ => Ok(Value::none()),
    }
}

fn count(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}

fn stack_size(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "stack_size", arguments.len(), 0, 1)?;
    let size = arguments.first().map_or(Ok(0), |size| to_size(thread, size.as_ref()))?;
    if size < 0 {
        return Err(raise!(thread, VALUE_ERROR, "size must be 0 or a positive value"));
    }
    Ok(Value::small(0))
}

fn excepthook(thread: &Thread, _: Ref<'_>, arguments: Ref<'_>) -> PyResult<Value> {
    let Some(items) = arguments.get::<PyTuple>() else {
        return Err(raise!(thread, TYPE_ERROR, "_thread._excepthook argument type must be ExceptHookArgs"));
    };
    let hook = call::of_sys(thread, "excepthook")?;
    if let (Some(hook), [kind, value, traceback]) = (hook, [0, 1, 2].map(|at| items.get(at))) {
        let arguments = [kind, value, traceback].map(|item| item.unwrap_or_else(Value::none));
        drop(taipan_object::protocol::call(thread, hook.as_ref(), &arguments, None)?);
    }
    Ok(Value::none())
}

fn is_main(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(true))
}

fn shutdown(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn set_name(_: &Thread, _: Ref<'_>, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Value::none())
}

fn get_name(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    call::text(thread, "taipan")
}
