//! `classmethod`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::method::PyMethod;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Ref, Value, as_ref};

object! {
    /// A class method.
    pub struct PyClassMethod = CLASS_METHOD CLASS_METHOD_CORE "classmethod" 32 {
        /// `__func__`.
        callable 16: Slot,
        /// `__dict__`.
        dict 24: Slot,
    }
    slots { callable, dict }
    flags flags::BASETYPE, dict 24, weak 0,
    does { descr_get: bind }
}

/// What it holds, bound to the class.
fn bind(
    thread: &Thread,
    method: Ref<'_>,
    object: Option<Ref<'_>>,
    class: Option<Ref<'_>>,
) -> PyResult<Value> {
    let held = method.get::<PyClassMethod>().and_then(|method| method.callable.get());
    let class = class.or(object.map(|object| as_ref(object.ty())));
    match (held, class) {
        (Some(held), Some(class)) => Ok(PyMethod::new(thread, held, class.to_value())?.into_value()),
        _ => Ok(Value::none()),
    }
}

impl PyClassMethod {
    /// A class method of nothing, of the type or of a class derived from it.
    pub fn empty_in(thread: &Thread, class: &crate::types::PyTypeObject) -> PyResult<Owned<PyClassMethod>> {
        PyClassMethod::blank_in(thread, class)
    }

    /// A class method.
    pub fn new(thread: &Thread, callable: Value) -> PyResult<Owned<PyClassMethod>> {
        let method = PyClassMethod::blank(thread)?;
        method.callable.init(callable);
        Ok(method)
    }
}
