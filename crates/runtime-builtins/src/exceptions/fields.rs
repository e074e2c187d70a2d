//! Exceptions with a few fields: `StopIteration`, `SystemExit`, `ImportError`, `NameError`, `AttributeError`.

use taipan_object::dict::PyDict;
use taipan_object::exception::PyBaseException;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value};

use super::base::{filled_dict, init, reduced, set_args};
use super::{args_of, receiver, set_field, split_names};
use crate::arguments::Parameters;
use crate::methods::method_table;

method_table! { IMPORT_METHODS:
    Instance None c"__reduce__" "($self, /)" reduce_import, c"What pickle makes the exception again from.";
}

method_table! { ATTRIBUTE_METHODS:
    Instance None c"__reduce__" "($self, /)" reduce_attribute, c"What pickle makes the exception again from.";
    Instance None c"__getstate__" "($self, /)" |thread, this| Ok(attribute_state(thread, this)?.into_value()), c"The attributes.";
}

pub(super) fn stop_iteration(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    init(thread, this, arguments, names)?;
    let value = arguments.first().cloned().unwrap_or_else(Value::none);
    set_field(thread, receiver(thread, this)?, 0, Some(value))
}

pub(super) fn system_exit(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    init(thread, this, arguments, names)?;
    let exception = receiver(thread, this)?;
    let code = match arguments {
        [] => Value::none(),
        [code] => code.clone(),
        _ => args_of(exception).into_value(),
    };
    set_field(thread, exception, 0, Some(code))
}

/// `args`, and what is given by name.
fn by_name<'a, const N: usize>(
    thread: &Thread,
    exception: &PyBaseException,
    (function, parameters): (&'static str, [&'static str; N]),
    arguments: &'a [Value],
    names: Option<&PyTuple>,
) -> PyResult<([Option<Ref<'a>>; N], &'a [Value])> {
    let (positional, named) = split_names(arguments, names);
    set_args(thread, exception, positional)?;
    let parameters =
        Parameters { function, names: parameters, positional_only: 0, positional: 0, required: 0 };
    Ok((parameters.bind(thread, named, names)?, positional))
}

pub(super) fn import_error(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let exception = receiver(thread, this)?;
    let parameters = ("ImportError", ["name", "path", "name_from"]);
    let (fields, positional) = by_name(thread, exception, parameters, arguments, names)?;
    for (at, field) in fields.into_iter().enumerate() {
        set_field(thread, exception, at + 1, field.map(Ref::to_value))?;
    }
    let message = positional.first().filter(|_| positional.len() == 1);
    set_field(thread, exception, 0, message.cloned())
}

pub(super) fn name_error(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let exception = receiver(thread, this)?;
    let ([name], _) = by_name(thread, exception, ("NameError", ["name"]), arguments, names)?;
    set_field(thread, exception, 0, name.map(Ref::to_value))
}

pub(super) fn attribute_error(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let exception = receiver(thread, this)?;
    let parameters = ("AttributeError", ["name", "obj"]);
    let ([name, object], _) = by_name(thread, exception, parameters, arguments, names)?;
    set_field(thread, exception, 0, object.map(Ref::to_value))?;
    set_field(thread, exception, 1, name.map(Ref::to_value))
}

/// A copy of the instance's dict with some fields, if one of them is set.
fn state_with(thread: &Thread, this: Ref<'_>, fields: &[(&str, usize)]) -> PyResult<Option<Owned<PyDict>>> {
    let exception = receiver(thread, this)?;
    let set = fields.iter().filter_map(|&(name, at)| Some((name, exception.field(at)?)));
    let set: Vec<(&str, Value)> = set.collect();
    if set.is_empty() {
        return Ok(filled_dict(this));
    }
    let state = match filled_dict(this) {
        Some(dict) => dict.copy(thread)?,
        None => PyDict::new(thread)?,
    };
    for (name, value) in set {
        let name = intern_text(thread, name)?;
        drop(state.insert(thread, name.as_ref(), value)?);
    }
    Ok(Some(state))
}

fn reduce_import(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = state_with(thread, this, &[("name", 1), ("path", 2), ("name_from", 3)])?;
    reduced(thread, this, args_of(receiver(thread, this)?), state.map(Owned::into_value))
}

/// The object itself is left out, for it need not be one that can be pickled.
fn attribute_state(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PyDict>> {
    let state = match state_with(thread, this, &[("name", 1)])? {
        Some(state) => state.copy(thread)?,
        None => PyDict::new(thread)?,
    };
    let name = intern_text(thread, "args")?;
    let args = args_of(receiver(thread, this)?);
    drop(state.insert(thread, name.as_ref(), args.into_value())?);
    Ok(state)
}

fn reduce_attribute(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = attribute_state(thread, this)?;
    reduced(thread, this, args_of(receiver(thread, this)?), Some(state.into_value()))
}
