//! `list.sort`: a stable merge sort whose comparisons may raise. Invariant: the list is empty while it runs, and
//! gets all its items back whatever happens.

use taipan_object::items::Block;
use taipan_object::list::PyList;
use taipan_object::protocol::{self, compare};
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{Names, receiver};
use crate::arguments::Parameters;

const SORT: Parameters<2> = Parameters {
    function: "sort",
    names: ["key", "reverse"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

/// Runs shorter than this are sorted by insertion.
const SHORT: usize = 16;

/// An item and what it is sorted by.
struct Entry {
    /// None where the item itself is the key.
    key: Option<Value>,
    item: Value,
}

impl Entry {
    fn key(&self) -> Ref<'_> {
        self.key.as_ref().unwrap_or(&self.item).as_ref()
    }
}

fn less(thread: &Thread, a: &Entry, b: &Entry) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (a.key().word().as_int(), b.key().word().as_int()) {
        return thread.check_interrupts().map(|()| a < b);
    }
    let result = compare(thread, a.key(), b.key(), CompareOp::Lt)?;
    protocol::truth(thread, result.as_ref())
}

pub(super) fn sort(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [key, reverse] = SORT.bind(thread, arguments, names)?;
    let key = key.filter(|key| !key.is_none());
    let reverse = reverse.map_or(Ok(false), |reverse| protocol::truth(thread, reverse))?;
    let list = receiver(thread, this)?;
    let taken = list.take_aside();
    let mut items = Vec::new();
    let room = items.try_reserve_exact(taken.len());
    items.extend(
        (0..taken.len()).filter_map(|at| taken.get(at)).map(Ref::to_value).take_while(|_| room.is_ok()),
    );
    let sorted = match room {
        Ok(()) => sorted(thread, items, key, reverse),
        Err(_) => Err(thread.raise_memory_error()),
    };
    let was_changed = !list.is_untouched();
    let result = match sorted {
        Ok(items) => restore(thread, list, items).and_then(|displaced| {
            drop(displaced);
            match was_changed {
                true => Err(raise!(thread, VALUE_ERROR, "list modified during sort")),
                false => Ok(Value::none()),
            }
        }),
        // the items as they were: the block still owns them
        Err(raised) => {
            let exception = thread.catch(raised);
            drop(list.put(thread, taken)?);
            return Err(thread.raise(exception));
        }
    };
    drop(taken);
    result
}

/// `list.sort` with arguments by name.
pub(crate) fn sort_list(
    thread: &Thread,
    list: &PyList,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    sort(thread, taipan_object::as_ref(list), arguments, names).map(drop)
}

fn restore(thread: &Thread, list: &PyList, items: Vec<Value>) -> PyResult<Block> {
    let mut block = Block::with_capacity(thread, items.len())?;
    for item in items {
        // the block has room for all of them
        drop(block.push(item));
    }
    list.put(thread, block)
}

fn sorted(thread: &Thread, items: Vec<Value>, key: Option<Ref<'_>>, reverse: bool) -> PyResult<Vec<Value>> {
    let mut entries = Vec::new();
    if entries.try_reserve_exact(items.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for item in items {
        let key = match key {
            Some(key) => Some(protocol::call(thread, key, std::slice::from_ref(&item), None)?),
            None => None,
        };
        entries.push(Entry { key, item });
    }
    // equal items keep their order the other way round, too
    if reverse {
        entries.reverse();
    }
    let mut entries = merge_sort(thread, entries)?;
    if reverse {
        entries.reverse();
    }
    Ok(entries.into_iter().map(|entry| entry.item).collect())
}

fn insertion_sort(thread: &Thread, entries: &mut [Entry]) -> PyResult<()> {
    for end in 1..entries.len() {
        let mut at = end;
        while at > 0 {
            let (Some(before), Some(here)) = (entries.get(at - 1), entries.get(at)) else { break };
            if !less(thread, here, before)? {
                break;
            }
            entries.swap(at - 1, at);
            at -= 1;
        }
    }
    Ok(())
}

/// Whether each is less than the one before (`descending`), or none is.
fn is_run(thread: &Thread, entries: &[Entry], descending: bool) -> PyResult<bool> {
    for pair in entries.windows(2) {
        if let [a, b] = pair
            && less(thread, b, a)? != descending
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn merge_sort(thread: &Thread, mut entries: Vec<Entry>) -> PyResult<Vec<Entry>> {
    if is_run(thread, &entries, false)? {
        return Ok(entries);
    }
    if is_run(thread, &entries, true)? {
        entries.reverse();
        return Ok(entries);
    }
    for run in entries.chunks_mut(SHORT) {
        insertion_sort(thread, run)?;
    }
    let mut width = SHORT;
    while width < entries.len() {
        entries = merge_pairs(thread, entries, width)?;
        width *= 2;
    }
    Ok(entries)
}

/// Merges neighbouring runs of a width.
fn merge_pairs(thread: &Thread, entries: Vec<Entry>, width: usize) -> PyResult<Vec<Entry>> {
    let mut merged = Vec::new();
    if merged.try_reserve_exact(entries.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    let mut rest = entries.into_iter();
    while rest.len() > 0 {
        let left: Vec<Entry> = rest.by_ref().take(width).collect();
        let right: Vec<Entry> = rest.by_ref().take(width).collect();
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let from_right = less(thread, b, a)?;
            merged.extend(if from_right { right.next() } else { left.next() });
        }
        merged.extend(left);
        merged.extend(right);
    }
    Ok(merged)
}
