//! What a class has in its slots when it defines the methods in Python: look the method up on the type, call it,
//! check what it gives.

use taipan_object::exception::STOP_ITERATION;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::lookup::{call_method, call_special, find};

/// Methods without arguments whose result is taken as it is.
macro_rules! unary {
    ($($function:ident $name:ident;)*) => {$(
        pub(super) fn $function(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
            call_method(thread, this, names::$name.get(), [])
        }
    )*};
}

unary! {
    repr __repr__;
    str __str__;
    negative __neg__;
    positive __pos__;
    absolute __abs__;
    invert __invert__;
    int __int__;
    float __float__;
    index __index__;
    await_ __await__;
    aiter __aiter__;
    anext __anext__;
}

pub(super) fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let Some(found) = find(thread, this, names::__hash__.get())?.filter(|found| !found.is_none()) else {
        return protocol::no_hash(thread, this);
    };
    let result = found.call(thread, this, [])?;
    if !result.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "__hash__ method should return an integer"));
    }
    match result.as_ref().to_i64() {
        Some(-1) => Ok(-2),
        Some(hash) => Ok(hash),
        None => match statics::INT.slots().hash.get() {
            Some(of_int) => of_int(thread, result.as_ref()),
            None => Ok(0),
        },
    }
}

pub(super) fn truth(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    let result = call_method(thread, this, names::__bool__.get(), [])?;
    match result.as_ref() {
        value if value.is(Value::bool(true).as_ref()) => Ok(true),
        value if value.is(Value::bool(false).as_ref()) => Ok(false),
        value => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "__bool__ should return bool, returned {ty}"))
        }
    }
}

pub(super) fn length(thread: &Thread, this: Ref<'_>) -> PyResult<usize> {
    let result = call_method(thread, this, names::__len__.get(), [])?;
    let int = protocol::index(thread, result.as_ref())?;
    match int.as_ref().to_i64().map(usize::try_from) {
        Some(Ok(length)) => Ok(length),
        None if !int.as_ref().int_to_text(16).is_some_and(|text| text.starts_with('-')) => {
            let ty = result.as_ref().ty().name();
            Err(raise!(thread, OVERFLOW_ERROR, "cannot fit '{ty}' into an index-sized integer"))
        }
        _ => Err(raise!(thread, VALUE_ERROR, "__len__() should return >= 0")),
    }
}

pub(super) fn call(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    match find(thread, this, names::__call__.get())? {
        Some(found) => found.call_with(thread, this, arguments, keywords),
        None => {
            let ty = this.ty().name();
            Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not callable"))
        }
    }
}

pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<()> {
    let Some(found) = find(thread, this, names::__init__.get())? else { return Ok(()) };
    let result = found.call_with(thread, this, arguments, keywords)?;
    if result.as_ref().is_none() {
        return Ok(());
    }
    let ty = result.as_ref().ty().name();
    Err(raise!(thread, TYPE_ERROR, "__init__() should return None, not '{ty}'"))
}

/// `__new__` is a static method: it is given the class as an argument.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    let new = protocol::get_attribute(thread, as_ref(class), names::__new__.get())?;
    let mut all = Vec::new();
    if all.try_reserve_exact(arguments.len() + 1).is_err() {
        return Err(thread.raise_memory_error());
    }
    all.push(as_ref(class).to_value());
    all.extend(arguments.iter().cloned());
    protocol::call(thread, new.as_ref(), &all, keywords)
}

pub(super) fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    call_special(thread, this, names::__del__.get(), []).map(drop)
}

pub(super) fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match find(thread, this, names::__iter__.get())?.filter(|found| !found.is_none()) {
        Some(found) => found.call(thread, this, []),
        None => {
            let ty = this.ty().name();
            Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not iterable"))
        }
    }
}

pub(super) fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    match call_method(thread, this, names::__next__.get(), []) {
        Ok(value) => Ok(Some(value)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

pub(super) fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let name: &'static PyStr = match op {
        CompareOp::Lt => names::__lt__.get(),
        CompareOp::Le => names::__le__.get(),
        CompareOp::Eq => names::__eq__.get(),
        CompareOp::Ne => names::__ne__.get(),
        CompareOp::Gt => names::__gt__.get(),
        CompareOp::Ge => names::__ge__.get(),
    };
    let result = call_special(thread, this, name, [other.to_value()])?;
    Ok(result.unwrap_or_else(Value::not_implemented))
}

pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    call_method(thread, this, names::__getitem__.get(), [key.to_value()])
}

pub(super) fn item(thread: &Thread, this: Ref<'_>, at: isize) -> PyResult<Value> {
    let at = Value::int(thread, at as i64)?;
    call_method(thread, this, names::__getitem__.get(), [at])
}

pub(super) fn set_subscript(
    thread: &Thread,
    this: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let result = match value {
        Some(value) => call_method(thread, this, names::__setitem__.get(), [key.to_value(), value]),
        None => call_method(thread, this, names::__delitem__.get(), [key.to_value()]),
    };
    result.map(drop)
}

pub(super) fn set_item(thread: &Thread, this: Ref<'_>, at: isize, value: Option<Value>) -> PyResult<()> {
    let at = Value::int(thread, at as i64)?;
    set_subscript(thread, this, at.as_ref(), value)
}

/// One that has gone, or was never there in a class that got the slot from elsewhere, leaves iteration.
pub(super) fn contains(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let Some(found) = find(thread, this, names::__contains__.get())? else {
        return protocol::container::contains_by_iteration(thread, this, wanted);
    };
    if found.is_none() {
        let ty = this.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{ty}' object is not a container"));
    }
    let result = found.call(thread, this, [wanted.to_value()])?;
    protocol::truth(thread, result.as_ref())
}

pub(super) fn descr_get(
    thread: &Thread,
    this: Ref<'_>,
    object: Option<Ref<'_>>,
    class: Option<Ref<'_>>,
) -> PyResult<Value> {
    let or_none = |value: Option<Ref<'_>>| value.map_or_else(Value::none, Ref::to_value);
    let result = call_special(thread, this, names::__get__.get(), [or_none(object), or_none(class)])?;
    Ok(result.unwrap_or_else(|| this.to_value()))
}

pub(super) fn descr_set(
    thread: &Thread,
    this: Ref<'_>,
    object: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let result = match value {
        Some(value) => call_method(thread, this, names::__set__.get(), [object.to_value(), value]),
        None => call_method(thread, this, names::__delete__.get(), [object.to_value()]),
    };
    result.map(drop)
}
