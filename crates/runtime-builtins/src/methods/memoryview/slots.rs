//! Reading and writing the items of a view. Invariants: the key and the value are read before the memory is looked
//! at; whether the view is released is asked last, for reading them may have released it.

use taipan_object::buffer::{Buffer, Geometry, Order, Request};
use taipan_object::memoryview::PyMemoryView;
use taipan_object::protocol::number::index_size;
use taipan_object::slice::PySlice;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

use super::{bound, item, iterator, receiver};
use crate::arguments::check_count;

/// Puts the functions of this file into the slots.
pub(super) fn install(slots: &Slots) {
    slots.repr.set(Some(repr));
    slots.hash.set(Some(hash));
    slots.map_length.set(Some(length));
    slots.length.set(Some(length));
    slots.subscript.set(Some(subscript));
    slots.set_subscript.set(Some(set_subscript));
    slots.iter.set(Some(|thread, this| {
        let view = receiver(thread, this)?;
        letter(thread, view)?;
        one_dimension(thread, view, "invalid indexing of 0-dim memory", SUB_VIEWS)?;
        iterator::over(thread, view)
    }));
}

const SUB_VIEWS: &str = "multi-dimensional sub-views are not implemented";

/// The letter of the items' format.
///
/// # Errors
/// `NotImplementedError` for formats that are not one letter; `ValueError` if the view is released.
pub(super) fn letter(thread: &Thread, view: &PyMemoryView) -> PyResult<u8> {
    view.check(thread)?;
    match view.letter() {
        Some(letter) => Ok(letter),
        None => {
            let format = view.format(thread)?;
            let format = format.to_string_lossy();
            Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "memoryview: unsupported format {format}"))
        }
    }
}

/// That a view has one dimension; how many items it has.
fn one_dimension(thread: &Thread, view: &PyMemoryView, none: &str, more: &str) -> PyResult<usize> {
    match view.lengths() {
        [] => Err(raise!(thread, TYPE_ERROR, "{none}")),
        [len] => Ok(len.unsigned_abs()),
        _ => Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "{more}")),
    }
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let view = receiver(thread, this)?;
    let what = if view.is_released() { "released memory" } else { "memory" };
    let text = format!("<{what} at {:#x}>", this.word().bits());
    Ok(taipan_object::str::PyStr::from_text(thread, &text)?.into_value())
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    let view = receiver(thread, this)?;
    if let Some(hash) = view.known_hash() {
        return Ok(hash);
    }
    view.check(thread)?;
    if !view.readonly() {
        return Err(raise!(thread, VALUE_ERROR, "cannot hash writable memoryview object"));
    }
    if !matches!(view.letter(), Some(b'B' | b'b' | b'c')) {
        let message = "memoryview: hashing is restricted to formats 'B', 'b' or 'c'";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let _held = Buffer::get(thread, this, Request::FULL_RO)?;
    if let Some(exporter) = view.exporter(thread)? {
        // what lends the memory must be hashable itself
        protocol::hash(thread, exporter.as_ref())?;
    }
    let bytes = view.lend(thread, |items| items.to_vec(thread, Order::C))??;
    let hash = taipan_object::hash::of_bytes(&bytes);
    view.note_hash(hash);
    Ok(hash)
}

fn length(thread: &Thread, this: Ref<'_>) -> PyResult<usize> {
    let view = receiver(thread, this)?;
    view.check(thread)?;
    match view.lengths().first() {
        Some(len) => Ok(len.unsigned_abs()),
        None => Err(raise!(thread, TYPE_ERROR, "0-dim memory has no length")),
    }
}

/// What stands between the brackets.
enum Key<'a> {
    /// Indices, one for each dimension.
    Item(Vec<usize>),
    /// A part of the first dimension.
    Part(&'a PySlice),
    /// The view itself.
    Whole,
}

/// What a key cannot be, in the words of reading and writing.
struct Words {
    sub_views: &'static str,
    slices: &'static str,
}

const READ: Words = Words { sub_views: SUB_VIEWS, slices: "multi-dimensional slicing is not implemented" };
const WRITE: Words = Words {
    sub_views: "sub-views are not implemented",
    slices: "memoryview slice assignments are currently restricted to ndim = 1",
};

fn is_index(value: Ref<'_>) -> bool {
    value.is_int() || value.ty().slots().index.get().is_some()
}

fn read_key<'a>(thread: &Thread, view: &PyMemoryView, key: Ref<'a>, words: &Words) -> PyResult<Key<'a>> {
    let tuple = key.get::<PyTuple>();
    let not_yet = |message: &str| raise!(thread, NOT_IMPLEMENTED_ERROR, "{message}");
    if view.dimensions() == 0 {
        return match tuple {
            Some(tuple) if tuple.is_empty() => Ok(Key::Item(Vec::new())),
            _ if key.is(Value::ellipsis().as_ref()) => Ok(Key::Whole),
            _ => Err(raise!(thread, TYPE_ERROR, "invalid indexing of 0-dim memory")),
        };
    }
    if is_index(key) {
        if view.dimensions() > 1 {
            return Err(not_yet(words.sub_views));
        }
        let at = index_size(thread, key)?;
        return Ok(Key::Item(vec![place(thread, view, 0, at)?]));
    }
    if let Some(slice) = key.get::<PySlice>() {
        return Ok(Key::Part(slice));
    }
    let parts: Vec<Ref<'_>> =
        tuple.map_or(Vec::new(), |all| (0..all.len()).filter_map(|i| all.borrow(i)).collect());
    if tuple.is_some() && parts.iter().all(|part| is_index(*part)) {
        let (dimensions, given) = (view.dimensions(), parts.len());
        if given < dimensions {
            return Err(not_yet("sub-views are not implemented"));
        }
        if given > dimensions {
            let message = format_args!("cannot index {dimensions}-dimension view with {given}-element tuple");
            return Err(thread.raise_message(&taipan_object::exception::TYPE_ERROR, message));
        }
        let mut places = Vec::with_capacity(given);
        for (dimension, part) in parts.into_iter().enumerate() {
            let at = index_size(thread, part)?;
            places.push(place(thread, view, dimension, at)?);
        }
        return Ok(Key::Item(places));
    }
    if !parts.is_empty() && parts.iter().all(|part| part.get::<PySlice>().is_some()) {
        return Err(not_yet(words.slices));
    }
    Err(raise!(thread, TYPE_ERROR, "memoryview: invalid slice key"))
}

