//! `staticmethod`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::flags;
use crate::value::{Owned, Ref, Value};

object! {
    /// A static method.
    pub struct PyStaticMethod = STATIC_METHOD STATIC_METHOD_CORE "staticmethod" 32 {
        /// `__func__`.
        callable 16: Slot,
        /// `__dict__`.
        dict 24: Slot,
    }
    slots { callable, dict }
    flags flags::BASETYPE, dict 24, weak 0,
    does { descr_get: bind, call: call }
}

/// What it holds, bound to nothing.
fn bind(_: &Thread, method: Ref<'_>, _: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let held = method.get::<PyStaticMethod>().and_then(|method| method.callable.get());
    Ok(held.unwrap_or_else(Value::none))
}

fn call(thread: &Thread, method: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let callable = bind(thread, method, None, None)?;
    crate::protocol::call(thread, callable.as_ref(), arguments, names)
}

impl PyStaticMethod {
    /// A static method of nothing, of the type or of a class derived from it.
    pub fn empty_in(thread: &Thread, class: &crate::types::PyTypeObject) -> PyResult<Owned<PyStaticMethod>> {
        PyStaticMethod::blank_in(thread, class)
    }

    /// A static method.
    pub fn new(thread: &Thread, callable: Value) -> PyResult<Owned<PyStaticMethod>> {
        let method = PyStaticMethod::blank(thread)?;
        method.callable.init(callable);
        Ok(method)
    }
}
