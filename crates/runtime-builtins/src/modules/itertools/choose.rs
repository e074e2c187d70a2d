//! `combinations`, `combinations_with_replacement`, `permutations`. Each holds a tuple of items and the indices of
//! those that it gave last; no code runs while the indices move.

use std::cell::{Cell, RefCell};

use taipan_object::native::{Native, NativeType};
use taipan_object::slot::Slot;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use super::itself;
use crate::arguments::{Parameters, to_plain_size, to_size};
use crate::iterate::collect;
use taipan_object::declare::{native_state, receiver};

type Names<'a> = Option<&'a PyTuple>;

/// How far a walk through all choices is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing was given yet.
    #[default]
    Before,
    /// The indices are those of what was given last.
    Within,
    /// Everything was given.
    Done,
}

/// The items, the indices chosen, for permutations how often each place was moved, and the stage.
macro_rules! choosers {
    ($($state:ident $static:ident $name:literal $new:ident $next:ident {$($cycles:ident)?};)*) => {$(
        /// A pool of items and the choice that was given last.
        #[derive(Default)]
        pub(super) struct $state {
            pool: Slot,
            indices: RefCell<Vec<usize>>,
            $($cycles: RefCell<Vec<usize>>,)?
            stage: Cell<Stage>,
        }

        native_type! {
            /// The iterator.
            pub(super) static $static: $state = $name, flags flags::BASETYPE, dict false, weak false,
            does { iter: itself, next: $next, new: $new }
        }

        native_state!($state in $static: pool);
    )*};
}

choosers! {
    Combinations COMBINATIONS "itertools.combinations" new_combinations combinations {};
    WithReplacement COMBINATIONS_WITH_REPLACEMENT "itertools.combinations_with_replacement" new_with_replacement
        with_replacement {};
    Permutations PERMUTATIONS "itertools.permutations" new_permutations permutations {cycles};
}

/// The items and how many are chosen.
fn pool_and_size(
    thread: &Thread,
    function: &'static str,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<(Value, usize, usize)> {
    let parameters =
        Parameters { function, names: ["iterable", "r"], positional_only: 0, positional: 2, required: 2 };
    let [iterable, size] = parameters.bind(thread, arguments, names)?;
    let none = Value::none();
    let size = to_size(thread, size.unwrap_or(none.as_ref()))?;
    let pool = PyTuple::from_values(thread, collect(thread, iterable.unwrap_or(none.as_ref()))?)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(raise!(thread, VALUE_ERROR, "r must be non-negative"));
    };
    let length = pool.len();
    Ok((pool.into_value(), length, size))
}

/// So many numbers from a start on, or of one kind.
fn numbers(thread: &Thread, count: usize, number: impl Fn(usize) -> usize) -> PyResult<RefCell<Vec<usize>>> {
    let mut numbers = Vec::new();
    if numbers.try_reserve_exact(count).is_err() {
        return Err(thread.raise_memory_error());
    }
    numbers.extend((0..count).map(number));
    Ok(RefCell::new(numbers))
}

/// The items at the indices.
fn chosen(
    thread: &Thread,
    pool: &Slot,
    indices: &RefCell<Vec<usize>>,
    size: usize,
) -> PyResult<Option<Value>> {
    let held = pool.get();
    let Some(pool) = held.as_ref().and_then(|pool| pool.as_ref().get::<PyTuple>()) else { return Ok(None) };
    let mut items = TupleBuilder::new(thread, size)?;
    for &at in indices.borrow().iter().take(size) {
        if let Some(item) = pool.get(at) {
            items.push(item);
        }
    }
    Ok(Some(items.finish().into_value()))
}

fn pool_length(pool: &Slot) -> usize {
    pool.get().and_then(|pool| pool.as_ref().get::<PyTuple>().map(PyTuple::len)).unwrap_or(0)
}

fn make<S: NativeType>(thread: &Thread, class: &PyTypeObject, state: S) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn new_combinations(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let (pool, length, size) = pool_and_size(thread, "combinations", arguments, names)?;
    let stage = if size > length { Stage::Done } else { Stage::Before };
    let indices = if size > length { RefCell::default() } else { numbers(thread, size, |at| at)? };
    let state = Combinations { pool: Slot::new(pool), indices, stage: Cell::new(stage) };
    make(thread, class, state)
}

