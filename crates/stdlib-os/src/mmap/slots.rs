//! What operators do with an `mmap.mmap`: it is a sequence of bytes whose length is given.

use taipan_object::buffer::{Buffer, Request, bytes_of};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::slice::{PySlice, adjust};
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::to_bound;

use super::{ACCESS_NAMES, Access, Mmap, open};

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mmap = receiver::<Mmap>(thread, this)?;
    let name = this.ty().name();
    let text = match mmap.region(thread) {
        Ok(region) => {
            let access = ACCESS_NAMES.get(mmap.access.get() as usize).copied().unwrap_or("");
            let (len, position, offset) = (region.len(), mmap.position.get(), mmap.offset.get());
            format!("<{name} closed=False, access={access}, length={len}, pos={position}, offset={offset}>")
        }
        Err(raised) => {
            drop(thread.catch(raised));
            format!("<{name} closed=True>")
        }
    };
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

pub(super) fn length(thread: &Thread, this: Ref<'_>) -> PyResult<usize> {
    Ok(open(thread, this)?.1.len())
}

#[cold]
fn out_of_range(thread: &Thread) -> Raised {
    raise!(thread, INDEX_ERROR, "mmap index out of range")
}

/// A byte as bytes: what iteration gives.
pub(super) fn item(thread: &Thread, this: Ref<'_>, at: isize) -> PyResult<Value> {
    let (_, region) = open(thread, this)?;
    match usize::try_from(at).ok().and_then(|at| region.get(at)) {
        Some(byte) => Ok(PyBytes::new(thread, &[byte])?.into_value()),
        None => Err(out_of_range(thread)),
    }
}

/// The places that a slice selects.
fn places(
    thread: &Thread,
    this: Ref<'_>,
    slice: &PySlice,
) -> PyResult<(usize, isize, impl Iterator<Item = usize> + Clone + use<>)> {
    let step = to_bound(thread, Some(slice.step().as_ref()))?.unwrap_or(1);
    if step == 0 {
        return Err(raise!(thread, VALUE_ERROR, "slice step cannot be zero"));
    }
    let start = to_bound(thread, Some(slice.start().as_ref()))?.map(|bound| bound as i64);
    let stop = to_bound(thread, Some(slice.stop().as_ref()))?.map(|bound| bound as i64);
    // the length is asked last: reading the bounds may have changed it
    let (start, _, count) = adjust(length(thread, this)?, start, stop, step as i64);
    let start = usize::try_from(start).unwrap_or(0);
    let all = (0..count).map(move |at| start.wrapping_add_signed(step.wrapping_mul(at as isize)));
    Ok((count, step, all))
}

/// The place that an index names.
fn place(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<usize> {
    let at = protocol::number::index_size(thread, key)?;
    let len = length(thread, this)?;
    let at = if at < 0 { at.checked_add_unsigned(len) } else { Some(at) };
    let found = at.and_then(|at| usize::try_from(at).ok()).filter(|&at| at < len);
    found.ok_or_else(|| out_of_range(thread))
}

fn check_key(thread: &Thread, key: Ref<'_>) -> PyResult<()> {
    match key.ty().slots().index.get() {
        Some(_) => Ok(()),
        None => Err(raise!(thread, TYPE_ERROR, "mmap indices must be integers")),
    }
}

pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    open(thread, this)?;
    if let Some(slice) = key.get::<PySlice>() {
        let (count, step, mut all) = places(thread, this, slice)?;
        let (_, region) = open(thread, this)?;
        let bytes = match (step, all.clone().next()) {
            (1, Some(start)) => region.copy(thread, start, start + count)?,
            _ => {
                let mut bytes = Vec::new();
                if bytes.try_reserve_exact(count).is_err() {
                    return Err(thread.raise_memory_error());
                }
                bytes.extend(all.by_ref().map_while(|at| region.get(at)));
                bytes
            }
        };
        return Ok(PyBytes::new(thread, &bytes)?.into_value());
    }
    check_key(thread, key)?;
    let at = place(thread, this, key)?;
    let byte = open(thread, this)?.1.get(at).ok_or_else(|| out_of_range(thread))?;
    Ok(Value::small(byte.into()))
}

pub(super) fn set_subscript(
    thread: &Thread,
    this: Ref<'_>,
    key: Ref<'_>,
    value: Option<Value>,
) -> PyResult<()> {
    let (mmap, _) = open(thread, this)?;
    mmap.check_writable(thread)?;
    if let Some(slice) = key.get::<PySlice>() {
        let Some(value) = value else {
            return Err(raise!(thread, TYPE_ERROR, "mmap object doesn't support slice deletion"));
        };
        // what lends the bytes may have resized the memory
        let bytes = bytes_of(thread, value.as_ref())?;
        let (count, step, all) = places(thread, this, slice)?;
        if bytes.len() != count {
            return Err(raise!(thread, INDEX_ERROR, "mmap slice assignment is wrong size"));
        }
        let (_, region) = open(thread, this)?;
        match (step, all.clone().next()) {
            (1, Some(start)) => {
                region.write(start, &bytes);
            }
            _ => {
                for (at, byte) in all.zip(bytes.iter()) {
                    region.write(at, &[*byte]);
                }
            }
        }
        return Ok(());
    }
    check_key(thread, key)?;
    let at = place(thread, this, key)?;
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "mmap doesn't support item deletion"));
    };
    if value.as_ref().ty().slots().index.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "mmap item value must be an int"));
    }
    let byte = protocol::number::index(thread, value.as_ref())?;
    let Some(byte) = byte.as_ref().to_i64().and_then(|byte| u8::try_from(byte).ok()) else {
        return Err(raise!(thread, VALUE_ERROR, "mmap item value must be in range(0, 256)"));
    };
    // reading the value may have resized the memory
    match open(thread, this)?.1.write(at, &[byte]) {
        0 => Err(out_of_range(thread)),
        _ => Ok(()),
    }
}

pub(super) fn buffer(thread: &Thread, this: Ref<'_>, request: Request) -> PyResult<Buffer> {
    let (mmap, region) = open(thread, this)?;
    region.lend(thread, this, mmap.access.get() == Access::Read, request)
}
