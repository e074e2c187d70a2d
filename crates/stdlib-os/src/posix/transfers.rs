//! Reading and writing at offsets, in parts, from descriptor to descriptor.

use taipan_host::{HostError, HostResult, numbers, of, waiting};
use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int, to_size};

use super::descriptors::zeros;
use super::files::Names;
use crate::arguments::{any, bytes_of, fs_bytes, int, offset};

fn number(thread: &Thread, result: HostResult<usize>) -> PyResult<Value> {
    Value::int(thread, result.map_err(|error| error.raise(thread))? as i64)
}

pub(super) fn pread(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pread", arguments.len(), 3, 3)?;
    let [fd, length, at] = arguments else { return Ok(Value::none()) };
    let (fd, length) = (to_int(thread, fd.as_ref())?, to_size(thread, length.as_ref())?);
    let at = offset(thread, at.as_ref())?;
    let Ok(length) = usize::try_from(length) else {
        return Err(HostError::new(numbers::EINVAL).raise(thread));
    };
    let mut buffer = zeros(thread, length)?;
    let count = waiting(thread, |host| host.read_at(fd, &mut buffer, at))?;
    let count = count.map_err(|error| error.raise(thread))?;
    Ok(PyBytes::new(thread, buffer.get(..count).unwrap_or_default())?.into_value())
}

pub(super) fn pwrite(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pwrite", arguments.len(), 3, 3)?;
    let [fd, data, at] = arguments else { return Ok(Value::none()) };
    let fd = to_int(thread, fd.as_ref())?;
    let bytes = bytes_of(thread, data.as_ref())?;
    let at = offset(thread, at.as_ref())?;
    number(thread, waiting(thread, |host| host.write_at(fd, &bytes, at))?)
}

/// The items of a sequence.
pub(super) fn sequence(thread: &Thread, value: Ref<'_>, refusal: &str) -> PyResult<Vec<Value>> {
    match value.ty().slots().item.get() {
        Some(_) => taipan_runtime_builtins::iterate::collect(thread, value),
        None => Err(raise!(thread, TYPE_ERROR, "{refusal}")),
    }
}

/// Reads into the buffers of a sequence.
fn read_parts(thread: &Thread, name: &str, fd: i32, to: Ref<'_>, at: AtOffset) -> PyResult<Value> {
    let items = sequence(thread, to, &format!("{name}() arg 2 must be a sequence"))?;
    let mut targets = Vec::new();
    let mut parts = Vec::new();
    for item in &items {
        let target = Buffer::get(thread, item.as_ref(), Request::WRITABLE)?;
        parts.push(zeros(thread, target.len())?);
        targets.push(target);
    }
    let count = waiting(thread, |host| host.read_parts(fd, &mut parts, at))?;
    let count = count.map_err(|error| error.raise(thread))?;
    let mut left = count;
    for (target, part) in targets.iter().zip(&parts) {
        let len = left.min(part.len());
        if let Some(memory) = target.contiguous() {
            memory.write(0, part.get(..len).unwrap_or_default());
        }
        left -= len;
    }
    Value::int(thread, count as i64)
}

/// Writes the bytes of a sequence of buffers.
fn write_parts(thread: &Thread, name: &str, fd: i32, from: Ref<'_>, at: AtOffset) -> PyResult<Value> {
    let items = sequence(thread, from, &format!("{name}() arg 2 must be a sequence"))?;
    let parts = items.iter().map(|item| bytes_of(thread, item.as_ref())).collect::<PyResult<Vec<_>>>()?;
    number(thread, waiting(thread, |host| host.write_parts(fd, &parts, at))?)
}

pub(super) fn readv(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, buffers: Ref<'_>) -> PyResult<Value> {
    read_parts(thread, "readv", to_int(thread, fd)?, buffers, None)
}

pub(super) fn writev(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, buffers: Ref<'_>) -> PyResult<Value> {
    write_parts(thread, "writev", to_int(thread, fd)?, buffers, None)
}

/// An offset and flags; none for the position.
type AtOffset = Option<(i64, i32)>;

/// A descriptor, buffers, an offset and perhaps flags.
fn at_offset<'a>(thread: &Thread, name: &str, arguments: &'a [Value]) -> PyResult<(i32, Ref<'a>, AtOffset)> {
    check_count(thread, name, arguments.len(), 3, 4)?;
    let [fd, buffers, at, flags @ ..] = arguments else {
        return Err(raise!(thread, TYPE_ERROR, "{name}() takes at least 3 arguments"));
    };
    let (fd, at) = (to_int(thread, fd.as_ref())?, offset(thread, at.as_ref())?);
    let flags = int(thread, flags.first().map(Value::as_ref), 0)?;
    Ok((fd, buffers.as_ref(), Some((at, flags))))
}

