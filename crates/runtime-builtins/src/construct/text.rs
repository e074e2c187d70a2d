//! `str(object)` and `str(bytes, encoding, errors)`.

use taipan_object::str::PyStr;
use taipan_object::str::statics;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::STR;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use crate::arguments::{Parameters, check_count};
use crate::methods::{bytes_like, text_argument};
use crate::{codecs, text};

const NEW: Parameters<3> = Parameters {
    function: "str",
    names: ["object", "encoding", "errors"],
    positional_only: 0,
    positional: 3,
    required: 0,
};

/// `str.__new__`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    if let (None, [only]) = (names, arguments)
        && std::ptr::eq(class, &raw const STR)
    {
        return Ok(text::str(thread, only.as_ref())?.into_value());
    }
    if names.is_none() {
        check_count(thread, "str", arguments.len(), 0, 3)?;
    }
    let [object, encoding, errors] = NEW.bind(thread, arguments, names)?;
    let encoding = text_argument(thread, "str", "encoding", encoding)?;
    let errors = text_argument(thread, "str", "errors", errors)?;
    let value = match object {
        None => statics::empty(),
        Some(object) if encoding.is_none() && errors.is_none() => text::str(thread, object)?,
        Some(object) => {
            let encoding = encoding.as_deref().unwrap_or("utf-8");
            decoded(thread, object, encoding, errors.as_deref().unwrap_or("strict"))?
        }
    };
    if std::ptr::eq(class, &raw const STR) {
        return Ok(value.into_value());
    }
    PyStr::derived(thread, class, &value)
}

fn decoded(thread: &Thread, object: Ref<'_>, encoding: &str, errors: &str) -> PyResult<Owned<PyStr>> {
    if object.get::<PyStr>().is_some() {
        return Err(raise!(thread, TYPE_ERROR, "decoding str is not supported"));
    }
    match bytes_like(thread, object)? {
        Some(bytes) => codecs::decode(thread, &bytes, encoding, errors),
        None => {
            let ty = object.ty().name();
            Err(raise!(thread, TYPE_ERROR, "decoding to str: need a bytes-like object, {ty} found"))
        }
    }
}
