//! The module `_signal`: signals, and the handlers that Python code has for them. A signal is noted by the host, and its
//! handler called at the next safepoint of the thread that handles signals, which is the first one.

mod masks;

use taipan_host::{SignalAction, of};
use taipan_object::dict::PyDict;
use taipan_object::exception::{KEYBOARD_INTERRUPT, OS_ERROR, os_error_type};
use taipan_object::module::PyModule;
use taipan_object::set::PySet;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{Interp, Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use crate::thread::seconds;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Two c"default_int_handler" "($module, signalnum, frame, /)" default_int_handler, c"Raises KeyboardInterrupt.";
    Instance Two c"signal" "($module, signalnum, handler, /)" set, c"Sets the handler of a signal; gives the one before.";
    Instance One c"getsignal" "($module, signalnum, /)" get, c"The handler of a signal.";
    Instance None c"valid_signals" "($module, /)" valid, c"The numbers of signals.";
    Instance One c"raise_signal" "($module, signalnum, /)" raise_signal, c"Sends a signal to the process itself.";
    Instance One c"strsignal" "($module, signalnum, /)" strsignal, c"What the system calls a signal.";
    Instance One c"alarm" "($module, seconds, /)" alarm, c"Lets SIGALRM come after some seconds; gives those that were left before.";
    Instance Positional c"setitimer" "($module, which, seconds, interval=0.0, /)" setitimer, c"Sets a timer; gives what was left of it.";
    Instance One c"getitimer" "($module, which, /)" getitimer, c"What is left of a timer, and its interval.";
    Instance Two c"pthread_kill" "($module, thread_id, signalnum, /)" masks::pthread_kill, c"Sends a signal to a thread.";
    Instance Two c"pthread_sigmask" "($module, how, mask, /)" masks::pthread_sigmask, c"Changes which signals the thread does not take now; gives those before.";
    Instance None c"sigpending" "($module, /)" masks::sigpending, c"The signals that came and are held back.";
    Instance One c"sigwait" "($module, sigset, /)" masks::sigwait, c"Waits for one of these signals; gives its number.";
    Instance One c"sigwaitinfo" "($module, sigset, /)" masks::sigwaitinfo, c"Waits for one of these signals; gives what is known of it.";
    Instance Two c"sigtimedwait" "($module, sigset, timeout, /)" masks::sigtimedwait, c"The same for a time; None if it is over.";
    Instance Two c"siginterrupt" "($module, signalnum, flag, /)" masks::siginterrupt, c"Says whether a signal interrupts the calls of the system.";
    Instance None c"pause" "($module, /)" pause, c"Waits for a signal.";
    Instance Keywords c"set_wakeup_fd" "(fd, *, warn_on_full_buffer=True)" set_wakeup_fd, c"Sets the descriptor that the numbers of signals are written to; gives the one before.";
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
const SIGXFSZ: i32 = 25;

/// What goes wrong with a timer.
static ITIMER_ERROR: PyTypeObject = os_error_type("signal.itimer_error\0", &ITIMER_ERROR_CORE);
static ITIMER_ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&ITIMER_ERROR]
}

/// Lets an interpreter call the handlers of signals.
pub(crate) fn prepare(interp: &Interp) {
    interp.hooks.signals.set(run_handlers);
}

/// Lets this thread handle signals, and an interrupt from the keyboard raise `KeyboardInterrupt`, if it does what it
/// does by itself so far.
pub fn begin(thread: &Thread) {
    thread.handle_signals();
    let host = of(thread);
    if host.signal_action(SIGINT) == Ok(Some(SignalAction::Default)) {
        // a host without signals has no keyboard either
        let _ = host.set_signal(SIGINT, SignalAction::Note);
    }
    // who writes too large a file is told so by an error
    if host.signal_action(SIGXFSZ) == Ok(Some(SignalAction::Default)) {
        let _ = host.set_signal(SIGXFSZ, SignalAction::Ignore);
    }
}

