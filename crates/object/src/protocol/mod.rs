//! Operations on values of any type, through the slots: what containers need of their items. Invariant: each
//! of these may run Python code, so whoever calls them holds no index, length or borrowed item across the
//! call.

pub mod attribute;
pub mod container;
pub mod length_hint;
pub mod module_missing;
pub mod number;
#[cfg(test)]
mod tests;

pub use attribute::{call_method, get_attribute, set_attribute};
pub use container::{contains, iter, next, set_subscript, subscript};
pub use number::{BinaryOp, UnaryOp, binary, in_place, index, power, unary};

use crate::error::PyResult;
use crate::raise;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::slots::CompareOp;
use crate::value::{Ref, Value};

/// `hash(value)`.
#[inline]
pub fn hash(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    if let Some(int) = value.word().as_int() {
        return Ok(crate::hash::of_int(int));
    }
    if let Some(text) = value.get_exact::<crate::str::PyStr>() {
        return Ok(text.hash());
    }
    hash_by_slot(thread, value)
}

#[inline(never)]
fn hash_by_slot(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    match value.ty().slots().hash.get() {
        Some(hash) => hash(thread, value),
        None => Err(unhashable(thread, value)),
    }
}

#[cold]
fn unhashable(thread: &Thread, value: Ref<'_>) -> crate::Raised {
    raise!(thread, TYPE_ERROR, "unhashable type: '{}'", value.ty().name())
}

/// `hash(value)` of what is looked for in a container: a `TypeError` says as what it was to be used.
#[inline]
pub(crate) fn hash_as(thread: &Thread, value: Ref<'_>, role: &str) -> PyResult<i64> {
    hash(thread, value).map_err(|raised| unhashable_as(thread, raised, value, role))
}

#[cold]
fn unhashable_as(thread: &Thread, raised: crate::Raised, value: Ref<'_>, role: &str) -> crate::Raised {
    let exception = thread.catch(raised);
    let text = |exception: Ref<'_>| {
        let args = exception.get::<crate::exception::PyBaseException>()?.args()?;
        let message = args.as_ref().get::<crate::tuple::PyTuple>()?.get(0)?;
        message.as_ref().get::<crate::str::PyStr>().map(crate::str::PyStr::to_text_lossy)
    };
    match text(exception.as_ref()) {
        Some(text) if exception.as_ref().ty().is_subtype(&crate::exception::TYPE_ERROR) => {
            let ty = value.ty().full_name(thread);
            raise!(thread, TYPE_ERROR, "cannot use '{ty}' as {role} ({text})")
        }
        _ => thread.raise(exception),
    }
}

/// The hash slot of types without hash.
pub fn no_hash(thread: &Thread, value: Ref<'_>) -> PyResult<i64> {
    Err(unhashable(thread, value))
}

/// `a is b or a == b`, as containers compare.
#[inline]
pub fn same_or_equal(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<bool> {
    match equal_without_code(a, b) {
        Some(equal) => Ok(equal),
        None => equal_by_slot(thread, a, b),
    }
}

/// The same for two values of which this can be said without running code: strings, small ints, tuples of them.
#[inline(always)]
pub(crate) fn equal_without_code(a: Ref<'_>, b: Ref<'_>) -> Option<bool> {
    if let Some(equal) = simply_equal(a, b) {
        return Some(equal);
    }
    match (a.get_exact::<PyTuple>(), b.get_exact::<PyTuple>()) {
        (Some(a), Some(b)) => tuples_equal(a, b),
        _ => None,
    }
}

#[inline(always)]
fn simply_equal(a: Ref<'_>, b: Ref<'_>) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if a.word().is_int() && b.word().is_int() {
        return Some(false);
    }
    let (a, b) = (a.get_exact::<crate::str::PyStr>()?, b.get_exact::<crate::str::PyStr>()?);
    Some(a.equals(b))
}

/// Tuples of so many items are compared item by item without counting them.
const FEW: usize = 8;

