//! Taking exception groups apart: `split` and `subgroup`.

use taipan_object::exception::{BASE_EXCEPTION_GROUP, PyBaseException};
use taipan_object::list::PyList;
use taipan_object::protocol::{self, get_attribute, set_attribute};
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::group::{exceptions_of, is_sequence};
use crate::iterate::collect;

/// Which exceptions are looked for.
pub(super) enum Matcher<'a> {
    /// Those of a class, or of one of a tuple.
    Type(Ref<'a>),
    /// Those for which a callable gives a true value.
    Callable(Ref<'a>),
}

/// The two parts of a group.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) matched: Option<Value>,
    pub(super) rest: Option<Value>,
}

fn is_exception_class(value: Ref<'_>) -> bool {
    value.get::<PyTypeObject>().is_some_and(|class| class.has_flag(flags::BASE_EXC_SUBCLASS))
}

/// Whether an exception is an instance of a class, or of one of a tuple.
pub(crate) fn is_instance_of(exception: Ref<'_>, classes: Ref<'_>) -> bool {
    if let Some(classes) = classes.get::<PyTuple>() {
        return classes.iter().any(|class| is_instance_of(exception, class));
    }
    classes.get::<PyTypeObject>().is_some_and(|class| exception.ty().is_subtype(class))
}

impl<'a> Matcher<'a> {
    /// What a value stands for that was given to `split` or `subgroup`.
    pub(super) fn of_argument(thread: &Thread, value: Ref<'a>) -> PyResult<Matcher<'a>> {
        if is_exception_class(value) {
            return Ok(Matcher::Type(value));
        }
        if let Some(classes) = value.get::<PyTuple>() {
            if classes.iter().all(is_exception_class) {
                return Ok(Matcher::Type(value));
            }
        } else if value.ty().slots().call.get().is_some() && value.get::<PyTypeObject>().is_none() {
            return Ok(Matcher::Callable(value));
        }
        Err(raise!(
            thread,
            TYPE_ERROR,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)"
        ))
    }

    fn matches(&self, thread: &Thread, exception: Ref<'_>) -> PyResult<bool> {
        match self {
            Matcher::Type(classes) => Ok(is_instance_of(exception, *classes)),
            Matcher::Callable(callable) => {
                let result = protocol::call(thread, *callable, &[exception.to_value()], None)?;
                protocol::truth(thread, result.as_ref())
            }
        }
    }
}

/// The part of an exception that matches and the rest, if that is wanted.
pub(super) fn split_recursive(
    thread: &Thread,
    exception: Ref<'_>,
    matcher: &Matcher<'_>,
    wants_rest: bool,
) -> PyResult<Parts> {
    let _guard = thread.recurse(" in exceptiongroup_split_recursive")?;
    if matcher.matches(thread, exception)? {
        return Ok(Parts { matched: Some(exception.to_value()), rest: None });
    }
    let Some(items) = exceptions_of(exception) else {
        return Ok(Parts { matched: None, rest: wants_rest.then(|| exception.to_value()) });
    };
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for item in items.iter() {
        let parts = split_recursive(thread, item, matcher, wants_rest)?;
        matched.extend(parts.matched);
        rest.extend(parts.rest);
    }
    Ok(Parts { matched: subset(thread, exception, matched)?, rest: subset(thread, exception, rest)? })
}

/// A group like another one, with some exceptions; none if there are none.
fn subset(thread: &Thread, group: Ref<'_>, exceptions: Vec<Value>) -> PyResult<Option<Value>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let list = PyList::from_values(thread, exceptions)?.into_value();
    let derive = get_attribute(thread, group, &*intern_text(thread, "derive")?)?;
    let derived = protocol::call(thread, derive.as_ref(), &[list], None)?;
    let (Some(from), Some(to)) = (
        group.get::<PyBaseException>(),
        derived
            .as_ref()
            .get::<PyBaseException>()
            .filter(|_| derived.as_ref().ty().is_subtype(&BASE_EXCEPTION_GROUP)),
    ) else {
        return Err(raise!(thread, TYPE_ERROR, "derive must return an instance of BaseExceptionGroup"));
    };
    let [.., traceback, context, cause] = from.slots();
    let [.., new_traceback, new_context, new_cause] = to.slots();
    if let Some(traceback) = traceback.get() {
        drop(new_traceback.replace(Some(traceback)));
    }
    drop(new_context.replace(context.get()));
    drop(new_cause.replace(cause.get()));
    to.suppress_context().set(1);
    copy_notes(thread, group, derived.as_ref())?;
    Ok(Some(derived))
}

fn copy_notes(thread: &Thread, from: Ref<'_>, to: Ref<'_>) -> PyResult<()> {
    let name = intern_text(thread, "__notes__")?;
    let Some(notes) = protocol::attribute::find(thread, from, &name)? else { return Ok(()) };
    // what is no sequence is left where it is
    if !is_sequence(notes.as_ref()) {
        return Ok(());
    }
    let copy = PyList::from_values(thread, collect(thread, notes.as_ref())?)?;
    set_attribute(thread, to, &name, Some(copy.into_value()))
}
