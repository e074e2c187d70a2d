//! The module `_operator`: the operators as functions, and callables that read attributes, items and methods.

mod getters;
#[cfg(test)]
mod tests;

use taipan_object::module::PyModule;
use taipan_object::protocol::number::{self, BinaryOp, UnaryOp};
use taipan_object::protocol::{self, compare};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

use super::{ModuleDef, add_types};
use crate::arguments::{check_count, to_size};
use crate::construct::exact_index;
use crate::iterate::{for_each, length_hint};
use crate::methods::method_table;

macro_rules! binary {
    ($op:ident) => {
        |thread, _, a, b| number::binary(thread, a, b, BinaryOp::$op)
    };
}

macro_rules! in_place {
    ($op:ident) => {
        |thread, _, a, b| number::in_place(thread, a, b, BinaryOp::$op)
    };
}

macro_rules! comparison {
    ($op:ident) => {
        |thread, _, a, b| compare(thread, a, b, CompareOp::$op)
    };
}

method_table! { FUNCTIONS:
    Instance One c"truth" "($module, a, /)" |thread, _, a| Ok(Value::bool(protocol::truth(thread, a)?)), c"Whether a is true.";
    Instance Two c"contains" "($module, a, b, /)" |thread, _, a, b| Ok(Value::bool(protocol::contains(thread, a, b)?)), c"b in a";
    Instance Two c"indexOf" "($module, a, b, /)" index_of, c"The first index of b in a.";
    Instance Two c"countOf" "($module, a, b, /)" count_of, c"How often b is in a.";
    Instance Two c"is_" "($module, a, b, /)" |_, _, a, b| Ok(Value::bool(a.is(b))), c"a is b";
    Instance Two c"is_not" "($module, a, b, /)" |_, _, a, b| Ok(Value::bool(!a.is(b))), c"a is not b";
    Instance One c"is_none" "($module, a, /)" |_, _, a| Ok(Value::bool(a.is_none())), c"a is None";
    Instance One c"is_not_none" "($module, a, /)" |_, _, a| Ok(Value::bool(!a.is_none())), c"a is not None";
    Instance Two c"add" "($module, a, b, /)" binary!(Add), c"a + b";
    Instance Two c"sub" "($module, a, b, /)" binary!(Subtract), c"a - b";
    Instance Two c"mul" "($module, a, b, /)" binary!(Multiply), c"a * b";
    Instance Two c"matmul" "($module, a, b, /)" binary!(MatrixMultiply), c"a @ b";
    Instance Two c"floordiv" "($module, a, b, /)" binary!(FloorDivide), c"a // b";
    Instance Two c"truediv" "($module, a, b, /)" binary!(TrueDivide), c"a / b";
    Instance Two c"mod" "($module, a, b, /)" binary!(Remainder), c"a % b";
    Instance One c"neg" "($module, a, /)" |thread, _, a| number::unary(thread, a, UnaryOp::Negative), c"-a";
    Instance One c"pos" "($module, a, /)" |thread, _, a| number::unary(thread, a, UnaryOp::Positive), c"+a";
    Instance One c"abs" "($module, a, /)" |thread, _, a| number::unary(thread, a, UnaryOp::Absolute), c"abs(a)";
    Instance One c"inv" "($module, a, /)" |thread, _, a| number::unary(thread, a, UnaryOp::Invert), c"~a";
    Instance One c"invert" "($module, a, /)" |thread, _, a| number::unary(thread, a, UnaryOp::Invert), c"~a";
    Instance Two c"lshift" "($module, a, b, /)" binary!(Lshift), c"a << b";
    Instance Two c"rshift" "($module, a, b, /)" binary!(Rshift), c"a >> b";
    Instance One c"not_" "($module, a, /)" |thread, _, a| Ok(Value::bool(!protocol::truth(thread, a)?)), c"not a";
    Instance Two c"and_" "($module, a, b, /)" binary!(And), c"a & b";
    Instance Two c"xor" "($module, a, b, /)" binary!(Xor), c"a ^ b";
    Instance Two c"or_" "($module, a, b, /)" binary!(Or), c"a | b";
    Instance Two c"iadd" "($module, a, b, /)" in_place!(Add), c"a += b";
    Instance Two c"isub" "($module, a, b, /)" in_place!(Subtract), c"a -= b";
    Instance Two c"imul" "($module, a, b, /)" in_place!(Multiply), c"a *= b";
    Instance Two c"imatmul" "($module, a, b, /)" in_place!(MatrixMultiply), c"a @= b";
    Instance Two c"ifloordiv" "($module, a, b, /)" in_place!(FloorDivide), c"a //= b";
    Instance Two c"itruediv" "($module, a, b, /)" in_place!(TrueDivide), c"a /= b";
    Instance Two c"imod" "($module, a, b, /)" in_place!(Remainder), c"a %= b";
    Instance Two c"ilshift" "($module, a, b, /)" in_place!(Lshift), c"a <<= b";
    Instance Two c"irshift" "($module, a, b, /)" in_place!(Rshift), c"a >>= b";
    Instance Two c"iand" "($module, a, b, /)" in_place!(And), c"a &= b";
    Instance Two c"ixor" "($module, a, b, /)" in_place!(Xor), c"a ^= b";
    Instance Two c"ior" "($module, a, b, /)" in_place!(Or), c"a |= b";
    Instance Two c"concat" "($module, a, b, /)" |thread, _, a, b| concat(thread, a, b, false), c"a + b, of sequences";
    Instance Two c"iconcat" "($module, a, b, /)" |thread, _, a, b| concat(thread, a, b, true), c"a += b, of sequences";
    Instance Two c"getitem" "($module, a, b, /)" |thread, _, a, b| protocol::subscript(thread, a, b), c"a[b]";
    Instance Positional c"setitem" "($module, a, b, c, /)" setitem, c"a[b] = c";
    Instance Two c"delitem" "($module, a, b, /)" delitem, c"del a[b]";
    Instance Two c"pow" "($module, a, b, /)" |thread, _, a, b| number::power(thread, a, b, Value::none().as_ref(), false), c"a ** b";
    Instance Two c"ipow" "($module, a, b, /)" |thread, _, a, b| number::power(thread, a, b, Value::none().as_ref(), true), c"a **= b";
    Instance One c"index" "($module, a, /)" |thread, _, a| exact_index(thread, a), c"The int that a stands for.";
    Instance Two c"eq" "($module, a, b, /)" comparison!(Eq), c"a == b";
    Instance Two c"ne" "($module, a, b, /)" comparison!(Ne), c"a != b";
    Instance Two c"lt" "($module, a, b, /)" comparison!(Lt), c"a < b";
    Instance Two c"le" "($module, a, b, /)" comparison!(Le), c"a <= b";
    Instance Two c"gt" "($module, a, b, /)" comparison!(Gt), c"a > b";
    Instance Two c"ge" "($module, a, b, /)" comparison!(Ge), c"a >= b";
    Instance Positional c"length_hint" "($module, obj, default=0, /)" hint, c"How many items there are likely to be.";
    Instance Keywords c"call" "($module, obj, /, *args, **kwargs)" call, c"obj(*args, **kwargs)";
    Instance Two c"_compare_digest" "($module, a, b, /)" compare_digest, c"a == b, in a time that does not tell where they differ.";
}

