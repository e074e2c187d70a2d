//! Options of sockets.

use taipan_host::{HostResult, Sockets, of};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::to_int;

use super::object::Socket;
use super::transfer::counted;
use super::{constant, plain_error};

/// The most bytes of an option.
const MOST: i32 = 1024;

/// An option of the level of sockets that is a number.
pub(super) fn number(thread: &Thread, fd: i32, name: &str) -> HostResult<i32> {
    let (level, name) = (constant(thread, "SOL_SOCKET"), constant(thread, name));
    let bytes = Sockets::socket_option(of(thread), fd, level, name, size_of::<i32>())?;
    Ok(bytes.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes)))
}

/// `getsockopt(level, option[, buffersize])`
pub(super) fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "getsockopt", arguments, 2, 3)?;
    let int = |at: usize| arguments.get(at).map_or(Ok(0), |value| to_int(thread, value.as_ref()));
    let (level, name, len) = (int(0)?, int(1)?, int(2)?);
    let fd = receiver::<Socket>(thread, this)?.fd.get();
    let read = |most| of(thread).socket_option(fd, level, name, most).map_err(|error| error.raise(thread));
    match len {
        0 => {
            let bytes = read(size_of::<i32>())?;
            Ok(Value::small(bytes.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes))))
        }
        1..=MOST => Ok(PyBytes::new(thread, &read(len as usize)?)?.into_value()),
        _ => Err(plain_error(thread, "getsockopt buflen out of range")),
    }
}

/// `setsockopt(level, option, value)`, or with `None` and a length
pub(super) fn set(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (level, name, value, len) = match arguments {
        [level, name, value] => (level, name, value.as_ref(), None),
        [level, name, value, len] => (level, name, value.as_ref(), Some(len)),
        _ => return counted(thread, "setsockopt", arguments, 3, 3).map(|()| Value::none()),
    };
    let (level, name) = (to_int(thread, level.as_ref())?, to_int(thread, name.as_ref())?);
    let fd = receiver::<Socket>(thread, this)?.fd.get();
    let host = of(thread);
    let result = match len {
        Some(len) if value.is_none() => {
            let len = protocol::number::index(thread, len.as_ref())?;
            host.set_socket_option(fd, level, name, Err(len.as_ref().to_i64().unwrap_or(0) as u32))
        }
        Some(_) => {
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "socket.setsockopt(): setting optlen to a value only allowed with None"
            ));
        }
        None if value.is_int() => {
            let number = to_int(thread, value)?;
            host.set_socket_option(fd, level, name, Ok(&number.to_ne_bytes()))
        }
        None => {
            let bytes = buffer::bytes_of(thread, value)?;
            host.set_socket_option(fd, level, name, Ok(&bytes))
        }
    };
    result.map(|()| Value::none()).map_err(|error| error.raise(thread))
}
