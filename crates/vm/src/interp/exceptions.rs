//! Raising, catching, `with`.

use super::Vm;
use crate::code::OpWord;
use crate::frame::NULL;
use taipan_object::exception::{BASE_EXCEPTION, PyBaseException};
use taipan_object::str::intern;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, PyTypeObject, Raised, Ref, Thread, Value, protocol, raise};

/// The places of an exception's slots.
const TRACEBACK: usize = 3;
const CONTEXT: usize = 4;
const CAUSE: usize = 5;

/// The exception that is being handled, by this frame or by one outside of it.
pub fn handled(thread: &Thread) -> Option<Value> {
    let mut at = thread.exc_info.get();
    // SAFETY: the chain of handlers ends with the thread's own; all of them belong to running frames.
    while let Some(item) = unsafe { at.as_ref() } {
        if let Some(value) = item.exc_value.get()
            && !value.as_ref().is_none()
        {
            return Some(value);
        }
        at = item.previous.get();
    }
    None
}

/// Sets the exception that is being handled; hands out the one before.
pub(crate) fn set_handled(thread: &Thread, exception: Option<Value>) -> Option<Value> {
    // SAFETY: as above.
    match unsafe { thread.exc_info.get().as_ref() } {
        Some(item) => item.exc_value.replace(exception),
        None => exception,
    }
}

/// The traceback of an exception.
pub fn traceback(exception: Ref<'_>) -> Option<Value> {
    exception.get::<PyBaseException>()?.slots()[TRACEBACK].get()
}

/// Sets it.
pub fn set_traceback(exception: Ref<'_>, traceback: Option<Value>) {
    if let Some(exception) = exception.get::<PyBaseException>() {
        let old = exception.slots()[TRACEBACK].replace(traceback);
        drop(old);
    }
}

/// `__context__`.
pub fn context(exception: Ref<'_>) -> Option<Value> {
    exception.get::<PyBaseException>()?.slots()[CONTEXT].get()
}

/// `__cause__`.
pub fn cause(exception: Ref<'_>) -> Option<Value> {
    exception.get::<PyBaseException>()?.slots()[CAUSE].get()
}

/// Gives an exception that is raised now its context: what is being handled. A chain that would become a circle
/// is cut.
pub fn set_context(thread: &Thread, exception: Ref<'_>) {
    let Some(handled) = handled(thread) else { return };
    let Some(this) = exception.get::<PyBaseException>() else { return };
    if handled.as_ref().is(exception) {
        return;
    }
    let (mut at, mut slow, mut odd) = (handled.clone(), handled.clone(), false);
    while let Some(next) = context(at.as_ref()) {
        if next.as_ref().is(exception) {
            if let Some(at) = at.as_ref().get::<PyBaseException>() {
                drop(at.slots()[CONTEXT].take());
            }
            break;
        }
        at = next;
        if odd && let Some(next) = context(slow.as_ref()) {
            slow = next;
        }
        odd = !odd;
        if at.as_ref().is(slow.as_ref()) {
            break;
        }
    }
    let old = this.slots()[CONTEXT].replace(Some(handled));
    drop(old);
}

fn is_exception_class(value: Ref<'_>) -> bool {
    value.get::<PyTypeObject>().is_some_and(|class| class.has_flag(flags::BASE_EXC_SUBCLASS))
}

/// Whether a value is an exception.
pub(super) fn is_exception(value: Ref<'_>) -> bool {
    value.ty().has_flag(flags::BASE_EXC_SUBCLASS)
}

