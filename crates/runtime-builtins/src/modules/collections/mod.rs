//! The module `_collections`: `deque`, `defaultdict`, `OrderedDict`, and what `namedtuple` and `Counter` need.

mod count;
mod default_dict;
mod deque;
mod ordered;
#[cfg(test)]
mod tests;
mod tuplegetter;

use taipan_object::dict::derived::{DEFAULT_DICT, ORDERED_DICT};
use taipan_object::module::PyModule;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Thread};

use super::{ModuleDef, add_types};
use crate::methods::method_table;

method_table! { FUNCTIONS:
    Instance Two c"_count_elements" "($module, mapping, iterable, /)" count::count_elements, c"Adds one to the mapping for each item.";
}

/// `_collections`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "_collections",
    doc: Some("Containers beyond those of the language."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let shown: [&'static PyTypeObject; 6] = [
        &deque::DEQUE,
        &DEFAULT_DICT,
        &ORDERED_DICT,
        &tuplegetter::TUPLEGETTER,
        &deque::DEQUE_ITERATOR,
        &deque::DEQUE_REVERSE_ITERATOR,
    ];
    add_types(thread, module, shown)
}

/// The types of this module that are not declared below this crate.
pub(super) fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    let types: [&'static PyTypeObject; _] =
        [&deque::DEQUE, &deque::DEQUE_ITERATOR, &deque::DEQUE_REVERSE_ITERATOR, &tuplegetter::TUPLEGETTER];
    types.into_iter().chain(ordered::types())
}

/// Fills slots of types that are declared below this crate.
pub(super) fn install_slots() {
    default_dict::install_slots();
    ordered::install_slots();
}

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    deque::install(thread)?;
    default_dict::install(thread)?;
    ordered::install(thread)?;
    tuplegetter::install(thread)
}
