//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`: their fields, and how codecs make them.

use taipan_object::bytes::PyBytes;
use taipan_object::exception::{
    PyBaseException, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR,
};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use super::{base, receiver, set_field};
use crate::arguments::to_size;

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

/// `UnicodeEncodeError(encoding, object, start, end, reason)`; that about translation has no encoding.
pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    base::init(thread, this, arguments, names)?;
    let exception = receiver(thread, this)?;
    let first = usize::from(this.ty().is_subtype(&UNICODE_TRANSLATE_ERROR));
    let (wanted, given) = (5 - first, arguments.len());
    if wanted != given {
        return Err(raise!(thread, TYPE_ERROR, "function takes exactly {wanted} arguments ({given} given)"));
    }
    let decodes = this.ty().is_subtype(&UNICODE_DECODE_ERROR);
    let mut numbers = [0; 2];
    for (at, value) in (first..).zip(arguments) {
        match at {
            START => numbers[0] = to_size(thread, value.as_ref())?,
            END => numbers[1] = to_size(thread, value.as_ref())?,
            OBJECT if decodes => {}
            _ => check_text(thread, value.as_ref(), at + 1 - first)?,
        }
    }
    let [start, end] = numbers;
    for (at, value) in (first..).zip(arguments).filter(|(at, _)| *at != START && *at != END) {
        let value = if at == OBJECT && decodes { as_bytes(thread, value)? } else { value.clone() };
        set_field(thread, exception, at, Some(value))?;
    }
    exception.set_number(START, start);
    exception.set_number(END, end);
    Ok(())
}

fn check_text(thread: &Thread, value: Ref<'_>, number: usize) -> PyResult<()> {
    match value.get::<PyStr>() {
        Some(_) => Ok(()),
        None => {
            let got = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "argument {number} must be str, not {got}"))
        }
    }
}

fn as_bytes(thread: &Thread, value: &Value) -> PyResult<Value> {
    if value.as_ref().get::<PyBytes>().is_some() {
        return Ok(value.clone());
    }
    let bytes = taipan_object::buffer::bytes_of(thread, value.as_ref())?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

/// An exception with these fields, and `args` of the same values.
fn make(
    thread: &Thread,
    class: &'static PyTypeObject,
    encoding: &str,
    object: Value,
    (start, end): (usize, usize),
    reason: &str,
) -> PyResult<Value> {
    let exception = new_instance::<PyBaseException>(thread, class)?;
    let encoding = PyStr::from_text(thread, encoding)?.into_value();
    let reason = PyStr::from_text(thread, reason)?.into_value();
    let numbers = [Value::int(thread, start as i64)?, Value::int(thread, end as i64)?];
    let [first, last] = numbers;
    let args = PyTuple::pack(thread, [encoding.clone(), object.clone(), first, last, reason.clone()])?;
    drop(exception.set_args(args));
    set_field(thread, &exception, ENCODING, Some(encoding))?;
    set_field(thread, &exception, OBJECT, Some(object))?;
    set_field(thread, &exception, REASON, Some(reason))?;
    exception.set_number(START, start as isize);
    exception.set_number(END, end as isize);
    Ok(exception.into_value())
}

/// A `UnicodeEncodeError`.
pub fn encode_error(
    thread: &Thread,
    encoding: &str,
    text: &PyStr,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Value> {
    make(thread, &UNICODE_ENCODE_ERROR, encoding, as_ref(text).to_value(), (start, end), reason)
}

/// A `UnicodeDecodeError`; the object is `bytes`.
pub fn decode_error(
    thread: &Thread,
    encoding: &str,
    object: Value,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Value> {
    make(thread, &UNICODE_DECODE_ERROR, encoding, object, (start, end), reason)
}

/// The fields of such an exception: encoding, object, start, end, reason; none where they were deleted.
pub(crate) struct Fields {
    pub(crate) encoding: Option<Value>,
    pub(crate) object: Value,
    pub(crate) start: isize,
    pub(crate) end: isize,
    pub(crate) reason: Value,
}

/// Reads the fields.
pub(crate) fn fields(exception: &PyBaseException) -> Option<Fields> {
    Some(Fields {
        encoding: exception.field(ENCODING),
        object: exception.field(OBJECT)?,
        start: exception.number(START)?,
        end: exception.number(END)?,
        reason: exception.field(REASON)?,
    })
}
