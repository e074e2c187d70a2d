//! `list.sort`: a stable merge sort whose comparisons may raise. Invariant: the list is empty while it runs, and
//! gets all its items back whatever happens.

use std::cmp::Ordering;

use taipan_object::items::Block;
use taipan_object::list::PyList;
use taipan_object::protocol;
use taipan_object::str::PyStr;
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

/// Runs of plain keys are sorted at once, and no interrupt is looked for meanwhile.
const LONG: usize = 1 << 15;

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
    thread.check_interrupts()?;
    protocol::holds(thread, a.key(), b.key(), CompareOp::Lt)
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

/// Sorts by insertion; the place of each is found by halving, for comparisons may be dear.
fn insertion_sort(thread: &Thread, entries: &mut [Entry]) -> PyResult<()> {
    for end in 1..entries.len() {
        let (mut low, mut high) = (0, end);
        while low < high {
            let middle = low + (high - low) / 2;
            let (Some(here), Some(other)) = (entries.get(end), entries.get(middle)) else { break };
            if less(thread, here, other)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if let Some(behind) = entries.get_mut(low..=end) {
            behind.rotate_right(1);
        }
    }
    Ok(())
}

/// Keys of one type whose comparison runs no Python code and cannot fail.
#[derive(Clone, Copy)]
enum Plain {
    Ints,
    Floats,
    Texts,
}

impl Plain {
    /// Of which kind all keys are. NaN has no place in an order.
    fn of(entries: &[Entry]) -> Option<Plain> {
        let all = |test: fn(Ref<'_>) -> bool| entries.iter().all(|entry| test(entry.key()));
        if all(|key| key.word().is_int()) {
            Some(Plain::Ints)
        } else if all(|key| key.word().as_float().is_some_and(|number| !number.is_nan())) {
            Some(Plain::Floats)
        } else if all(|key| key.get_exact::<PyStr>().is_some()) {
            Some(Plain::Texts)
        } else {
            None
        }
    }

    fn sort(self, entries: &mut [Entry]) {
        let int = |entry: &Entry| entry.key().word().int_unchecked();
        let float = |entry: &Entry| entry.key().word().float_unchecked();
        match self {
            Plain::Ints => entries.sort_by_key(int),
            Plain::Floats => {
                entries.sort_by(|a, b| float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal));
            }
            Plain::Texts => {
                entries.sort_by(|a, b| match (a.key().get_exact::<PyStr>(), b.key().get_exact::<PyStr>()) {
                    (Some(a), Some(b)) => a.compare(b),
                    _ => Ordering::Equal,
                })
            }
        }
    }
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
    let mut width = match Plain::of(&entries) {
        Some(plain) => {
            for run in entries.chunks_mut(LONG) {
                thread.check_interrupts()?;
                plain.sort(run);
            }
            LONG
        }
        None => {
            for run in entries.chunks_mut(SHORT) {
                insertion_sort(thread, run)?;
            }
            SHORT
        }
    };
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
