//! The native modules that need the virtual machine, and the import machinery.
//!
//! Start with [`import`]: [`import::begin`] gives an interpreter its native modules and its library,
//! [`import::install_importlib`] and [`import::install_external`] start importlib. [`modules`] has the modules of this
//! crate, [`fill`] makes their types ready while the process is set up. One file or folder a module. Invariants:
//! nothing here knows where a library or another crate's modules come from; nothing of an object is borrowed across a
//! call that may run Python code.
#![forbid(unsafe_code)]

mod abstracts;
pub mod atexit;
mod call;
mod codecs;
mod collector;
pub mod contextvars;
mod imp;
pub mod import;
mod lsprof;
mod marshal;
mod opcode;
mod queue;
mod random;
pub mod signals;
mod structs;
mod suggestions;
mod sysconfig;
mod templates;
mod thread;
mod traceback;
mod typing;
pub mod warnings;
mod weakref;

pub use thread::{finish_threads, ident as thread_ident};
pub use warnings::{warn, warn_at};

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{Interp, PyResult, Thread};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &abstracts::MODULE,
        &atexit::MODULE,
        &codecs::MODULE,
        &collector::MODULE,
        &contextvars::MODULE,
        &imp::MODULE,
        &marshal::MODULE,
        &opcode::MODULE,
        &queue::MODULE,
        &lsprof::MODULE,
        &random::MODULE,
        &signals::MODULE,
        &structs::MODULE,
        &suggestions::MODULE,
        &sysconfig::MODULE,
        &templates::MODULE,
        &thread::MODULE,
        &typing::MODULE,
        &warnings::MODULE,
        &weakref::MODULE,
    ]
}

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let mut types: Vec<&'static PyTypeObject> = Vec::new();
    types.push(&abstracts::DATA);
    types.extend(codecs::types());
    types.extend(contextvars::types());
    types.extend(queue::types());
    types.push(&lsprof::PROFILER);
    types.push(&random::RANDOM);
    types.extend(signals::types());
    types.extend(structs::types());
    types.extend(thread::types());
    types.extend(typing::types());
    types.extend([&taipan_object::weakref::PROXY, &taipan_object::weakref::CALLABLE_PROXY]);
    taipan_vm::hooks::install(taipan_vm::hooks::Hooks {
        warn,
        type_parameter: typing::one,
        bounded_type_parameter: typing::two,
        template: taipan_runtime_builtins::t_strings::make_template,
        interpolation: taipan_runtime_builtins::t_strings::make_interpolation,
    });
    ready::ready_more(thread, &types)?;
    contextvars::fill(thread)?;
    random::fill(thread)?;
    structs::fill(thread)?;
    thread::fill(thread)?;
    typing::fill(thread)?;
    queue::fill(thread)?;
    lsprof::fill(thread)?;
    for generator in taipan_vm::interp::generator_types().into_iter().take(3) {
        taipan_runtime_builtins::generics::make_generic(thread, generator)?;
    }
    weakref::fill(thread)
}

/// Installs in a new interpreter what strings and bytes need of codecs.
pub fn prepare(interp: &Interp) {
    interp.hooks.warn.set(warn);
    interp.hooks.current_folder.set(|thread| {
        let folder = taipan_host::of(thread).current_folder().ok()?;
        String::from_utf8(folder).ok()
    });
    codecs::prepare(interp);
    signals::prepare(interp);
    thread::prepare(interp);
}

/// Completes slots that `taipan_runtime_builtins::fill` has set otherwise: comes after it.
pub fn finish() {
    traceback::finish();
    typing::finish();
}
