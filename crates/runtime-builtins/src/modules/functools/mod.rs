//! The module `_functools`: `partial`, `reduce`, `cmp_to_key`, `lru_cache`.

mod compare_key;
mod lru;
mod lru_key;
mod partial;
#[cfg(test)]
mod tests;

use taipan_object::exception::TYPE_ERROR;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::{ModuleDef, add, add_types};
use crate::arguments::Parameters;
use crate::methods::method_table;

method_table! { FUNCTIONS:
    Instance Keywords c"cmp_to_key" "($module, /, mycmp)" compare_key::cmp_to_key, c"A key function out of a function that compares.";
    Instance Keywords c"reduce" "($module, function, iterable, /, initial=<unrepresentable>)" reduce, c"Puts the items together, two at a time from the left.";
}

/// `_functools`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "_functools",
    doc: Some("Functions of functions."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let types: [&'static PyTypeObject; 2] = [&partial::PARTIAL, &lru::LRU_CACHE];
    add_types(thread, module, types)?;
    let placeholder: &'static PyTypeObject = &partial::PLACEHOLDER;
    add(thread, module, "_PlaceholderType", taipan_object::as_ref(placeholder).to_value())?;
    add(thread, module, "Placeholder", partial::placeholder(thread)?)
}

/// The types of this module.
pub(super) fn types() -> [&'static PyTypeObject; 4] {
    [&partial::PARTIAL, &partial::PLACEHOLDER, &compare_key::KEY_WRAPPER, &lru::LRU_CACHE]
}

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    partial::install(thread)?;
    compare_key::install(thread)?;
    lru::install(thread)
}

/// `functools.partial`.
pub(super) fn partial_class() -> &'static PyTypeObject {
    &partial::PARTIAL
}

const REDUCE: Parameters<3> = Parameters {
    function: "reduce",
    names: ["function", "iterable", "initial"],
    positional_only: 2,
    positional: 3,
    required: 2,
};

fn reduce(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [function, iterable, initial] = REDUCE.bind(thread, arguments, names)?;
    let (function, iterable) = (function.unwrap_or(this), iterable.unwrap_or(this));
    let iterator = protocol::iter(thread, iterable).map_err(|raised| {
        let exception = thread.catch(raised);
        match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
            true => raise!(thread, TYPE_ERROR, "reduce() arg 2 must support iteration"),
            false => thread.raise(exception),
        }
    })?;
    let mut result = initial.map(Ref::to_value);
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        result = Some(match result {
            None => item,
            Some(before) => protocol::call(thread, function, &[before, item], None)?,
        });
    }
    result.ok_or_else(|| raise!(thread, TYPE_ERROR, "reduce() of empty iterable with no initial value"))
}
