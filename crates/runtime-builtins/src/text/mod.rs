//! Text of values: `repr`, `str` and `ascii`, and the slots behind them for the built-in types. One file a
//! family. Invariant: `repr` and `str` give a string or raise, whatever a slot returns.

mod container;
mod exception;
pub mod float;
mod guard;
mod name;
mod number;
mod object;
mod string;
#[cfg(test)]
mod tests;

pub use guard::Printing;
pub use name::{module_of, qualified_name};
pub(crate) use number::max_str_digits;
pub use number::{LEAST_MAX_STR_DIGITS, int_text};
pub use string::{bytes_literal, quoted, quoted_ascii};

use taipan_object::builtin::BUILTIN_FUNCTION;
use taipan_object::cell::CELL;
use taipan_object::exception as exceptions;
use taipan_object::function::FUNCTION;
use taipan_object::method::METHOD;
use taipan_object::range::RANGE;
use taipan_object::str::PyStr;
use taipan_object::types::slots::Unary;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, descriptor, raise};

/// `repr(value)`.
pub fn repr(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let result = match value.ty().slots().repr.get() {
        Some(repr) => repr(thread, value)?,
        None => object::default_repr(thread, value)?,
    };
    result.downcast::<PyStr>().map_err(|other| not_text(thread, "__repr__", other.as_ref()))
}

/// `str(value)`.
pub fn str(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    if let Some(text) = value.get_exact::<PyStr>() {
        return Ok(Owned::new_ref(text));
    }
    if let Some(int) = value.word().as_int() {
        return PyStr::from_int(thread, int);
    }
    let Some(slot) = value.ty().slots().str.get() else { return repr(thread, value) };
    let _guard = thread.recurse(" while getting the str of an object")?;
    let result = slot(thread, value)?;
    result.downcast::<PyStr>().map_err(|other| not_text(thread, "__str__", other.as_ref()))
}

/// `ascii(value)`: `repr` with escapes for all that is not ASCII.
pub fn to_ascii(thread: &Thread, value: Ref<'_>) -> PyResult<Owned<PyStr>> {
    use std::fmt::Write;
    let text = repr(thread, value)?;
    if text.is_ascii() {
        return Ok(text);
    }
    let mut escaped = String::new();
    for c in crate::chars::code_points(&text) {
        // writing to a string does not fail
        let _ = match c {
            0..0x80 => write!(escaped, "{}", c as u8 as char),
            0x80..0x100 => write!(escaped, "\\x{c:02x}"),
            0x100..0x1_0000 => write!(escaped, "\\u{c:04x}"),
            _ => write!(escaped, "\\U{c:08x}"),
        };
    }
    PyStr::from_text(thread, &escaped)
}

#[cold]
fn not_text(thread: &Thread, name: &str, value: Ref<'_>) -> taipan_object::Raised {
    raise!(thread, TYPE_ERROR, "{name} returned non-string (type {})", value.ty().name())
}

/// The string of an ASCII or UTF-8 text.
fn ascii(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

/// Fills the slots.
pub(crate) fn install() {
    let reprs: [(&'static PyTypeObject, Unary); _] = [
        (&statics::OBJECT, object::default_repr),
        (&statics::TYPE, object::type_repr),
        (&statics::NONE_TYPE, |thread, _| ascii(thread, "None")),
        (&statics::ELLIPSIS_TYPE, |thread, _| ascii(thread, "Ellipsis")),
        (&statics::NOT_IMPLEMENTED_TYPE, |thread, _| ascii(thread, "NotImplemented")),
        (&statics::INT, number::int_repr),
        (&statics::BOOL, number::bool_repr),
        (&statics::FLOAT, number::float_repr),
        (&statics::COMPLEX, number::complex_repr),
        (&statics::STR, string::str_repr),
        (&statics::BYTES, string::bytes_repr),
        (&statics::BYTEARRAY, string::bytearray_repr),
        (&statics::TUPLE, container::tuple_repr),
        (&statics::LIST, container::list_repr),
        (&statics::DICT, container::dict_repr),
        (&statics::SET, container::set_repr),
        (&statics::FROZENSET, container::set_repr),
        (&statics::SLICE, container::slice_repr),
        (&RANGE, container::range_repr),
        (&CELL, object::cell_repr),
        (&FUNCTION, object::function_repr),
        (&BUILTIN_FUNCTION, object::builtin_repr),
        (&METHOD, object::method_repr),
        (&descriptor::method::METHOD_DESCRIPTOR, object::method_descriptor_repr),
        (&descriptor::native_class_method::CLASS_METHOD_DESCRIPTOR, object::class_method_descriptor_repr),
        (&descriptor::get_set::GETSET_DESCRIPTOR, object::getset_repr),
        (&descriptor::wrapper::WRAPPER_DESCRIPTOR, object::wrapper_repr),
        (&descriptor::member::MEMBER_DESCRIPTOR, object::member_repr),
        (&taipan_object::module::MODULE, object::module_repr),
        (&exceptions::BASE_EXCEPTION, exception::base_repr),
    ];
    for (ty, repr) in reprs {
        ty.slots().repr.set(Some(repr));
    }
    let strs: [(&'static PyTypeObject, Unary); _] = [
        (&statics::OBJECT, |thread, value| Ok(repr(thread, value)?.into_value())),
        (&statics::STR, string::str_str),
        (&exceptions::BASE_EXCEPTION, exception::base_str),
        (&exceptions::BASE_EXCEPTION_GROUP, exception::group_str),
        (&exceptions::KEY_ERROR, exception::key_error_str),
        (&exceptions::UNICODE_ENCODE_ERROR, exception::encode_error_str),
        (&exceptions::UNICODE_DECODE_ERROR, exception::decode_error_str),
        (&exceptions::UNICODE_TRANSLATE_ERROR, exception::translate_error_str),
        (&exceptions::IMPORT_ERROR, exception::import_error_str),
        (&exceptions::OS_ERROR, exception::os_error_str),
        (&exceptions::SYNTAX_ERROR, exception::syntax_error_str),
    ];
    for (ty, str) in strs {
        ty.slots().str.set(Some(str));
    }
}
