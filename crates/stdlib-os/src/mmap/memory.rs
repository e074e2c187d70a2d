//! What an `mmap.mmap` has of memory: looking for bytes, moving them, another length, the system's advice, its end.

use taipan_host::{HostError, numbers, of};
use taipan_object::buffer::bytes_of;
use taipan_object::declare::receiver;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int, to_size};

use super::stream::optional_size;
use super::{Access, Mmap, open};

pub(super) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mmap = receiver::<Mmap>(thread, this)?;
    if mmap.region.borrow().as_ref().is_some_and(taipan_object::buffer::Region::is_lent) {
        return Err(raise!(thread, BUFFER_ERROR, "cannot close exported pointers exist"));
    }
    drop(mmap.region.take());
    if let Some(fd) = mmap.fd.take() {
        // the memory is given up in any case
        let _ = of(thread).close(fd);
    }
    Ok(Value::none())
}

pub(super) fn enter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    open(thread, this).map(|_| this.to_value())
}

pub(super) fn exit(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "__exit__", arguments.len(), 3, 3)?;
    close(thread, this)
}

fn look(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value], last: bool) -> PyResult<Value> {
    check_count(thread, name, arguments.len(), 1, 3)?;
    let start = optional_index(thread, arguments.get(1))?;
    let end = optional_index(thread, arguments.get(2))?;
    let wanted = bytes_of(thread, arguments.first().map_or(this, Value::as_ref))?;
    let (mmap, region) = open(thread, this)?;
    let len = region.len();
    let place = |bound: isize| match usize::try_from(bound) {
        Ok(bound) => bound.min(len),
        Err(_) => len.saturating_sub(bound.unsigned_abs()),
    };
    let start = start.map_or(mmap.position.get().min(len), place);
    let end = end.map_or(len, place);
    let found = region.find(&wanted, start, end, last);
    Value::int(thread, found.map_or(-1, |at| at as i64))
}

/// A bound: `None` and what is left out are the same.
fn optional_index(thread: &Thread, value: Option<&Value>) -> PyResult<Option<isize>> {
    match value.map(Value::as_ref).filter(|value| !value.is_none()) {
        Some(value) => to_size(thread, value).map(Some),
        None => Ok(None),
    }
}

pub(super) fn find(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    look(thread, this, "find", arguments, false)
}

pub(super) fn rfind(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    look(thread, this, "rfind", arguments, true)
}

pub(super) fn shift(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "move", arguments.len(), 3, 3)?;
    let mut numbers = [0_isize; 3];
    for (number, value) in numbers.iter_mut().zip(arguments) {
        *number = to_size(thread, value.as_ref())?;
    }
    let (mmap, region) = open(thread, this)?;
    mmap.check_writable(thread)?;
    let [to, from, count] = numbers.map(usize::try_from);
    match (to, from, count) {
        (Ok(to), Ok(from), Ok(count)) if region.shift(to, from, count) => Ok(Value::none()),
        _ => Err(raise!(thread, VALUE_ERROR, "source, destination, or count out of range")),
    }
}

pub(super) fn flush(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "flush", arguments.len(), 0, 2)?;
    let start = arguments.first().map_or(Ok(0), |start| to_size(thread, start.as_ref()))?;
    let len = optional_size(thread, arguments.get(1))?;
    let (mmap, region) = open(thread, this)?;
    let len = len.map_or(Ok(region.len()), usize::try_from);
    let (Ok(start), Ok(len)) = (usize::try_from(start), len) else {
        return Err(raise!(thread, VALUE_ERROR, "flush values out of range"));
    };
    if start.checked_add(len).is_none_or(|end| end > region.len()) {
        return Err(raise!(thread, VALUE_ERROR, "flush values out of range"));
    }
    if matches!(mmap.access.get(), Access::Read | Access::Copy) {
        return Ok(Value::none());
    }
    let flushed = of(thread).flush_mapping(&region, start, len);
    flushed.map(|()| Value::none()).map_err(|error| error.raise(thread))
}

pub(super) fn madvise(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "madvise", arguments.len(), 1, 3)?;
    let advice = arguments.first().map_or(Ok(0), |advice| to_int(thread, advice.as_ref()))?;
    let start = arguments.get(1).map_or(Ok(0), |start| to_size(thread, start.as_ref()))?;
    let len = optional_index(thread, arguments.get(2))?;
    let (_, region) = open(thread, this)?;
    let all = region.len();
    let Some(start) = usize::try_from(start).ok().filter(|&start| start < all) else {
        return Err(raise!(thread, VALUE_ERROR, "madvise start out of bounds"));
    };
    let Ok(len) = len.map_or(Ok(all), usize::try_from) else {
        return Err(raise!(thread, VALUE_ERROR, "madvise length invalid"));
    };
    if start.checked_add(len).is_none_or(|end| isize::try_from(end).is_err()) {
        return Err(raise!(thread, OVERFLOW_ERROR, "madvise length too large"));
    }
    let advised = of(thread).advise_mapping(&region, start, len.min(all - start), advice);
    advised.map(|()| Value::none()).map_err(|error| error.raise(thread))
}

pub(super) fn resize(thread: &Thread, this: Ref<'_>, new: Ref<'_>) -> PyResult<Value> {
    let new = to_size(thread, new)?;
    let (mmap, region) = open(thread, this)?;
    if region.is_lent() {
        return Err(raise!(thread, BUFFER_ERROR, "mmap can't resize with extant buffers exported."));
    }
    if mmap.is_untracked.get() {
        return Err(raise!(thread, VALUE_ERROR, "mmap can't resize with trackfd=False."));
    }
    if matches!(mmap.access.get(), Access::Read | Access::Copy) {
        let message = "mmap can't resize a readonly or copy-on-write memory map.";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let end = i64::try_from(new).ok().and_then(|new| mmap.offset.get().checked_add(new));
    let (Ok(new), Some(end)) = (usize::try_from(new), end) else {
        return Err(raise!(thread, VALUE_ERROR, "new size out of range"));
    };
    if mmap.is_shared_alone.get() && new > region.len() {
        return Err(raise!(thread, VALUE_ERROR, "mmap: can't expand a shared anonymous mapping"));
    }
    let host = of(thread);
    if let Some(fd) = mmap.fd.get() {
        host.truncate(fd, end).map_err(|error| error.raise(thread))?;
    }
    host.remap(&region, new).map(|()| Value::none()).map_err(|error| error.raise(thread))
}

pub(super) fn size(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (mmap, _) = open(thread, this)?;
    let status = match mmap.fd.get() {
        Some(fd) => of(thread).status(fd),
        None => Err(HostError::new(numbers::EBADF)),
    };
    Value::int(thread, status.map_err(|error| error.raise(thread))?.size)
}
