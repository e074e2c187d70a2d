//! `product`: all ways to take one item of each iterable.

use std::cell::{Cell, RefCell};

use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use super::itself;
use crate::arguments::{Parameters, to_size};
use crate::iterate::collect;
use taipan_object::declare::{native_state, receiver};

/// A tuple of tuples of items, the index in each, and whether the walk has begun and ended.
#[derive(Default)]
pub(super) struct Product {
    pools: Slot,
    indices: RefCell<Vec<usize>>,
    begun: Cell<bool>,
    done: Cell<bool>,
}

native_type! {
    /// `product`.
    pub(super) static PRODUCT: Product = "itertools.product", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: next, new: new }
}

native_state!(Product in PRODUCT: pools);

const PARAMETERS: Parameters<1> =
    Parameters { function: "product", names: ["repeat"], positional_only: 0, positional: 0, required: 0 };

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (iterables, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let [repeat] = PARAMETERS.bind(thread, named, names)?;
    let repeat = repeat.map_or(Ok(1), |repeat| to_size(thread, repeat))?;
    let Ok(repeat) = usize::try_from(repeat) else {
        return Err(raise!(thread, VALUE_ERROR, "repeat argument cannot be negative"));
    };
    let count = if repeat == 0 { Some(0) } else { iterables.len().checked_mul(repeat) };
    let Some(count) = count.filter(|&count| count <= isize::MAX as usize / 8) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "repeat argument too large"));
    };
    let mut once = Vec::new();
    for iterable in iterables.iter().take(count) {
        once.push(PyTuple::from_values(thread, collect(thread, iterable.as_ref())?)?.into_value());
    }
    let mut pools = TupleBuilder::new(thread, count)?;
    for pool in once.iter().cycle().take(count) {
        pools.push(pool.clone());
    }
    let mut indices = Vec::new();
    if indices.try_reserve_exact(count).is_err() {
        return Err(thread.raise_memory_error());
    }
    indices.resize(count, 0);
    let state = Product {
        pools: Slot::new(pools.finish().into_value()),
        indices: RefCell::new(indices),
        begun: Cell::new(false),
        done: Cell::new(false),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// Counts on: the last index is raised, and the one before it where there are no more items. No code runs meanwhile.
fn advance(pools: &PyTuple, indices: &mut [usize]) -> bool {
    for (at, index) in indices.iter_mut().enumerate().rev() {
        let length = pools.borrow(at).and_then(|pool| pool.get::<PyTuple>()).map_or(0, PyTuple::len);
        *index += 1;
        if *index < length {
            return true;
        }
        *index = 0;
    }
    false
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Product>(thread, this)?;
    let held = this.pools.get();
    let Some(pools) = held.as_ref().and_then(|pools| pools.as_ref().get::<PyTuple>()) else {
        return Ok(None);
    };
    if this.done.get() || this.begun.replace(true) && !advance(pools, &mut this.indices.borrow_mut()) {
        this.done.set(true);
        return Ok(None);
    }
    let mut items = TupleBuilder::new(thread, pools.len())?;
    for (pool, &index) in pools.iter().zip(this.indices.borrow().iter()) {
        match pool.get::<PyTuple>().and_then(|pool| pool.get(index)) {
            Some(item) => items.push(item),
            None => {
                this.done.set(true);
                return Ok(None);
            }
        }
    }
    Ok(Some(items.finish().into_value()))
}
