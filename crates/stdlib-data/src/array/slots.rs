//! What operators do with arrays.

use taipan_object::buffer::{Buffer, Request};
use taipan_object::declare::receiver;
use taipan_object::native::Native;
use taipan_object::slice::{PySlice, adjust};
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::to_bound;
use taipan_runtime_builtins::text;

use super::{Array, change, convert};

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let (name, letter) = (this.ty().short_name(), array.code.get().letter());
    if array.len() == 0 {
        return super::text(thread, &format!("{name}('{letter}')"));
    }
    let items = match array.code.get().is_text() {
        true => convert::text_of(thread, array)?.into_value(),
        false => convert::list_of(thread, array)?.into_value(),
    };
    let shown = text::repr(thread, items.as_ref())?.to_wtf8();
    let mut out = taipan_object::str::build::StrBuilder::new();
    out.push_str(thread, &format!("{name}('{letter}', "))?;
    let shown = taipan_object::str::PyStr::from_wtf8(thread, shown.as_wtf8())?;
    out.push(thread, &shown)?;
    out.push_str(thread, ")")?;
    Ok(out.finish(thread)?.into_value())
}

pub(super) fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.get::<Native<Array>>(), b.get::<Native<Array>>()) else {
        return Ok(Value::not_implemented());
    };
    if x.len() != y.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut at = 0;
    loop {
        let (Some(left), Some(right)) = (x.get(thread, at)?, y.get(thread, at)?) else {
            return Ok(Value::bool(op.holds(x.len().cmp(&y.len()))));
        };
        if !protocol::holds(thread, left.as_ref(), right.as_ref(), CompareOp::Eq)? {
            return match op {
                CompareOp::Eq => Ok(Value::bool(false)),
                CompareOp::Ne => Ok(Value::bool(true)),
                _ => protocol::compare(thread, left.as_ref(), right.as_ref(), op),
            };
        }
        at += 1;
    }
}

pub(super) fn item(thread: &Thread, this: Ref<'_>, at: isize) -> PyResult<Value> {
    let found = match usize::try_from(at) {
        Ok(at) => receiver::<Array>(thread, this)?.get(thread, at)?,
        Err(_) => None,
    };
    found.ok_or_else(|| raise!(thread, INDEX_ERROR, "array index out of range"))
}

/// The place that a key names; none if it is none of `len` items.
fn place(thread: &Thread, key: Ref<'_>, len: usize) -> PyResult<Option<usize>> {
    let at = protocol::number::index_size(thread, key)?;
    let at = if at < 0 { at.checked_add_unsigned(len) } else { Some(at) };
    Ok(at.and_then(|at| usize::try_from(at).ok()).filter(|&at| at < len))
}

/// Bounds of a slice: the first item, the step, how many items.
struct Bounds {
    start: usize,
    step: isize,
    count: usize,
}

impl Bounds {
    fn of(thread: &Thread, array: &Array, slice: &PySlice) -> PyResult<Bounds> {
        let step = to_bound(thread, Some(slice.step().as_ref()))?.unwrap_or(1);
        if step == 0 {
            return Err(raise!(thread, VALUE_ERROR, "slice step cannot be zero"));
        }
        let start = to_bound(thread, Some(slice.start().as_ref()))?.map(|bound| bound as i64);
        let stop = to_bound(thread, Some(slice.stop().as_ref()))?.map(|bound| bound as i64);
        // the length is asked last: reading the bounds may have changed it
        let (start, _, count) = adjust(array.len(), start, stop, step as i64);
        Ok(Bounds { start: usize::try_from(start).unwrap_or(0), step, count })
    }

    fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let (start, step) = (self.start, self.step);
        (0..self.count).map(move |at| start.wrapping_add_signed(step.wrapping_mul(at as isize)))
    }
}

fn not_index(thread: &Thread) -> taipan_object::Raised {
    raise!(thread, TYPE_ERROR, "array indices must be integers")
}

pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    if let Some(slice) = key.get::<PySlice>() {
        let bounds = Bounds::of(thread, array, slice)?;
        let size = array.item_size();
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(bounds.count * size).is_err() {
            return Err(thread.raise_memory_error());
        }
        for at in bounds.places() {
            let item = array.bytes_at(at).unwrap_or_default();
            bytes.extend_from_slice(item.get(..size).unwrap_or_default());
        }
        return Ok(Native::new(thread, Array::of(array.code.get(), bytes))?.into_value());
    }
    if key.ty().slots().index.get().is_none() {
        return Err(not_index(thread));
    }
    let found = match place(thread, key, array.len())? {
        Some(at) => array.get(thread, at)?,
        None => None,
    };
    found.ok_or_else(|| raise!(thread, INDEX_ERROR, "array index out of range"))
}

