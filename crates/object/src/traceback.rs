//! `traceback`: one entry of the way that an exception took.

use crate::error::PyResult;
use crate::layouts::object;
use crate::thread::Thread;
use crate::value::{Owned, Value};

object! {
    /// An entry of a traceback.
    pub struct PyTraceback = TRACEBACK TRACEBACK_CORE "traceback" 40 {
        /// `tb_next`.
        tb_next 16: Slot,
        /// `tb_frame`.
        tb_frame 24: Slot,
        /// `tb_lasti` and `tb_lineno`.
        tb_place 32: Ints,
    }
    slots { tb_next, tb_frame }
    flags 0, dict 0, weak 0,
    does {}
}

impl PyTraceback {
    /// An entry before `next`; a line of -1 is computed from the instruction when it is asked for.
    pub fn new(
        thread: &Thread,
        next: Option<Value>,
        frame: Value,
        instruction: i32,
        line: i32,
    ) -> PyResult<Owned<PyTraceback>> {
        let entry = PyTraceback::blank(thread)?;
        if let Some(next) = next {
            entry.tb_next.init(next);
        }
        entry.tb_frame.init(frame);
        entry.tb_place.set([instruction, line]);
        Ok(entry)
    }
}
