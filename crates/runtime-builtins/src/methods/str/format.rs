//! `format` and `format_map`.

use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};

use super::receiver;
use crate::format::template::{Values, format_template, names_as_dict};

pub(super) fn format(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let named = names_as_dict(thread, named, names)?;
    let named = named.as_ref().map(|named| named.as_ref());
    let values = Values { positional: Some(positional), named };
    Ok(format_template(thread, receiver(thread, this)?, &values)?.into_value())
}

pub(super) fn format_map(thread: &Thread, this: Ref<'_>, mapping: Ref<'_>) -> PyResult<Value> {
    let values = Values { positional: None, named: Some(mapping) };
    Ok(format_template(thread, receiver(thread, this)?, &values)?.into_value())
}
