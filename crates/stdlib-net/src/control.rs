//! The module `fcntl`: controls and locks of descriptors.

use taipan_host::{PartLock, numbers, of, waiting};
use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::arguments::descriptor;

method_table! { FUNCTIONS:
    Instance Positional c"fcntl" "($module, fd, cmd, arg=0, /)" control, c"Controls a descriptor.";
    Instance Positional c"ioctl" "($module, fd, request, arg=0, mutate_flag=True, /)" device, c"Controls a device.";
    Instance Two c"flock" "($module, fd, operation, /)" lock_file, c"Locks a file, or gives it free.";
    Instance Positional c"lockf" "($module, fd, cmd, len=0, start=0, whence=0, /)" lock_part, c"Locks a part of a file, or gives it free.";
}

/// `fcntl`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "fcntl",
    doc: Some("Controls and locks of descriptors."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        let mut all = of(thread).control_constants().iter();
        all.try_for_each(|&(name, number)| add(thread, module, name, Value::int(thread, number)?))
    }),
};

/// Memory that no command writes beyond.
const ROOM: usize = 1024;

/// Bytes given as an argument, with room behind; none if they are none.
fn memory(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<Option<(Vec<u8>, usize)>> {
    let bytes = match value.get::<PyStr>() {
        Some(text) => text.to_text_lossy().into_bytes(),
        None if buffer::is_bytes_like(value) => buffer::bytes_of(thread, value)?.into_owned(),
        None if value.ty().slots().index.get().is_some() => return Ok(None),
        None => {
            let ty = value.ty().name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {ty}"
            ));
        }
    };
    let (mut bytes, len) = (bytes.clone(), bytes.len());
    if len > ROOM {
        return Err(raise!(thread, VALUE_ERROR, "{function} argument 3 is too long"));
    }
    bytes.resize(ROOM, 0);
    Ok(Some((bytes, len)))
}

/// The lowest bits of an int.
fn low(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<i32> {
    let Some(value) = value else { return Ok(0) };
    let index = protocol::number::index(thread, value)?;
    match index.as_ref().to_i64() {
        Some(int) => Ok(int as i32),
        None => Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long")),
    }
}

fn control(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "fcntl", arguments.len(), 2, 3)?;
    let [fd, command, rest @ ..] = arguments else { return Ok(Value::none()) };
    let (fd, command) = (descriptor(thread, fd.as_ref())?, to_int(thread, command.as_ref())?);
    let argument = rest.first().map(Value::as_ref);
    if let Some(given) = argument
        && let Some((mut bytes, len)) = memory(thread, "fcntl", given)?
    {
        let result = of(thread).control_memory(fd, command, &mut bytes);
        result.map_err(|error| error.raise(thread))?;
        return Ok(PyBytes::new(thread, bytes.get(..len).unwrap_or_default())?.into_value());
    }
    let result = of(thread).control(fd, command, low(thread, argument)?);
    result.map(Value::small).map_err(|error| error.raise(thread))
}

fn device(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "ioctl", arguments.len(), 2, 4)?;
    let [fd, request, rest @ ..] = arguments else { return Ok(Value::none()) };
    let fd = descriptor(thread, fd.as_ref())?;
    if request.as_ref().ty().slots().index.get().is_none() {
        let ty = request.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "ioctl() argument 2 must be int, not {ty}"));
    }
    let request = protocol::number::index(thread, request.as_ref())?.as_ref().to_i64().unwrap_or(0) as u32;
    let argument = rest.first().map(Value::as_ref);
    let mutates = rest.get(1).map_or(Ok(true), |flag| protocol::truth(thread, flag.as_ref()))?;
    if let Some(given) = argument.filter(|given| mutates && buffer::is_bytes_like(*given))
        && let Some(result) = in_place(thread, fd, request, given)?
    {
        return Ok(result);
    }
    if let Some(given) = argument
        && let Some((mut bytes, len)) = memory(thread, "ioctl", given)?
    {
        let result = of(thread).device_control_memory(fd, request.into(), &mut bytes);
        result.map_err(|error| error.raise(thread))?;
        return Ok(PyBytes::new(thread, bytes.get(..len).unwrap_or_default())?.into_value());
    }
    let result = of(thread).device_control(fd, request.into(), low(thread, argument)?);
    result.map(Value::small).map_err(|error| error.raise(thread))
}

/// Lets a device change a buffer; none if the buffer cannot be written.
fn in_place(thread: &Thread, fd: i32, request: u32, value: Ref<'_>) -> PyResult<Option<Value>> {
    let lent = match Buffer::get(thread, value, Request::WRITABLE) {
        Ok(lent) => lent,
        Err(raised) => {
            drop(thread.catch(raised));
            return Ok(None);
        }
    };
    let Some(memory) = lent.contiguous() else { return Ok(None) };
    let mut bytes = Vec::new();
    memory.append_to(&mut bytes);
    let len = bytes.len();
    bytes.resize(len.max(ROOM), 0);
    let result = of(thread).device_control_memory(fd, request.into(), &mut bytes);
    let result = result.map_err(|error| error.raise(thread))?;
    memory.write(0, bytes.get(..len).unwrap_or_default());
    Ok(Some(Value::small(result)))
}

fn lock_file(thread: &Thread, _: Ref<'_>, fd: Ref<'_>, operation: Ref<'_>) -> PyResult<Value> {
    let (fd, operation) = (descriptor(thread, fd)?, to_int(thread, operation)?);
    let result = waiting(thread, |host| host.lock_file(fd, operation))?;
    result.map(|()| Value::none()).map_err(|error| error.raise(thread))
}

mod locks {
    pub(super) const SHARED: i32 = 1;
    pub(super) const EXCLUSIVE: i32 = 2;
    pub(super) const NO_WAIT: i32 = 4;
    pub(super) const FREE: i32 = 8;
}

fn lock_part(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "lockf", arguments.len(), 2, 5)?;
    let [fd, command, rest @ ..] = arguments else { return Ok(Value::none()) };
    let (fd, command) = (descriptor(thread, fd.as_ref())?, to_int(thread, command.as_ref())?);
    let long = |at: usize| -> PyResult<i64> {
        let Some(value) = rest.get(at) else { return Ok(0) };
        let index = protocol::number::index(thread, value.as_ref())?;
        let int = index.as_ref().to_i64();
        int.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"))
    };
    let whence = rest.get(2).map_or(Ok(numbers::SEEK_SET), |whence| to_int(thread, whence.as_ref()))?;
    let exclusive = match command {
        locks::FREE => None,
        command if command & locks::SHARED != 0 => Some(false),
        command if command & locks::EXCLUSIVE != 0 => Some(true),
        _ => return Err(raise!(thread, VALUE_ERROR, "unrecognized lockf argument")),
    };
    let (len, start) = (long(0)?, long(1)?);
    let waits = command & locks::NO_WAIT == 0;
    let lock = PartLock { exclusive, waits, whence: whence as i16, start, len };
    waiting(thread, |host| host.lock_part(fd, lock))?
        .map(|()| Value::none())
        .map_err(|error| error.raise(thread))
}
