//! What `except*` does with exceptions and groups of them (PEP 654).

use crate::interp::{exceptions, unwind};
use taipan_object::dict::PyDict;
use taipan_object::exception::PyBaseException;
use taipan_object::list::PyList;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, protocol, raise};

/// A built-in by its name.
fn builtin(thread: &Thread, name: &str) -> PyResult<Value> {
    let key = intern::intern_text(thread, name)?;
    let builtins = thread.interp().builtins.get_as::<PyDict>();
    match builtins.map(|dict| dict.get_str(thread, &key)).transpose()?.flatten() {
        Some(value) => Ok(value),
        None => Err(raise!(thread, SYSTEM_ERROR, "no built-in {name}")),
    }
}

fn is_group(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    let group = builtin(thread, "BaseExceptionGroup")?;
    Ok(group.as_ref().get::<PyTypeObject>().is_some_and(|group| value.ty().is_subtype(group)))
}

/// A group around exceptions, which are a tuple or a list.
fn group_of(thread: &Thread, exceptions: Value) -> PyResult<Value> {
    let group = builtin(thread, "BaseExceptionGroup")?;
    let message = PyStr::from_text(thread, "")?.into_value();
    protocol::call(thread, group.as_ref(), &[message, exceptions], None)
}

fn is_of(exception: Ref<'_>, class: Ref<'_>) -> bool {
    let one =
        |class: Ref<'_>| class.get::<PyTypeObject>().is_some_and(|class| exception.ty().is_subtype(class));
    match class.get::<PyTuple>() {
        Some(classes) => classes.iter().any(one),
        None => one(class),
    }
}

/// The rest of an exception and the part of it that a handler of `class` catches.
pub(crate) fn split_for_handler(
    thread: &Thread,
    exception: Ref<'_>,
    class: Ref<'_>,
) -> PyResult<(Option<Value>, Option<Value>)> {
    exceptions::check_handler_class(thread, class)?;
    let group = builtin(thread, "BaseExceptionGroup")?;
    let is_group_class =
        |class: Ref<'_>| match (class.get::<PyTypeObject>(), group.as_ref().get::<PyTypeObject>()) {
            (Some(class), Some(group)) => class.is_subtype(group),
            _ => false,
        };
    let catches_groups = match class.get::<PyTuple>() {
        Some(classes) => classes.iter().any(is_group_class),
        None => is_group_class(class),
    };
    if catches_groups {
        let message = "catching ExceptionGroup with except* is not allowed. Use except instead.";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    if exception.is_none() {
        return Ok((None, None));
    }
    if is_of(exception, class) {
        if is_group(thread, exception)? {
            return Ok((None, Some(exception.to_value())));
        }
        let alone = PyTuple::pack(thread, [exception.to_value()])?.into_value();
        let wrapped = group_of(thread, alone)?;
        // the group arises here, where it is caught
        unwind::note_running(thread, &wrapped);
        return Ok((None, Some(wrapped)));
    }
    if !is_group(thread, exception)? {
        return Ok((Some(exception.to_value()), None));
    }
    let split = protocol::get_attribute(thread, exception, &*intern::intern_text(thread, "split")?)?;
    let pair = protocol::call(thread, split.as_ref(), &[class.to_value()], None)?;
    let ty = exception.ty().name();
    let Some(parts) = pair.as_ref().get::<PyTuple>() else {
        let got = pair.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{ty}.split must return a tuple, not {got}"));
    };
    let part = |at: usize| parts.get(at).filter(|part| !part.as_ref().is_none());
    if parts.len() < 2 {
        let got = parts.len();
        return Err(raise!(thread, TYPE_ERROR, "{ty}.split must return a 2-tuple, got tuple of size {got}"));
    }
    Ok((part(1), part(0)))
}

/// The exceptions of a group.
fn members(thread: &Thread, group: Ref<'_>) -> PyResult<Vec<Value>> {
    let found = protocol::get_attribute(thread, group, &*intern::intern_text(thread, "exceptions")?)?;
    let found = found.as_ref();
    Ok(found.get::<PyTuple>().map_or_else(Vec::new, |all| all.iter().map(Ref::to_value).collect()))
}

/// The words of all exceptions in a group that are no groups.
fn leaves(thread: &Thread, exception: Ref<'_>, into: &mut Vec<u64>) -> PyResult<()> {
    if !is_group(thread, exception)? {
        into.push(exception.word().bits());
        return Ok(());
    }
    let _guard = thread.recurse(" in a group of exceptions")?;
    for member in members(thread, exception)? {
        leaves(thread, member.as_ref(), into)?;
    }
    Ok(())
}

/// The part of a group whose leaves are among `wanted`, in the group's shape.
fn projection(thread: &Thread, group: Ref<'_>, wanted: &[u64]) -> PyResult<Option<Value>> {
    if !is_group(thread, group)? {
        return Ok(wanted.contains(&group.word().bits()).then(|| group.to_value()));
    }
    let _guard = thread.recurse(" in a group of exceptions")?;
    let mut kept = Vec::new();
    for member in members(thread, group)? {
        kept.extend(projection(thread, member.as_ref(), wanted)?);
    }
    if kept.is_empty() {
        return Ok(None);
    }
    let derive = protocol::get_attribute(thread, group, &*intern::intern_text(thread, "derive")?)?;
    let list = PyList::from_values(thread, kept)?.into_value();
    let part = protocol::call(thread, derive.as_ref(), &[list], None)?;
    if let (Some(from), Some(to)) = (group.get::<PyBaseException>(), part.as_ref().get::<PyBaseException>()) {
        for (from, to) in from.slots().into_iter().zip(to.slots()).skip(2) {
            let old = to.replace(from.get());
            drop(old);
        }
        // which every group that is a part of another one has set
        to.suppress_context().set(1);
    }
    Ok(Some(part))
}

/// Whether two exceptions have the same notes, traceback, context and cause: one is a part of the other then.
fn same_metadata(a: Ref<'_>, b: Ref<'_>) -> bool {
    match (a.get::<PyBaseException>(), b.get::<PyBaseException>()) {
        (Some(a), Some(b)) => a.slots().into_iter().zip(b.slots()).skip(2).all(|(a, b)| a.peek() == b.peek()),
        _ => false,
    }
}

/// What is raised behind all `except*` clauses: `raised` has what each of them raised and what none caught.
pub(crate) fn prepare_reraise(thread: &Thread, original: Ref<'_>, raised: Ref<'_>) -> PyResult<Value> {
    let Some(list) = raised.get::<PyList>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "not a list of exceptions"));
    };
    let all: Vec<Value> = (0..list.len()).filter_map(|at| list.get(at)).collect();
    let all: Vec<Value> = all.into_iter().filter(|value| !value.as_ref().is_none()).collect();
    if all.is_empty() {
        return Ok(Value::none());
    }
    if !is_group(thread, original)? {
        return Ok(all.into_iter().next().unwrap_or_else(Value::none));
    }
    let (again, mut new): (Vec<Value>, Vec<Value>) =
        all.into_iter().partition(|value| same_metadata(value.as_ref(), original));
    let mut wanted = Vec::new();
    for value in &again {
        leaves(thread, value.as_ref(), &mut wanted)?;
    }
    let rest = projection(thread, original, &wanted)?;
    if new.is_empty() {
        return Ok(rest.unwrap_or_else(Value::none));
    }
    new.extend(rest);
    match <[Value; 1]>::try_from(new) {
        Ok([one]) => Ok(one),
        Err(several) => group_of(thread, PyList::from_values(thread, several)?.into_value()),
    }
}