/// Moves on to the next choice in order: the last index that can be raised is, and those behind it follow. `limit`
/// is the highest that an index may be, `follow` what comes behind an index.
fn raise_last(indices: &mut [usize], limit: impl Fn(usize) -> usize, follow: usize) -> bool {
    let Some(place) =
        (0..indices.len()).rev().find(|&at| indices.get(at).is_some_and(|&index| index < limit(at)))
    else {
        return false;
    };
    let start = indices.get(place).map_or(0, |index| index + 1);
    for (ahead, index) in indices.iter_mut().skip(place).enumerate() {
        *index = start + ahead * follow;
    }
    true
}

fn combinations(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Combinations>(thread, this)?;
    let (length, size) = (pool_length(&this.pool), this.indices.borrow().len());
    let goes_on = match this.stage.get() {
        Stage::Before => true,
        Stage::Within => {
            let mut indices = this.indices.borrow_mut();
            raise_last(&mut indices, |at| (at + length).saturating_sub(size), 1)
        }
        Stage::Done => false,
    };
    this.stage.set(if goes_on { Stage::Within } else { Stage::Done });
    if goes_on { chosen(thread, &this.pool, &this.indices, size) } else { Ok(None) }
}

fn new_with_replacement(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let (pool, length, size) = pool_and_size(thread, "combinations_with_replacement", arguments, names)?;
    let stage = if length == 0 && size > 0 { Stage::Done } else { Stage::Before };
    let state = WithReplacement {
        pool: Slot::new(pool),
        indices: numbers(thread, size, |_| 0)?,
        stage: Cell::new(stage),
    };
    make(thread, class, state)
}

fn with_replacement(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<WithReplacement>(thread, this)?;
    let (length, size) = (pool_length(&this.pool), this.indices.borrow().len());
    let goes_on = match this.stage.get() {
        Stage::Before => true,
        Stage::Within => {
            let mut indices = this.indices.borrow_mut();
            raise_last(&mut indices, |_| length.saturating_sub(1), 0)
        }
        Stage::Done => false,
    };
    this.stage.set(if goes_on { Stage::Within } else { Stage::Done });
    if goes_on { chosen(thread, &this.pool, &this.indices, size) } else { Ok(None) }
}

const PERMUTATIONS_PARAMETERS: Parameters<2> = Parameters {
    function: "permutations",
    names: ["iterable", "r"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn new_permutations(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [iterable, size] = PERMUTATIONS_PARAMETERS.bind(thread, arguments, names)?;
    let none = Value::none();
    let pool = PyTuple::from_values(thread, collect(thread, iterable.unwrap_or(none.as_ref()))?)?;
    let length = pool.len();
    let size = match size.filter(|size| !size.is_none()) {
        None => length,
        Some(size) if size.is_int() => match usize::try_from(to_plain_size(thread, size)?) {
            Ok(size) => size,
            Err(_) => return Err(raise!(thread, VALUE_ERROR, "r must be non-negative")),
        },
        Some(_) => return Err(raise!(thread, TYPE_ERROR, "Expected int as r")),
    };
    let chosen = size.min(length);
    let state = Permutations {
        pool: Slot::new(pool.into_value()),
        indices: numbers(thread, length, |at| at)?,
        cycles: numbers(thread, chosen, |at| length - at)?,
        stage: Cell::new(if size > length { Stage::Done } else { Stage::Before }),
    };
    make(thread, class, state)
}

/// Moves on to the next order: the last place that has not seen all items behind it takes the next one; the places
/// behind it begin again.
fn next_order(indices: &mut [usize], cycles: &mut [usize]) -> bool {
    let length = indices.len();
    for at in (0..cycles.len()).rev() {
        let Some(cycle) = cycles.get_mut(at) else { return false };
        *cycle -= 1;
        let left = *cycle;
        if left > 0 {
            indices.swap(at, length - left);
            return true;
        }
        *cycle = length - at;
        if let Some(rest) = indices.get_mut(at..) {
            rest.rotate_left(1);
        }
    }
    false
}

fn permutations(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Permutations>(thread, this)?;
    let size = this.cycles.borrow().len();
    let goes_on = match this.stage.get() {
        Stage::Before => true,
        Stage::Within => next_order(&mut this.indices.borrow_mut(), &mut this.cycles.borrow_mut()),
        Stage::Done => false,
    };
    this.stage.set(if goes_on { Stage::Within } else { Stage::Done });
    if goes_on { chosen(thread, &this.pool, &this.indices, size) } else { Ok(None) }
}