/// `_operator`.
pub(super) static MODULE: ModuleDef = ModuleDef {
    name: "_operator",
    doc: Some("The operators of the language as functions."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| add_types(thread, module, types())),
};

/// The types of this module.
pub(super) fn types() -> [&'static PyTypeObject; 3] {
    [&getters::ITEMGETTER, &getters::ATTRGETTER, &getters::METHODCALLER]
}

/// Puts the methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    getters::install(thread)
}

/// Calls `each` with the items of what is searched.
fn search(thread: &Thread, all: Ref<'_>, each: impl FnMut(Value) -> PyResult<bool>) -> PyResult<()> {
    let slots = all.ty().slots();
    if slots.iter.get().is_none() && slots.item.get().is_none() {
        let ty = all.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "argument of type '{ty}' is not iterable"));
    }
    for_each(thread, all, each)
}

fn index_of(thread: &Thread, _: Ref<'_>, all: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let (mut at, mut found) = (0, false);
    search(thread, all, |item| {
        found = protocol::same_or_equal(thread, item.as_ref(), wanted)?;
        at += i64::from(!found);
        Ok(!found)
    })?;
    match found {
        true => Value::int(thread, at),
        false => Err(raise!(thread, VALUE_ERROR, "sequence.index(x): x not in sequence")),
    }
}

