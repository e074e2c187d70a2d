//! Special methods are looked up on the type, past the instance and past `__getattribute__`.

use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};

/// What the type of an object has under a name, not bound yet.
pub(super) struct Found {
    /// What stands in the dict, or what binding it gave.
    callable: Value,
    /// Whether the object is to be its first argument.
    unbound: bool,
}

/// A special method of an object; none if its type has none.
pub(super) fn find(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Option<Found>> {
    let Some(callable) = this.ty().lookup(thread, name)? else { return Ok(None) };
    let ty = callable.as_ref().ty();
    if ty.has_flag(flags::METHOD_DESCRIPTOR) {
        return Ok(Some(Found { callable, unbound: true }));
    }
    let callable = match ty.slots().descr_get.get() {
        Some(get) => get(thread, callable.as_ref(), Some(this), Some(as_ref(this.ty())))?,
        None => callable,
    };
    Ok(Some(Found { callable, unbound: false }))
}

impl Found {
    /// Whether it is `None`, by which a class says that it does not have the method.
    pub(super) fn is_none(&self) -> bool {
        self.callable.as_ref().is_none()
    }

    /// Calls it with a few arguments.
    pub(super) fn call<const N: usize>(
        &self,
        thread: &Thread,
        this: Ref<'_>,
        arguments: [Value; N],
    ) -> PyResult<Value> {
        if !self.unbound {
            return protocol::call(thread, self.callable.as_ref(), &arguments, None);
        }
        // those with few arguments need no room from the heap
        let mut rest = arguments.into_iter();
        let callable = self.callable.as_ref();
        match (rest.next(), rest.next(), rest.len()) {
            (None, ..) => protocol::call(thread, callable, &[this.to_value()], None),
            (Some(first), None, _) => protocol::call(thread, callable, &[this.to_value(), first], None),
            (Some(first), Some(second), 0) => {
                protocol::call(thread, callable, &[this.to_value(), first, second], None)
            }
            (Some(first), Some(second), _) => {
                let arguments: Vec<Value> = [first, second].into_iter().chain(rest).collect();
                self.call_with(thread, this, &arguments, None)
            }
        }
    }

    /// Calls it with any arguments.
    pub(super) fn call_with(
        &self,
        thread: &Thread,
        this: Ref<'_>,
        arguments: &[Value],
        names: Option<&taipan_object::tuple::PyTuple>,
    ) -> PyResult<Value> {
        if !self.unbound {
            return protocol::call(thread, self.callable.as_ref(), arguments, names);
        }
        let mut all = Vec::new();
        if all.try_reserve_exact(arguments.len() + 1).is_err() {
            return Err(thread.raise_memory_error());
        }
        all.push(this.to_value());
        all.extend(arguments.iter().cloned());
        protocol::call(thread, self.callable.as_ref(), &all, names)
    }
}

/// A special method bound to its object; none if the type has none. What `_PyObject_LookupSpecial` gives.
pub fn find_special(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    let Some(found) = this.ty().lookup(thread, name)? else { return Ok(None) };
    match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, found.as_ref(), Some(this), Some(as_ref(this.ty()))).map(Some),
        None => Ok(Some(found)),
    }
}

/// Calls a special method; none if the type has none.
pub fn call_special<const N: usize>(
    thread: &Thread,
    this: Ref<'_>,
    name: &PyStr,
    arguments: [Value; N],
) -> PyResult<Option<Value>> {
    match find(thread, this, name)? {
        Some(found) => found.call(thread, this, arguments).map(Some),
        None => Ok(None),
    }
}

/// The same where the slot says that the type has the method.
pub(super) fn call_method<const N: usize>(
    thread: &Thread,
    this: Ref<'_>,
    name: &'static PyStr,
    arguments: [Value; N],
) -> PyResult<Value> {
    match call_special(thread, this, name, arguments)? {
        Some(value) => Ok(value),
        None => Err(gone(thread, name)),
    }
}

/// The error of a slot whose method is not there: the class has the other method of the slot only
/// (`__setitem__` and no `__delitem__`), or it has gone meanwhile.
#[cold]
fn gone(thread: &Thread, name: &'static PyStr) -> taipan_object::Raised {
    thread.raise_value(&taipan_object::exception::ATTRIBUTE_ERROR, as_ref(name).to_value())
}
