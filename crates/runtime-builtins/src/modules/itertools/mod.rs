//! The module `itertools`: iterators of iterators. One file a family. Invariant: an iterator whose source has come to
//! its end lets go of it.

mod chain;
mod choose;
mod count;
mod group;
mod join;
mod product;
mod select;
mod slice;
mod tee;
#[cfg(test)]
mod tests;

use taipan_object::module::PyModule;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value};

use super::{ModuleDef, add_types};
use crate::install;
use crate::methods::method_table;

method_table! { FUNCTIONS:
    Instance Positional c"tee" "($module, iterable, n=2, /)" tee::tee, c"So many iterators over the items of one.";
}

/// `itertools`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "itertools",
    doc: Some("Iterators that are made of other iterators."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| add_types(thread, module, types())),
};

/// The types of this module.
pub(super) fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    let types: [&'static PyTypeObject; _] = [
        &join::ACCUMULATE,
        &join::BATCHED,
        &chain::CHAIN,
        &choose::COMBINATIONS,
        &choose::COMBINATIONS_WITH_REPLACEMENT,
        &select::COMPRESS,
        &count::COUNT,
        &chain::CYCLE,
        &select::DROPWHILE,
        &select::FILTERFALSE,
        &group::GROUPBY,
        &group::GROUPER,
        &slice::ISLICE,
        &join::PAIRWISE,
        &choose::PERMUTATIONS,
        &product::PRODUCT,
        &count::REPEAT,
        &select::STARMAP,
        &select::TAKEWHILE,
        &tee::TEE,
        &tee::TEE_DATA,
        &join::ZIP_LONGEST,
    ];
    types.into_iter()
}

/// Puts the methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &chain::CHAIN, &chain::METHODS)?;
    crate::generics::make_generic(thread, &chain::CHAIN)?;
    install::methods(thread, &count::REPEAT, &count::REPEAT_METHODS)?;
    install::methods(thread, &tee::TEE, &tee::METHODS)
}

/// The iterator itself: the `iter` slot.
fn itself(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(this.to_value())
}
