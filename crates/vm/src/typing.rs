//! Type parameters (PEP 695): what the compiler asks of `_typing`.

use taipan_object::{PyResult, Thread, Value, raise};

fn unbuilt(thread: &Thread, what: &str) -> PyResult<Value> {
    Err(raise!(thread, SYSTEM_ERROR, "{what} are not built yet"))
}

/// The intrinsic functions of one argument that make type parameters.
pub(crate) fn intrinsic_one(thread: &Thread, number: usize, _: Value) -> PyResult<Value> {
    unbuilt(thread, if number == 11 { "type aliases" } else { "type parameters" })
}

/// Those of two arguments.
pub(crate) fn intrinsic_two(thread: &Thread, _: usize, _: Value, _: Value) -> PyResult<Value> {
    unbuilt(thread, "type parameters")
}