#[inline(never)]
fn tuples_equal(a: &PyTuple, b: &PyTuple) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    if a.len() > FEW {
        return None;
    }
    // what only code can tell may stand before what is different
    for (a, b) in a.iter().zip(b.iter()) {
        if !simply_equal(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

#[inline(never)]
fn equal_by_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<bool> {
    let result = compare(thread, a, b, CompareOp::Eq)?;
    truth(thread, result.as_ref())
}

/// `a op b`.
pub fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let _guard = thread.recurse(" in comparison")?;
    let (left, right) = (a.ty(), b.ty());
    let reflected_first =
        !std::ptr::eq(left, right) && right.is_subtype(left) && right.slots().richcompare.get().is_some();
    if reflected_first && let Some(result) = try_compare(thread, b, a, op.swapped())? {
        return Ok(result);
    }
    if let Some(result) = try_compare(thread, a, b, op)? {
        return Ok(result);
    }
    if !reflected_first && let Some(result) = try_compare(thread, b, a, op.swapped())? {
        return Ok(result);
    }
    match op {
        CompareOp::Eq => Ok(Value::bool(a.is(b))),
        CompareOp::Ne => Ok(Value::bool(!a.is(b))),
        _ => {
            let sign = ["<", "<=", "==", "!=", ">", ">="].get(op as usize).copied().unwrap_or_default();
            let (left, right) = (left.name(), right.name());
            Err(raise!(
                thread,
                TYPE_ERROR,
                "'{sign}' not supported between instances of '{left}' and '{right}'"
            ))
        }
    }
}

/// Whether a comparison holds: `bool(a < b)`, at once for numbers in words and for strings.
///
/// # Errors
/// Those of the comparison, and of the truth of its result.
#[inline]
pub fn holds(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<bool> {
    let (left, right) = (a.word(), b.word());
    if let (Some(left), Some(right)) = (left.as_int(), right.as_int()) {
        return Ok(op.holds(left.cmp(&right)));
    }
    if let (Some(left), Some(right)) = (left.as_float(), right.as_float()) {
        return Ok(left.partial_cmp(&right).map_or(op == CompareOp::Ne, |order| op.holds(order)));
    }
    if let (Some(left), Some(right)) = (a.get_exact::<PyStr>(), b.get_exact::<PyStr>()) {
        return Ok(op.holds(left.compare(right)));
    }
    let result = compare(thread, a, b, op)?;
    truth(thread, result.as_ref())
}

fn try_compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Option<Value>> {
    let Some(compare) = a.ty().slots().richcompare.get() else { return Ok(None) };
    let result = compare(thread, a, b, op)?;
    Ok((!result.as_ref().is_not_implemented()).then_some(result))
}

/// `bool(value)`.
#[inline]
pub fn truth(thread: &Thread, value: Ref<'_>) -> PyResult<bool> {
    if value.is(Value::bool(true).as_ref()) {
        return Ok(true);
    }
    if value.is(Value::bool(false).as_ref()) || value.is_none() {
        return Ok(false);
    }
    let slots = value.ty().slots();
    if let Some(truth) = slots.bool.get() {
        return truth(thread, value);
    }
    match slots.map_length.get().or(slots.length.get()) {
        Some(length) => Ok(length(thread, value)? != 0),
        None => Ok(true),
    }
}

/// `len(value)`.
pub fn length(thread: &Thread, value: Ref<'_>) -> PyResult<usize> {
    let slots = value.ty().slots();
    match slots.length.get().or(slots.map_length.get()) {
        Some(length) => length(thread, value),
        None => Err(raise!(thread, TYPE_ERROR, "object of type '{}' has no len()", value.ty().name())),
    }
}

/// Calls a callable.
pub fn call(
    thread: &Thread,
    callable: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let _guard = thread.recurse(" while calling a Python object")?;
    match callable.ty().slots().call.get() {
        Some(call) => call(thread, callable, arguments, names),
        None => Err(raise!(thread, TYPE_ERROR, "'{}' object is not callable", callable.ty().name())),
    }
}