/// An exception as an instance: a class is called. None if it is neither.
pub(crate) fn instance(thread: &Thread, exception: Ref<'_>) -> PyResult<Option<Value>> {
    if is_exception(exception) {
        return Ok(Some(exception.to_value()));
    }
    if !is_exception_class(exception) {
        return Ok(None);
    }
    let made = protocol::call(thread, exception, &[], None)?;
    if is_exception(made.as_ref()) {
        return Ok(Some(made));
    }
    let text = |value: Ref<'_>| -> PyResult<String> {
        let text = super::format::repr(thread, value)?;
        let text = text.as_ref().get::<taipan_object::str::PyStr>();
        Ok(text.map_or_else(String::new, |text| text.to_text_lossy()))
    };
    let (text, name) = (text(exception)?, text(taipan_object::as_ref(made.as_ref().ty()))?);
    Err(raise!(
        thread,
        TYPE_ERROR,
        "calling {text} should have returned an instance of BaseException, not {name}"
    ))
}

#[inline(never)]
pub(super) fn raise(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    if w.b() == 0 {
        return Err(match handled(thread) {
            Some(exception) => thread.raise(exception),
            None => raise!(thread, RUNTIME_ERROR, "No active exception to reraise"),
        });
    }
    let given = vm.take(w.a());
    let Some(exception) = instance(thread, given.as_ref())? else {
        return Err(raise!(thread, TYPE_ERROR, "exceptions must derive from BaseException"));
    };
    if w.b() == 2 {
        let cause = vm.take(w.a() + 1);
        let cause = match cause.as_ref().is_none() {
            true => None,
            false => match instance(thread, cause.as_ref())? {
                Some(cause) => Some(cause),
                None => {
                    let message = "exception causes must derive from BaseException";
                    return Err(raise!(thread, TYPE_ERROR, "{message}"));
                }
            },
        };
        if let Some(this) = exception.as_ref().get::<PyBaseException>() {
            this.suppress_context().set(1);
            let old = this.slots()[CAUSE].replace(cause);
            drop(old);
        }
    }
    set_context(thread, exception.as_ref());
    Err(thread.raise(exception))
}

/// Raises the exception in a slot again, as it is.
#[inline(never)]
pub(super) fn reraise(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let exception = vm.take(w.a());
    if !is_exception(exception.as_ref()) {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "what is raised again is no exception"));
    }
    Err(vm.thread.raise(exception))
}

#[inline(never)]
pub(super) fn push_exc(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let exception = vm.take(w.a());
    let before = set_handled(vm.thread, Some(exception.clone()));
    vm.put(w.a(), before.unwrap_or_else(Value::none));
    vm.put(w.a() + 1, exception);
    Ok(())
}

#[inline(never)]
pub(super) fn pop_except(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let before = vm.take(w.a());
    let before = if before.as_ref().is_none() { None } else { Some(before) };
    let over = set_handled(vm.thread, before);
    drop(over);
    Ok(())
}

/// Whether an exception is of a class, or of one of a tuple of classes.
fn matches(thread: &Thread, exception: Ref<'_>, class: Ref<'_>) -> PyResult<bool> {
    let wrong = || {
        let message = "catching classes that do not inherit from BaseException is not allowed";
        raise!(thread, TYPE_ERROR, "{message}")
    };
    if let Some(classes) = class.get::<PyTuple>() {
        if !classes.iter().all(is_exception_class) {
            return Err(wrong());
        }
        let is = |class: Ref<'_>| {
            class.get::<PyTypeObject>().is_some_and(|class| exception.ty().is_subtype(class))
        };
        return Ok(classes.iter().any(is));
    }
    match class.get::<PyTypeObject>() {
        Some(class) if class.has_flag(flags::BASE_EXC_SUBCLASS) => Ok(exception.ty().is_subtype(class)),
        _ => Err(wrong()),
    }
}

#[inline(never)]
pub(super) fn check_exc_match(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let class = vm.take(w.b());
    let matched = matches(vm.thread, vm.borrow(w.a()), class.as_ref())?;
    vm.put(w.b(), Value::bool(matched));
    Ok(())
}

// -- with ------------------------------------------------------------------------------------------