pub(super) fn set_subscript(
    thread: &Thread,
    this: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let array = receiver::<Array>(thread, this)?;
    if let Some(slice) = key.get::<PySlice>() {
        let bounds = Bounds::of(thread, array, slice)?;
        return set_slice(thread, array, &bounds, value);
    }
    if key.ty().slots().index.get().is_none() {
        return Err(not_index(thread));
    }
    let Some(at) = place(thread, key, array.len())? else {
        return Err(raise!(thread, INDEX_ERROR, "array assignment index out of range"));
    };
    match value {
        Some(value) => {
            let bytes = array.code.get().pack(thread, value.as_ref())?;
            let size = array.item_size();
            array.block.write(at * size, bytes.get(..size).unwrap_or_default());
            Ok(())
        }
        None => array.splice(thread, at, at + 1, &[]),
    }
}

fn set_slice(thread: &Thread, array: &Array, bounds: &Bounds, value: Option<Value>) -> PyResult<()> {
    let new = match &value {
        None => Vec::new(),
        Some(value) => {
            let Some(other) = value.as_ref().get::<Native<Array>>() else {
                let ty = value.as_ref().ty().short_name();
                return Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "can only assign array (not \"{ty}\") to array slice"
                ));
            };
            if other.code.get() != array.code.get() {
                return Err(raise!(thread, TYPE_ERROR, "bad argument type for built-in operation"));
            }
            other.all(thread)?
        }
    };
    if bounds.step == 1 {
        return array.splice(thread, bounds.start, bounds.start + bounds.count, &new);
    }
    let size = array.item_size();
    if value.is_some() {
        let (given, wanted) = (new.len() / size, bounds.count);
        if given != wanted {
            return Err(raise!(
                thread,
                VALUE_ERROR,
                "attempt to assign array of size {given} to extended slice of size {wanted}"
            ));
        }
        for (at, item) in bounds.places().zip(new.chunks(size)) {
            array.block.write(at * size, item);
        }
        return Ok(());
    }
    let mut gone = vec![false; array.len()];
    for at in bounds.places() {
        if let Some(gone) = gone.get_mut(at) {
            *gone = true;
        }
    }
    let all = array.all(thread)?;
    let kept = all.chunks(size).zip(gone).filter(|(_, gone)| !gone);
    let kept: Vec<u8> = kept.flat_map(|(item, _)| item.iter().copied()).collect();
    array.splice(thread, 0, usize::MAX, &kept)
}

pub(super) fn contains(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<bool> {
    let array = receiver::<Array>(thread, this)?;
    let mut at = 0;
    while let Some(item) = array.get(thread, at)? {
        if protocol::same_or_equal(thread, item.as_ref(), value)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

pub(super) fn concat(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, a)?;
    let Some(other) = b.get::<Native<Array>>() else {
        let ty = b.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "can only append array (not \"{ty}\") to array"));
    };
    if other.code.get() != array.code.get() {
        return Err(raise!(thread, TYPE_ERROR, "bad argument type for built-in operation"));
    }
    let mut bytes = array.all(thread)?;
    bytes.extend(other.all(thread)?);
    Ok(Native::new(thread, Array::of(array.code.get(), bytes))?.into_value())
}

/// The bytes of an array so many times.
fn repeated(thread: &Thread, array: &Array, count: isize) -> PyResult<Vec<u8>> {
    let all = array.all(thread)?;
    let count = usize::try_from(count).unwrap_or(0);
    let mut bytes = Vec::new();
    let len = all.len().checked_mul(count);
    if len.is_none_or(|len| bytes.try_reserve_exact(len).is_err()) {
        return Err(thread.raise_memory_error());
    }
    (0..count).for_each(|_| bytes.extend_from_slice(&all));
    Ok(bytes)
}

pub(super) fn repeat(thread: &Thread, this: Ref<'_>, count: isize) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let bytes = repeated(thread, array, count)?;
    Ok(Native::new(thread, Array::of(array.code.get(), bytes))?.into_value())
}

pub(super) fn inplace_concat(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if b.get::<Native<Array>>().is_none() {
        let ty = b.ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "can only extend array with array (not \"{ty}\")"));
    }
    change::extend_by(thread, receiver::<Array>(thread, a)?, b)?;
    Ok(a.to_value())
}

pub(super) fn inplace_repeat(thread: &Thread, this: Ref<'_>, count: isize) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    let bytes = repeated(thread, array, count)?;
    array.splice(thread, 0, usize::MAX, &bytes)?;
    Ok(this.to_value())
}

pub(super) fn buffer(thread: &Thread, this: Ref<'_>, request: Request) -> PyResult<Buffer> {
    let array = receiver::<Array>(thread, this)?;
    let code = array.code.get();
    Buffer::of_block(thread, this, &array.block, (code.size(), code.format()), false, request)
}
