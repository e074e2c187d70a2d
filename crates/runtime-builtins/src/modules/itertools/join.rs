//! Iterators that put items together: `accumulate`, `batched`, `pairwise`, `zip_longest`.

use std::cell::Cell;

use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::protocol::{BinaryOp, binary};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};

use super::itself;
use crate::arguments::{Parameters, check_count, no_keywords, to_size};
use taipan_object::declare::{native_state, receiver};

type Names<'a> = Option<&'a PyTuple>;

/// The iterator, the function, the total so far, and a first total that was not given yet.
#[derive(Default)]
pub(super) struct Accumulate {
    source: Slot,
    function: Slot,
    total: Slot,
    initial: Slot,
}

native_type! {
    /// `accumulate`.
    pub(super) static ACCUMULATE: Accumulate = "itertools.accumulate", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: accumulate, new: new_accumulate }
}

native_state!(Accumulate in ACCUMULATE: source, function, total, initial);

const ACCUMULATE_PARAMETERS: Parameters<3> = Parameters {
    function: "accumulate",
    names: ["iterable", "func", "initial"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn new_accumulate(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [iterable, function, initial] = ACCUMULATE_PARAMETERS.bind(thread, arguments, names)?;
    let given =
        |value: Option<Ref<'_>>| Slot::from_option(value.filter(|value| !value.is_none()).map(Ref::to_value));
    let none = Value::none();
    let state = Accumulate {
        source: Slot::new(protocol::iter(thread, iterable.unwrap_or(none.as_ref()))?),
        function: given(function),
        total: Slot::empty(),
        initial: given(initial),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn accumulate(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Accumulate>(thread, this)?;
    if let Some(initial) = this.initial.take() {
        drop(this.total.replace(Some(initial.clone())));
        return Ok(Some(initial));
    }
    let Some(source) = this.source.get() else { return Ok(None) };
    let Some(item) = protocol::next(thread, source.as_ref())? else { return Ok(None) };
    let total = match (this.total.get(), this.function.get()) {
        (None, _) => item,
        (Some(total), None) => binary(thread, total.as_ref(), item.as_ref(), BinaryOp::Add)?,
        (Some(total), Some(function)) => protocol::call(thread, function.as_ref(), &[total, item], None)?,
    };
    drop(this.total.replace(Some(total.clone())));
    Ok(Some(total))
}

/// The iterator, how many items a batch has, and whether the last one must have as many.
#[derive(Default)]
pub(super) struct Batched {
    source: Slot,
    size: Cell<usize>,
    strict: Cell<bool>,
}

native_type! {
    /// `batched`.
    pub(super) static BATCHED: Batched = "itertools.batched", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: batched, new: new_batched }
}

native_state!(Batched in BATCHED: source);

const BATCHED_PARAMETERS: Parameters<3> = Parameters {
    function: "batched",
    names: ["iterable", "n", "strict"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn new_batched(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [iterable, size, strict] = BATCHED_PARAMETERS.bind(thread, arguments, names)?;
    let none = Value::none();
    let size = to_size(thread, size.unwrap_or(none.as_ref()))?;
    let strict = strict.map_or(Ok(false), |strict| protocol::truth(thread, strict))?;
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(raise!(thread, VALUE_ERROR, "n must be at least one"));
    };
    let source = Slot::new(protocol::iter(thread, iterable.unwrap_or(none.as_ref()))?);
    let state = Batched { source, size: Cell::new(size), strict: Cell::new(strict) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn batched(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Batched>(thread, this)?;
    let Some(source) = this.source.get() else { return Ok(None) };
    let mut items = Vec::new();
    while items.len() < this.size.get() {
        let Some(item) = protocol::next(thread, source.as_ref())? else { break };
        items.try_reserve(1).map_err(|_| thread.raise_memory_error())?;
        items.push(item);
    }
    if items.len() < this.size.get() {
        drop(this.source.take());
        if items.is_empty() {
            return Ok(None);
        }
        if this.strict.get() {
            return Err(raise!(thread, VALUE_ERROR, "batched(): incomplete batch"));
        }
    }
    Ok(Some(PyTuple::from_values(thread, items)?.into_value()))
}

/// The iterator, and the item before.
#[derive(Default)]
pub(super) struct Pairwise {
    source: Slot,
    before: Slot,
}

native_type! {
    /// `pairwise`.
    pub(super) static PAIRWISE: Pairwise = "itertools.pairwise", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: pairwise, new: new_pairwise }
}

native_state!(Pairwise in PAIRWISE: source, before);

fn new_pairwise(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &PAIRWISE, arguments, names)?;
    check_count(thread, "pairwise", arguments.len(), 1, 1)?;
    let none = Value::none();
    let source = protocol::iter(thread, arguments.first().unwrap_or(&none).as_ref())?;
    let state = Pairwise { source: Slot::new(source), before: Slot::empty() };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn pairwise(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<Pairwise>(thread, this)?;
    let Some(source) = this.source.get() else { return Ok(None) };
    let finish = || drop((this.source.take(), this.before.take()));
    let before = match this.before.get() {
        Some(before) => before,
        None => {
            let Some(first) = protocol::next(thread, source.as_ref())? else {
                finish();
                return Ok(None);
            };
            drop(this.before.replace(Some(first.clone())));
            // the call may have come to the end itself
            if this.source.peek().is_none() {
                drop(this.before.take());
                return Ok(None);
            }
            first
        }
    };
    let Some(item) = protocol::next(thread, source.as_ref())? else {
        finish();
        return Ok(None);
    };
    drop(this.before.replace(Some(item.clone())));
    Ok(Some(PyTuple::pack(thread, [before, item])?.into_value()))
}

/// A list of iterators, `None` for those at their end, how many are left, and what stands for items that are not
/// there.
#[derive(Default)]
pub(super) struct ZipLongest {
    sources: Slot,
    left: Cell<usize>,
    fill: Slot,
}

native_type! {
    /// `zip_longest`.
    pub(super) static ZIP_LONGEST: ZipLongest = "itertools.zip_longest", flags flags::BASETYPE, dict false, weak false,
    does { iter: itself, next: zip_longest, new: new_zip_longest }
}

native_state!(ZipLongest in ZIP_LONGEST: sources, fill);

fn new_zip_longest(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (iterables, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let is_fill = |name: Ref<'_>| name.get::<PyStr>().is_some_and(|name| name.equals_text("fillvalue"));
    let all_known = names.is_none_or(|names| names.iter().all(is_fill));
    if !all_known {
        return Err(raise!(thread, TYPE_ERROR, "zip_longest() got an unexpected keyword argument"));
    }
    let sources = PyList::new(thread)?;
    for iterable in iterables {
        sources.push(thread, protocol::iter(thread, iterable.as_ref())?)?;
    }
    let state = ZipLongest {
        left: Cell::new(sources.len()),
        sources: Slot::new(sources.into_value()),
        fill: Slot::from_option(named.first().cloned()),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn zip_longest(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let this = receiver::<ZipLongest>(thread, this)?;
    let list = this.sources.get();
    let Some(sources) = list.as_ref().and_then(|list| list.as_ref().get::<PyList>()) else { return Ok(None) };
    let count = sources.len();
    if count == 0 || this.left.get() == 0 {
        return Ok(None);
    }
    let mut items = TupleBuilder::new(thread, count)?;
    for at in 0..count {
        let source = sources.get(at).filter(|source| !source.as_ref().is_none());
        let item = match &source {
            None => None,
            Some(source) => match protocol::next(thread, source.as_ref()) {
                Ok(item) => item,
                Err(raised) => {
                    this.left.set(0);
                    return Err(raised);
                }
            },
        };
        if item.is_none() && source.is_some() {
            this.left.set(this.left.get().saturating_sub(1));
            if this.left.get() == 0 {
                return Ok(None);
            }
            drop(sources.replace(thread, at, Value::none())?);
        }
        items.push(item.unwrap_or_else(|| this.fill.get_or_none()));
    }
    Ok(Some(items.finish().into_value()))
}
