//! Slots of built-in types called as methods: one function a kind of method. Each is given the slot, the instance,
//! and the arguments behind it, and checks their count as CPython's wrappers do.

use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::types::slots::{
    Binary, Call, Compare, CompareOp, Contains, DescrGet, DescrSet, Finalize, GetAttr, GetBuffer, Hash, Init,
    Item, Length, Next, ReleaseBuffer, SetAttr, SetItem, SetKey, Ternary, Truth, Unary,
};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::check_count;

type Names<'a> = Option<&'a PyTuple>;

/// No names, and as many arguments as wanted.
fn exactly<'a, const N: usize>(
    thread: &Thread,
    name: &str,
    arguments: &'a [Value],
    names: Names<'_>,
) -> PyResult<&'a [Value; N]> {
    no_names(thread, name, names)?;
    let given = arguments.len();
    arguments.try_into().map_err(|_| {
        let plural = if N == 1 { "" } else { "s" };
        raise!(thread, TYPE_ERROR, "expected {N} argument{plural}, got {given}")
    })
}

/// The same with the message of those wrappers that unpack a tuple.
fn unpack<'a, const N: usize>(
    thread: &Thread,
    name: &str,
    arguments: &'a [Value],
    names: Names<'_>,
) -> PyResult<&'a [Value; N]> {
    no_names(thread, name, names)?;
    check_count(thread, name, arguments.len(), N, N)?;
    arguments.try_into().map_err(|_| raise!(thread, TYPE_ERROR, "{name} expected {N} arguments"))
}

fn no_names(thread: &Thread, name: &str, names: Names<'_>) -> PyResult<()> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "wrapper {name}() takes no keyword arguments"));
    }
    Ok(())
}

/// Kinds of one slot type: `fn(thread, slot, name, this, arguments, names)`.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($slot:ident: $ty:ty, $thread:ident, $this:ident, $count:ident [$($arg:ident),*]) $body:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $kind(
            $thread: &Thread,
            $slot: Option<$ty>,
            name: &str,
            $this: Ref<'_>,
            arguments: &[Value],
            names: Names<'_>,
        ) -> PyResult<Value> {
            let [$($arg),*] = $count($thread, name, arguments, names)?;
            let Some($slot) = $slot else { return Ok(Value::not_implemented()) };
            $body
        }
    )*};
}

kinds! {
    /// `__repr__`, `__neg__`, `__iter__`, …
    unary(slot: Unary, thread, this, exactly []) slot(thread, this);
    /// `__hash__`
    hash(slot: Hash, thread, this, exactly []) Value::int(thread, slot(thread, this)?);
    /// `__bool__`
    truth(slot: Truth, thread, this, exactly []) Ok(Value::bool(slot(thread, this)?));
    /// `__len__`
    length(slot: Length, thread, this, exactly []) Value::int(thread, slot(thread, this)? as i64);
    /// `__next__`
    next(slot: Next, thread, this, exactly []) {
        if this.ty().slots().send.get().is_some() {
            return protocol::container::next_or_raise(thread, this);
        }
        match slot(thread, this)? {
            Some(value) => Ok(value),
            None => Err(thread.raise_arguments(&taipan_object::exception::STOP_ITERATION, PyTuple::empty())),
        }
    };
    /// `__del__`
    finalize(slot: Finalize, thread, this, exactly []) slot(thread, this).map(|()| Value::none());
    /// `__add__`, `__iadd__`, `__getitem__` of a mapping
    left(slot: Binary, thread, this, exactly [other]) slot(thread, this, other.as_ref());
    /// `__radd__`
    right(slot: Binary, thread, this, exactly [other]) slot(thread, other.as_ref(), this);
    /// `__mul__` of a sequence
    repeat(slot: Item, thread, this, exactly [count]) slot(thread, this, to_count(thread, count.as_ref())?);
    /// `__getitem__` of a sequence
    item(slot: Item, thread, this, exactly [at]) slot(thread, this, position(thread, this, at.as_ref())?);
    /// `__setitem__` of a sequence
    set_item(slot: SetItem, thread, this, unpack [at, value]) {
        let at = position(thread, this, at.as_ref())?;
        slot(thread, this, at, Some(value.clone())).map(|()| Value::none())
    };
    /// `__delitem__` of a sequence
    delete_item(slot: SetItem, thread, this, exactly [at]) {
        let at = position(thread, this, at.as_ref())?;
        slot(thread, this, at, None).map(|()| Value::none())
    };
    /// `__setitem__` of a mapping
    set_key(slot: SetKey, thread, this, unpack [key, value]) {
        slot(thread, this, key.as_ref(), Some(value.clone())).map(|()| Value::none())
    };
    /// `__delitem__` of a mapping
    delete_key(slot: SetKey, thread, this, exactly [key]) {
        slot(thread, this, key.as_ref(), None).map(|()| Value::none())
    };
    /// `__buffer__`
    buffer(slot: GetBuffer, thread, this, exactly [flags]) super::buffer::view_of(thread, this, slot, flags.as_ref());
    /// `__release_buffer__`
    release_buffer(_slot: ReleaseBuffer, thread, this, exactly [view]) super::buffer::release_view(thread, this, view.as_ref());
    /// `__contains__`
    contains(slot: Contains, thread, this, exactly [value]) {
        Ok(Value::bool(slot(thread, this, value.as_ref())?))
    };
    /// `__getattribute__`
    get_attribute(slot: GetAttr, thread, this, exactly [name]) {
        slot(thread, this, attribute_name(thread, name.as_ref())?)
    };
    /// `__setattr__`
    set_attribute(slot: SetAttr, thread, this, unpack [name, value]) {
        check_applicable(thread, slot, this, "__setattr__")?;
        slot(thread, this, attribute_name(thread, name.as_ref())?, Some(value.clone())).map(|()| Value::none())
    };
    /// `__delattr__`
    delete_attribute(slot: SetAttr, thread, this, exactly [name]) {
        check_applicable(thread, slot, this, "__delattr__")?;
        slot(thread, this, attribute_name(thread, name.as_ref())?, None).map(|()| Value::none())
    };
    /// `__set__`
    descr_set(slot: DescrSet, thread, this, unpack [object, value]) {
        slot(thread, this, object.as_ref(), Some(value.clone())).map(|()| Value::none())
    };
    /// `__delete__`
    descr_delete(slot: DescrSet, thread, this, exactly [object]) {
        slot(thread, this, object.as_ref(), None).map(|()| Value::none())
    };
    /// `__lt__`
    lt(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Lt);
    /// `__le__`
    le(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Le);
    /// `__eq__`
    eq(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Eq);
    /// `__ne__`
    ne(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Ne);
    /// `__gt__`
    gt(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Gt);
    /// `__ge__`
    ge(slot: Compare, thread, this, exactly [other]) slot(thread, this, other.as_ref(), CompareOp::Ge);
}

