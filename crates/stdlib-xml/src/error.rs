//! `ExpatError`, with the number and the place of what is wrong.

use taipan_object::exception::plain_error_type;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Thread, Value, as_ref, protocol};
use taipan_xml::{ErrorCode, Position};

/// `xml.parsers.expat.ExpatError`.
pub(crate) static EXPAT_ERROR: PyTypeObject =
    plain_error_type("xml.parsers.expat.ExpatError\0", &EXPAT_ERROR_CORE);
static EXPAT_ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

/// Raises the error of a document.
#[cold]
pub(crate) fn raise_error(thread: &Thread, code: ErrorCode, place: Position) -> Raised {
    match made(thread, code, place) {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

fn made(thread: &Thread, code: ErrorCode, place: Position) -> PyResult<Value> {
    let message = format!("{}: line {}, column {}", code.text(), place.line, place.column);
    let message = PyStr::from_text(thread, &message)?.into_value();
    let exception = protocol::call(thread, as_ref(&EXPAT_ERROR), &[message], None)?;
    let numbers = [
        ("code", Value::small(code as i32)),
        ("offset", Value::uint(thread, place.column)?),
        ("lineno", Value::uint(thread, place.line)?),
    ];
    for (name, value) in numbers {
        protocol::set_attribute(thread, exception.as_ref(), &*intern_text(thread, name)?, Some(value))?;
    }
    Ok(exception)
}

/// Raises the error with a message of its own.
#[cold]
pub(crate) fn raise_message(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&EXPAT_ERROR, format_args!("{message}"))
}
