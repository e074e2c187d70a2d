//! Iterators that are built in beyond those of the containers themselves: `enumerate`, `zip`, `map`, `filter`,
//! `reversed`, the iterator of `iter(callable, sentinel)`, those that walk backwards. One file a family.
//! Invariant: an iterator that has come to its end lets go of what it walked.

mod callable;
pub(crate) mod enumerate;
mod filter;
mod length_hint;
mod map;
mod reversed;
#[cfg(test)]
mod tests;
mod zip;

pub use callable::callable_iterator;
pub(crate) use reversed::{DictPart, dict_reversed, list_reversed, range_reversed};

use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, dict::PyDict, protocol};

use crate::install;

/// The types of this folder.
pub(crate) fn types() -> impl Iterator<Item = &'static PyTypeObject> {
    let types: [&'static PyTypeObject; _] = [
        &callable::CALLABLE_ITERATOR,
        &enumerate::ENUMERATE,
        &filter::FILTER,
        &map::MAP,
        &reversed::REVERSED,
        &reversed::LIST_REVERSE_ITERATOR,
        &reversed::DICT_REVERSE_KEY_ITERATOR,
        &reversed::DICT_REVERSE_VALUE_ITERATOR,
        &reversed::DICT_REVERSE_ITEM_ITERATOR,
        &zip::ZIP,
    ];
    types.into_iter()
}

/// The types that the module `builtins` shows.
pub(crate) fn public_types() -> [&'static PyTypeObject; 5] {
    [&enumerate::ENUMERATE, &filter::FILTER, &map::MAP, &reversed::REVERSED, &zip::ZIP]
}

/// Puts the methods into the types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &callable::CALLABLE_ITERATOR, &callable::METHODS)?;
    install::methods(thread, &enumerate::ENUMERATE, &enumerate::METHODS)?;
    install::methods(thread, &filter::FILTER, &filter::METHODS)?;
    install::methods(thread, &map::MAP, &map::METHODS)?;
    install::methods(thread, &zip::ZIP, &zip::METHODS)?;
    reversed::install(thread)?;
    length_hint::install(thread)
}

/// `iter` or another function of the module `builtins`, for what `__reduce__` gives.
fn builtin(thread: &Thread, name: &str) -> PyResult<Value> {
    let name = intern_text(thread, name)?;
    let builtins = thread.interp().builtins.get();
    let dict = builtins.as_ref().and_then(|dict| dict.as_ref().get::<PyDict>());
    Ok(dict.map(|dict| dict.get_str(thread, &name)).transpose()?.flatten().unwrap_or_else(Value::none))
}

/// `iter(iterable)` for the parts of an iterator, in a tuple.
fn iterators_of(thread: &Thread, iterables: &[Value]) -> PyResult<Value> {
    let mut iterators = Vec::new();
    if iterators.try_reserve_exact(iterables.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for iterable in iterables {
        iterators.push(protocol::iter(thread, iterable.as_ref())?);
    }
    Ok(PyTuple::from_values(thread, iterators)?.into_value())
}

/// A pair of a callable and its arguments: what `__reduce__` gives.
fn reduced<const N: usize>(thread: &Thread, callable: Value, arguments: [Value; N]) -> PyResult<Value> {
    let arguments = PyTuple::pack(thread, arguments)?.into_value();
    Ok(PyTuple::pack(thread, [callable, arguments])?.into_value())
}

/// The same of any number of arguments.
pub(crate) fn reduced_call(thread: &Thread, callable: Value, arguments: Vec<Value>) -> PyResult<Value> {
    let arguments = PyTuple::from_values(thread, arguments)?.into_value();
    Ok(PyTuple::pack(thread, [callable, arguments])?.into_value())
}

/// The same with a state.
fn reduced_with<const N: usize>(
    thread: &Thread,
    callable: Value,
    arguments: [Value; N],
    state: Value,
) -> PyResult<Value> {
    let arguments = PyTuple::pack(thread, arguments)?.into_value();
    Ok(PyTuple::pack(thread, [callable, arguments, state])?.into_value())
}

/// The attributes of an instance, if it has some: the state that `__reduce__` gives.
pub(crate) fn instance_state(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let get = taipan_object::str::intern::intern_text(thread, "__getstate__")?;
    protocol::call_method(thread, this, &get, &[])
}

/// The type of a value, as a value.
fn type_of(value: Ref<'_>) -> Value {
    taipan_object::as_ref(value.ty()).to_value()
}

/// The iterator itself: the `iter` slot of iterators.
fn itself(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(this.to_value())
}
