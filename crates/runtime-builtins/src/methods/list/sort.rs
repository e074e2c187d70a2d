//! `list.sort`: what is sorted by what; `powersort.rs` sorts. Invariant: the list is empty while it runs, and gets all
//! its items back whatever happens.

use std::cmp::Ordering;

use taipan_object::items::Block;
use taipan_object::list::PyList;
use taipan_object::protocol;
use taipan_object::str::PyStr;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{Names, powersort, receiver};
use crate::arguments::Parameters;

const SORT: Parameters<2> = Parameters {
    function: "sort",
    names: ["key", "reverse"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

/// As many plain keys are sorted at once; between them is looked for interrupts.
const LONG: usize = 1 << 15;

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

fn sorted(
    thread: &Thread,
    mut items: Vec<Value>,
    key: Option<Ref<'_>>,
    reverse: bool,
) -> PyResult<Vec<Value>> {
    // equal items keep their order the other way round, too
    if reverse {
        items.reverse();
    }
    let order = match key {
        Some(key) => {
            let mut keys = Vec::new();
            if keys.try_reserve_exact(items.len()).is_err() {
                return Err(thread.raise_memory_error());
            }
            // the function is called in the order of the list
            let places = 0..items.len();
            for at in places.map(|at| if reverse { items.len() - 1 - at } else { at }) {
                keys.push(protocol::call(thread, key, std::slice::from_ref(&items[at]), None)?);
            }
            if reverse {
                keys.reverse();
            }
            order_of(thread, &keys)?
        }
        None => order_of(thread, &items)?,
    };
    let mut items: Vec<Option<Value>> = items.into_iter().map(Some).collect();
    let sorted = order.into_iter().filter_map(|at| items[at as usize].take());
    Ok(if reverse { sorted.rev().collect() } else { sorted.collect() })
}

/// The places of keys in their order.
fn order_of(thread: &Thread, keys: &[Value]) -> PyResult<Vec<u32>> {
    let mut order = Vec::new();
    let (Ok(count), Ok(())) = (u32::try_from(keys.len()), order.try_reserve_exact(keys.len())) else {
        return Err(thread.raise_memory_error());
    };
    let key = |at: u32| keys[at as usize].as_ref();
    if keys.iter().all(|key| key.word().is_int()) {
        plain(thread, &mut order, keys, |key| key.word().int_unchecked(), |a, b| a.cmp(b))?;
    } else if keys.iter().all(|key| key.word().as_float().is_some_and(|number| !number.is_nan())) {
        let order_of = |a: &f64, b: &f64| a.partial_cmp(b).unwrap_or(Ordering::Equal);
        plain(thread, &mut order, keys, |key| key.word().float_unchecked(), order_of)?;
    } else if let Some(texts) = all_texts(keys) {
        plain(thread, &mut order, &texts, |text| *text, |a, b| a.compare(b))?;
    } else {
        order.extend(0..count);
        powersort::sort(&mut order, &|a, b| {
            thread.check_interrupts()?;
            protocol::holds(thread, key(a), key(b), CompareOp::Lt)
        })?;
    }
    Ok(order)
}

/// The keys as strings, if all are.
fn all_texts(keys: &[Value]) -> Option<Vec<&PyStr>> {
    keys.first()?.as_ref().get_exact::<PyStr>()?;
    keys.iter().map(|key| key.as_ref().get_exact::<PyStr>()).collect()
}

/// The order of keys whose comparison runs no Python code and cannot fail: pieces are sorted at once, then merged.
fn plain<'k, K, T: Copy>(
    thread: &Thread,
    order: &mut Vec<u32>,
    keys: &'k [K],
    of: impl Fn(&'k K) -> T,
    compare: impl Fn(&T, &T) -> Ordering,
) -> PyResult<()> {
    let mut piece: Vec<(T, u32)> = Vec::with_capacity(keys.len().min(LONG));
    let mut numbered = keys.iter().map(&of).zip(0..);
    loop {
        thread.check_interrupts()?;
        piece.clear();
        piece.extend(numbered.by_ref().take(LONG));
        if piece.is_empty() {
            break;
        }
        piece.sort_by(|(a, _), (b, _)| compare(a, b));
        order.extend(piece.iter().map(|(_, at)| *at));
    }
    if order.len() > LONG {
        let key = |at: u32| of(&keys[at as usize]);
        powersort::sort(order, &|a, b| {
            thread.check_interrupts()?;
            Ok(compare(&key(a), &key(b)).is_lt())
        })?;
    }
    Ok(())
}