#[inline(never)]
pub(super) fn load_special(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    const NAMES: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];
    let thread = vm.thread;
    let owner = vm.take(w.a());
    let Some(text) = NAMES.get(w.b()) else {
        return Err(raise!(thread, SYSTEM_ERROR, "no such special method"));
    };
    let name = intern::intern_text(thread, text)?;
    match super::attributes::special(thread, owner.as_ref(), &name)? {
        Some((method, true)) => {
            vm.put(w.a(), method);
            vm.put(w.a() + 1, owner);
            Ok(())
        }
        Some((method, false)) => {
            vm.put(w.a(), method);
            vm.put_marker(w.a() + 1, NULL);
            Ok(())
        }
        None => Err(no_context_manager(vm, owner.as_ref(), w.b(), text)),
    }
}

#[cold]
#[inline(never)]
fn no_context_manager(vm: Vm<'_>, owner: Ref<'_>, which: usize, missed: &str) -> Raised {
    let thread = vm.thread;
    let has = |name: &str| {
        let name = intern::intern_text(thread, name).ok()?;
        owner.ty().lookup(thread, &name).ok().flatten()
    };
    let ty = owner.ty().full_name(thread);
    let (kind, other, hint) = match which {
        0 | 1 => ("context manager", ["__aenter__", "__aexit__"], "async with"),
        _ => ("asynchronous context manager", ["__enter__", "__exit__"], "with"),
    };
    let mut hint_text = format!(" (missed {missed} method)");
    if other.iter().all(|name| has(name).is_some()) {
        let supported = if which < 2 { "asynchronous context manager" } else { "context manager" };
        hint_text += &format!(" but it supports the {supported} protocol. Did you mean to use '{hint}'?");
    }
    raise!(thread, TYPE_ERROR, "'{ty}' object does not support the {kind} protocol{hint_text}")
}

/// Calls `__exit__` with the exception.
#[inline(never)]
pub(super) fn with_except_start(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let at = w.a();
    let exception = vm.borrow(at - 1).to_value();
    let class = super::class::type_of(exception.as_ref()).into_value();
    let traceback = traceback(exception.as_ref()).unwrap_or_else(Value::none);
    let exit = vm.borrow(at - 5).to_value();
    // SAFETY: a slot of the frame.
    let has_self = unsafe { *vm.slots().add(at - 4) } != NULL;
    let mut arguments = Vec::with_capacity(4);
    if has_self {
        arguments.push(vm.borrow(at - 4).to_value());
    }
    arguments.extend([class, exception, traceback]);
    let result = protocol::call(vm.thread, exit.as_ref(), &arguments, None)?;
    vm.put(at, result);
    Ok(())
}

/// Takes a group apart: the part that `except*` catches and the rest.
#[inline(never)]
pub(super) fn check_eg_match(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let class = vm.take(w.a() + 1);
    let exception = vm.take(w.a());
    let (rest, matched) = crate::groups::split_for_handler(thread, exception.as_ref(), class.as_ref())?;
    if let Some(matched) = &matched {
        drop(set_handled(thread, Some(matched.clone())));
    }
    vm.put(w.a(), rest.unwrap_or_else(Value::none));
    vm.put(w.a() + 1, matched.unwrap_or_else(Value::none));
    Ok(())
}

/// Whether a class is one that exceptions derive from, for messages of `except*`.
pub(crate) fn check_handler_class(thread: &Thread, class: Ref<'_>) -> PyResult<()> {
    let one = |class: Ref<'_>| is_exception_class(class);
    let valid = match class.get::<PyTuple>() {
        Some(classes) => classes.iter().all(one),
        None => one(class),
    };
    if valid {
        return Ok(());
    }
    let message = "catching classes that do not inherit from BaseException is not allowed";
    Err(raise!(thread, TYPE_ERROR, "{message}"))
}

/// Whether a value is an instance of `BaseException`.
pub fn is_base_exception(value: Ref<'_>) -> bool {
    value.ty().is_subtype(&BASE_EXCEPTION)
}
