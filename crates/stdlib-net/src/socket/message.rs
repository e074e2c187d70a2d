//! Data with messages beside it: descriptors that are passed on, for one.

use taipan_host::{Ancillary, Message, of, released};
use taipan_object::buffer::Buffer;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::{to_int, to_size};

use super::address;
use super::object::{Socket, Until};
use super::transfer::{counted, room};

/// More than any message beside the data has.
const MOST: usize = i32::MAX as usize;

fn sizes(thread: &Thread, function: &str, len: Ref<'_>) -> PyResult<(usize, usize)> {
    let len = to_size(thread, len)?;
    let len = usize::try_from(len).ok().filter(|&len| len <= MOST - 64);
    let Some(len) = len else {
        return Err(raise!(thread, OVERFLOW_ERROR, "{function}() argument out of range"));
    };
    Ok(of(thread).ancillary_size(len))
}

/// `CMSG_LEN(length)`
pub(super) fn length(thread: &Thread, _: Ref<'_>, len: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, sizes(thread, "CMSG_LEN", len)?.0 as i64)
}

/// `CMSG_SPACE(length)`
pub(super) fn space(thread: &Thread, _: Ref<'_>, len: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, sizes(thread, "CMSG_SPACE", len)?.1 as i64)
}

/// The items of an argument.
fn items(thread: &Thread, function: &str, number: usize, value: Ref<'_>) -> PyResult<Vec<Value>> {
    let iterator = protocol::iter(thread, value).map_err(|raised| {
        let exception = thread.catch(raised);
        match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
            true => raise!(thread, TYPE_ERROR, "{function}() argument {number} must be an iterable"),
            false => thread.raise(exception),
        }
    })?;
    let mut items = Vec::new();
    while let Some(item) = protocol::next(thread, iterator.as_ref())? {
        items.push(item);
    }
    Ok(items)
}

fn ancillary(thread: &Thread, item: Ref<'_>) -> PyResult<Ancillary> {
    let Some(parts) = item.get::<PyTuple>() else {
        let ty = item.ty().short_name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "[sendmsg() ancillary data items]() argument must be 3-item tuple, not {ty}"
        ));
    };
    let (3, Some(level), Some(kind), Some(content)) = (parts.len(), parts.get(0), parts.get(1), parts.get(2))
    else {
        let len = parts.len();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "[sendmsg() ancillary data items]() argument must be sequence of length 3, not {len}"
        ));
    };
    let (level, kind) = (to_int(thread, level.as_ref())?, to_int(thread, kind.as_ref())?);
    let content = buffer::bytes_of(thread, content.as_ref())?.into_owned();
    if content.len() > MOST - 64 {
        return Err(super::plain_error(thread, "ancillary data item too large"));
    }
    Ok((level, kind, content))
}

/// `sendmsg(buffers[, ancdata[, flags[, address]]])`
pub(super) fn send(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "sendmsg", arguments, 1, 4)?;
    let Some(parts) = arguments.first() else { return Ok(Value::none()) };
    let mut data = Vec::new();
    for part in items(thread, "sendmsg", 1, parts.as_ref())? {
        data.extend_from_slice(&buffer::bytes_of(thread, part.as_ref())?);
    }
    let mut beside = Vec::new();
    if let Some(given) = arguments.get(1) {
        for item in items(thread, "sendmsg", 2, given.as_ref())? {
            beside.push(ancillary(thread, item.as_ref())?);
        }
    }
    let flags = arguments.get(2).map_or(Ok(0), |flags| to_int(thread, flags.as_ref()))?;
    let socket = receiver::<Socket>(thread, this)?;
    let to = arguments.get(3).map(Value::as_ref).filter(|to| !to.is_none());
    let to = to.map(|to| address::read(thread, "sendmsg", socket.family.get(), to)).transpose()?;
    let deadline = socket.deadline(thread)?;
    let count = socket.does(thread, Until::Writable, deadline, |fd| {
        released(thread, |host| host.send_message(fd, &data, &beside, flags, to.as_ref()))
    })?;
    Value::int(thread, count as i64)
}

fn received(thread: &Thread, this: Ref<'_>, data: &mut [u8], beside: isize, flags: i32) -> PyResult<Message> {
    let Some(beside) = usize::try_from(beside).ok().filter(|&beside| beside <= MOST) else {
        return Err(raise!(thread, VALUE_ERROR, "invalid ancillary data buffer length"));
    };
    let socket = receiver::<Socket>(thread, this)?;
    let deadline = socket.deadline(thread)?;
    socket.does(thread, Until::Readable, deadline, |fd| {
        released(thread, |host| host.receive_message(fd, data, beside, flags))
    })
}

/// A message as a tuple that begins with the data or its length.
fn value(thread: &Thread, first: Value, message: &Message) -> PyResult<Value> {
    let beside = PyList::new(thread)?;
    for (level, kind, content) in &message.ancillary {
        let content = PyBytes::new(thread, content)?.into_value();
        let item = PyTuple::pack(thread, [Value::small(*level), Value::small(*kind), content])?;
        beside.push(thread, item.into_value())?;
    }
    let from = address::value(thread, &message.address)?;
    let parts = [first, beside.into_value(), Value::small(message.flags), from];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

/// `recvmsg(bufsize[, ancbufsize[, flags]])`
pub(super) fn receive(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "recvmsg", arguments, 1, 3)?;
    let Some(len) = arguments.first() else { return Ok(Value::none()) };
    let len = to_size(thread, len.as_ref())?;
    let beside = arguments.get(1).map_or(Ok(0), |beside| to_size(thread, beside.as_ref()))?;
    let flags = arguments.get(2).map_or(Ok(0), |flags| to_int(thread, flags.as_ref()))?;
    let Ok(len) = usize::try_from(len) else {
        return Err(raise!(thread, VALUE_ERROR, "negative buffer size in recvmsg()"));
    };
    let mut data = room(thread, len)?;
    let message = received(thread, this, &mut data, beside, flags)?;
    let data = PyBytes::new(thread, data.get(..message.len).unwrap_or_default())?.into_value();
    value(thread, data, &message)
}

/// `recvmsg_into(buffers[, ancbufsize[, flags]])`
pub(super) fn receive_into(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    counted(thread, "recvmsg_into", arguments, 1, 3)?;
    let Some(buffers) = arguments.first() else { return Ok(Value::none()) };
    let mut all: Vec<Buffer> = Vec::new();
    for item in items(thread, "recvmsg_into", 1, buffers.as_ref())? {
        let lent = super::transfer::writable(thread, "recvmsg_into", item.as_ref()).map_err(|raised| {
            drop(thread.catch(raised));
            let message =
                "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
            raise!(thread, TYPE_ERROR, "{message}")
        });
        all.push(lent?);
    }
    let beside = arguments.get(1).map_or(Ok(0), |beside| to_size(thread, beside.as_ref()))?;
    let flags = arguments.get(2).map_or(Ok(0), |flags| to_int(thread, flags.as_ref()))?;
    let len = all.iter().map(Buffer::len).fold(0_usize, usize::saturating_add);
    let mut data = room(thread, len)?;
    let message = received(thread, this, &mut data, beside, flags)?;
    let mut rest = data.get(..message.len).unwrap_or_default();
    for buffer in &all {
        if let Some(memory) = buffer.contiguous() {
            let written = memory.write(0, rest);
            rest = rest.get(written..).unwrap_or_default();
        }
    }
    value(thread, Value::int(thread, message.len as i64)?, &message)
}