/// The one or two arguments of `__pow__` and `__rpow__`.
fn power_arguments(
    thread: &Thread,
    name: &str,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<[Value; 2]> {
    no_names(thread, name, names)?;
    match arguments {
        [other] => Ok([other.clone(), Value::none()]),
        [other, modulus] => Ok([other.clone(), modulus.clone()]),
        _ => Err(raise!(thread, TYPE_ERROR, "expected 1 or 2 arguments, got {}", arguments.len())),
    }
}

/// `__pow__`, `__ipow__`
pub(super) fn power(
    thread: &Thread,
    slot: Option<Ternary>,
    name: &str,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [other, modulus] = power_arguments(thread, name, arguments, names)?;
    let Some(slot) = slot else { return Ok(Value::not_implemented()) };
    slot(thread, this, other.as_ref(), modulus.as_ref())
}

/// `__rpow__`
pub(super) fn power_right(
    thread: &Thread,
    slot: Option<Ternary>,
    name: &str,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [other, modulus] = power_arguments(thread, name, arguments, names)?;
    let Some(slot) = slot else { return Ok(Value::not_implemented()) };
    slot(thread, other.as_ref(), this, modulus.as_ref())
}

/// `__call__`
pub(super) fn call(
    thread: &Thread,
    slot: Option<Call>,
    _: &str,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let Some(slot) = slot else { return Ok(Value::not_implemented()) };
    slot(thread, this, arguments, names)
}

/// `__init__`
pub(super) fn init(
    thread: &Thread,
    slot: Option<Init>,
    _: &str,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let Some(slot) = slot else { return Ok(Value::none()) };
    slot(thread, this, arguments, names).map(|()| Value::none())
}

/// `__get__`
pub(super) fn descr_get(
    thread: &Thread,
    slot: Option<DescrGet>,
    name: &str,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    no_names(thread, name, names)?;
    check_count(thread, name, arguments.len(), 1, 2)?;
    let argument = |at: usize| arguments.get(at).map(Value::as_ref).filter(|value| !value.is_none());
    let (object, class) = (argument(0), argument(1));
    if object.is_none() && class.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__get__(None, None) is invalid"));
    }
    let Some(slot) = slot else { return Ok(Value::not_implemented()) };
    slot(thread, this, object, class)
}

fn attribute_name<'a>(thread: &Thread, name: Ref<'a>) -> PyResult<&'a PyStr> {
    name.get::<PyStr>().ok_or_else(|| {
        let ty = name.ty().name();
        raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'")
    })
}

fn to_count(thread: &Thread, value: Ref<'_>) -> PyResult<isize> {
    let int = protocol::number::index(thread, value)?;
    match int.as_ref().to_i64() {
        Some(int) => Ok(int as isize),
        None => {
            let name = value.ty().name();
            Err(raise!(thread, OVERFLOW_ERROR, "cannot fit '{name}' into an index-sized integer"))
        }
    }
}

/// An index, counted from the front.
fn position(thread: &Thread, this: Ref<'_>, at: Ref<'_>) -> PyResult<isize> {
    let at = to_count(thread, at)?;
    match this.ty().slots().length.get() {
        Some(length) if at < 0 => Ok(at.saturating_add_unsigned(length(thread, this)?)),
        _ => Ok(at),
    }
}

/// `object.__setattr__` is not for what has a stricter one of its own: the nearest built-in type of the object must
/// set attributes in the same way.
fn check_applicable(thread: &Thread, slot: SetAttr, this: Ref<'_>, what: &str) -> PyResult<()> {
    let mut ty = this.ty();
    while ty.has_flag(flags::HEAPTYPE)
        && let Some(base) = ty.base_type()
    {
        ty = base;
    }
    match ty.slots().setattr.get() {
        Some(own) if !std::ptr::fn_addr_eq(own, slot) => {
            let name = this.ty().name();
            Err(raise!(thread, TYPE_ERROR, "can't apply this {what} to {name} object"))
        }
        _ => Ok(()),
    }
}
