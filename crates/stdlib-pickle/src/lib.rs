//! The module `_pickle`: the protocols 0 to 5 of pickles (PEP 307, PEP 3154, PEP 574).
//!
//! `pickler.rs` and `save*.rs` write, `unpickler.rs` and `load*.rs` read; `opcodes.rs` has the opcodes. Invariants:
//! objects are written by recursion that looks at the native stack, and read without any; nothing of a container, of
//! a memo or of what was written so far is borrowed while Python code may run.
#![forbid(unsafe_code)]

mod buffer;
mod call;
mod errors;
mod find_class;
mod functions;
mod input;
mod load;
mod load_objects;
mod memo;
mod memo_proxy;
mod opcodes;
mod pickler;
mod save;
mod save_containers;
mod save_global;
mod save_reduce;
mod unpickler;
mod writer;

use taipan_object::module::PyModule;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};
use taipan_runtime_builtins::modules::{ModuleDef, add_types};

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 1] = [&MODULE];

static MODULE: ModuleDef = ModuleDef {
    name: "_pickle",
    doc: Some("Pickles, written and read natively."),
    functions: &functions::FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let shown: [&'static PyTypeObject; 6] = [
        &buffer::PICKLE_BUFFER,
        &pickler::PICKLER,
        &unpickler::UNPICKLER,
        &errors::PICKLE_ERROR,
        &errors::PICKLING_ERROR,
        &errors::UNPICKLING_ERROR,
    ];
    add_types(thread, module, shown)
}

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 8] = [
        &buffer::PICKLE_BUFFER,
        &pickler::PICKLER,
        &unpickler::UNPICKLER,
        &memo_proxy::PICKLER_MEMO,
        &memo_proxy::UNPICKLER_MEMO,
        &errors::PICKLE_ERROR,
        &errors::PICKLING_ERROR,
        &errors::UNPICKLING_ERROR,
    ];
    ready::ready_more(thread, &types)?;
    buffer::fill(thread)?;
    pickler::fill(thread)?;
    unpickler::fill(thread)?;
    memo_proxy::fill(thread)
}
