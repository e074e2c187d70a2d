//! How a `deque` is made, shown, compared, indexed, joined.

use taipan_object::native::Native;
use taipan_object::protocol::{self, compare as compare_values};
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use super::{Deque, End, empty, mutated, receiver};
use crate::arguments::{Parameters, to_plain_size};
use crate::iterate::{collect, for_each};
use crate::text;

pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    _: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Deque::default())?.into_value())
}

const INIT: Parameters<2> = Parameters {
    function: "deque",
    names: ["iterable", "maxlen"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let [iterable, most] = INIT.bind(thread, arguments, names)?;
    let deque = receiver(thread, this)?;
    let most = match most.filter(|most| !most.is_none()) {
        None => None,
        Some(most) => match usize::try_from(to_plain_size(thread, most)?) {
            Ok(most) => Some(most),
            Err(_) => return Err(raise!(thread, VALUE_ERROR, "maxlen must be non-negative")),
        },
    };
    deque.most.set(most);
    drop(deque.take());
    match iterable {
        Some(iterable) => extend(thread, deque, iterable, End::Right),
        None => Ok(()),
    }
}

/// Adds all items of an iterable at an end.
pub(super) fn extend(thread: &Thread, deque: &Deque, iterable: Ref<'_>, end: End) -> PyResult<()> {
    if iterable.get::<Native<Deque>>().is_some_and(|other| std::ptr::eq::<Deque>(&**other, deque)) {
        let items = collect(thread, iterable)?;
        return items.into_iter().try_for_each(|item| deque.push(thread, item, end));
    }
    for_each(thread, iterable, |item| deque.push(thread, item, end).map(|()| true))
}

pub(super) fn length(thread: &Thread, this: Ref<'_>) -> PyResult<usize> {
    Ok(receiver(thread, this)?.len())
}

pub(super) fn item(thread: &Thread, this: Ref<'_>, at: isize) -> PyResult<Value> {
    let item = usize::try_from(at).ok().map(|at| Ok(receiver(thread, this)?.get(at))).transpose()?.flatten();
    item.ok_or_else(|| raise!(thread, INDEX_ERROR, "deque index out of range"))
}

pub(super) fn set_item(thread: &Thread, this: Ref<'_>, at: isize, value: Option<Value>) -> PyResult<()> {
    let deque = receiver(thread, this)?;
    let old = usize::try_from(at).ok().and_then(|at| match value {
        Some(value) => deque.replace(at, value),
        None => deque.remove(at),
    });
    match old {
        Some(_) => Ok(()),
        None => Err(raise!(thread, INDEX_ERROR, "deque index out of range")),
    }
}

pub(super) fn contains(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<bool> {
    let deque = receiver(thread, this)?;
    Ok(deque.position(thread, wanted, (0, usize::MAX), mutated)?.is_some())
}

/// A copy of the type that the deque is of.
pub(super) fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    if deque.head().is_exact(&super::DEQUE) {
        let copy = empty(thread, deque.most.get())?;
        extend(thread, receiver(thread, copy.as_ref())?, this, End::Right)?;
        return Ok(copy);
    }
    let mut arguments = vec![this.to_value()];
    if let Some(most) = deque.most.get() {
        arguments.push(Value::int(thread, most as i64)?);
    }
    let copy = protocol::call(thread, as_ref(this.ty()), &arguments, None)?;
    if copy.as_ref().get::<Native<Deque>>().is_some() {
        return Ok(copy);
    }
    let (own, got) = (this.ty().name(), copy.as_ref().ty().name());
    Err(raise!(thread, TYPE_ERROR, "{own}() must return a deque, not {got}"))
}

pub(super) fn concat(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    if other.get::<Native<Deque>>().is_none() {
        let got = other.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "can only concatenate deque (not \"{got}\") to deque"));
    }
    let joined = copy(thread, this)?;
    extend(thread, receiver(thread, joined.as_ref())?, other, End::Right)?;
    Ok(joined)
}

pub(super) fn inplace_concat(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    extend(thread, receiver(thread, this)?, other, End::Right)?;
    Ok(this.to_value())
}

pub(super) fn repeat(thread: &Thread, this: Ref<'_>, count: isize) -> PyResult<Value> {
    let repeated = copy(thread, this)?;
    inplace_repeat(thread, repeated.as_ref(), count)
}

pub(super) fn inplace_repeat(thread: &Thread, this: Ref<'_>, count: isize) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    let Some(more) = usize::try_from(count).ok().and_then(|count| count.checked_sub(1)) else {
        drop(deque.take());
        return Ok(this.to_value());
    };
    let items = collect(thread, this)?;
    if items.is_empty() {
        return Ok(this.to_value());
    }
    let wanted = items.len().checked_mul(more);
    // of what a limit would push out again only the last part is added
    let most = deque.most.get().unwrap_or(usize::MAX);
    let Some(total) = wanted.filter(|&total| total <= isize::MAX as usize / 8 || most < usize::MAX) else {
        return Err(thread.raise_memory_error());
    };
    let skipped = total.saturating_sub(most);
    if deque.items.borrow_mut().try_reserve(total - skipped).is_err() {
        return Err(thread.raise_memory_error());
    }
    let start = skipped % items.len();
    for item in items.iter().cycle().skip(start).take(total - skipped) {
        deque.push(thread, item.clone(), End::Right)?;
    }
    Ok(this.to_value())
}

pub(super) fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(left), Some(right)) = (a.get::<Native<Deque>>(), b.get::<Native<Deque>>()) else {
        return Ok(Value::not_implemented());
    };
    if matches!(op, CompareOp::Eq | CompareOp::Ne) && left.len() != right.len() {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let versions = (left.version.get(), right.version.get());
    let mut at = 0;
    while let (Some(x), Some(y)) = (left.get(at), right.get(at)) {
        let same = protocol::same_or_equal(thread, x.as_ref(), y.as_ref())?;
        if (left.version.get(), right.version.get()) != versions {
            return Err(mutated(thread));
        }
        if !same {
            return match op {
                CompareOp::Eq => Ok(Value::bool(false)),
                CompareOp::Ne => Ok(Value::bool(true)),
                _ => compare_values(thread, x.as_ref(), y.as_ref(), op),
            };
        }
        at += 1;
    }
    Ok(Value::bool(op.holds(left.len().cmp(&right.len()))))
}

/// `deque([1, 2], maxlen=3)`
pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let deque = receiver(thread, this)?;
    let Some(_guard) = text::Printing::enter(thread, this) else {
        return Ok(PyStr::from_text(thread, "[...]")?.into_value());
    };
    let items = taipan_object::list::PyList::from_values(thread, collect(thread, this)?)?;
    let items = text::repr(thread, items.as_ref())?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, this.ty().short_name())?;
    builder.push_str(thread, "(")?;
    builder.push(thread, &items)?;
    if let Some(most) = deque.most.get() {
        builder.push_str(thread, &format!(", maxlen={most}"))?;
    }
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}
