//! What any object can be asked: attributes, text, hash, identity, length.

use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::list::PyList;
use taipan_object::protocol::{self, get_attribute, set_attribute};
use taipan_object::str::PyStr;
use taipan_object::str::intern::{intern, intern_text};
use taipan_object::str::statics::names;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use crate::arguments::{check_count, expect_str};
use crate::iterate::collect;
use crate::special::call_special;
use crate::text;

pub(super) fn ascii(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(text::to_ascii(thread, object)?.into_value())
}

pub(super) fn repr(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(text::repr(thread, object)?.into_value())
}

pub(super) fn callable(_: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(object.ty().slots().call.get().is_some()))
}

pub(super) fn hash(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, protocol::hash(thread, object)?)
}

pub(super) fn id(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Value::uint(thread, object.word().bits())
}

pub(super) fn len(thread: &Thread, _: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, protocol::length(thread, object)? as i64)
}

pub(super) fn format(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "format", arguments.len(), 1, 2)?;
    let value = arguments.first().map_or(this, Value::as_ref);
    let spec = arguments.get(1).map(|spec| expect_str(thread, "format", "argument 2", spec.as_ref()));
    Ok(crate::format::format(thread, value, spec.transpose()?)?.into_value())
}

/// The name of an attribute, interned.
fn attribute_name(thread: &Thread, name: Ref<'_>) -> PyResult<Owned<PyStr>> {
    match name.get::<PyStr>() {
        Some(text) if name.get_exact::<PyStr>().is_some() => intern(thread, Owned::new_ref(text)),
        Some(text) => intern(thread, text.slice(thread, 0, text.len())?),
        None => {
            let ty = name.ty().name();
            Err(raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'"))
        }
    }
}

/// An attribute; none where an `AttributeError` says that there is none.
fn attribute_or_none(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    match get_attribute(thread, object, name) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

pub(super) fn getattr(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "getattr", arguments.len(), 2, 3)?;
    let part = |at: usize| arguments.get(at).map_or(this, Value::as_ref);
    let name = attribute_name(thread, part(1))?;
    let Some(default) = arguments.get(2) else { return get_attribute(thread, part(0), &name) };
    Ok(attribute_or_none(thread, part(0), &name)?.unwrap_or_else(|| default.clone()))
}

pub(super) fn hasattr(thread: &Thread, _: Ref<'_>, object: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = attribute_name(thread, name)?;
    Ok(Value::bool(attribute_or_none(thread, object, &name)?.is_some()))
}

pub(super) fn setattr(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "setattr", arguments.len(), 3, 3)?;
    let part = |at: usize| arguments.get(at).map_or(this, Value::as_ref);
    let name = attribute_name(thread, part(1))?;
    set_attribute(thread, part(0), &name, Some(part(2).to_value()))?;
    Ok(Value::none())
}

pub(super) fn delattr(thread: &Thread, _: Ref<'_>, object: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = attribute_name(thread, name)?;
    set_attribute(thread, object, &name, None)?;
    Ok(Value::none())
}

/// `dir(object)`; without an argument the names of the caller's local variables.
pub(super) fn dir(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "dir", arguments.len(), 0, 1)?;
    let Some(object) = arguments.first() else {
        let locals = (thread.interp().hooks.caller_locals.get())(thread)?;
        let keys = match locals.as_ref().get_exact::<PyDict>() {
            Some(_) => locals,
            None => {
                let keys = get_attribute(thread, locals.as_ref(), &*intern_text(thread, "keys")?)?;
                let keys = protocol::call(thread, keys.as_ref(), &[], None)?;
                if keys.as_ref().ty().slots().iter.get().is_none() {
                    let (mapping, ty) = (locals.as_ref().ty().name(), keys.as_ref().ty().name());
                    let message = format!("{mapping}.keys() returned a non-iterable (type {ty})");
                    return Err(raise!(thread, TYPE_ERROR, "{message}"));
                }
                keys
            }
        };
        let list = PyList::from_values(thread, collect(thread, keys.as_ref())?)?;
        crate::methods::sort_list(thread, &list, &[], None)?;
        return Ok(list.into_value());
    };
    let Some(found) = call_special(thread, object.as_ref(), names::__dir__.get(), [])? else {
        return Err(raise!(thread, TYPE_ERROR, "object does not provide __dir__"));
    };
    let list = PyList::from_values(thread, collect(thread, found.as_ref())?)?;
    crate::methods::sort_list(thread, &list, &[], None)?;
    Ok(list.into_value())
}

/// `vars(object)`; without an argument the caller's local variables.
pub(super) fn vars(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "vars", arguments.len(), 0, 1)?;
    let Some(object) = arguments.first() else {
        return (thread.interp().hooks.caller_locals.get())(thread);
    };
    match attribute_or_none(thread, object.as_ref(), names::__dict__.get())? {
        Some(dict) => Ok(dict),
        None => Err(raise!(thread, TYPE_ERROR, "vars() argument must have __dict__ attribute")),
    }
}
