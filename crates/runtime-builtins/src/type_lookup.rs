//! Methods that the language looks for in the type of a value, not in the value: `__round__`, `__length_hint__`, ….

use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, exception, protocol, raise};

/// The method of a name, bound to the value; none if its type has none.
pub fn find(thread: &Thread, value: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    let Some(found) = value.ty().lookup(thread, name)? else { return Ok(None) };
    match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, found.as_ref(), Some(value), Some(as_ref(value.ty()))).map(Some),
        None => Ok(Some(found)),
    }
}

/// Calls the method of a name; none if the type has none.
pub fn call(thread: &Thread, value: Ref<'_>, name: &PyStr, arguments: &[Value]) -> PyResult<Option<Value>> {
    match find(thread, value, name)? {
        Some(method) => protocol::call(thread, method.as_ref(), arguments, None).map(Some),
        None => Ok(None),
    }
}

/// How many items an iterable is likely to have: its length, or what `__length_hint__` says; none if it says
/// nothing. It is only a hint, so it never is an error that there is none.
pub fn length_hint(thread: &Thread, value: Ref<'_>) -> PyResult<Option<usize>> {
    let slots = value.ty().slots();
    if let Some(length) = slots.length.get().or(slots.map_length.get()) {
        match length(thread, value) {
            Ok(length) => return Ok(Some(length)),
            Err(raised) => without_type_error(thread, raised)?,
        }
    }
    let hint = match call(thread, value, names::__length_hint__.get(), &[]) {
        Ok(Some(hint)) => hint,
        Ok(None) => return Ok(None),
        Err(raised) => return without_type_error(thread, raised).map(|()| None),
    };
    if hint.as_ref().is_not_implemented() {
        return Ok(None);
    }
    if !hint.as_ref().is_int() {
        let ty = hint.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "__length_hint__ must be an integer, not {ty}"));
    }
    match hint.as_ref().to_i64() {
        Some(hint) if hint >= 0 => Ok(usize::try_from(hint).ok()),
        Some(_) => Err(raise!(thread, VALUE_ERROR, "__length_hint__() should return >= 0")),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

/// Forgets a `TypeError`; other exceptions go on.
fn without_type_error(thread: &Thread, raised: taipan_object::Raised) -> PyResult<()> {
    let exception = thread.catch(raised);
    match exception.as_ref().ty().is_subtype(&exception::TYPE_ERROR) {
        true => Ok(()),
        false => Err(thread.raise(exception)),
    }
}
