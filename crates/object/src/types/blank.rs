//! Instances of classes whose built-in base is whole as soon as it is allocated: what constructors of the layers
//! above begin with. Invariant: only types whose objects are valid without any argument are [`Blank`].

use super::{PyTypeObject, lifecycle};
use crate::bytearray::PyByteArray;
use crate::complex::PyComplex;
use crate::dict::PyDict;
use crate::error::PyResult;
use crate::exception::PyBaseException;
use crate::list::PyList;
use crate::raise;
use crate::set::PySet;
use crate::thread::Thread;
use crate::value::{Layout, Owned};

/// A type whose objects are valid as they are allocated: an empty list, an exception without arguments.
///
/// # Safety
/// An object that [`lifecycle::allocate_instance`] gives for the type, or a class derived from it, is whole.
pub unsafe trait Blank: Layout {}

// SAFETY: no items, no memory.
unsafe impl Blank for PyList {}
// SAFETY: the type's `init` gives it the empty table.
unsafe impl Blank for PyDict {}
// SAFETY: the type's `init` makes it an empty set.
unsafe impl Blank for PySet {}
// SAFETY: no bytes, no memory.
unsafe impl Blank for PyByteArray {}
// SAFETY: two floats of zero.
unsafe impl Blank for PyComplex {}
// SAFETY: slots that are empty, numbers that are zero.
unsafe impl Blank for PyBaseException {}

/// A new instance of a class that is `T` or derives from it.
///
/// # Errors
/// `TypeError` if it does not; `MemoryError`.
pub fn new_instance<T: Blank>(thread: &Thread, class: &PyTypeObject) -> PyResult<Owned<T>> {
    if !T::is(class) {
        let (own, class) = (T::ty().name(), class.name());
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__({class}): {class} is not a subtype of {own}"));
    }
    let object = lifecycle::allocate_instance(thread, class, 0)?;
    // SAFETY: fresh, of layout `T`, and whole, as `Blank` says.
    Ok(unsafe { Owned::from_ptr(object.cast()) })
}
