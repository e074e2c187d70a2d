//! The virtual machine: register code, made from verified bytecode, and the frames that it runs in.
//!
//! Start with `code/`, which says what a frame's slots hold and what an operation may do to them, then
//! `translate/` and `frame.rs`, then `interp/`. Invariant: nothing here knows a lexer, a parser or a code
//! generator; what runs was verified.
#![deny(unsafe_op_in_unsafe_fn)]

mod class_hooks;
pub mod code;
mod code_object;
pub mod frame;
mod frame_locals;
pub mod frame_object;
pub mod fuel;
mod groups;
pub mod hooks;
pub mod interp;
mod load;
mod pending;
pub mod positions;
pub mod suggest;
mod traceback_object;
pub mod tracing;
pub mod translate;

pub use load::{Program, code_object, program};

/// A safepoint: what natives that run for long pass now and then, so that signals, the collector and other threads get
/// their turn. Python code may run.
///
/// # Errors
/// What was asked to be raised: `KeyboardInterrupt`, say.
#[inline(always)]
pub fn safepoint(thread: &Thread) -> PyResult<()> {
    if thread.has_requests() { interp::safepoint(thread) } else { Ok(()) }
}

use taipan_object::types::ready;
use taipan_object::{Interp, PyResult, PyTypeObject, Thread};

/// Installs in a new interpreter what the types need of the virtual machine.
pub fn prepare(interp: &Interp) {
    class_hooks::install(interp);
    interp.hooks.end_thread.set(frame::end);
    interp.hooks.safepoint.set(interp::safepoint);
}

/// Makes the types of this crate ready and gives the types of functions what only the interpreter can do: a part
/// of what fills the static types while the process is set up.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let mut types: Vec<&'static PyTypeObject> = interp::generator_types();
    types.push(&frame_object::FRAME);
    types.push(&frame_locals::FRAME_LOCALS);
    types.push(&fuel::OUT_OF_FUEL);
    ready::ready_more(thread, &types)?;
    interp::install(thread)
}
