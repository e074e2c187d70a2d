//! `callable_iterator`: the results of a callable up to a sentinel.

use taipan_object::exception::STOP_ITERATION;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol};

use super::{builtin, itself, reduced};
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// The callable and the sentinel; both none at the end.
#[derive(Default)]
pub(super) struct CallableIterator {
    callable: Slot,
    sentinel: Slot,
}

native_type! {
    /// `callable_iterator`.
    pub(super) static CALLABLE_ITERATOR: CallableIterator = "callable_iterator",
    flags taipan_object::types::flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: itself, next: next }
}

native_state!(CallableIterator in CALLABLE_ITERATOR: callable, sentinel);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
}

/// `iter(callable, sentinel)`.
pub fn callable_iterator(thread: &Thread, callable: Ref<'_>, sentinel: Ref<'_>) -> PyResult<Value> {
    let state = CallableIterator {
        callable: Slot::new(callable.to_value()),
        sentinel: Slot::new(sentinel.to_value()),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<CallableIterator>(thread, this)?;
    let Some(callable) = this.callable.get() else { return Ok(None) };
    let item = match protocol::call(thread, callable.as_ref(), &[], None) {
        Ok(item) => item,
        Err(raised) => {
            let exception = thread.catch(raised);
            if !exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
                return Err(thread.raise(exception));
            }
            finish(this);
            return Ok(None);
        }
    };
    // the call may have come to the end itself
    let Some(sentinel) = this.sentinel.get() else { return Ok(None) };
    if protocol::same_or_equal(thread, sentinel.as_ref(), item.as_ref())? {
        finish(this);
        return Ok(None);
    }
    Ok(Some(item))
}

fn finish(this: &CallableIterator) {
    drop((this.callable.take(), this.sentinel.take()));
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let iter = builtin(thread, "iter")?;
    let this = receiver::<CallableIterator>(thread, this)?;
    match (this.callable.get(), this.sentinel.get()) {
        (Some(callable), Some(sentinel)) => reduced(thread, iter, [callable, sentinel]),
        _ => reduced(thread, iter, [PyTuple::empty().into_value()]),
    }
}
