//! The module `_signal`: numbers, and which handler is set for a signal. Signals are not delivered to handlers yet.

use taipan_object::dict::PyDict;
use taipan_object::exception::{KEYBOARD_INTERRUPT, OS_ERROR};
use taipan_object::module::PyModule;
use taipan_object::set::PySet;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Two c"default_int_handler" "($module, signalnum, frame, /)" default_int_handler, c"Raises KeyboardInterrupt.";
    Instance Two c"signal" "($module, signalnum, handler, /)" set, c"Sets the handler of a signal; gives the one before.";
    Instance One c"getsignal" "($module, signalnum, /)" get, c"The handler of a signal.";
    Instance None c"valid_signals" "($module, /)" valid, c"The numbers of signals.";
}

/// `_signal`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_signal",
    doc: Some("Signals and their handlers."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

/// The numbers of Linux.
const NUMBERS: [(&str, i32); 42] = [
    ("NSIG", 65),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("SIG_BLOCK", 0),
    ("SIG_UNBLOCK", 1),
    ("SIG_SETMASK", 2),
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGQUIT", 3),
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGIOT", 6),
    ("SIGABRT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGUSR1", 10),
    ("SIGSEGV", 11),
    ("SIGUSR2", 12),
    ("SIGPIPE", 13),
    ("SIGALRM", 14),
    ("SIGTERM", 15),
    ("SIGSTKFLT", 16),
    ("SIGCHLD", 17),
    ("SIGCLD", 17),
    ("SIGCONT", 18),
    ("SIGSTOP", 19),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIGVTALRM", 26),
    ("SIGPROF", 27),
    ("SIGWINCH", 28),
    ("SIGIO", 29),
    ("SIGPOLL", 29),
    ("SIGPWR", 30),
    ("SIGSYS", 31),
    ("SIGRTMIN", 34),
    ("SIGRTMAX", 64),
];

const TIMERS: [(&str, i32); 3] = [("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2)];

/// The entry that holds the handlers by number.
const HANDLERS: &str = "_handlers";
const SIGINT: i32 = 2;

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in NUMBERS.into_iter().chain(TIMERS) {
        add(thread, module, name, Value::small(number))?;
    }
    add(thread, module, "ItimerError", as_ref(&OS_ERROR).to_value())?;
    let handlers = PyDict::new(thread)?;
    if let Some(function) = call::entry(thread, as_ref(module), "default_int_handler")? {
        drop(handlers.insert(thread, Value::small(SIGINT).as_ref(), function)?);
    }
    add(thread, module, HANDLERS, handlers.into_value())
}

fn number_of(thread: &Thread, value: Ref<'_>) -> PyResult<i32> {
    let number = to_int(thread, value)?;
    if !(1..65).contains(&number) {
        return Err(raise!(thread, VALUE_ERROR, "signal number out of range"));
    }
    Ok(number)
}

fn handlers(thread: &Thread, module: Ref<'_>) -> PyResult<Owned<PyDict>> {
    let handlers = call::entry(thread, module, HANDLERS)?.and_then(|handlers| handlers.downcast().ok());
    handlers.ok_or_else(|| raise!(thread, RUNTIME_ERROR, "the handlers of signals are gone"))
}

fn default_int_handler(thread: &Thread, _: Ref<'_>, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Err(thread.raise_arguments(&KEYBOARD_INTERRUPT, PyTuple::empty()))
}

fn set(thread: &Thread, module: Ref<'_>, number: Ref<'_>, handler: Ref<'_>) -> PyResult<Value> {
    let plain = handler.is_int() && matches!(handler.to_i64(), Some(0 | 1));
    if !plain && handler.ty().slots().call.get().is_none() {
        let message = "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let number = number_of(thread, number)?;
    let old = handlers(thread, module)?.insert(thread, Value::small(number).as_ref(), handler.to_value())?;
    Ok(old.unwrap_or_else(|| Value::small(0)))
}

fn get(thread: &Thread, module: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let number = number_of(thread, number)?;
    let found = handlers(thread, module)?.get(thread, Value::small(number).as_ref())?;
    Ok(found.unwrap_or_else(|| Value::small(0)))
}

fn valid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let set = PySet::new(thread)?;
    // two numbers are the threads library's own
    for number in (1..32).chain(34..65) {
        set.add(thread, Value::small(number).as_ref())?;
    }
    Ok(set.into_value())
}