/// Lets an interrupt end the process, as whoever started it expects of one that an interrupt stopped. Comes back if
/// that is not possible.
pub fn end_by_interrupt(thread: &Thread) {
    let host = of(thread);
    if host.set_signal(SIGINT, SignalAction::Default).is_ok()
        && let Ok(own) = host.process(taipan_host::Identity::Own)
    {
        // if it does not end it, it does nothing
        let _ = host.send_signal(own, SIGINT);
    }
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, number) in NUMBERS.into_iter().chain(TIMERS) {
        add(thread, module, name, Value::small(number))?;
    }
    add(thread, module, "struct_siginfo", masks::SIGNAL_INFO.class(thread)?.into_value())?;
    add(thread, module, "ItimerError", as_ref(&ITIMER_ERROR).to_value())?;
    let handlers = PyDict::new(thread)?;
    for number in 1..65 {
        let handler = match of(thread).signal_action(number) {
            Ok(Some(SignalAction::Default)) => Value::small(0),
            Ok(Some(SignalAction::Ignore)) => Value::small(1),
            Ok(Some(SignalAction::Note)) if number == SIGINT => {
                match call::entry(thread, as_ref(module), "default_int_handler")? {
                    Some(function) => function,
                    None => Value::none(),
                }
            }
            _ => Value::none(),
        };
        drop(handlers.insert(thread, Value::small(number).as_ref(), handler)?);
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

/// Calls the handlers of the signals that were noted.
fn run_handlers(thread: &Thread) -> PyResult<()> {
    if !thread.handles_signals() {
        return Ok(());
    }
    for number in of(thread).take_signals() {
        let module = call::all_modules(thread)?.get_str(thread, &*intern_text(thread, "_signal")?)?;
        let handler = match &module {
            Some(module) => handlers(thread, module.as_ref())?.get(thread, Value::small(number).as_ref())?,
            None => None,
        };
        match handler.filter(|handler| !handler.as_ref().is_int() && !handler.as_ref().is_none()) {
            Some(handler) => {
                let frame = taipan_vm::frame_object::nth(thread, 0)?.unwrap_or_else(Value::none);
                let arguments = [Value::small(number), frame];
                drop(protocol::call(thread, handler.as_ref(), &arguments, None)?);
            }
            None if number == SIGINT && module.is_none() => {
                return Err(thread.raise_arguments(&KEYBOARD_INTERRUPT, PyTuple::empty()));
            }
            None => {}
        }
    }
    Ok(())
}

fn default_int_handler(thread: &Thread, _: Ref<'_>, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Err(thread.raise_arguments(&KEYBOARD_INTERRUPT, PyTuple::empty()))
}

fn set(thread: &Thread, module: Ref<'_>, number: Ref<'_>, handler: Ref<'_>) -> PyResult<Value> {
    let plain = if handler.is_int() { handler.to_i64().filter(|plain| matches!(plain, 0 | 1)) } else { None };
    if plain.is_none() && handler.ty().slots().call.get().is_none() {
        let message = "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    if !thread.handles_signals() {
        let message = "signal only works in main thread of the main interpreter";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let number = number_of(thread, number)?;
    let action = match plain {
        Some(0) => SignalAction::Default,
        Some(_) => SignalAction::Ignore,
        None => SignalAction::Note,
    };
    of(thread).set_signal(number, action).map_err(|error| error.raise(thread))?;
    // those that came for the handler before are its own
    run_handlers(thread)?;
    let old = handlers(thread, module)?.insert(thread, Value::small(number).as_ref(), handler.to_value())?;
    Ok(old.unwrap_or_else(Value::none))
}

fn get(thread: &Thread, module: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let number = number_of(thread, number)?;
    let found = handlers(thread, module)?.get(thread, Value::small(number).as_ref())?;
    Ok(found.unwrap_or_else(Value::none))
}

fn valid(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let set = PySet::new(thread)?;
    // two numbers are the threads library's own
    for number in (1..32).chain(34..65) {
        set.add(thread, Value::small(number).as_ref())?;
    }
    Ok(set.into_value())
}

fn raise_signal(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let number = to_int(thread, number)?;
    let host = of(thread);
    // to the thread itself, so that it has come when this returns
    let sent = match host.thread_ident() {
        Ok(own) => host.signal_thread(own, number),
        Err(_) => host.process(taipan_host::Identity::Own).and_then(|own| host.send_signal(own, number)),
    };
    sent.map_err(|error| error.raise(thread))?;
    run_handlers(thread)?;
    Ok(Value::none())
}

fn strsignal(thread: &Thread, _: Ref<'_>, number: Ref<'_>) -> PyResult<Value> {
    let number = number_of(thread, number)?;
    let known = of(thread).signal_text(number).filter(|text| !text.starts_with("Unknown signal"));
    known.map_or_else(|| Ok(Value::none()), |text| call::text(thread, &text))
}

fn alarm(thread: &Thread, _: Ref<'_>, seconds: Ref<'_>) -> PyResult<Value> {
    let seconds = to_int(thread, seconds)?;
    let (left, _) =
        of(thread).set_timer(0, seconds.max(0).into(), 0.0).map_err(|error| error.raise(thread))?;
    Value::int(thread, left.ceil() as i64)
}

fn pair(thread: &Thread, (left, interval): (f64, f64)) -> PyResult<Value> {
    let parts = [Value::float(thread, left)?, Value::float(thread, interval)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

/// The error of a timer is one of the module's own.
fn timer_failed(thread: &Thread, module: Ref<'_>, error: taipan_host::HostError) -> taipan_object::Raised {
    let text = of(thread).error_text(error.errno);
    let made = call::entry(thread, module, "ItimerError").and_then(|class| {
        let class = class.unwrap_or_else(|| as_ref(&OS_ERROR).to_value());
        let arguments = [Value::small(error.errno), call::text(thread, &text)?];
        protocol::call(thread, class.as_ref(), &arguments, None)
    });
    match made {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

fn setitimer(thread: &Thread, module: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "setitimer", arguments.len(), 2, 3)?;
    let [which, first, rest @ ..] = arguments else { return Ok(Value::none()) };
    let which = to_int(thread, which.as_ref())?;
    let first = seconds(thread, first.as_ref())?;
    let interval = rest.first().map_or(Ok(0.0), |interval| seconds(thread, interval.as_ref()))?;
    if first < 0.0 || interval < 0.0 {
        return Err(timer_failed(thread, module, taipan_host::HostError::new(taipan_host::numbers::EINVAL)));
    }
    let set = of(thread).set_timer(which, first, interval);
    pair(thread, set.map_err(|error| timer_failed(thread, module, error))?)
}

fn getitimer(thread: &Thread, module: Ref<'_>, which: Ref<'_>) -> PyResult<Value> {
    let which = to_int(thread, which)?;
    let found = of(thread).timer(which);
    pair(thread, found.map_err(|error| timer_failed(thread, module, error))?)
}

fn pause(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    taipan_host::released(thread, |host| host.wait_for_signal()).map_err(|error| error.raise(thread))?;
    run_handlers(thread)?;
    Ok(Value::none())
}

const WAKEUP: Parameters<2> = Parameters {
    function: "set_wakeup_fd",
    names: ["", "warn_on_full_buffer"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

fn set_wakeup_fd(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [fd, _] = WAKEUP.bind(thread, arguments, names)?;
    let fd = fd.map_or(Ok(-1), |fd| to_int(thread, fd))?;
    if !thread.handles_signals() {
        let message = "set_wakeup_fd only works in main thread of the main interpreter";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let fd = fd.max(-1);
    if fd >= 0 {
        let is_blocking = of(thread).is_blocking(fd).map_err(|error| error.raise(thread))?;
        if is_blocking {
            return Err(raise!(thread, VALUE_ERROR, "the fd {fd} must be in non-blocking mode"));
        }
    }
    let old = of(thread).set_wakeup(fd).map_err(|error| error.raise(thread))?;
    Ok(Value::small(old))
}
