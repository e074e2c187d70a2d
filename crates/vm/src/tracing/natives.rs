//! Calls of built-in functions from Python code, of which a function that profiles is told. Invariant: nothing is made
//! while nobody is told.

use super::{Event, frame_of, tell_profile};
use crate::frame::stacks;
use taipan_object::builtin::PyCFunction;
use taipan_object::descriptor::PyMethodDescr;
use taipan_object::{PyResult, Ref, Thread, Value};

/// Calls what may be a built-in function, whose arguments are given; tells of it.
#[cold]
#[inline(never)]
pub(crate) fn told(
    thread: &Thread,
    callable: Ref<'_>,
    arguments: &[Value],
    call: impl FnOnce() -> PyResult<Value>,
) -> PyResult<Value> {
    if stacks(thread).profile.peek().is_none() {
        return call();
    }
    let Some(function) = function_of(thread, callable, arguments) else { return call() };
    tell(thread, "c_call", &function)?;
    match call() {
        Ok(result) => tell(thread, "c_return", &function).map(|()| result),
        Err(raised) => {
            let exception = thread.catch(raised);
            tell(thread, "c_exception", &function)?;
            Err(thread.raise(exception))
        }
    }
}

/// The built-in function that is called, or the method bound to its instance; none if it is something else.
fn function_of(thread: &Thread, callable: Ref<'_>, arguments: &[Value]) -> Option<Value> {
    if callable.get_exact::<PyCFunction>().is_some() {
        return Some(callable.to_value());
    }
    let method = callable.get_exact::<PyMethodDescr>()?;
    let this = arguments.first()?;
    let bind = callable.ty().slots().descr_get.get()?;
    match bind(thread, taipan_object::as_ref(method), Some(this.as_ref()), None) {
        Ok(function) => Some(function),
        // the call itself says what is wrong
        Err(raised) => {
            drop(thread.catch(raised));
            None
        }
    }
}

fn tell(thread: &Thread, event: &'static str, function: &Value) -> PyResult<()> {
    let frame = stacks(thread).current.get();
    let Some(frame) = frame_of(thread, frame)? else { return Ok(()) };
    tell_profile(thread, &frame, &Event::Native(event, function.clone()))
}
