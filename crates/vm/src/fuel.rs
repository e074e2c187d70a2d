//! Fuel: how many safepoints an interpreter may pass still. Each call of a Python function and each round of a loop is one.
//! Invariant: once it is used up, every safepoint raises [`OUT_OF_FUEL`], so that no handler goes on for long.

use taipan_object::exception::{BASE_EXCEPTION, error_type};
use taipan_object::thread::safepoint;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{Interp, PyResult, Thread};

/// What ends a program that has used its fuel up. It derives from `BaseException` alone.
pub static OUT_OF_FUEL: PyTypeObject = error_type("taipan.OutOfFuel\0", &BASE_EXCEPTION, &CORE);
static CORE: TypeCore = TypeCore::new(Slots::empty());

/// Gives an interpreter fuel for so many safepoints; none for any number.
pub fn set(interp: &Interp, fuel: Option<u64>) {
    interp.fuel.set(fuel.unwrap_or(0));
    match fuel {
        Some(_) => interp.request_always(safepoint::FUEL),
        None => interp.withdraw_always(safepoint::FUEL),
    }
}

/// The fuel that is left; none if there is no limit.
pub fn left(interp: &Interp) -> Option<u64> {
    interp.is_always_requested(safepoint::FUEL).then(|| interp.fuel.get())
}

/// Takes what a safepoint costs.
#[cold]
pub(crate) fn charge(thread: &Thread) -> PyResult<()> {
    let fuel = &thread.interp().fuel;
    match fuel.get().checked_sub(1) {
        Some(left) => {
            fuel.set(left);
            Ok(())
        }
        None => Err(thread.raise_message(&OUT_OF_FUEL, format_args!("the program has used up its fuel"))),
    }
}
