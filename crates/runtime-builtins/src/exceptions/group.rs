//! `BaseExceptionGroup` and `ExceptionGroup`: how they are made and shown, and their methods.

use taipan_object::dict::PyDict;
use taipan_object::exception::{BASE_EXCEPTION_GROUP, EXCEPTION, EXCEPTION_GROUP, PyBaseException};
use taipan_object::list::PyList;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::split::{Matcher, split_recursive};
use super::{args_of, base, receiver, set_field, split_names};
use crate::iterate::collect;
use crate::methods::method_table;
use crate::text;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
/// How the sequence of exceptions was shown when it was no list and no tuple.
const SHOWN: usize = 2;

method_table! { METHODS:
    Instance One c"derive" "($self, excs, /)" derive, c"A group of the same message with other exceptions.";
    Instance One c"split" "($self, matcher_value, /)" split, c"The part that matches and the rest.";
    Instance One c"subgroup" "($self, matcher_value, /)" subgroup, c"The part that matches.";
}

/// `BaseExceptionGroup(message, exceptions)`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let (positional, _) = split_names(arguments, names);
    let [message, exceptions] = positional else {
        let given = positional.len();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({given} given)"
        ));
    };
    if message.as_ref().get::<PyStr>().is_none() {
        let got = message.as_ref().ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "BaseExceptionGroup.__new__() argument 1 must be str, not {got}"
        ));
    }
    if !is_sequence(exceptions.as_ref()) {
        return Err(raise!(thread, TYPE_ERROR, "second argument (exceptions) must be a sequence"));
    }
    let items = PyTuple::from_values(thread, collect(thread, exceptions.as_ref())?)?;
    let class = check_items(thread, class, &items)?;
    let group = new_instance::<PyBaseException>(thread, class)?;
    drop(group.set_args(PyTuple::from_values(thread, positional.to_vec())?));
    set_field(thread, &group, MESSAGE, Some(message.clone()))?;
    set_field(thread, &group, EXCEPTIONS, Some(items.into_value()))?;
    let is_plain = exceptions.as_ref().get_exact::<PyList>().is_some()
        || exceptions.as_ref().get_exact::<PyTuple>().is_some();
    if !is_plain {
        let shown = text::repr(thread, exceptions.as_ref())?;
        set_field(thread, &group, SHOWN, Some(shown.into_value()))?;
    }
    Ok(group.into_value())
}

/// Whether a value has items at indices.
pub(super) fn is_sequence(value: Ref<'_>) -> bool {
    let slots = value.ty().slots();
    let has_items = slots.item.get().is_some() || slots.subscript.get().is_some();
    has_items && value.get::<PyDict>().is_none()
}

/// The class that is made: a group of nothing but `Exception`s is an `ExceptionGroup`.
fn check_items<'a>(thread: &Thread, class: &'a PyTypeObject, items: &PyTuple) -> PyResult<&'a PyTypeObject> {
    if items.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "second argument (exceptions) must be a non-empty sequence"));
    }
    let mut nests_base = false;
    for (at, item) in items.iter().enumerate() {
        if item.get::<PyBaseException>().is_none() {
            return Err(raise!(
                thread,
                VALUE_ERROR,
                "Item {at} of second argument (exceptions) is not an exception"
            ));
        }
        nests_base |= !item.ty().is_subtype(&EXCEPTION);
    }
    if std::ptr::eq(class, &raw const BASE_EXCEPTION_GROUP) {
        return Ok(if nests_base { class } else { &EXCEPTION_GROUP });
    }
    if nests_base && std::ptr::eq(class, &raw const EXCEPTION_GROUP) {
        return Err(raise!(thread, TYPE_ERROR, "Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    if nests_base && class.is_subtype(&EXCEPTION) {
        let name = class.name();
        return Err(raise!(thread, TYPE_ERROR, "Cannot nest BaseExceptions in '{name}'"));
    }
    Ok(class)
}

/// `BaseExceptionGroup.__init__`.
pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    base::init(thread, this, arguments, names)
}

/// An `ExceptionGroup`, or a `BaseExceptionGroup` if that is needed.
pub fn new_group(thread: &Thread, message: &str, exceptions: Vec<Value>) -> PyResult<Value> {
    let message = PyStr::from_text(thread, message)?.into_value();
    let exceptions = PyList::from_values(thread, exceptions)?.into_value();
    new(thread, &BASE_EXCEPTION_GROUP, &[message, exceptions], None)
}

/// The exceptions of a group; none if it is no group.
pub fn exceptions_of(exception: Ref<'_>) -> Option<Owned<PyTuple>> {
    let group =
        exception.get::<PyBaseException>().filter(|_| exception.ty().is_subtype(&BASE_EXCEPTION_GROUP))?;
    group.field(EXCEPTIONS)?.downcast::<PyTuple>().ok()
}

/// `ExceptionGroup('message', [ValueError(1)])`
pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let group = receiver(thread, this)?;
    let (Some(message), Some(items)) = (group.field(MESSAGE), exceptions_of(this)) else {
        return Ok(PyStr::from_text(thread, this.ty().short_name())?.into_value());
    };
    let shown = match group.field(SHOWN).map(Value::downcast::<PyStr>) {
        Some(Ok(shown)) => shown,
        _ => {
            let args = args_of(group);
            let given = args.get(1).filter(|_| args.len() == 2);
            let is_list = given.is_some_and(|given| given.as_ref().get_exact::<PyList>().is_some());
            match is_list {
                true => {
                    let values = items.iter().map(Ref::to_value).collect::<Vec<_>>();
                    text::repr(thread, PyList::from_values(thread, values)?.as_ref())?
                }
                false => text::repr(thread, items.as_ref())?,
            }
        }
    };
    let message = text::repr(thread, message.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, this.ty().short_name())?;
    builder.push_str(thread, "(")?;
    builder.push(thread, &message)?;
    builder.push_str(thread, ", ")?;
    builder.push(thread, &shown)?;
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn derive(thread: &Thread, this: Ref<'_>, exceptions: Ref<'_>) -> PyResult<Value> {
    let message = receiver(thread, this)?.field(MESSAGE).unwrap_or_else(Value::none);
    new(thread, &BASE_EXCEPTION_GROUP, &[message, exceptions.to_value()], None)
}

fn split(thread: &Thread, this: Ref<'_>, matcher: Ref<'_>) -> PyResult<Value> {
    let matcher = Matcher::of_argument(thread, matcher)?;
    let parts = split_recursive(thread, this, &matcher, true)?;
    let or_none = |part: Option<Value>| part.unwrap_or_else(Value::none);
    Ok(PyTuple::pack(thread, [or_none(parts.matched), or_none(parts.rest)])?.into_value())
}

fn subgroup(thread: &Thread, this: Ref<'_>, matcher: Ref<'_>) -> PyResult<Value> {
    let matcher = Matcher::of_argument(thread, matcher)?;
    let parts = split_recursive(thread, this, &matcher, false)?;
    Ok(parts.matched.unwrap_or_else(Value::none))
}