/// The place of an index, which counts from the end if it is below zero.
fn place(thread: &Thread, view: &PyMemoryView, dimension: usize, at: isize) -> PyResult<usize> {
    let len = view.lengths().get(dimension).copied().unwrap_or(0);
    let at = if at < 0 { at.saturating_add(len) } else { at };
    if !(0..len).contains(&at) {
        let dimension = dimension + 1;
        return Err(raise!(thread, INDEX_ERROR, "index out of bounds on dimension {dimension}"));
    }
    Ok(at.unsigned_abs())
}

/// The value of one item.
pub(super) fn item_at(thread: &Thread, view: &PyMemoryView, at: &[usize]) -> PyResult<Value> {
    let letter = letter(thread, view)?;
    let lost = || raise!(thread, INDEX_ERROR, "index out of bounds on dimension 1");
    view.lend(thread, |items| item::unpack(thread, letter, items.item(at).ok_or_else(lost)?))?
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let own = receiver(thread, this)?;
    own.check(thread)?;
    match read_key(thread, own, key, &READ)? {
        Key::Item(at) => item_at(thread, own, &at),
        Key::Part(slice) => own.slice(thread, slice).map(Owned::into_value),
        Key::Whole => Ok(this.to_value()),
    }
}

fn set_subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let own = receiver(thread, this)?;
    let letter = letter(thread, own)?;
    if own.readonly() {
        return Err(raise!(thread, TYPE_ERROR, "cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(raise!(thread, TYPE_ERROR, "cannot delete memory")) };
    let at = match read_key(thread, own, key, &WRITE)? {
        Key::Item(at) => at,
        Key::Whole => Vec::new(),
        Key::Part(_) if own.dimensions() != 1 => {
            return Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "{}", WRITE.slices));
        }
        Key::Part(slice) => return set_part(thread, own, slice, value.as_ref()),
    };
    let bytes = item::pack(thread, letter, value.as_ref())?;
    let size = own.item_size();
    own.lend(thread, |items| {
        if let Some(item) = items.item(&at) {
            item.write(0, bytes.get(..size).unwrap_or_default());
        }
    })
}

/// `view[a:b] = value`: of the same format and as long.
fn set_part(thread: &Thread, own: &PyMemoryView, slice: &PySlice, value: Ref<'_>) -> PyResult<()> {
    let source = Buffer::get(thread, value, Request::FULL_RO)?;
    let target = own.slice(thread, slice)?;
    let plain = |format: &[u8]| format.strip_prefix(b"@").unwrap_or(format).to_vec();
    let format = target.format(thread)?;
    target.lend(thread, |items: Geometry<'_>| {
        let given = source.geometry();
        let same = items.shape() == given.shape()
            && items.item_size() == given.item_size()
            && plain(format.to_bytes()) == plain(source.format().to_bytes());
        if !same {
            let message = "memoryview assignment: lvalue and rvalue have different structures";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        // copied first: both may be the same memory
        items.fill(&given.to_vec(thread, Order::C)?);
        Ok(())
    })?
}

fn not_found(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "memoryview.index(x): x not found")
}

const LOOKUP: (&str, &str) =
    ("invalid lookup on 0-dim memory", "multi-dimensional lookup is not implemented");

/// `memoryview.index`.
pub(super) fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "index", arguments.len(), 1, 3)?;
    let view = receiver(thread, this)?;
    view.check(thread)?;
    let len = one_dimension(thread, view, LOOKUP.0, LOOKUP.1)?;
    let Some(wanted) = arguments.first() else { return Err(not_found(thread)) };
    let start = bound(thread, arguments.get(1).map(Value::as_ref), len, 0)?;
    let stop = bound(thread, arguments.get(2).map(Value::as_ref), len, len)?.min(len);
    for at in start..stop {
        let item = item_at(thread, view, &[at])?;
        if protocol::same_or_equal(thread, item.as_ref(), wanted.as_ref())? {
            return Value::int(thread, at as i64);
        }
    }
    Err(not_found(thread))
}

/// `memoryview.count`.
pub(super) fn count(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let view = receiver(thread, this)?;
    view.check(thread)?;
    let len = one_dimension(thread, view, "invalid indexing of 0-dim memory", SUB_VIEWS)?;
    let mut count = 0;
    for at in 0..len {
        let item = item_at(thread, view, &[at])?;
        count += i64::from(protocol::same_or_equal(thread, item.as_ref(), wanted)?);
    }
    Value::int(thread, count)
}
