//! Methods of `set` and `frozenset`. Results iterate in the order of CPython's: what is built from what, and in
//! which order keys are added, is as there.

pub(crate) mod algebra;

use taipan_object::exception::KEY_ERROR;
use taipan_object::set::PySet;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::FROZENSET;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

use super::method_table;

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the set again from.";
    Instance One c"add" "($self, object, /)" add, c"Adds an element.";
    Instance None c"clear" "($self, /)" clear, c"Removes all elements.";
    Instance None c"copy" "($self, /)" copy, c"A set of the same elements.";
    Instance One c"discard" "($self, object, /)" discard, c"Removes an element if it is there.";
    Instance Positional c"difference" "($self, /, *others)" algebra::difference, c"The elements that none of the others has.";
    Instance Positional c"difference_update" "($self, /, *others)" algebra::difference_update, c"Removes the elements of the others.";
    Instance Positional c"intersection" "($self, /, *others)" algebra::intersection, c"The elements that all the others have.";
    Instance Positional c"intersection_update" "($self, /, *others)" algebra::intersection_update, c"Keeps the elements that all the others have.";
    Instance One c"isdisjoint" "($self, other, /)" algebra::isdisjoint, c"Whether there is no common element.";
    Instance One c"issubset" "($self, other, /)" algebra::issubset, c"Whether the other has all elements.";
    Instance One c"issuperset" "($self, other, /)" algebra::issuperset, c"Whether all elements of the other are here.";
    Instance None c"pop" "($self, /)" pop, c"Removes some element and returns it.";
    Instance One c"remove" "($self, object, /)" remove, c"Removes an element; KeyError if it is not there.";
    Instance One c"symmetric_difference" "($self, other, /)" algebra::symmetric_difference, c"The elements that only one of the two has.";
    Instance One c"symmetric_difference_update" "($self, other, /)" algebra::symmetric_difference_update, c"Keeps the elements that only one of the two has.";
    Instance Positional c"union" "($self, /, *others)" algebra::union, c"The elements of all.";
    Instance Positional c"update" "($self, /, *others)" algebra::update, c"Adds the elements of the others.";
}

method_table! { FROZEN_METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the set again from.";
    Instance None c"copy" "($self, /)" copy, c"A set of the same elements.";
    Instance Positional c"difference" "($self, /, *others)" algebra::difference, c"The elements that none of the others has.";
    Instance Positional c"intersection" "($self, /, *others)" algebra::intersection, c"The elements that all the others have.";
    Instance One c"isdisjoint" "($self, other, /)" algebra::isdisjoint, c"Whether there is no common element.";
    Instance One c"issubset" "($self, other, /)" algebra::issubset, c"Whether the other has all elements.";
    Instance One c"issuperset" "($self, other, /)" algebra::issuperset, c"Whether all elements of the other are here.";
    Instance One c"symmetric_difference" "($self, other, /)" algebra::symmetric_difference, c"The elements that only one of the two has.";
    Instance Positional c"union" "($self, /, *others)" algebra::union, c"The elements of all.";
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PySet> {
    let found = this.get::<PySet>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'set' object expected, not '{}'", this.ty().name()))
}

/// An empty set of the kind that `this` is.
fn new_like(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PySet>> {
    if this.ty().is_subtype(&FROZENSET) { PySet::new_frozen(thread) } else { PySet::new(thread) }
}

/// A copy of the kind that `this` is.
fn copy_like(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PySet>> {
    let copy = new_like(thread, this)?;
    copy.merge(thread, receiver(thread, this)?)?;
    Ok(copy)
}

fn add(thread: &Thread, this: Ref<'_>, element: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.add(thread, element)?;
    Ok(Value::none())
}

fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(receiver(thread, this)?.take());
    Ok(Value::none())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if std::ptr::eq(this.ty(), &raw const FROZENSET) {
        return Ok(this.to_value());
    }
    Ok(copy_like(thread, this)?.into_value())
}

/// Takes an element out. A set is looked for as the frozenset of its elements.
fn take_out(thread: &Thread, set: &PySet, element: Ref<'_>) -> PyResult<Option<Value>> {
    match taipan_object::set::unhashable(element) {
        Some(unhashable) => {
            let frozen = PySet::new_frozen(thread)?;
            frozen.merge(thread, unhashable)?;
            set.discard(thread, frozen.as_ref())
        }
        None => set.discard(thread, element),
    }
}

fn discard(thread: &Thread, this: Ref<'_>, element: Ref<'_>) -> PyResult<Value> {
    drop(take_out(thread, receiver(thread, this)?, element)?);
    Ok(Value::none())
}

fn remove(thread: &Thread, this: Ref<'_>, element: Ref<'_>) -> PyResult<Value> {
    match take_out(thread, receiver(thread, this)?, element)? {
        Some(removed) => {
            drop(removed);
            Ok(Value::none())
        }
        None => Err(thread.raise_value(&KEY_ERROR, element.to_value())),
    }
}

fn pop(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let popped = receiver(thread, this)?.pop();
    popped.ok_or_else(|| raise!(thread, KEY_ERROR, "pop from an empty set"))
}

/// The class, a list of the elements, and what an instance of a derived class holds besides.
fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?;
    let elements = taipan_object::list::PyList::new(thread)?;
    protocol::length_hint::extend_list(thread, &elements, this)?;
    let arguments = PyTuple::pack(thread, [elements.into_value()])?.into_value();
    let get = taipan_object::str::intern::intern_text(thread, "__getstate__")?;
    let state = protocol::call_method(thread, this, &get, &[])?;
    Ok(PyTuple::pack(thread, [taipan_object::as_ref(this.ty()).to_value(), arguments, state])?.into_value())
}
