//! What generators and coroutines can be asked: the slots, the methods and the attributes.

use super::run::{self, Thrown, close, kind_name, send as send_into, stop, throw};
use super::types::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use super::{Run, Status, run_of};
use crate::interp::exceptions;
use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::declare::attribute_table;
use taipan_object::descriptor::table;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::str::PyStr;
use taipan_object::traceback::PyTraceback;
use taipan_object::types::slots::Sent;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

fn not_one(thread: &Thread) -> Raised {
    raise!(thread, SYSTEM_ERROR, "not a generator")
}

/// The next item; the end is none, whatever the value that it has.
pub(super) fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    match send_into(thread, this, run, Value::none())? {
        Thrown::Yield(value) => Ok(Some(value)),
        Thrown::Return(_) => Ok(None),
    }
}

/// `<generator object NAME at 0x...>`, and the same of the other kinds.
pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    let (kind, name) = (this.ty().short_name(), run_name(&run.qualname).unwrap_or_default());
    let text = format!("<{kind} object {name} at {:#x}>", this.word().bits());
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// `send`, as the interpreter asks.
pub(super) fn send(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Sent> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    Ok(match send_into(thread, this, run, value.to_value())? {
        Thrown::Yield(value) => Sent::Next(value),
        Thrown::Return(value) => Sent::Return(value),
    })
}

/// What a method gives: an end is a `StopIteration`.
fn method_result(thread: &Thread, thrown: Thrown) -> PyResult<Value> {
    match thrown {
        Thrown::Yield(value) => Ok(value),
        Thrown::Return(value) => Err(stop(thread, value)),
    }
}

fn send_method(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    let thrown = send_into(thread, this, run, value.to_value())?;
    method_result(thread, thrown)
}

fn throw_method(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    warn_of_parts(thread, "throw", arguments)?;
    let exception = thrown_exception(thread, arguments)?;
    let thrown = throw(thread, this, run, exception)?;
    method_result(thread, thrown)
}

/// Warns of a call of a method with the parts of an exception.
pub(super) fn warn_of_parts(thread: &Thread, method: &str, arguments: &[Value]) -> PyResult<()> {
    if arguments.len() < 2 {
        return Ok(());
    }
    let message = format!(
        "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
    );
    thread.warn(&DEPRECATION_WARNING, &message)
}

/// The exception of `throw(exception)` or `throw(class, value, traceback)`.
pub(super) fn thrown_exception(thread: &Thread, arguments: &[Value]) -> PyResult<Value> {
    let (first, value, traceback) = match arguments {
        [first] => (first, None, None),
        [first, value] => (first, Some(value), None),
        [first, value, traceback] => (first, Some(value), Some(traceback)),
        [] => return Err(raise!(thread, TYPE_ERROR, "throw expected at least 1 argument, got 0")),
        more => {
            let count = more.len();
            return Err(raise!(thread, TYPE_ERROR, "throw expected at most 3 arguments, got {count}"));
        }
    };
    let given = |value: &Option<&Value>| value.is_some_and(|value| !value.as_ref().is_none());
    let exception = if exceptions::is_exception(first.as_ref()) {
        if given(&value) {
            return Err(raise!(thread, TYPE_ERROR, "instance exception may not have a separate value"));
        }
        first.clone()
    } else {
        let is_class = first.as_ref().get::<taipan_object::PyTypeObject>().is_some();
        let made = match value.filter(|value| !value.as_ref().is_none()) {
            Some(value) if exceptions::is_exception(value.as_ref()) => Some(value.clone()),
            Some(value) if is_class => {
                let arguments = [value.clone()];
                Some(taipan_object::protocol::call(thread, first.as_ref(), &arguments, None)?)
            }
            _ => exceptions::instance(thread, first.as_ref())?,
        };
        match made.filter(|made| exceptions::is_exception(made.as_ref())) {
            Some(made) => made,
            None => {
                let name = first.as_ref().ty().name();
                return Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "exceptions must be classes or instances deriving from BaseException, not {name}"
                ));
            }
        }
    };
    if let Some(traceback) = traceback.filter(|traceback| !traceback.as_ref().is_none()) {
        if traceback.as_ref().get::<PyTraceback>().is_none() {
            return Err(raise!(thread, TYPE_ERROR, "throw() third argument must be a traceback object"));
        }
        exceptions::set_traceback(exception.as_ref(), Some(traceback.clone()));
    }
    Ok(exception)
}

fn close_method(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    close(thread, this, run)
}

/// Called once before a generator dies: closes it. A coroutine that never began is warned about.
pub(super) fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let Some(run) = run_of(this) else { return Ok(()) };
    if !run.is_waiting() {
        return Ok(());
    }
    if let Some(finalizer) = run.finalizer.take() {
        drop(taipan_object::protocol::call(thread, finalizer.as_ref(), &[this.to_value()], None)?);
        return Ok(());
    }
    if run.status() == Status::Created {
        if kind_name(this) == "coroutine" {
            match run.origin.peek().is_some() {
                // with where it was made
                true => crate::pending::warn_of_origin(thread, this)?,
                false => crate::pending::warn_never_awaited(thread, run_name(&run.qualname).as_deref())?,
            }
        }
        run.end();
        return Ok(());
    }
    if let Err(raised) = run::close(thread, this, run) {
        thread.unraisable(raised, Some("while closing generator"), Some(this));
    }
    Ok(())
}

