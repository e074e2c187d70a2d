//! Methods of the built-in types: a folder a type, with the table of its methods in its `mod.rs`.

mod bytes;
pub(crate) mod dict;
mod float;
mod int;
mod list;
pub(crate) mod memoryview;
mod range;
pub(crate) mod set;
mod slice;
mod str;
#[cfg(test)]
mod tests;
mod tuple;

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::memoryview::MEMORYVIEW;
use taipan_object::range::RANGE;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value};

use crate::format::percent;

pub(crate) use taipan_object::declare::method_table;

pub(crate) use bytes::find::hold as hold_bytes;
pub(crate) use bytes::peek as bytes_like;
pub(crate) use list::{extend_list, sort::sort_list};
pub(crate) use str::{is_identifier, text_argument};

method_table! { SINGLETON_METHODS:
    Instance None c"__reduce__" "($self, /)" name_of_singleton, c"The name by which pickle finds the object.";
}

fn name_of_singleton(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(crate::text::repr(thread, this)?.into_value())
}

/// Fills slots that are more than a look into the layout.
pub(crate) fn install_slots() {
    statics::DICT.slots().subscript.set(Some(dict::subscript));
    statics::STR.slots().remainder.set(Some(percent::str_remainder));
    statics::BYTES.slots().remainder.set(Some(percent::bytes_remainder));
    statics::BYTEARRAY.slots().remainder.set(Some(percent::bytes_remainder));
    statics::SLICE.slots().richcompare.set(Some(slice::compare_slot));
    memoryview::install_slots();
    statics::DICT.slots().or.set(Some(dict::or));
    statics::DICT.slots().inplace_or.set(Some(dict::inplace_or));
}

/// Puts the methods into their types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    let all: [(&'static PyTypeObject, &'static [MethodDef]); _] = [
        (&statics::ELLIPSIS_TYPE, &SINGLETON_METHODS),
        (&statics::NOT_IMPLEMENTED_TYPE, &SINGLETON_METHODS),
        (&statics::INT, &int::METHODS),
        (&statics::FLOAT, &float::METHODS),
        (&statics::COMPLEX, &float::COMPLEX_METHODS),
        (&statics::STR, &str::METHODS),
        (&statics::BYTES, &bytes::METHODS),
        (&statics::BYTES, &bytes::ONLY_BYTES_METHODS),
        (&statics::BYTEARRAY, &bytes::METHODS),
        (&statics::BYTEARRAY, &bytes::ARRAY_METHODS),
        (&MEMORYVIEW, &memoryview::METHODS),
        (&statics::TUPLE, &tuple::METHODS),
        (&statics::LIST, &list::METHODS),
        (&statics::DICT, &dict::METHODS),
        (&RANGE, &range::METHODS),
        (&statics::SLICE, &slice::METHODS),
        (&statics::SET, &set::METHODS),
        (&statics::FROZENSET, &set::FROZEN_METHODS),
    ];
    all.into_iter().try_for_each(|(ty, methods)| crate::install::methods(thread, ty, methods))?;
    dict::views::install(thread)?;
    let all: [(&'static PyTypeObject, &'static [GetSetDef]); _] = [
        (&statics::INT, &int::ATTRIBUTES),
        (&statics::FLOAT, &float::ATTRIBUTES),
        (&statics::COMPLEX, &float::COMPLEX_ATTRIBUTES),
        (&MEMORYVIEW, &memoryview::ATTRIBUTES),
        (&RANGE, &range::ATTRIBUTES),
        (&statics::SLICE, &slice::ATTRIBUTES),
    ];
    all.into_iter().try_for_each(|(ty, attributes)| crate::install::attributes(thread, ty, attributes))
}
