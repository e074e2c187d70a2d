//! The exceptions of the module.

use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{Raised, Thread};

/// `PickleError`
pub(crate) static PICKLE_ERROR: PyTypeObject = error_type("_pickle.PickleError\0", &EXCEPTION, &PICKLE_CORE);
static PICKLE_CORE: TypeCore = TypeCore::new(Slots::empty());
/// `PicklingError`
pub(crate) static PICKLING_ERROR: PyTypeObject =
    error_type("_pickle.PicklingError\0", &PICKLE_ERROR, &PICKLING_CORE);
static PICKLING_CORE: TypeCore = TypeCore::new(Slots::empty());
/// `UnpicklingError`
pub(crate) static UNPICKLING_ERROR: PyTypeObject =
    error_type("_pickle.UnpicklingError\0", &PICKLE_ERROR, &UNPICKLING_CORE);
static UNPICKLING_CORE: TypeCore = TypeCore::new(Slots::empty());

/// Raises a `PicklingError`.
#[cold]
pub(crate) fn pickling(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&PICKLING_ERROR, format_args!("{message}"))
}

/// Raises an `UnpicklingError`.
#[cold]
pub(crate) fn unpickling(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&UNPICKLING_ERROR, format_args!("{message}"))
}