fn count_of(thread: &Thread, _: Ref<'_>, all: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let mut count = 0;
    search(thread, all, |item| {
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), wanted)?);
        Ok(true)
    })?;
    Value::int(thread, count)
}

fn concat(thread: &Thread, a: Ref<'_>, b: Ref<'_>, in_place: bool) -> PyResult<Value> {
    let is_sequence = |value: Ref<'_>| {
        let slots = value.ty().slots();
        let by_class = value.ty().has_flag(flags::HEAPTYPE) && slots.subscript.get().is_some();
        slots.concat.get().is_some() || by_class
    };
    if !is_sequence(a) || (a.ty().slots().concat.get().is_none() && !is_sequence(b)) {
        let ty = a.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "'{ty}' object can't be concatenated"));
    }
    match in_place {
        true => number::in_place(thread, a, b, BinaryOp::Add),
        false => number::binary(thread, a, b, BinaryOp::Add),
    }
}

fn setitem(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "setitem", arguments.len(), 3, 3)?;
    let part = |at: usize| arguments.get(at).map_or(this, Value::as_ref);
    protocol::set_subscript(thread, part(0), part(1), Some(part(2).to_value()))?;
    Ok(Value::none())
}

fn delitem(thread: &Thread, _: Ref<'_>, container: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    protocol::set_subscript(thread, container, key, None)?;
    Ok(Value::none())
}

fn hint(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "length_hint", arguments.len(), 1, 2)?;
    let default = arguments.get(1).map_or(Ok(0), |default| to_size(thread, default.as_ref()))?;
    let object = arguments.first().map_or(this, Value::as_ref);
    Value::int(thread, length_hint(thread, object)?.map_or(default as i64, |hint| hint as i64))
}

fn call(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let positional = arguments.len() - names.map_or(0, PyTuple::len);
    match arguments.split_first() {
        Some((callable, rest)) if positional > 0 => protocol::call(thread, callable.as_ref(), rest, names),
        _ => {
            check_count(thread, "call", 0, 1, usize::MAX)?;
            Ok(Value::none())
        }
    }
}

fn bytes_of(thread: &Thread, value: Ref<'_>) -> PyResult<Option<Vec<u8>>> {
    Ok(crate::methods::bytes_like(thread, value)?.map(std::borrow::Cow::into_owned))
}

fn compare_digest(thread: &Thread, _: Ref<'_>, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    equal_digests(thread, a, b)
}

/// `a == b` for two texts of ASCII or two bytes-like objects, in a time that does not tell where they differ.
///
/// # Errors
/// `TypeError` for anything else.
pub fn equal_digests(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let (left, right) = match (a.get::<PyStr>(), b.get::<PyStr>()) {
        (Some(left), Some(right)) => match (left.as_ascii(), right.as_ascii()) {
            (Some(left), Some(right)) => (left.as_bytes().to_vec(), right.as_bytes().to_vec()),
            _ => {
                let message = "comparing strings with non-ASCII characters is not supported";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        },
        _ => match (bytes_of(thread, a)?, bytes_of(thread, b)?) {
            (Some(left), Some(right)) => (left, right),
            (None, None) => {
                let (a, b) = (a.ty().name(), b.ty().name());
                return Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "unsupported operand types(s) or combination of types: '{a}' and '{b}'"
                ));
            }
            (left, _) => return Err(no_bytes(thread, if left.is_none() { a } else { b })),
        },
    };
    let differs = left.iter().zip(&right).fold(0, |differs, (a, b)| differs | (a ^ b));
    Ok(Value::bool(differs == 0 && left.len() == right.len()))
}

fn no_bytes(thread: &Thread, value: Ref<'_>) -> Raised {
    raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{}'", value.ty().name())
}
