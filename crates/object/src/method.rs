//! `method`: a function bound to an instance. C reads both fields, so they hold objects only.

use crate::error::PyResult;
use crate::items::{from_c, to_c};
use crate::layouts::object;
use crate::protocol;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::{flags, traps};
use crate::value::{Owned, Ref, Value};

object! {
    /// A bound method.
    pub struct PyMethod = METHOD METHOD_CORE "method" 48 {
        /// `__func__`.
        im_func 16: Slot,
        /// `__self__`, as an object.
        im_self 24: Slot,
        /// Weak references.
        im_weakreflist 32: Weak,
        /// For C callers.
        vectorcall 40: Call,
    }
    slots { im_func, im_self }
    flags flags::HAVE_VECTORCALL, dict 0, weak 32,
    does { call: call_method }
}

impl PyMethod {
    /// A method.
    pub fn new(thread: &Thread, function: Value, this: Value) -> PyResult<Owned<PyMethod>> {
        let this = to_c(thread, this)?;
        let method = PyMethod::blank(thread)?;
        method.im_func.init(function);
        method.im_self.init(this);
        method.vectorcall.set(Some(traps::Call));
        Ok(method)
    }

    /// `__func__`.
    pub fn function(&self) -> Value {
        self.im_func.get().unwrap_or_else(Value::none)
    }

    /// `__self__`.
    pub fn this(&self) -> Value {
        self.im_self.get().map_or_else(Value::none, from_c)
    }
}

/// Calls the function with `self` before the arguments. (The VM does this in its frames; this is for natives.) The function
/// may be a bound method itself, and so on: all of them are bound at once, so that the arguments are copied once.
fn call_method(
    thread: &Thread,
    method: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let Some(method) = method.get::<PyMethod>() else { return Ok(Value::not_implemented()) };
    let (mut all, mut function) = (vec![method.this()], method.function());
    while let Some(inner) = function.as_ref().get_exact::<PyMethod>() {
        all.push(inner.this());
        function = inner.function();
    }
    all.reverse();
    if all.try_reserve_exact(arguments.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    all.extend(arguments.iter().cloned());
    protocol::call(thread, function.as_ref(), &all, names)
}
