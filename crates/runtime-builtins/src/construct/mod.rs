//! How the built-in types make their objects: what `int(…)`, `list(…)` and the others do with their arguments. One
//! file a family. Invariant: a class that derives from the type gets an instance of its own, with the same value.

mod bytes;
mod complex;
mod container;
mod float;
mod int;
mod number_text;
mod simple;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use bytes::object_bytes;
pub(crate) use complex::from_number as complex_from_number;
pub(crate) use float::from_number as float_from_number;
pub(crate) use int::{exact_index, int_of};

use taipan_object::range::RANGE;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::{Init, New};
use taipan_object::types::statics;

/// Fills the slots.
pub(crate) fn install_slots() {
    let news: [(&'static PyTypeObject, New); _] = [
        (&statics::INT, int::new),
        (&statics::BOOL, simple::new_bool),
        (&statics::FLOAT, float::new),
        (&statics::COMPLEX, complex::new),
        (&statics::STR, text::new),
        (&statics::BYTES, bytes::new),
        (&statics::BYTEARRAY, bytes::new_array),
        (&statics::TUPLE, container::new_tuple),
        (&statics::LIST, container::new_list),
        (&statics::DICT, container::new_dict),
        (&statics::SET, container::new_set),
        (&statics::FROZENSET, container::new_frozenset),
        (&statics::SLICE, simple::new_slice),
        (&RANGE, simple::new_range),
        (&statics::NONE_TYPE, simple::new_none),
        (&statics::ELLIPSIS_TYPE, simple::new_ellipsis),
        (&statics::NOT_IMPLEMENTED_TYPE, simple::new_not_implemented),
    ];
    for (ty, new) in news {
        ty.slots().new.set(Some(new));
    }
    let inits: [(&'static PyTypeObject, Init); _] = [
        (&statics::BYTEARRAY, bytes::init_array),
        (&statics::LIST, container::init_list),
        (&statics::DICT, container::init_dict),
        (&statics::SET, container::init_set),
    ];
    for (ty, init) in inits {
        ty.slots().init.set(Some(init));
    }
}
