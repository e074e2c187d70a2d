//! `tuple`, `list`, `dict`, `set`, `frozenset`.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::types::statics::{FROZENSET, LIST, TUPLE};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::arguments::{check_count, no_keywords, no_keywords_in_init};
use crate::iterate::collect;
use crate::methods::dict;
use crate::methods::set::algebra::add_all;

type Names<'a> = Option<&'a PyTuple>;

/// `tuple.__new__`.
pub(super) fn new_tuple(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &TUPLE, arguments, names)?;
    check_count(thread, "tuple", arguments.len(), 0, 1)?;
    let tuple = match arguments.first() {
        None => PyTuple::empty(),
        Some(same) if same.as_ref().get_exact::<PyTuple>().is_some() => {
            return match same.as_ref().get_exact::<PyTuple>() {
                Some(items) if !std::ptr::eq(class, &raw const TUPLE) => {
                    PyTuple::derived(thread, class, items)
                }
                _ => Ok(same.clone()),
            };
        }
        Some(iterable) => PyTuple::from_values(thread, collect(thread, iterable.as_ref())?)?,
    };
    match std::ptr::eq(class, &raw const TUPLE) {
        true => Ok(tuple.into_value()),
        false => PyTuple::derived(thread, class, &tuple),
    }
}

/// `list.__new__`: empty.
pub(super) fn new_list(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    match std::ptr::eq(class, &raw const LIST) {
        true => Ok(PyList::new(thread)?.into_value()),
        false => Ok(new_instance::<PyList>(thread, class)?.into_value()),
    }
}

/// `list.__init__`.
pub(super) fn init_list(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    let arguments = no_keywords_in_init(thread, this.ty(), &LIST, arguments, names)?;
    check_count(thread, "list", arguments.len(), 0, 1)?;
    let Some(list) = this.get::<PyList>() else { return Ok(()) };
    if !list.is_empty() {
        drop(list.take());
    }
    match arguments.first() {
        Some(iterable) => crate::methods::extend_list(thread, list, iterable.as_ref()),
        None => Ok(()),
    }
}

/// `dict.__new__`: empty.
pub(super) fn new_dict(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    Ok(new_instance::<PyDict>(thread, class)?.into_value())
}

/// `dict.__init__`.
pub(super) fn init_dict(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    dict::update_by(thread, this, arguments, names, "dict")
}

/// `set.__new__`: empty.
pub(super) fn new_set(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Names<'_>) -> PyResult<Value> {
    Ok(new_instance::<PySet>(thread, class)?.into_value())
}

/// `set.__init__`.
pub(super) fn init_set(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "set() takes no keyword arguments"));
    }
    check_count(thread, "set", arguments.len(), 0, 1)?;
    let Some(set) = this.get::<PySet>() else { return Ok(()) };
    if !set.is_empty() {
        drop(set.take());
    }
    match arguments.first() {
        Some(iterable) => add_all(thread, set, iterable.as_ref()),
        None => Ok(()),
    }
}

/// `frozenset.__new__`.
pub(super) fn new_frozenset(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &FROZENSET, arguments, names)?;
    check_count(thread, "frozenset", arguments.len(), 0, 1)?;
    let exact = std::ptr::eq(class, &raw const FROZENSET);
    if let Some(same) = arguments.first()
        && exact
        && std::ptr::eq(same.as_ref().ty(), &raw const FROZENSET)
    {
        return Ok(same.clone());
    }
    let set = if exact { PySet::new_frozen(thread)? } else { new_instance::<PySet>(thread, class)? };
    if let Some(iterable) = arguments.first() {
        add_all(thread, &set, iterable.as_ref())?;
    }
    Ok(set.into_value())
}
