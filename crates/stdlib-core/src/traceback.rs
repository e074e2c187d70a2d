//! `types.TracebackType(…)`: an entry of a traceback, made by hand.

use taipan_object::traceback::{PyTraceback, TRACEBACK};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_vm::frame_object;

const NEW: Parameters<4> = Parameters {
    function: "traceback",
    names: ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"],
    positional_only: 0,
    positional: 4,
    required: 4,
};

/// Lets the type be called.
pub(crate) fn finish() {
    TRACEBACK.slots().new.set(Some(new));
    TRACEBACK.sync_slots();
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let bound = NEW.bind(thread, arguments, names)?;
    let [Some(next), Some(frame), Some(instruction), Some(line)] = bound else { return Ok(Value::none()) };
    if frame_object::state_of(frame).is_none() {
        let ty = frame.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "traceback() argument 'tb_frame' must be frame, not {ty}"));
    }
    if !next.is_none() && next.get::<PyTraceback>().is_none() {
        let ty = next.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "expected traceback object or None, got '{ty}'"));
    }
    let (instruction, line) = (to_int(thread, instruction)?, to_int(thread, line)?);
    let next = Some(next).filter(|next| !next.is_none()).map(Ref::to_value);
    Ok(PyTraceback::new(thread, next, frame.to_value(), instruction, line)?.into_value())
}
