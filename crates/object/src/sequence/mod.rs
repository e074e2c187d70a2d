//! What lists and tuples have in common: comparing and searching with items that may run Python code.
//! Invariant: an item is held as an owned value while it is compared, and the count is asked again after
//! each comparison.

pub(crate) mod key;
pub(crate) mod repeat;
#[cfg(test)]
mod tests;

use crate::error::PyResult;
use crate::protocol;
use crate::thread::Thread;
use crate::types::slots::CompareOp;
use crate::value::{Layout, Ref, Value};

/// The operand that a slot belongs to, as what the slot is for.
pub(crate) fn receiver<'a, T: Layout>(thread: &Thread, value: Ref<'a>) -> PyResult<&'a T> {
    value.get::<T>().ok_or_else(|| {
        let (wanted, found) = (T::ty().name(), value.ty().name());
        crate::raise!(thread, TYPE_ERROR, "a '{wanted}' object is required, not '{found}'")
    })
}

/// Items by index.
pub(crate) trait Items {
    /// How many there are now.
    fn count(&self) -> usize;
    /// One of them; none if there are fewer by now.
    fn item(&self, at: usize) -> Option<Value>;
}

/// The first index from `from` to before `to` of an item that is, or equals, `wanted`.
pub(crate) fn position<T: Items>(
    thread: &Thread,
    items: &T,
    wanted: Ref<'_>,
    from: usize,
    to: usize,
) -> PyResult<Option<usize>> {
    let mut at = from;
    while at < to.min(items.count()) {
        thread.check_interrupts()?;
        let Some(item) = items.item(at) else { break };
        if protocol::same_or_equal(thread, item.as_ref(), wanted)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

pub(crate) fn contains_slot<T: Items + Layout>(
    thread: &Thread,
    container: Ref<'_>,
    wanted: Ref<'_>,
) -> PyResult<bool> {
    let Some(container) = container.get::<T>() else { return Ok(false) };
    Ok(position(thread, container, wanted, 0, usize::MAX)?.is_some())
}

pub(crate) fn compare_slot<T: Items + Layout>(
    thread: &Thread,
    a: Ref<'_>,
    b: Ref<'_>,
    op: CompareOp,
) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<T>(), b.get::<T>()) else { return Ok(Value::not_implemented()) };
    if x.count() != y.count() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut at = 0;
    while let (Some(p), Some(q)) = (x.item(at), y.item(at)) {
        thread.check_interrupts()?;
        if !protocol::same_or_equal(thread, p.as_ref(), q.as_ref())? {
            // the comparison may have taken items away
            if at >= x.count() || at >= y.count() {
                break;
            }
            return match (op, p.word().as_int(), q.word().as_int()) {
                (CompareOp::Eq, ..) => Ok(Value::bool(false)),
                (CompareOp::Ne, ..) => Ok(Value::bool(true)),
                (_, Some(p), Some(q)) => Ok(Value::bool(op.holds(p.cmp(&q)))),
                _ => protocol::compare(thread, p.as_ref(), q.as_ref(), op),
            };
        }
        at += 1;
    }
    Ok(Value::bool(op.holds(x.count().cmp(&y.count()))))
}
