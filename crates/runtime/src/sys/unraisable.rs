//! `sys.unraisablehook`: what becomes of an exception that nobody can catch.

use super::get;
use crate::report;
use taipan_object::declare::method_table;
use taipan_object::exception::PyBaseException;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::struct_sequence::StructSequence;
use taipan_runtime_builtins::text;
use taipan_vm::interp::exceptions;

method_table! { FUNCTIONS:
    Instance One c"unraisablehook" "($module, unraisable, /)" unraisablehook, c"Shows an exception that nobody can catch.";
}

static ARGUMENTS: StructSequence = StructSequence {
    name: "UnraisableHookArgs",
    doc: "An exception that nobody can catch, and what it is about.",
    fields: &["exc_type", "exc_value", "exc_traceback", "err_msg", "object"],
    by_name_only: 0,
    is_single: false,
};

/// The hook of an interpreter.
pub(super) fn report(thread: &Thread, exception: Value, doing: Option<&str>, object: Option<Ref<'_>>) {
    if let Err(raised) = tell(thread, &exception, doing, object) {
        // there is nobody left to tell
        drop(thread.catch(raised));
    }
}

fn tell(thread: &Thread, exception: &Value, doing: Option<&str>, object: Option<Ref<'_>>) -> PyResult<()> {
    let message = match doing {
        None => None,
        Some(doing) => {
            let shown = match object {
                Some(object) => format!(" {}", shown(thread, object)),
                None => String::new(),
            };
            Some(format!("Exception ignored {doing}{shown}"))
        }
    };
    let object = if doing.is_none() { object } else { None };
    let hook = get(thread, "unraisablehook")?.filter(|hook| !hook.as_ref().is_none());
    let own = get(thread, "__unraisablehook__")?;
    let Some(hook) = hook.filter(|hook| !own.is_some_and(|own| own.as_ref().is(hook.as_ref()))) else {
        show(thread, exception.as_ref(), message.as_deref(), object);
        return Ok(());
    };
    let arguments = arguments(thread, exception, message.as_deref(), object)?;
    if let Err(raised) = protocol::call(thread, hook.as_ref(), &[arguments], None) {
        let failed = thread.catch(raised);
        let message = "Exception ignored in sys.unraisablehook";
        show(thread, failed.as_ref(), Some(message), Some(hook.as_ref()));
    }
    Ok(())
}

fn arguments(
    thread: &Thread,
    exception: &Value,
    message: Option<&str>,
    object: Option<Ref<'_>>,
) -> PyResult<Value> {
    let class = as_ref(exception.as_ref().ty()).to_value();
    let traceback = exceptions::traceback(exception.as_ref()).unwrap_or_else(Value::none);
    let message = match message {
        Some(message) => taipan_object::str::PyStr::from_text(thread, message)?.into_value(),
        None => Value::none(),
    };
    let object = object.map_or_else(Value::none, Ref::to_value);
    let made = ARGUMENTS.class(thread)?;
    ARGUMENTS.instance(thread, &made, vec![class, exception.clone(), traceback, message, object])
}

/// The `repr` of an object, or that there is none.
fn shown(thread: &Thread, object: Ref<'_>) -> String {
    match text::repr(thread, object) {
        Ok(text) => text.to_text_lossy(),
        Err(raised) => {
            drop(thread.catch(raised));
            "<object repr() failed>".to_owned()
        }
    }
}

/// Writes an exception with its traceback to standard error.
fn show(thread: &Thread, exception: Ref<'_>, message: Option<&str>, object: Option<Ref<'_>>) {
    let first = match (message, object) {
        (Some(message), Some(object)) => format!("{message}: {}\n", shown(thread, object)),
        (Some(message), None) => format!("{message}:\n"),
        (None, Some(object)) => format!("Exception ignored in: {}\n", shown(thread, object)),
        (None, None) => String::new(),
    };
    let text = report::plain_text(thread, exception);
    report::write(thread, &format!("{first}{text}"));
}

/// The hook as Python calls it.
fn unraisablehook(thread: &Thread, _: Ref<'_>, unraisable: Ref<'_>) -> PyResult<Value> {
    let parts = unraisable.get::<PyTuple>().filter(|_| unraisable.ty().name() == ARGUMENTS.name);
    let Some(parts) = parts else {
        let message = "sys.unraisablehook argument type must be UnraisableHookArgs";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let part = |at| parts.get(at).filter(|part| !part.as_ref().is_none());
    let message = match part(3) {
        Some(message) => Some(text::str(thread, message.as_ref())?.to_text_lossy()),
        None => None,
    };
    let (exception, object) = (part(1), part(4));
    if let Some(exception) = exception.filter(|one| one.as_ref().get::<PyBaseException>().is_some()) {
        show(thread, exception.as_ref(), message.as_deref(), object.as_ref().map(Value::as_ref));
    }
    Ok(Value::none())
}
