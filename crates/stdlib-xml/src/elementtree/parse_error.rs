//! `ParseError`, a class that is made once an interpreter.

use taipan_object::dict::PyDict;
use taipan_object::exception::SYNTAX_ERROR;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics;
use taipan_object::{PyResult, Raised, Thread, Value, as_ref, protocol};
use taipan_xml::{ErrorCode, Position};

use super::state;

/// A new class of the name.
pub(super) fn make(thread: &Thread) -> PyResult<Value> {
    let namespace = PyDict::new(thread)?;
    let module = PyStr::from_text(thread, "xml.etree.ElementTree")?.into_value();
    drop(namespace.insert(thread, intern_text(thread, "__module__")?.as_ref(), module)?);
    let name = intern_text(thread, "ParseError")?.into_value();
    let bases = PyTuple::pack(thread, [as_ref(&SYNTAX_ERROR).to_value()])?.into_value();
    protocol::call(thread, as_ref(&statics::TYPE), &[name, bases, namespace.into_value()], None)
}

/// Raises one with a message.
#[cold]
pub(super) fn plain(thread: &Thread, message: &str) -> Raised {
    made(thread, message, &[]).map_or_else(|raised| raised, |error| thread.raise(error))
}

/// Raises the error of a document. The message is that of the code if there is no other.
#[cold]
pub(super) fn raise(thread: &Thread, code: ErrorCode, place: Position, message: Option<&str>) -> Raised {
    let (line, column) = (place.line, place.column);
    let message = format!("{}: line {line}, column {column}", message.unwrap_or_else(|| code.text()));
    let fields = || -> PyResult<[(&str, Value); 2]> {
        let position = [Value::uint(thread, line)?, Value::uint(thread, column)?];
        let position = PyTuple::pack(thread, position)?.into_value();
        Ok([("code", Value::small(code as i32)), ("position", position)])
    };
    let error = fields().and_then(|fields| made(thread, &message, &fields));
    error.map_or_else(|raised| raised, |error| thread.raise(error))
}

fn made(thread: &Thread, message: &str, fields: &[(&str, Value)]) -> PyResult<Value> {
    let class = state::of(thread)?.error();
    let message = PyStr::from_text(thread, message)?.into_value();
    let error = protocol::call(thread, class.as_ref(), &[message], None)?;
    for (name, value) in fields {
        let name = intern_text(thread, name)?;
        protocol::set_attribute(thread, error.as_ref(), &name, Some(value.clone()))?;
    }
    Ok(error)
}
