//! `classmethod`.

use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::types::flags;
use crate::value::{Owned, Value};

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
    does {}
}

impl PyClassMethod {
    /// A class method.
    pub fn new(thread: &Thread, callable: Value) -> PyResult<Owned<PyClassMethod>> {
        let method = PyClassMethod::blank(thread)?;
        method.callable.init(callable);
        Ok(method)
    }
}
