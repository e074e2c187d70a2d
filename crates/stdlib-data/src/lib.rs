//! Native modules of data structures and numbers: `array`, `_bisect`, `_heapq`, `_statistics` and `cmath`. One file or folder a module; [`fill`] makes
//! their types ready while the process is set up. Invariant: nothing of a container is borrowed across a call that may
//! run Python code: comparisons do.
#![forbid(unsafe_code)]

mod array;
mod bisect;
mod cmath;
mod heap;
mod statistics;

use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Raised, Ref, Thread, protocol, raise};
use taipan_runtime_builtins::modules::ModuleDef;

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 5] =
    [&array::MODULE, &bisect::MODULE, &cmath::MODULE, &heap::MODULE, &statistics::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: Vec<&'static PyTypeObject> = array::types().into_iter().collect();
    ready::ready_more(thread, &types)?;
    array::fill(thread)
}

/// A real number.
fn real(thread: &Thread, value: Ref<'_>) -> PyResult<f64> {
    if let Some(number) = value.to_f64().filter(|_| !value.is_int()) {
        return Ok(number);
    }
    let slots = value.ty().slots();
    if let Some(float) = slots.float.get()
        && !value.is_int()
    {
        let number = float(thread, value)?;
        return number.as_ref().to_f64().ok_or_else(|| not_real(thread, value));
    }
    if !value.is_int() && slots.index.get().is_none() {
        return Err(not_real(thread, value));
    }
    let int = protocol::number::index(thread, value)?;
    taipan_object::int::int_to_f64(thread, int.as_ref())
}

#[cold]
fn not_real(thread: &Thread, value: Ref<'_>) -> Raised {
    let ty = value.ty().short_name();
    raise!(thread, TYPE_ERROR, "must be real number, not {ty}")
}
