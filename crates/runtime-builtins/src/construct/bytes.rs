//! `bytes(source)` and `bytearray(source)`: of a size, a text with an encoding, a bytes-like object, an iterable of
//! integers.

use taipan_object::buffer::{all_bytes_of, is_bytes_like};
use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::protocol::{container, number::index};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::types::statics::BYTES;
use taipan_object::{PyResult, Ref, Thread, Value, exception, raise};

use crate::arguments::Parameters;
use crate::codecs;
use crate::iterate::length_hint;
use crate::methods::text_argument;
use crate::special::call_special;

const fn parameters(function: &'static str) -> Parameters<3> {
    Parameters {
        function,
        names: ["source", "encoding", "errors"],
        positional_only: 0,
        positional: 3,
        required: 0,
    }
}

/// What bytes are made of: an object, and an encoding if it is text.
struct Source<'a> {
    object: Option<Ref<'a>>,
    encoding: Option<String>,
    errors: Option<String>,
}

impl<'a> Source<'a> {
    fn read(
        thread: &Thread,
        function: &'static str,
        arguments: &'a [Value],
        names: Option<&PyTuple>,
    ) -> PyResult<Source<'a>> {
        let [object, encoding, errors] = parameters(function).bind(thread, arguments, names)?;
        let encoding = text_argument(thread, function, "encoding", encoding)?;
        let errors = text_argument(thread, function, "errors", errors)?;
        Ok(Source { object, encoding, errors })
    }
}

/// `bytes.__new__`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let source = Source::read(thread, "bytes", arguments, names)?;
    let exact = std::ptr::eq(class, &raw const BYTES);
    if exact
        && let (Some(same), None, None) = (source.object, &source.encoding, &source.errors)
        && same.get_exact::<PyBytes>().is_some()
    {
        return Ok(same.to_value());
    }
    if let (Some(object), None) = (source.object, &source.encoding)
        && source.errors.is_none()
        && let Some(made) = by_method(thread, object)?
    {
        return match made.as_ref().get::<PyBytes>() {
            Some(_) if exact => Ok(made),
            Some(bytes) => PyBytes::derived(thread, class, bytes.as_slice()),
            None => Ok(made),
        };
    }
    let bytes = bytes_from(thread, &source, "bytes")?;
    match exact {
        true => Ok(PyBytes::new(thread, &bytes)?.into_value()),
        false => PyBytes::derived(thread, class, &bytes),
    }
}

/// The bytes that `bytes(object)` has; an integer is no size here.
pub(crate) fn object_bytes(thread: &Thread, object: Ref<'_>) -> PyResult<Vec<u8>> {
    if let Some(made) = by_method(thread, object)? {
        return Ok(made.as_ref().get::<PyBytes>().map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec()));
    }
    if is_bytes_like(object) {
        return all_bytes_of(thread, object);
    }
    if object.get::<PyStr>().is_some() {
        return Err(raise!(thread, TYPE_ERROR, "cannot convert 'str' object to bytes"));
    }
    of_iterable(thread, object, "bytes")
}

/// What `__bytes__` gives, if there is one.
fn by_method(thread: &Thread, object: Ref<'_>) -> PyResult<Option<Value>> {
    if object.get_exact::<PyBytes>().is_some() {
        return Ok(None);
    }
    let name = intern_text(thread, "__bytes__")?;
    let Some(made) = call_special(thread, object, &name, [])? else { return Ok(None) };
    if made.as_ref().get::<PyBytes>().is_none() {
        let ty = made.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__bytes__ returned non-bytes (type {ty})"));
    }
    Ok(Some(made))
}

/// `bytearray.__new__`: empty.
pub(super) fn new_array(
    thread: &Thread,
    class: &PyTypeObject,
    _: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    Ok(new_instance::<PyByteArray>(thread, class)?.into_value())
}

/// `bytearray.__init__`.
pub(super) fn init_array(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let source = Source::read(thread, "bytearray", arguments, names)?;
    let Some(array) = this.get::<PyByteArray>() else { return Ok(()) };
    if !array.is_empty() {
        array.splice(thread, 0, usize::MAX, &[])?;
    }
    if let Some(object) = source.object.filter(|&object| is_iterator(object)) {
        // who gives the bytes may look at what is there so far
        return each_byte(thread, object, "byte", |byte| {
            array.splice(thread, usize::MAX, usize::MAX, &[byte])
        });
    }
    let bytes = bytes_from(thread, &source, "bytearray")?;
    array.splice(thread, 0, usize::MAX, &bytes)
}

