//! `Context`: the values of variables.

use std::cell::Cell;

use taipan_object::dict::PyDict;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::text;

use super::variable::Variable;
use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// The values, by variable.
#[derive(Default)]
pub(super) struct Context {
    values: Slot,
    /// Whether it is entered.
    entered: Cell<bool>,
}

native_type! {
    /// `Context`.
    pub(super) static CONTEXT: Context = "_contextvars.Context", flags 0, dict false, weak true,
    does {
        new: new, length: length, subscript: subscript, contains: contains, iter: iterate, richcompare: compare,
        hash: protocol::no_hash,
    }
}

native_state!(Context in CONTEXT: values);

method_table! { METHODS:
    Instance Keywords c"run" "" run, c"Calls a function within the context.";
    Instance None c"copy" "($self, /)" copy, c"A copy.";
    Instance Positional c"get" "($self, key, default=None, /)" get, c"The value of a variable, or the default.";
    Instance None c"keys" "($self, /)" keys, c"The variables.";
    Instance None c"values" "($self, /)" values, c"The values.";
    Instance None c"items" "($self, /)" items, c"The variables with their values.";
}

fn made(thread: &Thread, values: Owned<PyDict>) -> PyResult<Owned<Native<Context>>> {
    Native::new(thread, Context { values: Slot::new(values.into_value()), entered: Cell::new(false) })
}

impl Context {
    /// The dict of the values.
    pub(super) fn dict(&self, thread: &Thread) -> PyResult<Owned<PyDict>> {
        match self.values.get().and_then(|values| values.downcast().ok()) {
            Some(dict) => Ok(dict),
            None => {
                let dict = PyDict::new(thread)?;
                drop(self.values.replace(Some(dict.clone().into_value())));
                Ok(dict)
            }
        }
    }
}

/// The context that is current.
pub(super) fn current(thread: &Thread) -> PyResult<Owned<Native<Context>>> {
    if let Some(known) = thread.context.get().and_then(|known| known.downcast().ok()) {
        return Ok(known);
    }
    let context = made(thread, PyDict::new(thread)?)?;
    context.entered.set(true);
    drop(thread.context.replace(Some(context.clone().into_value())));
    Ok(context)
}

/// A copy of the current context.
///
/// # Errors
/// When there is no memory.
pub fn copy_current(thread: &Thread) -> PyResult<Value> {
    let current = current(thread)?;
    let copied = current.dict(thread)?.copy(thread)?;
    Ok(made(thread, copied)?.into_value())
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    if !arguments.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "Context() does not accept any arguments"));
    }
    Ok(made(thread, PyDict::new(thread)?)?.into_value())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let copied = receiver::<Context>(thread, this)?.dict(thread)?.copy(thread)?;
    Ok(made(thread, copied)?.into_value())
}

fn run(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    receiver::<Context>(thread, this)?;
    let by_name = names.map_or(0, PyTuple::len);
    let Some((function, rest)) = arguments.split_first().filter(|_| arguments.len() > by_name) else {
        return Err(raise!(thread, TYPE_ERROR, "run() missing 1 required positional argument"));
    };
    within(thread, this, || protocol::call(thread, function.as_ref(), rest, names))
}

/// Does something within a context.
///
/// # Errors
/// `TypeError` if it is none, `RuntimeError` if it is entered already; else what `act` gives.
pub fn within<R>(thread: &Thread, context: Ref<'_>, act: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let this = receiver::<Context>(thread, context)?;
    // the outermost context is there before it is left
    drop(current(thread)?);
    if this.entered.replace(true) {
        let shown = text::repr(thread, context)?.to_text_lossy();
        return Err(raise!(thread, RUNTIME_ERROR, "cannot enter context: {shown} is already entered"));
    }
    let before = thread.context.replace(Some(context.to_value()));
    let result = act();
    let own = thread.context.replace(before);
    this.entered.set(false);
    drop(own);
    result
}

/// A key that must be a variable.
fn checked(thread: &Thread, key: Ref<'_>) -> PyResult<()> {
    if key.get::<Native<Variable>>().is_some() {
        return Ok(());
    }
    let shown = text::repr(thread, key)?.to_text_lossy();
    Err(raise!(thread, TYPE_ERROR, "a ContextVar key was expected, got {shown}"))
}

fn find(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Option<Value>> {
    checked(thread, key)?;
    receiver::<Context>(thread, this)?.dict(thread)?.get(thread, key)
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    match find(thread, this, key)? {
        Some(value) => Ok(value),
        None => Err(thread.raise_value(&taipan_object::exception::KEY_ERROR, key.to_value())),
    }
}

fn contains(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<bool> {
    Ok(find(thread, this, key)?.is_some())
}

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "get", arguments.len(), 1, 2)?;
    let Some(key) = arguments.first() else { return Ok(Value::none()) };
    let found = find(thread, this, key.as_ref())?;
    Ok(found.unwrap_or_else(|| arguments.get(1).cloned().unwrap_or_else(Value::none)))
}

fn length(thread: &Thread, this: Ref<'_>) -> PyResult<usize> {
    Ok(receiver::<Context>(thread, this)?.dict(thread)?.len())
}

fn of_dict(thread: &Thread, this: Ref<'_>, method: &str) -> PyResult<Value> {
    // a context that changes does not change what is walked
    let dict = receiver::<Context>(thread, this)?.dict(thread)?.copy(thread)?;
    call::method(thread, dict.as_ref(), method, &[])
}

fn keys(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    of_dict(thread, this, "keys")
}

fn values(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    of_dict(thread, this, "values")
}

fn items(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    of_dict(thread, this, "items")
}

fn iterate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let keys = keys(thread, this)?;
    protocol::iter(thread, keys.as_ref())
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(one), Some(two)) = (this.get::<Native<Context>>(), other.get::<Native<Context>>()) else {
        return Ok(Value::not_implemented());
    };
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    let (one, two) = (one.dict(thread)?, two.dict(thread)?);
    protocol::compare(thread, as_ref(&*one), as_ref(&*two), op)
}