pub(super) fn preadv(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (fd, buffers, at) = at_offset(thread, "preadv", arguments)?;
    read_parts(thread, "preadv2", fd, buffers, at)
}

pub(super) fn pwritev(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (fd, buffers, at) = at_offset(thread, "pwritev", arguments)?;
    write_parts(thread, "pwritev2", fd, buffers, at)
}

/// An offset that may be `None`.
fn perhaps(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Option<i64>> {
    value.filter(|value| !value.is_none()).map(|value| offset(thread, value)).transpose()
}

/// A count that is not negative.
fn count(thread: &Thread, value: Ref<'_>) -> PyResult<usize> {
    let count = to_size(thread, value)?;
    let message = "negative value for 'count' not allowed";
    usize::try_from(count).map_err(|_| raise!(thread, VALUE_ERROR, "{message}"))
}

const SENDFILE: Parameters<4> = any("sendfile", ["out_fd", "in_fd", "offset", "count"], 4);
const COPY: Parameters<5> = any("copy_file_range", ["src", "dst", "count", "offset_src", "offset_dst"], 3);
const SPLICE: Parameters<6> = any("splice", ["src", "dst", "count", "offset_src", "offset_dst", "flags"], 3);

pub(super) fn sendfile(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [to, from, at, size] = SENDFILE.bind(thread, arguments, names)?;
    let (to, from) = (to_int(thread, to.unwrap_or(module))?, to_int(thread, from.unwrap_or(module))?);
    let at = perhaps(thread, at)?;
    let size = to_size(thread, size.unwrap_or(module))? as usize;
    number(thread, waiting(thread, |host| host.send_file(to, from, at, size))?)
}

pub(super) fn copy_file_range(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [from, to, size, start, end] = COPY.bind(thread, arguments, names)?;
    let (from, to) = (to_int(thread, from.unwrap_or(module))?, to_int(thread, to.unwrap_or(module))?);
    let size = count(thread, size.unwrap_or(module))?;
    let (from, to) = ((from, perhaps(thread, start)?), (to, perhaps(thread, end)?));
    number(thread, waiting(thread, |host| host.copy_range(from, to, size))?)
}

pub(super) fn splice(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [from, to, size, start, end, flags] = SPLICE.bind(thread, arguments, names)?;
    let (from, to) = (to_int(thread, from.unwrap_or(module))?, to_int(thread, to.unwrap_or(module))?);
    let size = count(thread, size.unwrap_or(module))?;
    let (from, to) = ((from, perhaps(thread, start)?), (to, perhaps(thread, end)?));
    let flags = int(thread, flags, 0)? as u32;
    number(thread, waiting(thread, |host| host.splice(from, to, size, flags))?)
}

pub(super) fn pipe2(thread: &Thread, _: Ref<'_>, flags: Ref<'_>) -> PyResult<Value> {
    let flags = to_int(thread, flags)?;
    let (read, write) = of(thread).pipe_with(flags).map_err(|error| error.raise(thread))?;
    Ok(PyTuple::pack(thread, [Value::small(read), Value::small(write)])?.into_value())
}

const MEMFD: Parameters<2> = any("memfd_create", ["name", "flags"], 1);
const RANDOM: Parameters<2> = any("getrandom", ["size", "flags"], 1);
/// `MFD_CLOEXEC`
const CLOSED: i32 = 1;

pub(super) fn memfd_create(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [name, flags] = MEMFD.bind(thread, arguments, names)?;
    let name = fs_bytes(thread, name.unwrap_or(module))?;
    let flags = int(thread, flags, CLOSED)? as u32;
    of(thread).memory_file(&name, flags).map(Value::small).map_err(|error| error.raise(thread))
}

pub(super) fn getrandom(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [size, flags] = RANDOM.bind(thread, arguments, names)?;
    let Ok(size) = usize::try_from(to_size(thread, size.unwrap_or(module))?) else {
        return Err(HostError::new(numbers::EINVAL).raise(thread));
    };
    let flags = int(thread, flags, 0)? as u32;
    let mut bytes = zeros(thread, size)?;
    let count = waiting(thread, |host| host.random(&mut bytes, flags))?;
    let count = count.map_err(|error| error.raise(thread))?;
    Ok(PyBytes::new(thread, bytes.get(..count).unwrap_or_default())?.into_value())
}
