//! Subscripts of lists. Invariant: what is to be assigned is collected before the list changes; what was
//! there is released when the list is whole again.

use super::PyList;
use crate::error::PyResult;
use crate::items::Block;
use crate::protocol;
use crate::raise;
use crate::sequence::key::{self, Key, Part};
use crate::sequence::receiver;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};

/// `list[key]`.
pub(super) fn subscript(thread: &Thread, list: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let list = receiver::<PyList>(thread, list)?;
    match key::read_for(thread, key, "list")? {
        Key::Index(at) => key::place(at, list.len())
            .and_then(|at| list.get(at))
            .ok_or_else(|| raise!(thread, INDEX_ERROR, "list index out of range")),
        Key::Slice(bounds) => {
            let part = bounds.of(list.len());
            let block = list.copy_by_step(thread, part.start, part.step, part.count)?;
            Ok(PyList::from_block(thread, block)?.into_value())
        }
    }
}

/// `list[key] = value`, `del list[key]`.
pub(super) fn set_subscript(
    thread: &Thread,
    list: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let this = receiver::<PyList>(thread, list)?;
    let bounds = match key::read_for(thread, key, "list")? {
        Key::Index(at) => {
            let at = key::place(at, this.len()).map_or(-1, |at| at as isize);
            return super::set_item_slot(thread, list, at, value);
        }
        Key::Slice(bounds) => bounds,
    };
    let Some(value) = value else { return delete(thread, this, bounds.of(this.len())) };
    let mut part = bounds.of(this.len());
    let new = collect(thread, value.as_ref(), Some("must assign iterable to extended slice"))?;
    if let Some((start, end)) = part.run() {
        drop(this.splice(thread, start, end, new)?);
        return Ok(());
    }
    // collecting may have changed the list
    part = bounds.of(this.len());
    let (given, places) = (new.len(), part.count);
    if given != places {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "attempt to assign sequence of size {given} to extended slice of size {places}"
        ));
    }
    let mut old = Block::with_capacity(thread, places)?;
    for (i, at) in part.places().enumerate() {
        let Some(item) = new.get(i).map(Ref::to_value) else { break };
        if let Some(displaced) = this.replace(thread, at, item)? {
            // room was made above
            drop(old.push(displaced).err());
        }
    }
    drop(old);
    Ok(())
}

fn delete(thread: &Thread, list: &PyList, part: Part) -> PyResult<()> {
    if let Some((start, end)) = part.run() {
        drop(list.splice(thread, start, end, Block::empty())?);
        return Ok(());
    }
    if part.count == 0 {
        return Ok(());
    }
    let len = list.len();
    let mut kept = Block::with_capacity(thread, len.saturating_sub(part.count))?;
    for item in (0..len).filter(|at| !part.has(*at)).filter_map(|at| list.get(at)) {
        // room was made above
        drop(kept.push(item).err());
    }
    drop(list.put(thread, kept)?);
    Ok(())
}

/// The items of an iterable; the message is that of what cannot be iterated, if it has one of its own.
pub(super) fn collect(thread: &Thread, value: Ref<'_>, message: Option<&str>) -> PyResult<Block> {
    if let Some(list) = value.get_exact::<PyList>() {
        return list.copy(thread, 0, list.len());
    }
    let list = PyList::new(thread)?;
    if let Some(tuple) = value.get_exact::<PyTuple>() {
        tuple.iter().try_for_each(|item| list.push(thread, item.to_value()))?;
        return Ok(list.take());
    }
    let iterator = protocol::iter(thread, value).map_err(|raised| {
        let Some(message) = message else { return raised };
        let exception = thread.catch(raised);
        if exception.as_ref().ty().is_subtype(&crate::exception::TYPE_ERROR) {
            raise!(thread, TYPE_ERROR, "{message}")
        } else {
            thread.raise(exception)
        }
    })?;
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        list.push(thread, item)?;
    }
    Ok(list.take())
}