/// Whether an object is an iterator, and nothing else that bytes are made of.
fn is_iterator(object: Ref<'_>) -> bool {
    let slots = object.ty().slots();
    slots.next.get().is_some() && slots.index.get().is_none() && !is_bytes_like(object)
}

/// The bytes that a source stands for.
fn bytes_from(thread: &Thread, source: &Source<'_>, what: &str) -> PyResult<Vec<u8>> {
    let text = source.object.and_then(|object| object.get::<PyStr>());
    if let (Some(text), Some(encoding)) = (text, &source.encoding) {
        return codecs::encode(thread, text, encoding, source.errors.as_deref().unwrap_or("strict"));
    }
    if text.is_some() {
        return Err(raise!(thread, TYPE_ERROR, "string argument without an encoding"));
    }
    if source.encoding.is_some() {
        return Err(raise!(thread, TYPE_ERROR, "encoding without a string argument"));
    }
    if source.errors.is_some() {
        return Err(raise!(thread, TYPE_ERROR, "errors without a string argument"));
    }
    let Some(object) = source.object else { return Ok(Vec::new()) };
    if let Some(size) = size_of(thread, object)? {
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(size).is_err() {
            return Err(thread.raise_memory_error());
        }
        bytes.resize(size, 0);
        return Ok(bytes);
    }
    if is_bytes_like(object) {
        return all_bytes_of(thread, object);
    }
    of_iterable(thread, object, what)
}

/// The size that an integer stands for; none if the object is no integer.
fn size_of(thread: &Thread, object: Ref<'_>) -> PyResult<Option<usize>> {
    if !object.is_int() && object.ty().slots().index.get().is_none() {
        return Ok(None);
    }
    let int = match index(thread, object) {
        Ok(int) => int,
        Err(raised) => {
            // what says that it is no integer after all may be an iterable
            let error = thread.catch(raised);
            return match error.as_ref().ty().is_subtype(&exception::TYPE_ERROR) {
                true => Ok(None),
                false => Err(thread.raise(error)),
            };
        }
    };
    match int.as_ref().to_i64() {
        Some(size) if size >= 0 => Ok(Some(size as usize)),
        Some(_) => Err(raise!(thread, VALUE_ERROR, "negative count")),
        None => {
            let ty = object.ty().name();
            Err(raise!(thread, OVERFLOW_ERROR, "cannot fit '{ty}' into an index-sized integer"))
        }
    }
}

fn of_iterable(thread: &Thread, object: Ref<'_>, what: &str) -> PyResult<Vec<u8>> {
    let slots = object.ty().slots();
    if slots.iter.get().is_none() && slots.item.get().is_none() && slots.subscript.get().is_none() {
        let ty = object.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "cannot convert '{ty}' object to {what}"));
    }
    let subject = if what == "bytes" { "bytes" } else { "byte" };
    let mut bytes = Vec::new();
    let listed = object.get_exact::<PyList>().is_some() || object.get_exact::<PyTuple>().is_some();
    let iterator = container::iter(thread, object)?;
    if !listed && what == "bytes" {
        let hint = length_hint(thread, object)?.unwrap_or(0);
        bytes.try_reserve(hint).map_err(|_| thread.raise_memory_error())?;
    }
    each_byte(thread, iterator.as_ref(), subject, |byte| {
        bytes.try_reserve(1).map_err(|_| thread.raise_memory_error())?;
        bytes.push(byte);
        Ok(())
    })?;
    Ok(bytes)
}

/// Calls `each` with the bytes of an iterator of ints.
fn each_byte(
    thread: &Thread,
    iterator: Ref<'_>,
    subject: &str,
    mut each: impl FnMut(u8) -> PyResult<()>,
) -> PyResult<()> {
    while let Some(item) = container::next(thread, iterator)? {
        let int = index(thread, item.as_ref())?;
        let Some(byte) = int.as_ref().to_i64().and_then(|byte| u8::try_from(byte).ok()) else {
            return Err(raise!(thread, VALUE_ERROR, "{subject} must be in range(0, 256)"));
        };
        each(byte)?;
    }
    Ok(())
}
