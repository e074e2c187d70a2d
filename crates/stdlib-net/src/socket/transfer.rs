//! Sending and receiving data. Data is copied before it is sent, and copied into buffers when it came.

use taipan_host::{Address, released};
use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int, to_size};

use super::object::{Socket, Until};
use super::{Names, address};

/// An argument that may be missing, as an int.
fn int(thread: &Thread, arguments: &[Value], at: usize) -> PyResult<i32> {
    arguments.get(at).map_or(Ok(0), |value| to_int(thread, value.as_ref()))
}

/// Checks how many arguments there are.
pub(super) fn counted(
    thread: &Thread,
    function: &str,
    arguments: &[Value],
    least: usize,
    most: usize,
) -> PyResult<()> {
    let given = arguments.len();
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let (how, bound) = match given < least {
        _ if least == most => ("exactly", least),
        true => ("at least", least),
        false => ("at most", most),
    };
    let s = if bound == 1 { "" } else { "s" };
    Err(raise!(thread, TYPE_ERROR, "{function}() takes {how} {bound} argument{s} ({given} given)"))
}

/// A size to receive.
fn size(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<usize> {
    let size = to_size(thread, value)?;
    usize::try_from(size).map_err(|_| raise!(thread, VALUE_ERROR, "negative buffersize in {function}"))
}

/// Room for data.
pub(super) fn room(thread: &Thread, len: usize) -> PyResult<Vec<u8>> {
    let mut room = Vec::new();
    if isize::try_from(len).is_err() || room.try_reserve_exact(len).is_err() {
        return Err(thread.raise_memory_error());
    }
    room.resize(len, 0);
    Ok(room)
}

fn received(thread: &Thread, this: Ref<'_>, len: usize, flags: i32) -> PyResult<(Vec<u8>, Address)> {
    let socket = receiver::<Socket>(thread, this)?;
    let mut data = room(thread, len)?;
    let deadline = socket.deadline(thread)?;
    let (count, from) = socket.does(thread, Until::Readable, deadline, |fd| {
        released(thread, |host| host.receive(fd, &mut data, flags))
    })?;
    data.truncate(count);
    Ok((data, from))
}

/// `recv(bufsize[, flags])`
pub(super) fn receive(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "recv", arguments, 1, 2)?;
    let Some(len) = arguments.first() else { return Ok(Value::none()) };
    let (len, flags) = (to_size(thread, len.as_ref())?, int(thread, arguments, 1)?);
    let len = size(thread, "recv", Value::int(thread, len as i64)?.as_ref())?;
    let (data, _) = received(thread, this, len, flags)?;
    Ok(PyBytes::new(thread, &data)?.into_value())
}

/// `recvfrom(bufsize[, flags])`
pub(super) fn receive_from(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "recvfrom", arguments, 1, 2)?;
    let Some(len) = arguments.first() else { return Ok(Value::none()) };
    let (len, flags) = (size(thread, "recvfrom", len.as_ref())?, int(thread, arguments, 1)?);
    let (data, from) = received(thread, this, len, flags)?;
    let data = PyBytes::new(thread, &data)?.into_value();
    Ok(PyTuple::pack(thread, [data, address::value(thread, &from)?])?.into_value())
}

/// A buffer that an argument lends to be written.
pub(super) fn writable(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<Buffer> {
    let wrong = || {
        let ty = value.ty().short_name();
        raise!(thread, TYPE_ERROR, "{function}() argument 1 must be read-write bytes-like object, not {ty}")
    };
    if !buffer::is_bytes_like(value) {
        return Err(wrong());
    }
    Buffer::get(thread, value, Request::WRITABLE).map_err(|raised| {
        drop(thread.catch(raised));
        wrong()
    })
}

fn into_buffer(
    thread: &Thread,
    this: Ref<'_>,
    function: &'static str,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<(usize, Address)> {
    let parameters = Parameters {
        function,
        names: ["buffer", "nbytes", "flags"],
        positional_only: 0,
        positional: 3,
        required: 1,
    };
    let [to, len, flags] = parameters.bind(thread, arguments, names)?;
    let Some(to) = to else { return Ok((0, Address::None)) };
    let to = writable(thread, function, to)?;
    let len = len.map_or(Ok(0), |len| size(thread, function, len))?;
    let flags = flags.map_or(Ok(0), |flags| to_int(thread, flags))?;
    let Some(memory) = to.contiguous() else {
        return Err(raise!(thread, BUFFER_ERROR, "memoryview: underlying buffer is not C-contiguous"));
    };
    let len = if len == 0 { memory.len() } else { len };
    if len > memory.len() {
        let what = if function == "recv_into" { "requested bytes" } else { "request" };
        let message = match what {
            "request" => "nbytes is greater than the length of the buffer".to_owned(),
            what => format!("buffer too small for {what}"),
        };
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let (data, from) = received(thread, this, len, flags)?;
    memory.write(0, &data);
    Ok((data.len(), from))
}

/// `recv_into(buffer, [nbytes[, flags]])`
pub(super) fn receive_into(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let (count, _) = into_buffer(thread, this, "recv_into", arguments, names)?;
    Value::int(thread, count as i64)
}

/// `recvfrom_into(buffer[, nbytes[, flags]])`
pub(super) fn receive_from_into(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let (count, from) = into_buffer(thread, this, "recvfrom_into", arguments, names)?;
    let pair = [Value::int(thread, count as i64)?, address::value(thread, &from)?];
    Ok(PyTuple::pack(thread, pair)?.into_value())
}

/// `send(data[, flags])`
pub(super) fn send(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "send", arguments, 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data.as_ref())?;
    let flags = int(thread, arguments, 1)?;
    let socket = receiver::<Socket>(thread, this)?;
    let deadline = socket.deadline(thread)?;
    let count = socket.does(thread, Until::Writable, deadline, |fd| {
        released(thread, |host| host.send(fd, &data, flags, None))
    })?;
    Value::int(thread, count as i64)
}

/// `sendall(data[, flags])`: all parts by one time.
pub(super) fn send_all(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "sendall", arguments, 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data.as_ref())?;
    let flags = int(thread, arguments, 1)?;
    let socket = receiver::<Socket>(thread, this)?;
    let deadline = socket.deadline(thread)?;
    let mut at = 0;
    while let Some(rest) = data.get(at..).filter(|rest| !rest.is_empty()) {
        at += socket.does(thread, Until::Writable, deadline, |fd| {
            released(thread, |host| host.send(fd, rest, flags, None))
        })?;
        // a part was sent when a signal came
        taipan_host::raise::run_signals(thread)?;
    }
    Ok(Value::none())
}

/// `sendto(data, [flags, ]address)`
pub(super) fn send_to(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (data, flags, to) = match arguments {
        [data, to] => (data, 0, to),
        [data, flags, to] => (data, to_int(thread, flags.as_ref())?, to),
        _ => {
            let given = arguments.len();
            return Err(raise!(thread, TYPE_ERROR, "sendto() takes 2 or 3 arguments ({given} given)"));
        }
    };
    let data = buffer::bytes_of(thread, data.as_ref())?;
    let socket = receiver::<Socket>(thread, this)?;
    let to = address::read(thread, "sendto", socket.family.get(), to.as_ref())?;
    let deadline = socket.deadline(thread)?;
    let count = socket.does(thread, Until::Writable, deadline, |fd| {
        released(thread, |host| host.send(fd, &data, flags, Some(&to)))
    })?;
    Value::int(thread, count as i64)
}
