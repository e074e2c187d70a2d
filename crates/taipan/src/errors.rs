//! Errors of the front end as exceptions of Python.

use taipan_diagnostics::{Diagnostic, ErrorClass};
use taipan_object::exception::PyBaseException;
use taipan_object::exception::{
    INCOMPLETE_INPUT_ERROR, INDENTATION_ERROR, LOOKUP_ERROR, MEMORY_ERROR, OVERFLOW_ERROR, RECURSION_ERROR,
    SYNTAX_ERROR, TAB_ERROR, UNICODE_DECODE_ERROR, VALUE_ERROR,
};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, PyTypeObject, Raised, Thread, Value, as_ref, protocol};

fn class(class: ErrorClass) -> &'static PyTypeObject {
    match class {
        ErrorClass::Syntax => &SYNTAX_ERROR,
        ErrorClass::IncompleteInput => &INCOMPLETE_INPUT_ERROR,
        ErrorClass::Indentation => &INDENTATION_ERROR,
        ErrorClass::Tab => &TAB_ERROR,
        ErrorClass::Memory => &MEMORY_ERROR,
        ErrorClass::Value => &VALUE_ERROR,
        ErrorClass::Overflow => &OVERFLOW_ERROR,
        ErrorClass::Recursion => &RECURSION_ERROR,
        ErrorClass::UnicodeDecode => &UNICODE_DECODE_ERROR,
        ErrorClass::Lookup => &LOOKUP_ERROR,
    }
}

/// Raises what a diagnostic says.
pub(crate) fn raise(thread: &Thread, diagnostic: &Diagnostic, filename: &Value) -> Raised {
    match make(thread, diagnostic, filename) {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

/// Raises what a diagnostic says of a text that the parser refused, which reports may look at.
pub(crate) fn raise_refusal(
    thread: &Thread,
    diagnostic: &Diagnostic,
    filename: &Value,
    text: Option<&str>,
) -> Raised {
    let noted = make(thread, diagnostic, filename).and_then(|exception| {
        if let (Some(text), Some(this)) = (text, exception.as_ref().get::<PyBaseException>())
            && exception.as_ref().ty().is_subtype(&SYNTAX_ERROR)
        {
            let text = PyStr::from_text(thread, text)?.into_value();
            let metadata = PyTuple::pack(thread, [Value::small(0), Value::small(0), text])?;
            drop(this.set_field(METADATA, Some(metadata.into_value())));
        }
        Ok(exception)
    });
    match noted {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

/// The field `_metadata` of a syntax error.
const METADATA: usize = 8;

fn make(thread: &Thread, diagnostic: &Diagnostic, filename: &Value) -> PyResult<Value> {
    let message = PyStr::from_text(thread, &diagnostic.message)?.into_value();
    let mut arguments = vec![message];
    let class = match diagnostic.class {
        // its own arguments are not known here
        ErrorClass::UnicodeDecode => &SYNTAX_ERROR,
        known => class(known),
    };
    if let Some(location) = &diagnostic.location {
        let text = match &location.text {
            Some(text) => PyStr::from_text(thread, text)?.into_value(),
            None => Value::none(),
        };
        let int = |value: i64| Value::int(thread, value);
        let items = [
            filename.clone(),
            int(location.lineno)?,
            int(location.offset)?,
            text,
            int(location.end_lineno)?,
            int(location.end_offset)?,
        ];
        arguments.push(PyTuple::pack(thread, items)?.into_value());
    }
    protocol::call(thread, as_ref(class), &arguments, None)
}
