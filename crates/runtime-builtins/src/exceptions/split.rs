//! Taking exception groups apart: for their methods, and for `except*`.

use taipan_object::exception::{BASE_EXCEPTION_GROUP, PyBaseException};
use taipan_object::list::PyList;
use taipan_object::protocol::{self, get_attribute, set_attribute};
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::group::{exceptions_of, is_sequence, new_group};
use crate::iterate::collect;

/// Which exceptions are looked for.
pub enum Matcher<'a> {
    /// Those of a class, or of one of a tuple.
    Type(Ref<'a>),
    /// Those for which a callable gives a true value.
    Callable(Ref<'a>),
    /// These ones: the words that stand for them.
    These(Vec<u64>),
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
    pub fn of_argument(thread: &Thread, value: Ref<'a>) -> PyResult<Matcher<'a>> {
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
            Matcher::These(words) => {
                Ok(exceptions_of(exception).is_none() && words.contains(&exception.word().bits()))
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

/// What `except* classes` does with an exception: the rest that goes on, and what the handler gets. A single
/// exception that matches comes as a group of one.
pub fn split_matching(
    thread: &Thread,
    exception: Ref<'_>,
    classes: Ref<'_>,
) -> PyResult<(Option<Value>, Option<Value>)> {
    if exception.is_none() {
        return Ok((None, None));
    }
    let is_group = exceptions_of(exception).is_some();
    if is_instance_of(exception, classes) {
        let matched = match is_group {
            true => exception.to_value(),
            false => new_group(thread, "", vec![exception.to_value()])?,
        };
        return Ok((None, Some(matched)));
    }
    if !is_group {
        return Ok((Some(exception.to_value()), None));
    }
    let split = get_attribute(thread, exception, &*intern_text(thread, "split")?)?;
    let pair = protocol::call(thread, split.as_ref(), &[classes.to_value()], None)?;
    let class = exception.ty().short_name();
    let Some(parts) = pair.as_ref().get::<PyTuple>() else {
        let got = pair.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "{class}.split must return a tuple, not {got}"));
    };
    let (Some(matched), Some(rest)) = (parts.get(0), parts.get(1)) else {
        let got = parts.len();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "{class}.split must return a 2-tuple, got tuple of size {got}"
        ));
    };
    let or_nothing = |part: Value| Some(part).filter(|part| !part.as_ref().is_none());
    Ok((or_nothing(rest), or_nothing(matched)))
}

/// What is raised after all `except*` clauses: of what the handlers raised, the parts of the original that they
/// raised again are put together as they stood in it. None if nothing is to be raised. `original` is what was caught;
/// the exceptions may be `None`.
pub fn prep_reraise_star(
    thread: &Thread,
    original: Ref<'_>,
    exceptions: &[Value],
) -> PyResult<Option<Value>> {
    let given = exceptions.iter().filter(|exception| !exception.as_ref().is_none());
    if exceptions_of(original).is_none() {
        // it was wrapped for the one clause that matched
        return Ok(given.into_iter().next().cloned());
    }
    let (again, mut raised): (Vec<Value>, Vec<Value>) =
        given.cloned().partition(|exception| has_same_story(exception.as_ref(), original));
    let mut leaves = Vec::new();
    for exception in &again {
        collect_leaves(thread, exception.as_ref(), &mut leaves)?;
    }
    if !leaves.is_empty() {
        let parts = split_recursive(thread, original, &Matcher::These(leaves), false)?;
        raised.extend(parts.matched);
    }
    match raised.len() {
        0 | 1 => Ok(raised.pop()),
        _ => new_group(thread, "", raised).map(Some),
    }
}

/// Whether two groups have the same traceback, cause and context: one is a part of the other then.
fn has_same_story(a: Ref<'_>, b: Ref<'_>) -> bool {
    if exceptions_of(a).is_none() {
        return false;
    }
    let (Some(first), Some(second)) = (a.get::<PyBaseException>(), b.get::<PyBaseException>()) else {
        return false;
    };
    let [_, _, _, own @ ..] = first.slots();
    let [_, _, _, others @ ..] = second.slots();
    own.iter().zip(others).all(|(a, b)| a.peek() == b.peek())
}

fn collect_leaves(thread: &Thread, exception: Ref<'_>, leaves: &mut Vec<u64>) -> PyResult<()> {
    let _guard = thread.recurse(" in collect_exception_group_leaf_ids")?;
    match exceptions_of(exception) {
        Some(items) => items.iter().try_for_each(|item| collect_leaves(thread, item, leaves)),
        None => {
            leaves.push(exception.word().bits());
            Ok(())
        }
    }
}