pub(super) fn run_name(slot: &taipan_object::slot::Slot) -> Option<String> {
    slot.get()?.as_ref().get::<PyStr>().map(PyStr::to_text_lossy)
}

// -- attributes -------------------------------------------------------------------------------------

fn with_run(thread: &Thread, this: Ref<'_>, read: impl FnOnce(&Run) -> PyResult<Value>) -> PyResult<Value> {
    read(run_of(this).ok_or_else(|| not_one(thread))?)
}

fn get_name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(run.name.get().unwrap_or_else(Value::none)))
}

fn get_qualname(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(run.qualname.get().unwrap_or_else(Value::none)))
}

fn set_text(
    thread: &Thread,
    this: Ref<'_>,
    value: Option<Value>,
    what: &str,
    slot: fn(&Run) -> &taipan_object::slot::Slot,
) -> PyResult<()> {
    let run = run_of(this).ok_or_else(|| not_one(thread))?;
    match value.filter(|value| value.as_ref().get::<PyStr>().is_some()) {
        Some(value) => {
            let old = slot(run).replace(Some(value));
            drop(old);
            Ok(())
        }
        None => Err(raise!(thread, TYPE_ERROR, "{what} must be set to a string object")),
    }
}

fn set_name(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    set_text(thread, this, value, "__name__", |run| &run.name)
}

fn set_qualname(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    set_text(thread, this, value, "__qualname__", |run| &run.qualname)
}

fn get_running(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(Value::bool(run.status() == Status::Running || run.busy.get())))
}

fn get_suspended(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(Value::bool(run.status() == Status::Suspended)))
}

fn get_code(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(run.code().unwrap_or_else(Value::none)))
}

fn get_delegate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(run.delegate().unwrap_or_else(Value::none)))
}

fn get_frame(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| match run.status() {
        Status::Ended => Ok(Value::none()),
        Status::Running => Ok(crate::frame_object::of_running(thread, run)?.unwrap_or_else(Value::none)),
        _ => crate::frame_object::of_run(thread, run),
    })
}

fn get_origin(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_run(thread, this, |run| Ok(run.origin.get().unwrap_or_else(Value::none)))
}

attribute_table! { GENERATOR_ATTRIBUTES:
    "__name__" get_name, Some(set_name), "The name of the generator.";
    "__qualname__" get_qualname, Some(set_qualname), "The qualified name of the generator.";
    "gi_running" get_running, None, "Whether it runs.";
    "gi_suspended" get_suspended, None, "Whether it waits at a yield.";
    "gi_code" get_code, None, "Its code.";
    "gi_yieldfrom" get_delegate, None, "What it delegates to.";
    "gi_frame" get_frame, None, "Its frame.";
}

attribute_table! { COROUTINE_ATTRIBUTES:
    "__name__" get_name, Some(set_name), "The name of the coroutine.";
    "__qualname__" get_qualname, Some(set_qualname), "The qualified name of the coroutine.";
    "cr_running" get_running, None, "Whether it runs.";
    "cr_suspended" get_suspended, None, "Whether it waits at an await.";
    "cr_code" get_code, None, "Its code.";
    "cr_await" get_delegate, None, "What it awaits.";
    "cr_frame" get_frame, None, "Its frame.";
    "cr_origin" get_origin, None, "Where it was made, if that is tracked.";
}

attribute_table! { ASYNC_ATTRIBUTES:
    "__name__" get_name, Some(set_name), "The name of the asynchronous generator.";
    "__qualname__" get_qualname, Some(set_qualname), "The qualified name of it.";
    "ag_running" get_running, None, "Whether it runs.";
    "ag_suspended" get_suspended, None, "Whether it waits.";
    "ag_code" get_code, None, "Its code.";
    "ag_await" get_delegate, None, "What it awaits.";
    "ag_frame" get_frame, None, "Its frame.";
}

static METHODS: [MethodDef; 3] = [
    MethodDef::new(
        c"send",
        Binding::Instance,
        Native::One(send_method),
        "($self, value, /)",
        c"Goes on with a value.",
    ),
    MethodDef::new(
        c"throw",
        Binding::Instance,
        Native::Positional(throw_method),
        "($self, type, value=None, traceback=None, /)",
        c"Raises an exception where it waits.",
    ),
    MethodDef::new(c"close", Binding::Instance, Native::None(close_method), "($self, /)", c"Ends it."),
];

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    table::add_methods(thread, &GENERATOR, &METHODS)?;
    table::add_methods(thread, &COROUTINE, &METHODS)?;
    table::add_attributes(thread, &GENERATOR, &GENERATOR_ATTRIBUTES)?;
    table::add_attributes(thread, &COROUTINE, &COROUTINE_ATTRIBUTES)?;
    table::add_attributes(thread, &ASYNC_GENERATOR, &ASYNC_ATTRIBUTES)
}
