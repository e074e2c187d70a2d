//! What is done by descriptor.

use taipan_host::{HostError, numbers, of, waiting};
use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int, to_size};

use super::done;
use crate::arguments::{any, bytes_of, flag, offset};

type Names<'a> = Option<&'a PyTuple>;

const CLOSE: Parameters<1> = any("close", ["fd"], 1);
const FSYNC: Parameters<1> = any("fsync", ["fd"], 1);
const DUP2: Parameters<3> = any("dup2", ["fd", "fd2", "inheritable"], 2);

pub(super) fn close(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd] = CLOSE.bind(thread, arguments, names)?;
    let fd = to_int(thread, fd.unwrap_or(module))?;
    done(thread, of(thread).close(fd))
}

pub(super) fn closerange(thread: &Thread, _: Ref<'_>, from: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let (from, to) = (to_int(thread, from)?, to_int(thread, to)?);
    for fd in from.max(0)..to {
        // those that are not open are left out
        let _ = of(thread).close(fd);
    }
    Ok(Value::none())
}

pub(super) fn fsync(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd] = FSYNC.bind(thread, arguments, names)?;
    let fd = crate::arguments::fildes(thread, fd.unwrap_or(module))?;
    done(thread, waiting(thread, |host| host.sync(fd))?)
}

/// A buffer of zeros.
pub(super) fn zeros(thread: &Thread, len: usize) -> PyResult<Vec<u8>> {
    let mut buffer = Vec::new();
    if len > isize::MAX as usize / 2 || buffer.try_reserve_exact(len).is_err() {
        return Err(thread.raise_memory_error());
    }
    buffer.resize(len, 0);
    Ok(buffer)
}

/// Bytes that a pipe or socket may give at once.
const LARGE: usize = 1 << 20;

/// Room for a read of so many bytes: no more than there can be, for room is not free, and who reads from a pipe may ask
/// for much more than that has.
fn room(thread: &Thread, fd: i32, length: usize) -> usize {
    const KINDS_OF_STREAMS: [u32; 2] = [0o010_000, 0o140_000];
    if length <= LARGE {
        return length;
    }
    match of(thread).status(fd) {
        Ok(status) if KINDS_OF_STREAMS.contains(&(status.mode & numbers::S_IFMT)) => LARGE,
        // some files that the system makes up have no size
        Ok(status) if status.is_file() && status.size > 0 => {
            length.min(usize::try_from(status.size).unwrap_or(length))
        }
        _ => length,
    }
}

pub(super) fn read(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, length: Ref<'_>) -> PyResult<Value> {
    let (fd, length) = (to_int(thread, fd)?, to_size(thread, length)?);
    let Ok(length) = usize::try_from(length) else {
        return Err(HostError::new(numbers::EINVAL).raise(thread));
    };
    let mut buffer = zeros(thread, room(thread, fd, length))?;
    let count = waiting(thread, |host| host.read(fd, &mut buffer))?.map_err(|error| error.raise(thread))?;
    Ok(PyBytes::new(thread, buffer.get(..count).unwrap_or_default())?.into_value())
}

pub(super) fn readinto(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    let target = Buffer::get(thread, to, Request::WRITABLE).map_err(|raised| {
        drop(thread.catch(raised));
        let name = to.ty().name();
        raise!(thread, TYPE_ERROR, "readinto() argument 2 must be read-write bytes-like object, not {name}")
    })?;
    let mut buffer = zeros(thread, room(thread, fd, target.len()))?;
    let count = waiting(thread, |host| host.read(fd, &mut buffer))?.map_err(|error| error.raise(thread))?;
    if let Some(memory) = target.contiguous() {
        memory.write(0, buffer.get(..count).unwrap_or_default());
    }
    Value::int(thread, count as i64)
}

pub(super) fn write(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let fd = to_int(thread, fd)?;
    let bytes = bytes_of(thread, data)?;
    let count = waiting(thread, |host| host.write(fd, &bytes))?.map_err(|error| error.raise(thread))?;
    Value::int(thread, count as i64)
}

pub(super) fn lseek(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "lseek", arguments.len(), 3, 3)?;
    let [fd, at, whence] = arguments else { return Ok(Value::none()) };
    let (fd, at) = (to_int(thread, fd.as_ref())?, offset(thread, at.as_ref())?);
    let whence = to_int(thread, whence.as_ref())?;
    let at = of(thread).seek(fd, at, whence).map_err(|error| error.raise(thread))?;
    Value::int(thread, at)
}

pub(super) fn ftruncate(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, length: Ref<'_>) -> PyResult<Value> {
    let (fd, length) = (to_int(thread, fd)?, offset(thread, length)?);
    done(thread, of(thread).truncate(fd, length))
}

pub(super) fn dup(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let fd = of(thread).duplicate(to_int(thread, fd)?, None, false);
    fd.map(Value::small).map_err(|error| error.raise(thread))
}

pub(super) fn dup2(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [fd, to, inheritable] = DUP2.bind(thread, arguments, names)?;
    let (fd, to) = (to_int(thread, fd.unwrap_or(module))?, to_int(thread, to.unwrap_or(module))?);
    let inheritable = flag(thread, inheritable, true)?;
    let fd = of(thread).duplicate(fd, Some(to), inheritable);
    fd.map(Value::small).map_err(|error| error.raise(thread))
}

pub(super) fn pipe(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let (read, write) = of(thread).pipe().map_err(|error| error.raise(thread))?;
    Ok(PyTuple::pack(thread, [Value::small(read), Value::small(write)])?.into_value())
}

pub(super) fn isatty(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(of(thread).is_terminal(to_int(thread, fd)?)))
}

pub(super) fn get_inheritable(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let inheritable = of(thread).is_inheritable(to_int(thread, fd)?);
    inheritable.map(Value::bool).map_err(|error| error.raise(thread))
}

pub(super) fn set_inheritable(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let (fd, to) = (to_int(thread, fd)?, to_int(thread, to)? != 0);
    done(thread, of(thread).set_inheritable(fd, to))
}

pub(super) fn get_blocking(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    let blocking = of(thread).is_blocking(to_int(thread, fd)?);
    blocking.map(Value::bool).map_err(|error| error.raise(thread))
}

pub(super) fn set_blocking(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let (fd, to) = (to_int(thread, fd)?, to_int(thread, to)? != 0);
    done(thread, of(thread).set_blocking(fd, to))
}

pub(super) fn device_encoding(thread: &Thread, _: Ref<'_>, fd: Ref<'_>) -> PyResult<Value> {
    match of(thread).is_terminal(to_int(thread, fd)?) {
        true => Ok(PyStr::from_text(thread, "UTF-8")?.into_value()),
        false => Ok(Value::none()),
    }
}
