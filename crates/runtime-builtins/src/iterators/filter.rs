//! `filter`: the items for which a function gives a true value, or that are true.

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::BOOL;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

use super::{itself, reduced, type_of};
use crate::arguments::{check_count, no_keywords};
use crate::methods::method_table;
use taipan_object::declare::{native_state, receiver};

/// The function, or `None`, and the iterator.
#[derive(Default)]
pub(super) struct Filter {
    function: Slot,
    iterator: Slot,
}

native_type! {
    /// `filter`.
    pub(super) static FILTER: Filter = "filter", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Filter in FILTER: function, iterator);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the iterator again from.";
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &FILTER, arguments, names)?;
    check_count(thread, "filter", arguments.len(), 2, 2)?;
    let none = Value::none();
    let (function, iterable) = (arguments.first().unwrap_or(&none), arguments.get(1).unwrap_or(&none));
    let iterator = protocol::iter(thread, iterable.as_ref())?;
    let state = Filter { function: Slot::new(function.clone()), iterator: Slot::new(iterator) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Filter>(thread, this)?;
    let (Some(function), Some(iterator)) = (this.function.get(), this.iterator.get()) else {
        return Ok(None);
    };
    let by_truth = function.as_ref().is_none() || function.as_ref().is(as_ref(&BOOL));
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        let passes = if by_truth {
            protocol::truth(thread, item.as_ref())?
        } else {
            let result = protocol::call(thread, function.as_ref(), std::slice::from_ref(&item), None)?;
            protocol::truth(thread, result.as_ref())?
        };
        if passes {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = type_of(this);
    let this = receiver::<Filter>(thread, this)?;
    let part = |slot: &Slot| slot.get().unwrap_or_else(Value::none);
    reduced(thread, ty, [part(&this.function), part(&this.iterator)])
}
