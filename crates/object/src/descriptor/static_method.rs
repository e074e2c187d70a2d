//! `staticmethod`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Value};

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
    does {}
}

impl PyStaticMethod {
    /// A static method.
    pub fn new(thread: &Thread, callable: Value) -> PyResult<Owned<PyStaticMethod>> {
        let method = PyStaticMethod::blank(thread)?;
        method.callable.init(callable);
        Ok(method)
    }
}
